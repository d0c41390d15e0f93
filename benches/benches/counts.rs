//! Counts the instructions of our side of each case with valgrind. `cargo xtask counts`
//! runs it here and at another commit, and compares.

use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;
use wx_benches::{Work, ours};

#[library_benchmark(setup = ours)]
#[bench::jslogin("script/jslogin")]
#[bench::synccheck("script/synccheck")]
#[bench::scanned("script/scanned")]
#[bench::login("xml/login")]
#[bench::page_10("page/10")]
#[bench::page_200("page/200")]
#[bench::people("contacts/people")]
#[bench::short("content/short")]
#[bench::plain("content/plain")]
#[bench::marked_up("content/marked up")]
#[bench::emoji("content/emoji")]
#[bench::check_request("request/synccheck")]
#[bench::sync_request("request/webwxsync")]
#[bench::send_request("request/webwxsendmsg")]
#[bench::multipart("request/multipart")]
#[bench::session_10("session/pages of 10")]
#[bench::session_200("session/pages of 200")]
#[bench::roster("roster/updates")]
fn hot(work: Work) {
    work();
    // So that dropping what the work holds is not counted.
    std::mem::forget(black_box(work));
}

library_benchmark_group!(name = paths, benchmarks = hot);
main!(library_benchmark_groups = paths);
