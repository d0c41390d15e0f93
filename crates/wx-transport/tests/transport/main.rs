//! The promises of wx-transport, checked against a scripted server over
//! loopback TLS.

mod connections;
mod support;
