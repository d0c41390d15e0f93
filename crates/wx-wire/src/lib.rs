//! Bytes to typed values and back for WeChat's web protocol ("webwx").
//!
//! The crate encodes requests and decodes responses, in the client's direction
//! only. It does no I/O, reads no clock and draws no randomness.
//!
//! * [`endpoint`]: one module per server path, each with its request and its
//!   response;
//! * [`script`], [`xml`] and [`content`]: the grammars of script bodies, XML
//!   bodies and message contents, usable by themselves;
//! * [`contact`] and [`message`]: the records that several endpoints share, and
//!   what the contents of messages say;
//! * [`facts`]: what a body of any kind says, as one flat JSON object;
//! * [`id`], [`secret`] and [`code`]: newtypes for identifiers, for values that
//!   must never be printed, and for the server's numeric codes.

pub mod code;
pub mod contact;
pub mod content;
pub mod credentials;
pub mod endpoint;
pub mod error;
pub mod facts;
pub mod host;
pub mod id;
mod json;
pub mod message;
pub mod query;
mod scan;
pub mod script;
pub mod secret;
pub mod set_cookie;
pub mod sync_key;
pub mod xml;

pub use credentials::Credentials;
pub use error::{DecodeError, GrammarError};
