//! A client that speaks the protocol by hand, and a clock to turn.

mod session;

use std::collections::HashMap;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config, Now, Push, Reply, RequestId, Service};

pub(crate) use self::session::Session;

pub(crate) const START_MS: u64 = 1_600_000_000_000;
pub(crate) const CGI: &str = "/cgi-bin/mmwebwx-bin";
pub(crate) const JSLOGIN: &str = "https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new";

/// The service and the time.
pub(crate) struct World {
    pub(crate) sim: Service,
    pub(crate) now: Now,
    requests: u64,
    replies: HashMap<RequestId, Reply>,
}

/// A client that is online, and its service.
pub(crate) fn online() -> (World, Session) {
    online_with(json!({}))
}

/// The same with settings as a test writes them: those of the control call
/// `reset`.
pub(crate) fn online_with(config: Value) -> (World, Session) {
    let mut world = World::configured(config);
    let session = world.log_in();
    (world, session)
}

/// The same with a service that checks more than the real one.
pub(crate) fn strict() -> (World, Session) {
    online_with(json!({"strictness": "strict"}))
}

impl Default for World {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        Self::with(config, &[AccountSpec::default()])
    }

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
        self.sim.user_name(0, name).unwrap().to_owned()
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

    /// The text that a request is answered with at once.
    pub(crate) fn text(&mut self, request: Request<Bytes>) -> String {
        text(&self.fetch(request))
    }

    /// The same for JSON.
    pub(crate) fn json(&mut self, request: Request<Bytes>) -> Value {
        serde_json::from_slice(self.fetch(request).body()).unwrap()
    }

    /// The text of an answer that has come by now.
    pub(crate) fn answered(&mut self, id: RequestId) -> String {
        text(&self.answer(id).expect("no answer yet"))
    }

    fn drain(&mut self) {
        while let Some((id, reply)) = self.sim.poll_reply(self.now) {
            self.replies.insert(id, reply);
        }
    }

    /// `jslogin`; the uuid.
    pub(crate) fn ask_for_code(&mut self) -> String {
        let script = self.text(get(&format!("{JSLOGIN}&lang=zh_CN&_=1")));
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

pub(crate) fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The script that `synccheck` answers with.
pub(crate) fn checked(retcode: i32, selector: u8) -> String {
    format!("window.synccheck={{retcode:\"{retcode}\",selector:\"{selector}\"}}")
}

/// Adds members to an object, or puts others in place of its own.
pub(crate) fn extend(object: &mut Value, members: Value) {
    let Value::Object(members) = members else {
        panic!("no members: {members}");
    };
    object.as_object_mut().unwrap().extend(members);
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
