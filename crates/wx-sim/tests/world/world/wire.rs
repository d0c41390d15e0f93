//! Requests and answers on their way between processes and the service.

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{Request, Response};
use wx_proto::{Body, FailureKind, Input, Reached, RequestId, Transmit};
use wx_sim::Reply;

use super::files::pattern;
use super::operate::ENDPOINTS;
use super::{Item, World};
use crate::net::{Back, Exchange, ExchangeId, Out, Outage, Stage, failed};
use crate::oracle::outbound::SENDS;
use crate::process::Process;

/// The service's code in a JSON body, for people.
fn ret(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let code = text
        .split_once("\"Ret\": ")
        .and_then(|(_, rest)| rest.split_once(','));
    code.map(|(code, _)| format!(", Ret {code}"))
        .unwrap_or_default()
}

/// The text of a member that occurs once.
fn member<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("\"{name}\": \""))?;
    Some(rest.split_once('"')?.0)
}

fn contains(body: &[u8], word: &str) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| text.contains(word))
}

/// What a driver makes of a body.
fn whole(body: Body) -> Bytes {
    match body {
        Body::Whole(bytes) => bytes,
        Body::Piece {
            before,
            range,
            after,
            ..
        } => {
            let mut bytes = before.to_vec();
            bytes.extend_from_slice(pattern(range));
            bytes.extend_from_slice(&after);
            bytes.into()
        }
    }
}

impl World {
    /// Does what a process wants sent or given up.
    pub(super) fn transmit(&mut self, p: &mut Process, transmit: Transmit) {
        match transmit {
            Transmit::Send(request) => self.send_request(p, request),
            Transmit::Abort(id) => self.abort(p.life, id),
        }
    }

    fn send_request(&mut self, p: &mut Process, request: wx_proto::Request) {
        let id = request.id;
        let request_sink = request.sink.clone();
        let mut request = Request::from_parts(request.head, whole(request.body));
        p.jar.apply(&mut request);
        let host = request.uri().host().unwrap_or_default().to_owned();
        let path = request.uri().path();
        let endpoint = path.rsplit('/').next().unwrap_or_default().to_owned();
        self.tally.requests += 1;
        self.trace
            .note(self.now_ms, p.life, format_args!("{id} {endpoint}"));
        self.trace.bytes(request.uri().to_string().as_bytes());
        self.trace.bytes(request.body());
        let verdict = self
            .oracle
            .conduct
            .requested(p.life, p.role, id, &host, &endpoint);
        self.judge(verdict);
        let texts = [
            request.uri().query().unwrap_or_default(),
            std::str::from_utf8(request.body()).unwrap_or_default(),
        ];
        let verdict = self.oracle.conduct.carries(p.life, &endpoint, texts);
        self.judge(verdict);
        if SENDS.contains(&endpoint.as_str()) {
            let outbound = &mut self.oracle.outbound;
            let verdict = outbound.requested(p.life, id, request.body(), &self.disk);
            self.judge(verdict);
        }
        if ENDPOINTS.contains(&endpoint.as_str()) {
            let verdict = self.oracle.outbound.operates(p.life, &endpoint);
            self.judge(verdict);
        }
        let (out, back) = self.net.fate(&endpoint);
        let stage = match out {
            Out::Arrives => Stage::Out(request),
            Out::Refused => Stage::Back(failed(id, Reached::No, FailureKind::Network, "refused")),
            Out::Breaks => Stage::Back(failed(id, Reached::Maybe, FailureKind::Network, "broke")),
            Out::Vanishes => Stage::Lost,
        };
        let exchange = Exchange {
            life: p.life,
            id,
            host,
            endpoint,
            stage,
            back,
            sink: request_sink,
            deaf: false,
        };
        let number = self.net.add(exchange);
        let latency = self.net.latency();
        match out {
            Out::Arrives => self.after(latency, Item::Reach(number)),
            Out::Refused | Out::Breaks => self.after(latency, Item::Answer(number)),
            Out::Vanishes => {}
        }
    }

    fn abort(&mut self, life: u32, id: RequestId) {
        self.trace
            .note(self.now_ms, life, format_args!("{id} given up"));
        self.oracle.conduct.answered(life, id);
        if let Some(number) = self.net.of(life, id) {
            self.abandon(number);
        }
    }

    /// Nobody waits for an exchange any more. What is on the way to the
    /// service may still arrive.
    pub(super) fn abandon(&mut self, number: ExchangeId) {
        let arrives = self.net.odds(500);
        let Some(exchange) = self.net.exchanges.get_mut(&number) else {
            return;
        };
        exchange.deaf = true;
        match exchange.stage {
            Stage::Out(_) | Stage::Held if arrives => {}
            Stage::Held => {
                self.service.cancel(wx_sim::RequestId(number));
                self.net.exchanges.remove(&number);
            }
            Stage::Out(_) | Stage::Back(_) | Stage::Lost => {
                self.net.exchanges.remove(&number);
            }
        }
    }

    /// A request arrives at the service.
    pub(super) fn reach(&mut self, number: ExchangeId) {
        let Some(exchange) = self.net.exchanges.get_mut(&number) else {
            return;
        };
        let Stage::Out(request) = std::mem::replace(&mut exchange.stage, Stage::Held) else {
            return;
        };
        let logs_out = exchange.endpoint == "webwxlogout";
        let (life, id) = (exchange.life, exchange.id);
        self.trace
            .note(self.now_ms, life, format_args!("{id} arrives"));
        let now = self.service_now();
        self.service.handle(now, wx_sim::RequestId(number), request);
        if logs_out {
            self.oracle.conduct.over();
        }
        self.oracle.inbound.learn(&self.service);
        self.drain_service();
    }

    /// Sends off what the service has answered.
    pub(super) fn drain_service(&mut self) {
        while let Some((id, reply)) = self.service.poll_reply(self.service_now()) {
            let Reply::Response(response) = reply else {
                self.judge(Err(format!("the service gave {reply:?} unasked")));
                return;
            };
            self.answered(id.0, response);
        }
    }

    fn answered(&mut self, number: ExchangeId, response: Response<bytes::Bytes>) {
        let Some(exchange) = self.net.exchanges.get(&number) else {
            return;
        };
        if exchange.endpoint == "webwxnewloginpage" && response.headers().contains_key(SET_COOKIE) {
            self.trace
                .note(self.now_ms, 0, format_args!("a session begins"));
            self.tally.logins += 1;
            self.session_stored = false;
            self.oracle.conduct.session_begins(exchange.life);
            self.oracle.inbound.session_begins(&self.service);
        }
        self.secrets.learn(&response);
        if exchange.deaf {
            self.net.exchanges.remove(&number);
            return;
        }
        let carried = self.net.carry(number, response);
        let latency = self.net.latency();
        let arrives = carried.is_some();
        if let Some(exchange) = self.net.exchanges.get_mut(&number) {
            exchange.stage = carried.map_or(Stage::Lost, Stage::Back);
        }
        if arrives {
            self.after(latency, Item::Answer(number));
        }
    }

    /// An answer, or its lack, arrives at the process.
    pub(super) fn answer(&mut self, number: ExchangeId) {
        let Some(exchange) = self.net.exchanges.remove(&number) else {
            return;
        };
        let Stage::Back(input) = exchange.stage else {
            return;
        };
        let Exchange {
            life,
            id,
            host,
            endpoint,
            back,
            sink,
            ..
        } = exchange;
        self.oracle.conduct.answered(life, id);
        match &input {
            Input::Response { head, body, .. } => {
                let status = head.status.as_u16();
                let size = body.len();
                let ret = ret(body);
                self.trace.note(
                    self.now_ms,
                    life,
                    format_args!("{id} {endpoint}: {status}, {size} bytes{ret}"),
                );
                self.trace.bytes(body);
                let whole = matches!(back, Back::Whole | Back::OddItem);
                if endpoint == "webwxsync" && whole {
                    self.oracle.inbound.received(life, body);
                    let more = contains(body, "\"ContinueFlag\": 1");
                    self.oracle.conduct.page(life, more);
                }
                if let Some(skey) = member(body, "SKey").filter(|skey| whole && !skey.is_empty()) {
                    self.oracle.conduct.skey(life, skey);
                }
            }
            Input::Failed { failure, .. } => {
                self.trace.note(
                    self.now_ms,
                    life,
                    format_args!("{id} {endpoint}: {failure:?}"),
                );
                if failure.reached == Reached::No {
                    self.oracle.outbound.unsent(life, id);
                }
            }
            _ => {}
        }
        if ["synccheck", "webwxsync"].contains(&endpoint.as_str()) {
            let works = match &input {
                Input::Response { .. } => matches!(back, Back::Whole | Back::OddItem),
                _ => false,
            };
            let verdict = self.oracle.conduct.polled(life, self.now_ms, works);
            self.judge(verdict);
        }
        self.touch(life, false, |world, p| {
            if let Input::Response { head, .. } = &input {
                p.jar.store(&host, &head.headers);
            }
            let inputs = match &sink {
                Some(sink) => world.land(p, sink, back, input),
                None => vec![input],
            };
            for input in inputs {
                p.session.handle(p.now(world.now_ms), input);
            }
        });
    }

    /// The network goes away, and with it what is under way.
    pub(super) fn begin_outage(&mut self, for_ms: u64) {
        let outage = self
            .draw
            .pick(&[Outage::Refuses, Outage::Swallows, Outage::Resets]);
        self.net.outage = Some(outage);
        self.after(for_ms, Item::NetworkBack);
        for number in self.net.awaited() {
            // A connection that is half open shows nothing of it.
            let noticed = outage != Outage::Swallows && self.draw.odds(700);
            let Some(exchange) = self.net.exchanges.get_mut(&number) else {
                continue;
            };
            if !matches!(exchange.stage, Stage::Held) {
                continue;
            }
            self.service.cancel(wx_sim::RequestId(number));
            exchange.stage = if noticed {
                Stage::Back(failed(
                    exchange.id,
                    Reached::Maybe,
                    FailureKind::Network,
                    "reset",
                ))
            } else {
                Stage::Lost
            };
            if noticed {
                self.after(1, Item::Answer(number));
            }
        }
    }

    /// The machine is suspended. None of its connections lives through that: of
    /// some it hears so when it is awake, of others nothing.
    pub(super) fn suspend(&mut self, for_ms: u64) {
        self.wakes_ms = self.now_ms + for_ms;
        for number in self.net.awaited() {
            let noticed = self.draw.odds(300);
            match self.net.exchanges.get_mut(&number) {
                Some(exchange) if noticed && matches!(exchange.stage, Stage::Held) => {
                    let id = exchange.id;
                    let reset = failed(id, Reached::Maybe, FailureKind::Network, "reset");
                    exchange.stage = Stage::Back(reset);
                    self.service.cancel(wx_sim::RequestId(number));
                    self.at(self.wakes_ms + 1, Item::Answer(number));
                }
                _ => self.abandon(number),
            }
        }
    }
}
