//! The network between processes and the service: every request takes its
//! time and may come to grief in every way that a real one can.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use wx_proto::io::Sink;
use wx_proto::{Failure, FailureKind, Input, Reached, RequestId};

use crate::draw::Draw;
use crate::plan::Link;

/// Number of an exchange, for the service too.
pub(crate) type ExchangeId = u64;

/// A request on its way, being handled, or on its way back.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) life: u32,
    pub(crate) id: RequestId,
    pub(crate) host: String,
    pub(crate) endpoint: String,
    pub(crate) stage: Stage,
    pub(crate) back: Back,
    /// Where the bytes of the answer go, if it is a file's.
    pub(crate) sink: Option<Sink>,
    /// Nobody waits for the answer any more.
    pub(crate) deaf: bool,
}

#[derive(Debug)]
pub(crate) enum Stage {
    /// Not yet at the service.
    Out(Request<Bytes>),
    /// With the service.
    Held,
    /// On the way back.
    Back(Input),
    /// Nothing will come of it; only a timeout ends it.
    Lost,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    Whole,
    /// The connection is reset.
    Reset,
    /// Nothing comes.
    Silence,
    /// The transport sees that the body is incomplete.
    Cut,
    /// The status line is none.
    BadHead,
    /// A gateway answers in the service's place.
    Status,
    /// A page of somebody else's.
    Html,
    Empty,
    /// The body ends early, and nothing tells.
    Short,
    /// One of a page's items has a member of another kind than it should.
    OddItem,
    /// The address that a login leads to is another's.
    Astray,
}

/// How a request sets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    Arrives,
    Refused,
    /// Breaks on the way, and nobody knows how far it came.
    Breaks,
    Vanishes,
}

/// What the network does while it is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    Refuses,
    Swallows,
    Resets,
}

#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) link: Link,
    pub(crate) outage: Option<Outage>,
    pub(crate) exchanges: BTreeMap<ExchangeId, Exchange>,
    last: ExchangeId,
    draw: Draw,
}

impl Net {
    pub(crate) fn new(link: Link, draw: Draw) -> Self {
        Self {
            link,
            outage: None,
            exchanges: BTreeMap::new(),
            last: 0,
            draw,
        }
    }

    /// Everything works from here on, what is under way included.
    pub(crate) fn heal(&mut self) {
        self.outage = None;
        self.link = Link {
            latency_ms: self.link.latency_ms,
            ..Link::default()
        };
        for exchange in self.exchanges.values_mut() {
            exchange.back = Back::Whole;
        }
    }

    pub(crate) fn latency(&mut self) -> u64 {
        self.draw.between(1, self.link.latency_ms)
    }

    pub(crate) fn odds(&mut self, permille: u64) -> bool {
        self.draw.odds(permille)
    }

    /// Draws how a request sets out, and what becomes of its answer.
    pub(crate) fn fate(&mut self, endpoint: &str) -> (Out, Back) {
        let out = match self.outage {
            Some(Outage::Refuses) => Out::Refused,
            Some(Outage::Swallows) => Out::Vanishes,
            Some(Outage::Resets) => Out::Breaks,
            None => {
                let link = self.link;
                let chances = [
                    (link.refused, Out::Refused),
                    (link.unsent, Out::Breaks),
                    (link.silent / 2, Out::Vanishes),
                ];
                self.first(&chances).unwrap_or(Out::Arrives)
            }
        };
        let back = self.back(endpoint);
        (out, back)
    }

    fn back(&mut self, endpoint: &str) -> Back {
        let link = self.link;
        let chances = [
            (link.unanswered, Back::Reset),
            (link.silent / 2, Back::Silence),
        ];
        if let Some(back) = self.first(&chances) {
            return back;
        }
        if endpoint == "webwxsync" && self.draw.odds(link.odd) {
            return Back::OddItem;
        }
        if endpoint == "login" && self.draw.odds(link.led_astray) {
            return Back::Astray;
        }
        // Files are long, and break off more often.
        if endpoint.starts_with("webwxget") && self.draw.odds(2 * link.spoilt) {
            return Back::Cut;
        }
        if !self.draw.odds(link.spoilt) {
            return Back::Whole;
        }
        if endpoint == "synccheck" && self.draw.odds(300) {
            return Back::BadHead;
        }
        let spoils = [
            Back::Cut,
            Back::Status,
            Back::Html,
            Back::Empty,
            Back::Short,
        ];
        self.draw.pick(&spoils)
    }

    fn first<T: Copy>(&mut self, chances: &[(u64, T)]) -> Option<T> {
        chances
            .iter()
            .find(|(permille, _)| self.draw.odds(*permille))
            .map(|(_, what)| *what)
    }

    pub(crate) fn add(&mut self, exchange: Exchange) -> ExchangeId {
        self.last += 1;
        self.exchanges.insert(self.last, exchange);
        self.last
    }

    /// The exchange of a process's request, if it waits for it.
    pub(crate) fn of(&self, life: u32, id: RequestId) -> Option<ExchangeId> {
        self.exchanges
            .iter()
            .find(|(_, exchange)| exchange.life == life && exchange.id == id && !exchange.deaf)
            .map(|(number, _)| *number)
    }

    /// The exchanges that somebody waits for.
    pub(crate) fn awaited(&self) -> Vec<ExchangeId> {
        let awaited = self.exchanges.iter().filter(|(_, exchange)| !exchange.deaf);
        awaited.map(|(number, _)| *number).collect()
    }

    /// What of the service's answer arrives; none for silence.
    pub(crate) fn carry(&mut self, number: ExchangeId, answer: Response<Bytes>) -> Option<Input> {
        let exchange = self.exchanges.get(&number)?;
        let id = exchange.id;
        let back = match (self.outage, exchange.back) {
            (Some(Outage::Swallows), _) | (None, Back::Silence) => return None,
            (Some(_), _) => Back::Reset,
            (None, back) => back,
        };
        let (mut head, mut body) = answer.into_parts();
        match back {
            Back::Whole | Back::Silence => {}
            // Some bytes arrive, and are put where they belong.
            Back::Cut | Back::Short | Back::Empty if exchange.sink.is_some() => {}
            Back::Reset => return Some(failed(id, Reached::Maybe, FailureKind::Network, "reset")),
            Back::Cut => return Some(failed(id, Reached::Maybe, FailureKind::BadBody, "cut off")),
            Back::BadHead => {
                return Some(failed(
                    id,
                    Reached::Maybe,
                    FailureKind::BadHead,
                    "no status line",
                ));
            }
            Back::Status => {
                head.status = StatusCode::BAD_GATEWAY;
                head.headers.clear();
                body = Bytes::from_static(b"<html>502</html>");
            }
            Back::Html => {
                head.headers.clear();
                let html = HeaderValue::from_static("text/html");
                head.headers.insert(CONTENT_TYPE, html);
                body = Bytes::from_static(
                    b"<!DOCTYPE html><html><body>Sign in to Wi-Fi</body></html>",
                );
            }
            Back::Empty => body = Bytes::new(),
            Back::OddItem => {
                body = swapped(&body, "\"CreateTime\": 1", "\"CreateTime\": [],\"was\": 1")
            }
            Back::Astray => body = swapped(&body, "/cgi-bin/", ".evil.example/cgi-bin/"),
            // Neither a script nor JSON nor XML is whole without its end; the
            // last byte may be a line break.
            Back::Short => {
                let kept = self.draw.count(0, body.len().saturating_sub(2));
                body = body.slice(..kept);
            }
        }
        Some(Input::Response { id, head, body })
    }
}

/// A body with the first of some words replaced.
fn swapped(body: &Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(body) {
        Ok(text) => text.replacen(from, to, 1).into(),
        Err(_) => body.clone(),
    }
}

pub(crate) fn failed(id: RequestId, reached: Reached, kind: FailureKind, what: &str) -> Input {
    let failure = Failure::new(reached, kind, what);
    Input::Failed { id, failure }
}
