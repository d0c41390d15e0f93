//! The service in virtual time, endpoint by endpoint, as a client meets it.

#![cfg(test)]

mod accounts;
mod avatars;
mod contacts;
mod control;
mod corpus;
mod download;
mod faults;
mod files;
mod forms;
mod groups;
mod hostile;
mod layout;
mod login;
mod manners;
mod omission;
mod oplog;
mod receive;
mod revoke;
mod script;
mod send;
mod send_media;
mod support;
mod sync;
mod upload;
mod upload_long;
mod verify;
