//! `GET https://login.weixin.qq.com/qrcode/UUID`: the QR code as a picture.
//!
//! A client that can draw needs no picture: the code's content is
//! [`content`]'s address.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get};
use crate::error::DecodeError;
use crate::host::QR_HOST;
use crate::id::QrUuid;
use crate::query;

/// What the phone reads from the code: `https://login.weixin.qq.com/l/UUID`.
#[must_use]
pub fn content(uuid: &QrUuid) -> String {
    format!("https://{QR_HOST}/l/{uuid}")
}

/// Asks for the picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The number from jslogin.
    pub uuid: &'a QrUuid,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let uuid = query::encode(self.uuid.as_str());
        get(format!("https://{QR_HOST}/qrcode/{uuid}?t=webwx"))
    }
}

/// A picture's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// JPEG or PNG.
    pub picture: Bytes,
}

impl Response {
    /// Takes the picture over.
    ///
    /// # Errors
    /// If the body does not start as a JPEG, PNG or GIF does.
    pub fn decode(body: Bytes) -> Result<Self, DecodeError> {
        let magic: [&[u8]; 3] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8"];
        if magic.iter().any(|magic| body.starts_with(magic)) {
            Ok(Self { picture: body })
        } else {
            Err(DecodeError::new(
                Endpoint::QrCode,
                "a JPEG, PNG or GIF picture",
                0,
            ))
        }
    }
}
