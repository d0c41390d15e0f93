//! What the stores promise: conditional writes, and files that a crash at any
//! point, a full disk or a flipped byte cannot turn against their owner.

#![cfg(test)]

mod beside;
mod conformance;
mod crash;
mod damage;
mod format;
mod full;
mod model;
mod owner;
mod support;
