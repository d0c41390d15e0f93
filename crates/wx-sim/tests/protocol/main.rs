//! The service in virtual time, endpoint by endpoint, as a client meets it.

#![cfg(test)]

mod contacts;
mod control;
mod corpus;
mod download;
mod faults;
mod forms;
mod hostile;
mod layout;
mod login;
mod script;
mod send;
mod sends;
mod support;
mod sync;
mod upload;
