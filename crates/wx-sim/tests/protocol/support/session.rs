//! A client's side of a login, request by request.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::{CGI, START_MS, World, element, get, percent, ret, string, text};

const DEVICE_ID: &str = "e123456789012345";
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/91.0 Safari/537.36";

/// What a client keeps of a login.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) base: String,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) uin: String,
    pub(crate) sid: String,
    pub(crate) skey: String,
    pub(crate) pass_ticket: String,
    pub(crate) user_name: String,
    pub(crate) sync_key: Value,
    pub(crate) check_key: Value,
    messages: u64,
}

impl Session {
    /// From the answer of webwxnewloginpage.
    pub(crate) fn new(redirect_uri: &str, page: &Response<Bytes>) -> Self {
        let xml = text(page);
        let host = redirect_uri.split('/').nth(2).unwrap();
        let mut session = Self {
            base: host.to_owned(),
            jar: BTreeMap::new(),
            uin: element(&xml, "wxuin"),
            sid: element(&xml, "wxsid"),
            skey: element(&xml, "skey"),
            pass_ticket: element(&xml, "pass_ticket"),
            user_name: String::new(),
            sync_key: Value::Null,
            check_key: Value::Null,
            messages: 0,
        };
        session.take_cookies(page);
        session
    }

    pub(crate) fn take_cookies(&mut self, response: &Response<Bytes>) {
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn base_request(&self) -> Value {
        json!({"Uin": self.uin, "Sid": self.sid, "Skey": self.skey, "DeviceID": DEVICE_ID})
    }

    pub(crate) fn with_cookies(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let value = pairs.join("; ").parse().unwrap();
        let head = request.headers_mut();
        head.insert("cookie", value);
        head.insert("user-agent", USER_AGENT.parse().unwrap());
        request
    }

    /// A POST to the base host, its body completed with a BaseRequest. The
    /// endpoint may have a query.
    pub(crate) fn post(&self, endpoint: &str, mut body: Value) -> Request<Bytes> {
        if body.get("BaseRequest").is_none() {
            body["BaseRequest"] = self.base_request();
        }
        let ticket = percent(&self.pass_ticket);
        let mark = if endpoint.contains('?') { '&' } else { '?' };
        let url = format!(
            "https://{}{CGI}/{endpoint}{mark}pass_ticket={ticket}",
            self.base
        );
        let body = Bytes::from(body.to_string());
        let request = Request::post(url).header("content-type", "application/json;charset=UTF-8");
        self.with_cookies(request.body(body).unwrap())
    }

    pub(crate) fn get(&self, path_and_query: &str) -> Request<Bytes> {
        self.with_cookies(get(&format!("https://{}{CGI}/{path_and_query}", self.base)))
    }

    pub(crate) fn init(&mut self, world: &mut World) -> Value {
        let body = self.ask(world, "webwxinit", json!({}));
        assert_eq!(ret(&body), 0, "{body}");
        self.user_name = string(&body["User"]["UserName"]);
        self.skey = string(&body["SKey"]);
        if self.sync_key.is_null() {
            self.sync_key = body["SyncKey"].clone();
            self.check_key = body["SyncKey"].clone();
        }
        body
    }

    /// The answer to a POST.
    pub(crate) fn ask(&self, world: &mut World, endpoint: &str, body: Value) -> Value {
        world.json(self.post(endpoint, body))
    }

    /// A synccheck with a key of one's own choice.
    pub(crate) fn check_with(&self, key: &Value) -> Request<Bytes> {
        let pairs: Vec<String> = (key["List"].as_array().unwrap().iter())
            .map(|item| format!("{}_{}", item["Key"], item["Val"]))
            .collect();
        let url = format!(
            "https://webpush.{}{CGI}/synccheck?r=1&skey={}&sid={}&uin={}&deviceid={DEVICE_ID}&synckey={}&_=1",
            self.base,
            percent(&self.skey),
            percent(&self.sid),
            self.uin,
            percent(&pairs.join("|")),
        );
        self.with_cookies(get(&url))
    }

    pub(crate) fn check(&self) -> Request<Bytes> {
        self.check_with(&self.check_key)
    }

    /// A webwxsync that does not take over the new keys.
    pub(crate) fn peek(&self, world: &mut World) -> Value {
        let body = json!({"SyncKey": self.sync_key, "rr": 1});
        self.ask(world, "webwxsync", body)
    }

    /// A webwxsync that takes over the new keys.
    pub(crate) fn sync(&mut self, world: &mut World) -> Value {
        let page = self.peek(world);
        assert_eq!(ret(&page), 0, "{page}");
        self.sync_key = page["SyncKey"].clone();
        self.check_key = page["SyncCheckKey"].clone();
        if page["SKey"] != "" {
            self.skey = string(&page["SKey"]);
        }
        page
    }

    /// The body of a text message with a fresh ClientMsgId.
    pub(crate) fn text_to(&mut self, to: &str, content: &str) -> Value {
        self.messages += 1;
        let id = format!("{}0{:03}", START_MS, self.messages);
        json!({"Scene": 0, "Msg": {
            "Type": 1, "Content": content, "FromUserName": self.user_name, "ToUserName": to,
            "LocalID": id, "ClientMsgId": id,
        }})
    }

    pub(crate) fn send(&mut self, world: &mut World, to: &str, content: &str) -> Value {
        let body = self.text_to(to, content);
        self.ask(world, "webwxsendmsg", body)
    }
}
