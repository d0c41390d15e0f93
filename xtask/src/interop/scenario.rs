//! What each client goes through, by what it is about.

mod again;
mod change;
mod enter;
mod receive;
mod send;
