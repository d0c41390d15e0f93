//! Records whose members are texts of an XML element: attributes or children.

use crate::xml::Element;

/// A record of optional texts, each under the name that it has on the wire.
pub(crate) trait Texts: Sized {
    /// Reads the record; `text` knows the text of a name.
    fn read(text: impl Fn(&str) -> Option<String>) -> Self;

    /// Shows every name with its text to `see`.
    fn each(&self, see: impl FnMut(&'static str, Option<&str>));

    /// Reads the attributes of an element.
    fn of_attributes(element: Element<'_>) -> Self {
        Self::read(|name| element.attribute(name).map(str::to_owned))
    }

    /// Reads the children of an element. Of several with one name the first
    /// counts.
    fn of_children(element: Element<'_>) -> Self {
        Self::read(|name| child_text(element, name))
    }
}

/// The text of a child.
pub(crate) fn child_text(element: Element<'_>, name: &str) -> Option<String> {
    Some(element.child(name)?.text().into_owned())
}

/// Defines a record of texts with the wire's name of each; members behind
/// `with` are of other types and filled in by hand.
macro_rules! texts {
    (
        $(#[$meta:meta])* pub struct $name:ident {
            $( $(#[$text_meta:meta])* $text:ident = $key:literal, )*
        }
        $( with { $( $(#[$field_meta:meta])* $field:ident : $type:ty, )* } )?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( #[doc = concat!("`", $key, "`")] $(#[$text_meta])* pub $text: Option<String>, )*
            $( $( $(#[$field_meta])* pub $field: $type, )* )?
        }

        impl $crate::message::texts::Texts for $name {
            #[allow(clippy::needless_update, reason = "records with further members need it")]
            fn read(text: impl Fn(&str) -> Option<String>) -> Self {
                Self {
                    $( $text: text($key), )*
                    ..Self::default()
                }
            }

            fn each(&self, mut see: impl FnMut(&'static str, Option<&str>)) {
                $( see($key, self.$text.as_deref()); )*
            }
        }
    };
}
pub(crate) use texts;
