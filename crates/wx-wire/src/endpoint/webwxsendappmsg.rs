//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendappmsg`: sends a file, or
//! forwards an application message.
//!
//! The medium is named in the content; there is no member `MediaId`. The answer
//! is a [`Receipt`](super::Receipt).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::Endpoint;
use super::envelope::{Envelope, Payload};
use super::webwxuploadmedia::extension;
use crate::code::AppMsgType;
use crate::id::MediaId;
use crate::query::Query;
use crate::secret::UploadSignature;
use crate::xml::escape;

/// The application's number in the XML of a file; the desktop page has none.
const APP_ID: &str = "wxeb7ec651dd0aefa9";

/// Sends an application message.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who sends to whom.
    pub envelope: Envelope<'a>,
    /// What it is: [`AppMsgType::FILE`] with [`file_content`].
    pub app_type: AppMsgType,
    /// The `appmsg` XML, not escaped.
    pub content: &'a str,
    /// What webwxcheckupload gave for a large file.
    pub signature: Option<&'a UploadSignature>,
    /// The desktop variant.
    pub desktop: bool,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let payload = Payload {
            signature: self.signature.map(UploadSignature::expose),
            ..Payload::new(self.app_type.0, self.content)
        };
        let mut query = Query::new().pair("fun", "async").pair("f", "json");
        if self.desktop {
            query = query.pair("mod", "desktop");
        }
        self.envelope.encode(Endpoint::SendAppMsg, query, &payload)
    }
}

/// The content that sends a file of `size` bytes (protocol: file XML).
///
/// Characters that XML does not allow are left out of the name.
#[must_use]
pub fn file_content(name: &str, size: u64, media_id: &MediaId, desktop: bool) -> String {
    let app_id = if desktop { "" } else { APP_ID };
    format!(
        "<appmsg appid='{app_id}' sdkver=''><title>{}</title><des></des><action></action>\
         <type>6</type><content></content><url></url><lowurl></lowurl><appattach>\
         <totallen>{size}</totallen><attachid>{}</attachid><fileext>{}</fileext></appattach>\
         <extinfo></extinfo></appmsg>",
        escape::text(name),
        escape::text(media_id.as_str()),
        escape::text(extension(name)),
    )
}
