//! The promises of wx-transport, checked against a scripted server over
//! loopback TLS.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose scene is not as expected fails"
)]

mod answers;
mod connections;
mod cookies;
mod downloads;
mod limits;
mod proxies;
mod reached;
mod rest;
mod secrets;
mod support;
mod trust;
mod uploads;
