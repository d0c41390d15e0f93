//! Requests whose body or answer is part of a file.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use wx_proto::io::Target;
use wx_proto::{Body, Failure, FailureKind, Input, Reached, Request, RequestId};
use wx_transport::{Download, Jar, Limits, Pool};

use super::{Exchanged, answer, failure};
use crate::driver::Place;
use crate::media::{Filling, Sink, Source};
use crate::transfer::{Freight, Job};

/// Movement is reported after this many bytes or this much time.
const REPORT_BYTES: u64 = 256 * 1024;
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// The channel for reports to the driver.
pub(crate) type Reports = mpsc::UnboundedSender<(RequestId, u64)>;

/// Carries one request, and puts its answer where it belongs.
pub(super) async fn carry(
    pool: Pool,
    jar: Jar,
    request: Request,
    freight: Option<(Freight, Reports)>,
) -> Exchanged {
    let id = request.id;
    match freight {
        Some((
            Freight {
                job,
                place: Place::Source(source),
            },
            reports,
        )) => send(pool, jar, request, &source, job, reports).await,
        Some((
            Freight {
                job,
                place: Place::Sink(sink),
            },
            reports,
        )) => fetch(pool, jar, request, &sink, &job, reports).await,
        None => Exchanged::failed(id, local("its command has ended")),
    }
}

async fn send(
    pool: Pool,
    jar: Jar,
    request: Request,
    source: &Arc<Source>,
    job: Arc<Job>,
    reports: Reports,
) -> Exchanged {
    let id = request.id;
    let Body::Piece {
        before,
        range,
        after,
        ..
    } = request.body
    else {
        return Exchanged::failed(id, local("a request without a piece of its file"));
    };
    let piece = match read(source, range.clone()).await {
        Ok(piece) => piece,
        Err(error) => return Exchanged::failed(id, trouble(&job, error.to_string())),
    };
    let (envelope, size) = (before.len() as u64, source.size());
    let mut pace = Pace::new(id, reports);
    let moved = move |handed: u64| {
        let done = handed.saturating_sub(envelope);
        job.moved(range.start + done.min(range.end - range.start), Some(size));
        pace.moved(handed);
    };
    let moved = Mutex::new(moved);
    let hook = move |handed| moved.lock().unwrap_or_else(PoisonError::into_inner)(handed);
    let body = wx_transport::Body::from(vec![before, piece, after]).on_progress(Arc::new(hook));
    let uri = request.head.uri.clone();
    let mut http = http::Request::from_parts(request.head, body);
    jar.apply(&mut http);
    let sent = pool.send(http, Limits::body(request.max_response)).await;
    Exchanged::of(answer(id, &uri, &jar, sent))
}

async fn read(source: &Arc<Source>, range: Range<u64>) -> io::Result<Bytes> {
    let source = Arc::clone(source);
    let read = spawn_blocking(move || source.read(range));
    read.await.map_err(io::Error::other)?
}

async fn fetch(
    pool: Pool,
    jar: Jar,
    request: Request,
    sink: &Sink,
    job: &Job,
    reports: Reports,
) -> Exchanged {
    let id = request.id;
    let (Body::Whole(body), Some(wanted)) = (request.body, request.sink) else {
        return Exchanged::failed(id, local("a request without a place for its answer"));
    };
    let uri = request.head.uri.clone();
    let mut http = http::Request::<Bytes>::from_parts(request.head, body);
    jar.apply(&mut http);
    let (head, mut download) = match pool.open(http).await {
        Ok(response) => response.into_parts(),
        Err(error) => return Exchanged::failed(id, failure(&error)),
    };
    jar.store(&uri, &head.headers);
    let Some(target) = wanted.accepts(&head) else {
        return match download.collect(request.max_response).await {
            Ok(body) => Exchanged::of(Input::Response { id, head, body }),
            Err(error) => Exchanged::failed(id, failure(&error)),
        };
    };
    let mut first = Bytes::new();
    if target.doubtful {
        first = match begin(&mut download, request.max_response).await {
            Ok(begun) => begun,
            Err(error) => return Exchanged::failed(id, failure(&error)),
        };
        if wx_proto::io::Sink::is_refusal(&first) {
            let body = first;
            return Exchanged::of(Input::Response { id, head, body });
        }
    }
    let filling = sink.take().await;
    let mut pace = Pace::new(id, reports);
    let (at, filled) = fill(filling, job, target, (first, download), &mut pace).await;
    let body = Bytes::new();
    let input = match filled {
        Ok(()) => Input::Response { id, head, body },
        Err(failure) => Input::Failed { id, failure },
    };
    Exchanged {
        at: Some(at),
        input,
    }
}

/// The first bytes of an answer: all of them, or more than `most`.
async fn begin(download: &mut Download, most: usize) -> Result<Bytes, wx_transport::Error> {
    let mut begun = BytesMut::new();
    while begun.len() <= most
        && let Some(chunk) = download.chunk().await?
    {
        begun.extend_from_slice(&chunk);
    }
    Ok(begun.freeze())
}

/// Fills a place from an answer whose first bytes have been read, up to its
/// end. Returns how many bytes the place then has, also if that failed.
async fn fill(
    filling: OwnedMutexGuard<Filling>,
    job: &Job,
    target: Target,
    (first, mut download): (Bytes, Download),
    pace: &mut Pace,
) -> (u64, Result<(), Failure>) {
    let unwritten = |error: io::Error| {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                ": make room, and start it again"
            }
            _ => "",
        };
        trouble(
            job,
            format!("the download cannot be written: {error}{advice}"),
        )
    };
    let (mut filling, begun) = Filling::begin(filling, target.from).await;
    if let Err(error) = begun {
        return (filling.at(), Err(unwritten(error)));
    }
    job.moved(filling.at(), target.whole);
    let mut next = (!first.is_empty()).then_some(first);
    loop {
        let chunk = match next.take() {
            Some(first) => first,
            None => match download.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return (filling.at(), Ok(())),
                Err(error) => return (filling.at(), Err(failure(&error))),
            },
        };
        let written;
        (filling, written) = Filling::write(filling, chunk).await;
        if let Err(error) = written {
            return (filling.at(), Err(unwritten(error)));
        }
        job.moved(filling.at(), target.whole);
        pace.moved(filling.at());
    }
}

fn local(words: &str) -> Failure {
    Failure::new(Reached::No, FailureKind::Local, words)
}

/// A local file failed. The job keeps the reason, because the core's error says
/// less.
fn trouble(job: &Job, words: String) -> Failure {
    let failure = local(&words);
    // Fails if there is a reason already; the first one counts.
    let _ = job.trouble.set(words);
    failure
}

/// Reports movement to the driver now and then.
struct Pace {
    id: RequestId,
    reports: Reports,
    told: u64,
    at: Instant,
}

impl Pace {
    fn new(id: RequestId, reports: Reports) -> Self {
        Self {
            id,
            reports,
            told: 0,
            at: Instant::now(),
        }
    }

    fn moved(&mut self, at: u64) {
        if at.abs_diff(self.told) >= REPORT_BYTES || self.at.elapsed() >= REPORT_EVERY {
            self.told = at;
            self.at = Instant::now();
            // If the driver is gone, nobody waits for the report.
            let _ = self.reports.send((self.id, at));
        }
    }
}
