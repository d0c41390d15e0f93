//! Lenient reading of JSON: the service's members may be missing, null, a
//! number written as a text or the reverse, or of another type altogether.
//!
//! What cannot be understood becomes the type's default and costs nothing but
//! itself: a bad member does not spoil its object, nor a bad item its list.

use std::borrow::Cow;
use std::fmt;

use crate::code::{AppMsgType, MsgType, Ret, StatusNotifyCode};
use crate::endpoint::Endpoint;
use crate::error::DecodeError;
use crate::id::{ClientMsgId, MediaId, MsgId, QrUuid, Uin, UserName};
use crate::secret::{FriendTicket, Skey, UploadKey, UploadSignature};

mod reader;
mod skip;
mod string;

use reader::Scalar;
pub(crate) use reader::{Fault, Known, Reader};

/// What is expected of bytes that are not text.
pub(crate) const UTF8: &str = "UTF-8 text";

/// A value read from whatever JSON stands there.
pub(crate) trait Lenient<'de>: Sized {
    /// Reads one JSON value of any type.
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault>;
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
    let mut reader = Reader::new(json);
    let read = T::read(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|fault| {
        let expected = if fault.at >= json.len() {
            "the rest of a JSON object"
        } else {
            "JSON"
        };
        DecodeError::new(endpoint, expected, start + fault.at)
    })
}

impl<'de> Scalar<'de> {
    /// The value as text; numbers in decimal. None for null, lists, objects.
    fn into_text(self) -> Option<Cow<'de, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(number) => Some(Cow::Owned(number.to_string())),
            Self::Float(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(value) => Some(Cow::Borrowed(if value { "1" } else { "0" })),
            Self::Nothing | Self::Compound => None,
        }
    }

    /// The value as a number; texts are read as decimal numbers.
    fn into_int(self) -> Option<i128> {
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

impl<'de> Lenient<'de> for Option<Cow<'de, str>> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        match reader.text()? {
            Some(text) => Ok(Some(text)),
            None => Ok(reader.scalar()?.into_text()),
        }
    }
}

impl<'de> Lenient<'de> for Cow<'de, str> {
    #[inline]
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        match reader.text()? {
            Some(text) => Ok(text),
            None => Ok(reader.scalar()?.into_text().unwrap_or_default()),
        }
    }
}

macro_rules! lenient_int {
    ($($int:ty),*) => {$(
        impl<'de> Lenient<'de> for Option<$int> {
            #[inline]
            fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
                if let Some(number) = reader.natural() {
                    return Ok(number.try_into().ok());
                }
                Ok(reader.scalar()?.into_int().and_then(|n| n.try_into().ok()))
            }
        }
        impl<'de> Lenient<'de> for $int {
            fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
                Ok(Option::<$int>::read(reader)?.unwrap_or_default())
            }
        }
    )*};
}
lenient_int!(i64, u64);

/// Types made from a lenient scalar.
macro_rules! lenient_via {
    ($($name:ty => $inner:ty, $build:expr;)*) => {$(
        impl<'de> Lenient<'de> for Option<$name> {
            fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
                Ok(Option::<$inner>::read(reader)?.map($build))
            }
        }
        impl<'de> Lenient<'de> for $name {
            fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
                <$inner>::read(reader).map($build)
            }
        }
    )*};
}

lenient_via! {
    String => Cow<'de, str>, Cow::into_owned;
    UserName => Cow<'de, str>, UserName::new;
    MsgId => Cow<'de, str>, MsgId::new;
    ClientMsgId => Cow<'de, str>, ClientMsgId::new;
    QrUuid => Cow<'de, str>, QrUuid::new;
    Uin => u64, Uin;
    Skey => Cow<'de, str>, Skey::new;
    FriendTicket => Cow<'de, str>, FriendTicket::new;
    UploadKey => Cow<'de, str>, UploadKey::new;
    UploadSignature => Cow<'de, str>, UploadSignature::new;
    Ret => i64, Ret;
    MediaId => Cow<'de, str>, MediaId::new;
    MsgType => i64, MsgType;
    AppMsgType => i64, AppMsgType;
    StatusNotifyCode => i64, StatusNotifyCode;
}

/// A list. Items of another type are left out.
impl<'de, T> Lenient<'de> for Option<Vec<T>>
where
    Option<T>: Lenient<'de>,
{
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        let Some(mut rest) = reader.list() else {
            reader.skip()?;
            return Ok(None);
        };
        let mut items = Vec::new();
        while reader.item(&mut rest)? {
            items.extend(Option::<T>::read(reader)?);
        }
        Ok(Some(items))
    }
}

impl<'de, T> Lenient<'de> for Vec<T>
where
    Option<T>: Lenient<'de>,
{
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        Ok(Option::<Self>::read(reader)?.unwrap_or_default())
    }
}

/// A value kept as the text it came as, to be read by itself.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Raw<'de>(pub(crate) &'de str);

/// The text may hold anything, secrets too.
impl fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

impl<'de> Raw<'de> {
    /// The value, or the default if it is missing or makes no sense.
    pub(crate) fn value<T: Lenient<'de> + Default>(self) -> T {
        T::read(&mut Reader::new(self.0)).unwrap_or_default()
    }
}

impl<'de> Lenient<'de> for Raw<'de> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        let (text, ()) = reader.raw(Reader::skip)?;
        Ok(Self(text))
    }
}

impl<'de> Lenient<'de> for Option<Raw<'de>> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        Raw::read(reader).map(Some)
    }
}

/// Defines a struct with the wire's name of each member, and its reading.
///
/// A member that comes twice counts as it stands last; unknown ones are
/// skipped. Several names may stand for one member (`"A" | "B"`). Fields in the
/// order in which the service writes them are read fastest.
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

        impl<'de> $crate::json::Lenient<'de> for Option<$name $(<$lt>)?> {
            fn read(
                reader: &mut $crate::json::Reader<'de>,
            ) -> Result<Self, $crate::json::Fault> {
                #[derive(Clone, Copy)]
                #[expect(non_camel_case_types, reason = "named like the fields")]
                enum Field {
                    $( $field, )*
                }
                const FIELDS: &[$crate::json::Known<Field>] = &[
                    $( $( $crate::json::Known {
                        name: $key,
                        written: concat!("\"", $key, "\":"),
                        field: Field::$field,
                    }, )+ )*
                ];
                let Some(mut rest) = reader.object() else {
                    reader.skip()?;
                    return Ok(None);
                };
                let mut object = $name::default();
                while let Some(member) = reader.member(&mut rest, FIELDS)? {
                    match member {
                        $( Some(Field::$field) => {
                            object.$field = $crate::json::Lenient::read(reader)?;
                        } )*
                        None => reader.skip()?,
                    }
                }
                Ok(Some(object))
            }
        }

        impl<'de> $crate::json::Lenient<'de> for $name $(<$lt>)? {
            fn read(
                reader: &mut $crate::json::Reader<'de>,
            ) -> Result<Self, $crate::json::Fault> {
                Ok(Option::<Self>::read(reader)?.unwrap_or_default())
            }
        }
    };
}
pub(crate) use object;
