//! What a login yields and nearly every later request carries.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};

use crate::host::Hosts;
use crate::id::{DeviceId, Uin};
use crate::secret::{PassTicket, Sid, Skey};

/// The keys of a session, and the hosts they are valid at.
#[derive(Clone, Debug, PartialEq, Eq, DeriveSerialize, Deserialize)]
pub struct Credentials {
    /// Where the session lives. Its keys are worth nothing elsewhere.
    pub hosts: Hosts,
    /// The account's number.
    pub uin: Uin,
    /// The session's number.
    pub sid: Sid,
    /// The session's key.
    pub skey: Skey,
    /// The login's ticket, percent-encoded as it came.
    pub pass_ticket: PassTicket,
    /// The number that the client drew for itself.
    pub device_id: DeviceId,
}

/// The member `BaseRequest` of every JSON request.
pub(crate) struct BaseRequest<'a>(pub(crate) &'a Credentials);

impl Serialize for BaseRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("BaseRequest", 4)?;
        object.serialize_field("Uin", &self.0.uin)?;
        object.serialize_field("Sid", self.0.sid.expose())?;
        object.serialize_field("Skey", self.0.skey.expose())?;
        object.serialize_field("DeviceID", &self.0.device_id)?;
        object.end()
    }
}
