//! Lenient reading of JSON: the service's members may be missing, null, a
//! number written as a text or the reverse, or of another type altogether.
//!
//! What cannot be understood becomes the type's default and costs nothing but
//! itself: a bad member does not spoil its object, nor a bad item its list.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::code::{MsgType, Ret, StatusNotifyCode};
use crate::endpoint::Endpoint;
use crate::error::DecodeError;
use crate::id::{ClientMsgId, MsgId, QrUuid, Uin, UserName};
use crate::secret::{FriendTicket, Skey, UploadKey, UploadSignature};

/// What is expected of bytes that are no text.
pub(crate) const UTF8: &str = "UTF-8 text";

/// A value read from whatever JSON stands there.
pub(crate) trait Lenient<'de>: Sized {
    /// Reads one JSON value of any type.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Hands a [`Lenient`] type to serde where one value is awaited.
pub(crate) struct Read<T>(pub(crate) T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// Reads a whole body.
///
/// Blanks and a byte order mark in front are skipped; the offset of an error
/// counts from the start of the body as it came.
pub(crate) fn body<'de, T: Lenient<'de>>(
    endpoint: Endpoint,
    body: &'de [u8],
) -> Result<T, DecodeError> {
    let text = std::str::from_utf8(body)
        .map_err(|error| DecodeError::new(endpoint, UTF8, error.valid_up_to()))?;
    let json = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let start = text.len() - json.len();
    if !json.starts_with('{') {
        return Err(DecodeError::new(endpoint, "a JSON object", start));
    }
    serde_json::from_str::<Read<T>>(json)
        .map(|read| read.0)
        .map_err(|error| {
            let expected = if error.is_eof() {
                "the rest of a JSON object"
            } else {
                "JSON"
            };
            DecodeError::new(endpoint, expected, start + offset(json, &error))
        })
}

/// serde_json counts in lines and columns; a body's reader wants bytes.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let line: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    (line + error.column().saturating_sub(1)).min(text.len())
}

/// One scalar of any type; lists and objects are skipped.
pub(crate) enum Scalar<'de> {
    Nothing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Cow<'de, str>),
    Compound,
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Nothing)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Int(value.into()))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Int(value.into()))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Float(value))
    }
    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(value.to_owned())))
    }
    fn visit_string<E: de::Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(value)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Compound)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Compound)
    }
}

impl<'de> Lenient<'de> for Scalar<'de> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl<'de> Scalar<'de> {
    /// The value as text; numbers in decimal. None for null, lists, objects.
    pub(crate) fn into_text(self) -> Option<Cow<'de, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(number) => Some(Cow::Owned(number.to_string())),
            Self::Float(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(value) => Some(Cow::Borrowed(if value { "1" } else { "0" })),
            Self::Nothing | Self::Compound => None,
        }
    }

    /// The value as a number; texts are read as decimal numbers.
    pub(crate) fn into_int(self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Bool(value) => Some(value.into()),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be a whole number in range"
            )]
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(number as i128)
            }
            Self::Float(_) | Self::Nothing | Self::Compound => None,
        }
    }
}

/// A member's name; borrowed unless it holds escapes.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Lenient<'de> for Key<'de> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(
            Scalar::read(deserializer)?.into_text().unwrap_or_default(),
        ))
    }
}

impl<'de> Lenient<'de> for Option<String> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Scalar::read(deserializer)?.into_text().map(Cow::into_owned))
    }
}

impl<'de> Lenient<'de> for String {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Self>::read(deserializer)?.unwrap_or_default())
    }
}

macro_rules! lenient_int {
    ($($int:ty),*) => {$(
        impl<'de> Lenient<'de> for Option<$int> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Scalar::read(deserializer)?.into_int().and_then(|n| n.try_into().ok()))
            }
        }
        impl<'de> Lenient<'de> for $int {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Option::<$int>::read(deserializer)?.unwrap_or_default())
            }
        }
    )*};
}
lenient_int!(i64, u64);

/// Newtypes around a lenient scalar.
macro_rules! lenient_via {
    ($($name:ty => $inner:ty, $build:expr;)*) => {$(
        impl<'de> Lenient<'de> for Option<$name> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Option::<$inner>::read(deserializer)?.map($build))
            }
        }
        impl<'de> Lenient<'de> for $name {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$inner>::read(deserializer).map($build)
            }
        }
    )*};
}

lenient_via! {
    UserName => String, UserName::from;
    MsgId => String, MsgId::from;
    ClientMsgId => String, ClientMsgId::from;
    QrUuid => String, QrUuid::from;
    Uin => u64, Uin;
    Skey => String, Skey::new;
    FriendTicket => String, FriendTicket::new;
    UploadKey => String, UploadKey::new;
    UploadSignature => String, UploadSignature::new;
    Ret => i64, Ret;
    MsgType => i64, MsgType;
    StatusNotifyCode => i64, StatusNotifyCode;
}

/// A visitor's answer to scalars where only a list or an object is of use.
macro_rules! scalars_are_none {
    () => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok(None)
        }
    };
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T> Visitor<'de> for ListVisitor<T>
where
    Option<T>: Lenient<'de>,
{
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Read(item)) = seq.next_element::<Read<Option<T>>>()? {
            items.extend(item);
        }
        Ok(Some(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        ScalarVisitor.visit_map(members).map(|_| None)
    }
    scalars_are_none!();
}

/// A list, of which items that are not what they should be are left out.
impl<'de, T> Lenient<'de> for Option<Vec<T>>
where
    Option<T>: Lenient<'de>,
{
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor::<T>(PhantomData))
    }
}

impl<'de, T> Lenient<'de> for Vec<T>
where
    Option<T>: Lenient<'de>,
{
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Self>::read(deserializer)?.unwrap_or_default())
    }
}

/// An item kept as the text it came as, to be read by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'de>(pub(crate) &'de str);

impl<'de> Lenient<'de> for Option<Raw<'de>> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Some(Raw(raw.get())))
    }
}

/// What is read from the members of an object; [`object!`] writes it.
pub(crate) trait Item<'de>: Sized {
    /// Reads all members.
    fn members<A: MapAccess<'de>>(members: A) -> Result<Self, A::Error>;
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Item<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::members(members).map(Some)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        ScalarVisitor.visit_seq(items).map(|_| None)
    }
    scalars_are_none!();
}

/// Reads an object, or nothing from anything else.
pub(crate) fn read_object<'de, T: Item<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// Defines a struct with the wire's name of each member, and its reading.
///
/// A member that comes twice counts as it stands last; unknown ones are
/// skipped. Several names may stand for one member (`"A" | "B"`).
macro_rules! object {
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident $(<$lt:lifetime>)? {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty = $($key:literal)|+ , )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $vis struct $name $(<$lt>)? {
            $( $(#[$field_meta])* $field_vis $field: $type, )*
        }

        impl<'de> $crate::json::Item<'de> for $name $(<$lt>)? {
            fn members<A: serde::de::MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
                let mut object = Self::default();
                while let Some(key) = members.next_key::<$crate::json::Read<$crate::json::Key<'de>>>()? {
                    match &*key.0.0 {
                        $( $($key)|+ => {
                            object.$field = members.next_value::<$crate::json::Read<$type>>()?.0;
                        } )*
                        _ => {
                            members.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(object)
            }
        }

        impl<'de> $crate::json::Lenient<'de> for $name $(<$lt>)? {
            fn read<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok($crate::json::read_object(deserializer)?.unwrap_or_default())
            }
        }

        impl<'de> $crate::json::Lenient<'de> for Option<$name $(<$lt>)?> {
            fn read<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json::read_object(deserializer)
            }
        }
    };
}
pub(crate) use object;
