//! A WeChat Web client: log in, receive and send messages.
//!
//! [`Client::builder`] makes three things: a [`Client`], the handle for all calls,
//! which is cheap to clone; [`Events`], a stream with one owner; and a [`Runner`],
//! the future that does the work. [`Builder::spawn`] spawns the runner on tokio.
//!
//! ```no_run
//! use wx_client::{Client, EventKind, FileStore, message::Body};
//!
//! # async fn example() -> Result<(), wx_client::Error> {
//! let store = FileStore::open("account")?;
//! let (client, mut events) = Client::builder().store(store).spawn().await?;
//! while let Some(event) = events.next().await {
//!     match event.kind() {
//!         EventKind::Qr { url, .. } => println!("scan {url}"),
//!         EventKind::Message(message) if !message.from_me => {
//!             if let Body::Text { text, .. } = &message.body {
//!                 client.send_text(&message.chat.id, text.as_str()).await?;
//!             }
//!         }
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `bot` | no | the module `bot`: a router for messages, and layers in front of its handlers |
//! | `qr` | no | the module `qr`: login codes, drawn for a terminal |
//!
//! # Media
//!
//! [`Media`] is a file or bytes to send; [`MediaRef`] names something to download.
//! Both move by a [`Transfer`]: a future that reports its [`Progress`] and can be
//! cancelled. Media are streamed: however large one is, only a piece of it is in
//! memory at a time.
//!
//! ```no_run
//! use wx_client::{Client, Media, Message};
//!
//! # async fn example(client: Client, message: Message) -> Result<(), Box<dyn std::error::Error>> {
//! let sending = client.send_file("filehelper", Media::path("report.pdf").await?);
//! let mut progress = sending.progress();
//! tokio::spawn(async move {
//!     while progress.changed().await.is_ok() {
//!         println!("{} bytes", progress.borrow_and_update().done);
//!     }
//! });
//! sending.await?;
//!
//! let saved = client.download(message.media()?).into_dir("media").await?;
//! println!("{:?} has the MD5 {}", saved.path, saved.md5);
//! # Ok(())
//! # }
//! ```
//!
//! # Promises
//!
//! * A message is delivered until it is acknowledged, even across restarts. Taking
//!   the next event acknowledges the previous one.
//! * A message that you send goes out once. If the answer is lost, the outcome is
//!   [`ErrorKind::Unknown`], and nothing is sent again unasked.
//! * A download that is interrupted is resumed. The file gets its name only when it
//!   is complete, and replaces no other file unasked.
//! * An outage is waited out; only the server can end a session.
//! * Stopping takes at most 20 seconds, whatever the network and the disk do.
//! * Keys and cookies print as `<redacted>`.

#![cfg_attr(docsrs, feature(doc_cfg))]

// The files it reads are not in the package.
#[cfg(doctest)]
mod book;
#[cfg(feature = "bot")]
pub mod bot;
mod builder;
mod client;
mod clock;
mod dispatch;
mod download;
mod driver;
mod error;
mod events;
mod exchange;
mod keeper;
mod media;
#[cfg(feature = "qr")]
pub mod qr;
mod record;
pub mod store;
mod transfer;

pub use builder::{Builder, Runner};
pub use client::{Client, Forwarding, Group, MembersAdded, Overview, SendMedia, Sent};
pub use dispatch::{Dispatcher, Failure};
pub use download::{Downloaded, Downloading, SavedFile};
pub use error::{Error, ErrorKind, Origin};
pub use events::{AckGuard, Delivery, Events};
pub use media::{Media, safe_file_name};
pub use store::{FileStore, MemoryStore, SessionStore, StoreError};
pub use transfer::{Canceller, Progress, Transfer};
pub use wx_proto::command::{
    Content, IdempotencyKey, Joining, MemberOutcome, Rejected, SendContent, SendText,
};
pub use wx_proto::config::{self, Config, Ladder, Pace, Profile};
pub use wx_proto::event::{self, EventKind};
pub use wx_proto::forward::{Forward, NotForwardable};
pub use wx_proto::identity::{self, StableKey, Standing};
pub use wx_proto::media::{FileKind, MediaRef, NoMedia, Uploaded};
pub use wx_proto::message::{self, Message};
pub use wx_proto::roster::{self, Contact, ContactKind, Roster};
pub use wx_proto::state::{self, State};
pub use wx_proto::{Publication, TextLimit, saved, split_text};
pub use wx_transport::{self as transport, Chain, Http};
pub use wx_wire::{code, id};
