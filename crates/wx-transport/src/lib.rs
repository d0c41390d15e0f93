//! HTTP/1.1 over TLS for a client that holds many sessions in one process.
//!
//! This crate knows HTTP and nothing of the service that is spoken to. It
//! carries one request to one answer and has no policy of its own: no retries,
//! no redirects, no timeout except the one for opening a connection.
//!
//! - [`Http`] holds what a whole process shares: trusted roots, TLS session
//!   cache, proxy and limits.
//! - [`Pool`] is a lane with connections of its own, so that a request which
//!   the server holds open for a long time never delays another lane.
//! - [`Body`] is what a request carries, in one piece or in many;
//!   [`Pool::send`] takes in the whole answer, and [`Pool::open`] gives a
//!   [`Download`] to read from.
//! - [`Jar`] holds the cookies of one session.
//! - [`Error`] says which step failed and whether the request can have reached
//!   the server.
//!
//! # What is promised
//!
//! - A request is written to at most one connection, and once. When
//!   [`Error::reached`] is [`Reached::No`], not one byte of it left.
//! - Dropping the future of [`Pool::send`] or [`Pool::open`], or a [`Download`]
//!   that is not at its end, closes the connection at once.
//! - Answers are bounded in header bytes, in bytes on the wire and in bytes
//!   after decompression. The body of a [`Download`] is not held, and the server
//!   is not read from faster than its reader reads.
//! - No input from a server or a proxy makes this crate panic.
//! - Neither logs nor errors hold query strings, cookies, bodies or passwords.
//!
//! # Connections
//!
//! Connections are hyper's `client::conn::http1`, kept in a small pool of this
//! crate, not hyper-util's pooled client. That client repeats a request on a
//! new connection when a kept one turns out to be closed, but hides from its
//! caller whether an error came before or after the first byte. Here the
//! future of [`Pool::send`], like a [`Download`] that is read, drives its
//! connection itself: no task per connection, and a cancelled request takes its connection with it.
//!
//! A request without a body whose answer does not begin within half a second keeps
//! only its TLS stream; hyper's buffers, some 24 KiB, are there again when the
//! answer begins. So a poll that is held open takes 9 KiB of heap.
//!
//! # Example
//!
//! ```no_run
//! use bytes::Bytes;
//! use wx_transport::{Config, Http, Jar, Limits, Reached};
//!
//! # async fn example() -> Result<(), wx_transport::Error> {
//! let http = Http::new(Config::default())?;
//! let pool = http.pool();
//! let jar = Jar::new();
//!
//! let uri = http::Uri::from_static("https://www.example.com/cgi-bin/status");
//! let mut request = http::Request::new(Bytes::new());
//! *request.uri_mut() = uri.clone();
//! jar.apply(&mut request);
//!
//! match pool.send(request, Limits::default()).await {
//!     Ok(response) => {
//!         jar.store(&uri, response.headers());
//!         assert!(response.body().len() <= Limits::DEFAULT_BODY);
//!     }
//!     Err(error) if error.reached() == Reached::No => { /* safe to send again */ }
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```

mod body;
mod chain;
mod config;
mod connect;
mod decode;
mod download;
mod error;
mod exchange;
mod idle;
mod jar;
mod pool;
mod proxy;
mod socks5;
mod tls;

pub use body::Body;
pub use chain::Chain;
pub use config::{Config, HostPort, Limits};
pub use download::Download;
pub use error::{Error, Phase, Reached};
pub use jar::Jar;
pub use pool::{Http, Pool};
pub use proxy::Proxy;
pub use rustls_pki_types::CertificateDer;
