//! A client that speaks the protocol by hand, and a clock to turn.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config, Now, Push, Reply, RequestId, Service};

pub(crate) const START_MS: u64 = 1_600_000_000_000;
pub(crate) const CGI: &str = "/cgi-bin/mmwebwx-bin";
pub(crate) const DEVICE_ID: &str = "e123456789012345";
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/91.0 Safari/537.36";

/// The service and the time.
pub(crate) struct World {
    pub(crate) sim: Service,
    pub(crate) now: Now,
    requests: u64,
    replies: HashMap<RequestId, Reply>,
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        Self::with(config, &[AccountSpec::default()])
    }

    /// Settings as a test writes them: those of the control call `reset`.
    pub(crate) fn configured(config: Value) -> Self {
        Self::new(serde_json::from_value(config).unwrap())
    }

    pub(crate) fn with(config: Config, accounts: &[AccountSpec]) -> Self {
        Self::around(Service::new(config, accounts, 7))
    }

    pub(crate) fn around(sim: Service) -> Self {
        Self {
            sim,
            now: Now::from_unix_ms(START_MS),
            requests: 0,
            replies: HashMap::new(),
        }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
        self.drain();
    }

    pub(crate) fn control(&mut self, call: &str, body: Value) -> Value {
        let answer = self.sim.control(self.now, call, &body).unwrap();
        self.drain();
        answer
    }

    /// The user name of a contact of the first account by its short name.
    pub(crate) fn user_name(&mut self, name: &str) -> String {
        string(&self.contact(name)["user_name"])
    }

    /// What `state` says of a contact of the first account.
    pub(crate) fn contact(&mut self, name: &str) -> Value {
        let state = self.control("state", json!({}));
        let contacts = state["accounts"][0]["contacts"].as_array().unwrap();
        let contact = contacts.iter().find(|contact| contact["name"] == name);
        contact.unwrap().clone()
    }

    pub(crate) fn push(&mut self, push: &Push) -> u64 {
        let msg_id = self.sim.push(self.now, push).unwrap();
        self.drain();
        msg_id
    }

    pub(crate) fn start(&mut self, request: Request<Bytes>) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.sim.handle(self.now, id, request);
        self.drain();
        id
    }

    /// The reply, if it came by now.
    pub(crate) fn reply(&mut self, id: RequestId) -> Option<Reply> {
        self.drain();
        self.replies.remove(&id)
    }

    /// The answer, if it came by now.
    pub(crate) fn answer(&mut self, id: RequestId) -> Option<Response<Bytes>> {
        match self.reply(id)? {
            Reply::Response(response) => Some(response),
            other => panic!("no answer but {other:?}"),
        }
    }

    /// Turns the clock until the answer comes.
    pub(crate) fn wait(&mut self, id: RequestId) -> Response<Bytes> {
        loop {
            if let Some(response) = self.answer(id) {
                return response;
            }
            self.now = self.sim.deadline().expect("the service waits for nothing");
        }
    }

    pub(crate) fn fetch(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        let id = self.start(request);
        self.answer(id).expect("the request is held")
    }

    fn drain(&mut self) {
        while let Some((id, reply)) = self.sim.poll_reply(self.now) {
            self.replies.insert(id, reply);
        }
    }

    /// `jslogin`; the uuid.
    pub(crate) fn ask_for_code(&mut self) -> String {
        let url = "https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new&lang=zh_CN&_=1";
        let script = text(&self.fetch(get(url)));
        script.split('"').nth(1).unwrap().to_owned()
    }

    /// Polls a login until it is confirmed; the redirect_uri.
    pub(crate) fn await_confirmation(&mut self, uuid: &str) -> String {
        loop {
            let id = self.start(get(&login_poll(uuid, 0)));
            let script = text(&self.wait(id));
            if let Some((_, uri)) = script.split_once("window.redirect_uri=\"") {
                assert!(script.starts_with("window.code=200;"), "{script}");
                return uri.trim_end_matches("\";").to_owned();
            }
            assert!(!script.contains("400"), "the login died");
        }
    }

    /// The whole way from a QR code to an initialised session.
    pub(crate) fn log_in(&mut self) -> Session {
        let uuid = self.ask_for_code();
        let uri = self.await_confirmation(&uuid);
        let response = self.fetch(get(&format!("{uri}&fun=new&version=v2")));
        let mut session = Session::new(&uri, &response);
        session.init(self);
        session
    }
}

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
        let body = json(&world.fetch(self.post("webwxinit", json!({}))));
        assert_eq!(body["BaseResponse"]["Ret"], 0, "{body}");
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
        json(&world.fetch(self.post(endpoint, body)))
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
        json(&world.fetch(self.post("webwxsync", body)))
    }

    /// A webwxsync that takes over the new keys.
    pub(crate) fn sync(&mut self, world: &mut World) -> Value {
        let page = self.peek(world);
        assert_eq!(page["BaseResponse"]["Ret"], 0, "{page}");
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
        json(&world.fetch(self.post("webwxsendmsg", body)))
    }
}

/// `Ret` of an answer.
pub(crate) fn ret(answer: &Value) -> i64 {
    answer["BaseResponse"]["Ret"].as_i64().unwrap()
}

pub(crate) fn with_range(mut request: Request<Bytes>, range: &str) -> Request<Bytes> {
    request
        .headers_mut()
        .insert("range", range.parse().unwrap());
    request
}

pub(crate) fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

pub(crate) fn login_poll(uuid: &str, tip: u8) -> String {
    format!("https://login.wx.qq.com{CGI}/login?loginicon=true&uuid={uuid}&tip={tip}&r=-1&_=1")
}

pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

pub(crate) fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

pub(crate) fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The text of an element that occurs once.
pub(crate) fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

pub(crate) fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The values of one member of each item of a list.
pub(crate) fn column(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| string(&item[member])).collect()
}
