//! A simulated WeChat Web service, to test a bot without an account.
//!
//! [`Service`] is the service itself: requests go in, replies come out, in
//! virtual time and without any I/O. It issues QR codes, holds long polls,
//! takes messages and files and serves them again, checks keys and cookies as
//! strictly as the real one, and writes its bodies in the layout of captured
//! ones. With the feature `http`, `Server` puts it
//! behind TLS on a loopback port for clients that open sockets.
//!
//! It shares no code with the client it tests: a wrong field name would have
//! to be wrong twice.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `http` | no | `Server`: the service behind TLS on a loopback port |
//!
//! # Example
//!
//! A test asks for a QR code, has the phone confirm it, and looks at what the
//! login poll says:
//!
//! ```
//! use bytes::Bytes;
//! use serde_json::json;
//! use wx_sim::{AccountSpec, Config, Now, Reply, RequestId, Service};
//!
//! let mut sim = Service::new(Config::default(), &[AccountSpec::default()], 7);
//! let now = Now::from_unix_ms(1_600_000_000_000);
//!
//! let mut ask = |id, url: &str| {
//!     let request = http::Request::get(url).body(Bytes::new()).unwrap();
//!     sim.handle(now, RequestId(id), request);
//!     // The test holds the phone.
//!     if id == 1 {
//!         sim.control(now, "login", &json!({"action": "confirm"})).unwrap();
//!     }
//!     match sim.poll_reply(now) {
//!         Some((_, Reply::Response(response))) => {
//!             String::from_utf8(response.into_body().to_vec()).unwrap()
//!         }
//!         other => panic!("no answer: {other:?}"),
//!     }
//! };
//!
//! let code = ask(0, "https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new");
//! let uuid = code.split('"').nth(1).unwrap().to_owned();
//! let poll = format!("https://login.wx.qq.com/cgi-bin/mmwebwx-bin/login?uuid={uuid}&tip=1");
//! assert!(ask(1, &poll).starts_with("window.code=200;\nwindow.redirect_uri=\"https://wx2.qq.com/"));
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod codes;
mod config;
mod control;
mod endpoint;
mod escape;
mod fault;
mod feed;
mod hosts;
#[cfg(feature = "http")]
mod http;
mod layout;
mod limit;
mod login;
mod media;
mod message;
mod multipart;
mod now;
mod omission;
mod oracle;
mod reply;
mod request;
mod rng;
mod script;
mod service;
mod session;
mod timers;
mod upload;
mod xml;

pub use self::config::{AccountSpec, Config, LoginPage, StatusNotify, Strictness, SyncCheckKey};
pub use self::control::{ControlError, Push, PushKind};
pub use self::fault::{Fault, FaultKind};
pub use self::hosts::{Family, all_hosts};
#[cfg(feature = "http")]
pub use self::http::{Options, Server};
pub use self::now::Now;
pub use self::omission::{NotAnOmission, Omission};
pub use self::oracle::{Delivered, Logged, Op, Sent, Upload};
pub use self::reply::Reply;
pub use self::script::{Script, ScriptError};
pub use self::service::{RequestId, Service};
