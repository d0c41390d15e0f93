//! The steps of the scenario, in the order in which every client takes them: `enter`,
//! `receive`, `send`, `change`, `again`.

mod again;
mod change;
mod enter;
mod receive;
mod send;
