//! Contacts and groups: which, and what to change.

use clap::{Subcommand, ValueEnum};

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Kind {
    /// People in the address book
    Friend,
    /// Groups
    Group,
    /// Public accounts
    Official,
    /// Accounts of the service itself
    Special,
}

/// A step towards a contact.
#[derive(Debug, Subcommand)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Friend {
    /// Accept the friend request whose event is on stdin
    Accept,
    /// Ask somebody: a member of a group, or whose card came
    Add {
        /// A user name (@…) or a name
        user: String,
        /// What they read
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Follow a public account
    Follow {
        /// A user name (@…) or a name
        user: String,
    },
}

/// What to do with groups.
#[derive(Debug, Subcommand)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Group {
    /// Make a group with two others or more, and print its id
    ///
    /// Other commands know the group by its id at once, and by its name as soon as a
    /// listen has seen it.
    Create {
        /// Its name
        #[arg(long, default_value = "", hide_default_value = true)]
        topic: String,
        /// User names (@…) or names
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Give a group another name
    Rename {
        /// A user name (@@…) or the group's name
        group: String,
        /// The new name
        #[arg(value_name = "NAME", allow_hyphen_values = true)]
        topic: String,
    },
    /// Take people in: at once into a small group, by invitation into a large one
    Add {
        /// A user name (@@…) or the group's name
        group: String,
        /// User names (@…) or names
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Put people out; for the owner only
    Remove {
        /// A user name (@@…) or the group's name
        group: String,
        /// User names (@…), or names in the group
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Leave a group
    Quit {
        /// A user name (@@…) or the group's name
        group: String,
    },
}
