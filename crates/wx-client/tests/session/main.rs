//! What the client promises, over real sockets: each test is named after one
//! promise, and runs against the simulated service on loopback TLS.
//!
//! Nothing here sleeps. Tests wait for events, for values, and for what the
//! service has seen; time is an upper bound only.

#![cfg(test)]

mod support;

mod bodies;
mod bot;
mod cancel;
mod dispatch;
mod downloads;
mod ending;
mod interface;
mod life;
mod limits;
mod many;
mod media;
mod operations;
mod outage;
mod owners;
mod record;
mod redirect;
mod secrets;
mod sending;
mod store;
mod targets;
mod uploads;
