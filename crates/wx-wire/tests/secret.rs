//! Secrets are wiped from memory when they are dropped.

#![cfg(test)]

use wx_wire::secret::{
    DataTicket, FriendTicket, MediaKey, PassTicket, Sid, Skey, TicketUrl, UploadKey,
    UploadSignature,
};
use zeroize::ZeroizeOnDrop;

#[test]
fn every_secret_is_wiped_when_dropped() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<Sid>();
    wiped::<Skey>();
    wiped::<PassTicket>();
    wiped::<DataTicket>();
    wiped::<UploadKey>();
    wiped::<UploadSignature>();
    wiped::<FriendTicket>();
    wiped::<MediaKey>();
    wiped::<TicketUrl>();
}

/// What this process has in its memory at a place, whoever owns it.
#[cfg(target_os = "linux")]
fn memory(address: u64, length: usize) -> Vec<u8> {
    use std::os::unix::fs::FileExt;

    let mut found = vec![0; length];
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    memory.read_exact_at(&mut found, address).unwrap();
    found
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_a_dropped_secret_holds_none_of_it() {
    // Small enough to come out of memory that the allocator keeps.
    const LENGTH: usize = 200;
    const TEXT: &[u8] = b"key ";
    let text = |byte: usize| TEXT[byte % TEXT.len()];
    let is_there = |found: &[u8]| found.windows(TEXT.len()).any(|window| window == TEXT);

    let skey = Skey::new(String::from_utf8((0..LENGTH).map(text).collect()).unwrap());
    let address = skey.expose().as_ptr() as u64;
    assert!(is_there(&memory(address, LENGTH)), "it is not read at all");
    drop(skey);
    assert!(!is_there(&memory(address, LENGTH)));
}
