//! JSON that is nested as deep as a body is long. What a decoder wants stands
//! at a fixed depth, and what it does not want is skipped without a stack, so
//! that there is no depth to limit. Where all of a body is read, as facts are,
//! serde_json stops at its own limit.

use std::thread;

use serde_json::json;
use wx_wire::endpoint::{webwxgetcontact, webwxsync};

const DEPTH: usize = 1 << 20;
/// Less than a byte for each level.
const STACK: usize = 512 * 1024;

fn nested() -> String {
    format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH))
}

fn with_little_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(test);
    assert!(thread.is_ok_and(|thread| thread.join().is_ok()));
}

#[test]
fn a_member_that_is_not_wanted_may_be_nested_to_any_depth() {
    with_little_stack(|| {
        let deep = nested();
        let body = format!(
            r#"{{"BaseResponse":{{"Ret":0,"ErrMsg":{deep}}},"Deep":{deep},"MemberList":[{deep}],"Seq":{deep}}}"#
        );
        let page = webwxgetcontact::Response::decode(body.as_bytes()).unwrap();
        assert_eq!(page.seq, 0);
        assert!(page.into_contacts().is_empty());
    });
}

#[test]
fn an_item_of_a_page_may_be_nested_to_any_depth() {
    with_little_stack(|| {
        let deep = nested();
        let body = format!(
            r#"{{"BaseResponse":{{"Ret":0}},"AddMsgList":[{deep},{{"MsgId":"1","Content":{deep}}}]}}"#
        );
        let page = webwxsync::Response::decode(body.as_bytes()).unwrap();
        let raws: Vec<usize> = page
            .add_msg_list
            .iter()
            .map(|item| item.raw.len())
            .collect();
        assert_eq!(raws.first(), Some(&(2 * DEPTH)), "it is kept as it came");
        assert_eq!(page.add_msg_list.last().unwrap().msg.msg_id.as_str(), "1");
    });
}

#[test]
fn a_body_of_any_depth_has_its_facts() {
    with_little_stack(|| {
        // The object is a level of its own.
        for depth in [127, 128, DEPTH] {
            let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let body = format!(r#"{{"BaseResponse":{{"Ret":7}},"Deep":{deep}}}"#);
            let facts = wx_wire::facts::of("sendmsg", &json!({}), body.as_bytes()).unwrap();
            assert_eq!(facts["ret"], 7, "{depth}");
        }
    });
}
