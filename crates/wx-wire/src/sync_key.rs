//! The position in an account's stream of changes (protocol: sync keys).

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};

use crate::json::{Fault, Lenient, Reader, object};

object! {
    /// One counter of a sync key.
    #[derive(Copy, Eq, DeriveSerialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub struct SyncKeyEntry {
        /// Which counter.
        pub key: i64 = "Key",
        /// Its value.
        pub val: i64 = "Val",
    }
}

/// A sync key: counters in the server's order, to be sent back as they came.
///
/// Two keys are equal if their counters are. The count that the server named is
/// not part of the position.
#[derive(Clone, Debug, Default, Eq, Deserialize)]
#[serde(from = "Stored")]
pub struct SyncKey {
    /// The number of entries that the server named. Nothing is indexed by it.
    pub count: i64,
    /// The counters, shared by all copies of the key.
    pub list: Arc<[SyncKeyEntry]>,
}

impl PartialEq for SyncKey {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl SyncKey {
    /// True if a client must not take this key over: it would ask for nothing
    /// for ever (protocol: never overwrite a key with an empty one).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Writes the form of a query: `1_704153081|2_704153169`.
impl fmt::Display for SyncKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, entry) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            write!(f, "{}_{}", entry.key, entry.val)?;
        }
        Ok(())
    }
}

/// Writes the form of a body: `{"Count":1,"List":[{"Key":1,"Val":2}]}`.
impl Serialize for SyncKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("SyncKey", 2)?;
        object.serialize_field("Count", &self.list.len())?;
        object.serialize_field("List", &*self.list)?;
        object.end()
    }
}

/// The stored form, read back strictly: it is our own writing.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stored {
    count: i64,
    list: Vec<SyncKeyEntry>,
}

impl From<Stored> for SyncKey {
    fn from(stored: Stored) -> Self {
        Self {
            count: stored.count,
            list: stored.list.into(),
        }
    }
}

object! {
    /// The wire's form, read leniently.
    struct Wire {
        count: i64 = "Count",
        list: Vec<SyncKeyEntry> = "List",
    }
}

impl From<Wire> for SyncKey {
    fn from(wire: Wire) -> Self {
        Self {
            count: wire.count,
            list: wire.list.into(),
        }
    }
}

impl<'de> Lenient<'de> for SyncKey {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        Wire::read(reader).map(Self::from)
    }
}

impl<'de> Lenient<'de> for Option<SyncKey> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        Ok(Option::<Wire>::read(reader)?.map(SyncKey::from))
    }
}
