//! Pictures of people and groups, and maps.

use serde_json::json;

use crate::support::{World, get, online, string};

#[test]
fn everybody_has_a_picture_of_his_own_which_may_change() {
    let (mut world, session) = online();
    let url = |world: &mut World, name: &str| {
        let user_name = world.user_name(name);
        let list = json!({"Count": 1, "List": [{"UserName": user_name}]});
        let answer = session.ask(world, "webwxbatchgetcontact", list);
        let path = string(&answer["ContactList"][0]["HeadImgUrl"]);
        format!("https://{}{path}", session.base)
    };
    let picture = |world: &mut World, url: &str| {
        let response = world.fetch(session.with_cookies(get(url)));
        assert!(response.body().starts_with(&[0xff, 0xd8, 0xff]), "{url}");
        response.into_body()
    };
    let names = ["friend:0", "friend:1", "group:0", "stranger:0", "mp:0"];
    let urls = names.map(|name| url(&mut world, name));
    let pictures = urls.clone().map(|url| picture(&mut world, &url));
    for (n, one) in pictures.iter().enumerate() {
        assert!(!pictures[..n].contains(one), "{}", names[n]);
    }
    assert!(urls[2].contains("/webwxgetheadimg?seq="), "{}", urls[2]);
    let itchat = urls[0].replace("username=", "userName=");
    assert_eq!(picture(&mut world, &itchat), pictures[0]);
    let big = picture(&mut world, &format!("{}&type=big", urls[0]));
    assert!(big.len() > pictures[0].len());

    let changed = json!({"contact": "friend:0", "avatar": true});
    world.control("contact/mod", changed);
    let new_url = url(&mut world, "friend:0");
    assert_ne!(new_url, urls[0]);
    assert_ne!(picture(&mut world, &new_url), pictures[0]);
    // People and groups have endpoints of their own.
    let wrong = urls[0].replace("webwxgeticon", "webwxgetheadimg");
    assert!(
        world
            .fetch(session.with_cookies(get(&wrong)))
            .body()
            .is_empty()
    );
}

#[test]
fn the_map_of_a_location_is_where_the_message_says() {
    let (mut world, mut session) = online();
    world.control("push", json!({"kind": "location"}));
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    let content = string(&item["Content"]);
    let (_, path) = content.split_once(":<br/>").unwrap();
    let url = format!("https://{}{path}", session.base);
    let map = world.fetch(session.with_cookies(get(&url)));
    assert_eq!(map.headers()["content-type"], "image/png");
    assert!(map.body().starts_with(b"\x89PNG\r\n\x1a\n"));
    let other = url.replace("pictype=location", "pictype=other");
    assert!(
        world
            .fetch(session.with_cookies(get(&other)))
            .body()
            .is_empty()
    );
}
