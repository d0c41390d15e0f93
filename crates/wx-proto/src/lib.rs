//! The core of a WeChat Web client, without I/O: login, sync, outbox and roster as
//! state machines that take the time as an argument.
//!
//! A [`Session`] says which requests to send and which records to store, is told
//! the results, and returns events and completions. Sockets, clocks, cookies and
//! files are up to the driver. The same configuration, seed and inputs give the same
//! outputs, byte for byte.
//!
//! # A driver
//!
//! This driver is complete, except that its service is a list of canned answers, and
//! its clock jumps from deadline to deadline. A real one sends the requests, stores
//! the records and waits, in any runtime or none; [`io`] says what it must not leave to
//! its HTTP library.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use wx_proto::{Config, EventKind, Input, Instant, Now, Seed, Session, Transmit};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = |path: &str| match path {
//!     "/jslogin" => r#"window.QRLogin.code = 200; window.QRLogin.uuid = "Wb4sNq1x==";"#,
//!     "/cgi-bin/mmwebwx-bin/login" => {
//!         r#"window.code=200;
//!         window.redirect_uri="https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=A1";"#
//!     }
//!     "/cgi-bin/mmwebwx-bin/webwxnewloginpage" => {
//!         "<error><ret>0</ret><message></message><skey>@crypt_1</skey><wxsid>s1</wxsid>\
//!          <wxuin>2799942121</wxuin><pass_ticket>p1</pass_ticket></error>"
//!     }
//!     "/cgi-bin/mmwebwx-bin/webwxinit" => {
//!         r#"{"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "SKey": "@crypt_2",
//!             "User": {"UserName": "@me", "NickName": "Me"},
//!             "SyncKey": {"Count": 1, "List": [{"Key": 1, "Val": 7}]}}"#
//!     }
//!     _ => "",
//! };
//!
//! let mut now = Now { mono: Instant::new(Duration::ZERO), unix_ms: 1_520_927_383_000 };
//! let mut session = Session::new(Arc::new(Config::default()), Seed(1), now);
//! let mut stored = Vec::new();
//! let mut told = Vec::new();
//!
//! while !told.iter().any(|event| event == "online") {
//!     let mut inputs = Vec::new();
//!     while let Some(transmit) = session.poll_transmit() {
//!         let Transmit::Send(request) = transmit else { continue };
//!         let (head, body) = http::Response::new(service(request.head.uri.path())).into_parts();
//!         inputs.push(Input::Response { id: request.id, head, body: body.into() });
//!     }
//!     while let Some(record) = session.poll_persist() {
//!         inputs.push(Input::Persisted(record.seq));
//!         stored.push(serde_json::to_string(&record)?);
//!     }
//!     if inputs.is_empty() {
//!         let deadline = session.deadline().ok_or("a login always waits for something")?;
//!         now.mono = deadline.at;
//!         inputs.push(Input::Timeout);
//!     }
//!     for input in inputs {
//!         session.handle(now, input);
//!     }
//!     while let Some(event) = session.poll_event(now) {
//!         if let EventKind::Qr { url, .. } = &event.kind {
//!             assert_eq!(url, "https://login.weixin.qq.com/l/Wb4sNq1x==");
//!         }
//!         told.push(serde_json::to_value(&event.kind)?["event"].clone());
//!         // What is not acknowledged comes again after a restart.
//!         session.ack(now, event.id);
//!     }
//! }
//!
//! assert_eq!(told, ["qr", "confirmed", "online"]);
//! session.close();
//! while let Some(record) = session.poll_persist() {
//!     stored.push(serde_json::to_string(&record)?);
//!     session.handle(now, Input::Persisted(record.seq));
//! }
//! assert!(session.is_idle());
//! assert!(stored.concat().contains("@crypt_2"), "the keys survive the process");
//! # Ok(())
//! # }
//! ```

pub mod command;
pub mod config;
pub mod event;
pub mod forward;
pub mod identity;
pub mod io;
pub mod media;
pub mod message;
pub mod outbox;
pub mod roster;
#[cfg(wx_sabotage)]
#[doc(hidden)]
pub mod sabotage;
pub mod saved;
pub mod state;
pub mod trace;

mod backoff;
mod contacts;
mod context;
mod downloads;
mod fields;
mod inbox;
mod journal;
mod login;
mod operations;
mod originals;
mod parking;
mod publication;
mod recent;
mod rng;
#[cfg(not(wx_sabotage))]
mod sabotage;
mod session;
mod sync;
mod text;
mod time;
mod transfer;

pub use command::{
    Command, CommandError, CommandId, Completion, Content, Done, Rejected, SendContent, SendText,
};
pub use config::Config;
pub use event::{Event, EventId, EventKind};
pub use forward::Forward;
pub use io::{Body, Failure, FailureKind, Input, Lane, Reached, Request, RequestId, Transmit};
pub use media::{FileKind, LocalFile, MediaRef, Uploaded};
pub use message::{Message, TextLimit, split_text};
pub use publication::Publication;
pub use rng::Seed;
pub use roster::Roster;
pub use saved::{Record, RecordSeq, Saved};
pub use session::Session;
pub use state::State;
pub use time::{Deadline, Instant, Now, Timer};
/// The crate below, whose identifiers, codes and formats this one's interface uses.
pub use wx_wire;
