//! Transfers and red packets.

use wx_wire::code::{AppMsgType, MsgType};

use super::wire::{decoded, wire};

#[test]
fn a_transfer_with_breaks_between_all_elements() {
    let content = wire(
        "<msg>\n<appmsg appid=\"\" sdkver=\"\">\n<title><![CDATA[Transfer]]></title>\n\
         <des><![CDATA[0.10 received]]></des>\n<type>2000</type>\n\
         <url><![CDATA[https://p.example/?a=1&b=2]]></url>\n<wcpayinfo>\n<paysubtype>1</paysubtype>\n\
         <feedesc><![CDATA[￥0.10]]></feedesc>\n<transcationid><![CDATA[56]]></transcationid>\n\
         <transferid><![CDATA[29]]></transferid>\n<pay_memo><![CDATA[]]></pay_memo>\n\n\n\
         </wcpayinfo>\n</appmsg>\n</msg>",
    );
    let transfer = decoded!(MsgType::APP, content, App);
    assert_eq!(transfer.app_msg_type(), AppMsgType::TRANSFER);
    assert_eq!(transfer.url.as_deref(), Some("https://p.example/?a=1&b=2"));
    let pay = transfer.wcpayinfo.unwrap();
    assert_eq!(pay.paysubtype.as_deref(), Some("1"));
    assert_eq!(pay.feedesc.as_deref(), Some("￥0.10"));
    assert_eq!(pay.transcationid.as_deref(), Some("56"));
    assert_eq!(pay.pay_memo.as_deref(), Some(""));
    assert_eq!(pay.sendertitle, None);
}

/// Its type stands in CDATA, and one element comes twice.
#[test]
fn a_red_packet() {
    let content = wire(
        "<msg><appmsg appid=\"\" sdkver=\"\"><des><![CDATA[open it]]></des>\
         <type><![CDATA[2001]]></type><title><![CDATA[Packet]]></title><wcpayinfo>\
         <url><![CDATA[https://r.example]]></url><scenetext><![CDATA[first]]></scenetext>\
         <scenetext><![CDATA[second]]></scenetext><receivertitle><![CDATA[luck]]></receivertitle>\
         <paymsgid><![CDATA[1000]]></paymsgid><nativeurl><![CDATA[wxpay://c?a=1&b=2]]></nativeurl>\
         </wcpayinfo></appmsg></msg>",
    );
    let packet = decoded!(MsgType::APP, content, App);
    assert_eq!(packet.app_msg_type(), AppMsgType::RED_PACKET);
    assert_eq!(packet.url, None);
    let pay = packet.wcpayinfo.unwrap();
    assert_eq!(pay.scenetext.as_deref(), Some("first"));
    assert_eq!(pay.receivertitle.as_deref(), Some("luck"));
    assert_eq!(pay.nativeurl.as_deref(), Some("wxpay://c?a=1&b=2"));
}
