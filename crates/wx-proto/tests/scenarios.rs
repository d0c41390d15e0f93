//! The session by scripted answers in virtual time: a file for each state or
//! concern, named by what it promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that finds what it does not expect must fail"
)]

mod attach;
mod await_init;
mod await_phone;
mod await_ticket;
mod await_uuid;
mod contacts;
mod corpus;
mod download_paths;
mod downloads;
mod ending;
mod forwards;
mod golden;
mod group_operations;
mod identity;
mod inbox;
mod kinds;
mod ladder;
mod mentions;
mod messages;
mod network_up;
mod operations;
mod outbox;
mod outbox_echo;
mod outbox_media;
mod outbox_shared;
mod random;
mod recalls;
mod records;
mod roster;
mod secrecy;
mod sends;
mod stream;
mod support;
mod sync;
mod sync_trouble;
mod traces;
mod upload_keys;
mod upload_limits;
mod uploads;
