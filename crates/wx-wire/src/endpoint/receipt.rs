//! The answer to each of the five requests that send a message.

use super::{BaseResponse, Endpoint, verdict};
use crate::error::DecodeError;
use crate::id::{ClientMsgId, MsgId};
use crate::json::{self, object};

object! {
    /// The server's receipt for a message.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Receipt {
        base: Option<BaseResponse> = "BaseResponse",
        /// The message's number; empty on refusal.
        pub msg_id: MsgId = "MsgID",
        /// The number that the client sent.
        pub local_id: ClientMsgId = "LocalID",
    }
}

verdict!(Receipt);

impl Receipt {
    /// Reads the JSON that `endpoint` answered.
    ///
    /// # Errors
    /// If the body is not JSON with a BaseResponse, or says success without a
    /// MsgID: the message may then have arrived or not.
    pub fn decode(endpoint: Endpoint, body: &[u8]) -> Result<Self, DecodeError> {
        let receipt: Self = json::body(endpoint, body)?;
        let base = BaseResponse::required(endpoint, receipt.base.clone())?;
        if base.ret.is_ok() && receipt.msg_id.is_empty() {
            return Err(DecodeError::new(endpoint, "a member MsgID", 0));
        }
        Ok(receipt)
    }
}
