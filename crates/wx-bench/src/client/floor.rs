//! The floor: the least that a client does to fetch the same pages over the same TLS. It
//! knows one service, trusts every answer, and stores nothing.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

mod page;

use page::{Page, SyncKey};

const LOGIN: &str = "login.wx2.qq.com";
const BASE: &str = "wx2.qq.com";
const PUSH: &str = "webpush.wx2.qq.com";
const CGI: &str = "/cgi-bin/mmwebwx-bin";
const DEVICE: &str = "e123456789012345";

/// Logs in, receives `messages` messages, and stops.
pub(super) async fn run(messages: usize) -> anyhow::Result<()> {
    let mut web = Web::new()?;
    let session = login(&mut web).await?;
    let (mut sync, mut check) = init(&mut web, &session).await?;
    let mut received = 0;
    while received < messages {
        let keys: Vec<String> = (check.list.iter())
            .map(|pair| format!("{}_{}", pair.key, pair.val))
            .collect();
        let query = format!(
            "{CGI}/synccheck?r=1&skey={}&sid={}&uin={}&deviceid={DEVICE}&synckey={}&_=1",
            escaped(&session.skey),
            escaped(&session.sid),
            session.uin,
            keys.join("%7C"),
        );
        let answer = web.send(PUSH, &query, None).await?;
        if answer.ends_with(b"selector:\"0\"}") {
            continue;
        }
        loop {
            let query = format!(
                "{CGI}/webwxsync?sid={}&skey={}&pass_ticket={}",
                escaped(&session.sid),
                escaped(&session.skey),
                session.pass_ticket,
            );
            let body = serde_json::to_vec(&SyncBody {
                base_request: session.base(),
                sync_key: &sync,
                rr: -1,
            })?;
            let answer = web.send(BASE, &query, Some(body)).await?;
            let page: Page<'_> = serde_json::from_slice(&answer)?;
            // So that the compiler cannot leave out any of the reading.
            received += std::hint::black_box(&page.add_msg_list).len();
            sync = page.sync_key;
            check = page.sync_check_key;
            if page.continue_flag == 0 {
                break;
            }
        }
    }
    Ok(())
}

struct Session {
    uin: String,
    sid: String,
    skey: String,
    /// Percent-encoded, as it goes into a URL.
    pass_ticket: String,
}

impl Session {
    fn base(&self) -> BaseRequest<'_> {
        BaseRequest {
            uin: &self.uin,
            sid: &self.sid,
            skey: &self.skey,
            device_id: DEVICE,
        }
    }
}

async fn login(web: &mut Web) -> anyhow::Result<Session> {
    let path = "/jslogin?appid=wx782c26e4c19acffb&fun=new&lang=zh_CN&_=1";
    let script = web.text(LOGIN, path).await?;
    let uuid = between(&script, "uuid = \"", "\"")?.to_owned();
    let script = loop {
        let path = format!("{CGI}/login?loginicon=false&uuid={uuid}&tip=0&r=1&_=1");
        let script = web.text(LOGIN, &path).await?;
        if script.contains("window.code=200") {
            break script;
        }
    };
    let target = between(&script, "https://wx2.qq.com", "\"")?.to_owned() + "&fun=new&version=v2";
    let xml = web.text(BASE, &target).await?;
    let tag = |name: &str| between(&xml, &format!("<{name}>"), "</").map(str::to_owned);
    Ok(Session {
        uin: tag("wxuin")?,
        sid: tag("wxsid")?,
        skey: tag("skey")?,
        pass_ticket: tag("pass_ticket")?,
    })
}

async fn init(web: &mut Web, session: &Session) -> anyhow::Result<(SyncKey, SyncKey)> {
    let path = format!(
        "{CGI}/webwxinit?r=-1&lang=zh_CN&pass_ticket={}",
        session.pass_ticket
    );
    let body = serde_json::json!({ "BaseRequest": session.base() });
    let answer = web.send(BASE, &path, Some(body.to_string().into())).await?;
    let init: Init = serde_json::from_slice(&answer)?;
    Ok((init.sync_key.clone(), init.sync_key))
}

/// A connection to each host, and one set of cookies.
struct Web {
    tls: TlsConnector,
    address: String,
    open: HashMap<&'static str, SendRequest<Full<Bytes>>>,
    cookies: String,
}

impl Web {
    fn new() -> anyhow::Result<Self> {
        let address = std::env::var("WX_CONNECT_TO").context("WX_CONNECT_TO")?;
        let ca = std::env::var("WX_CA_FILE").context("WX_CA_FILE")?;
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(ca)? {
            roots.add(root?)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            address,
            open: HashMap::new(),
            cookies: String::new(),
        })
    }

    async fn text(&mut self, host: &'static str, path: &str) -> anyhow::Result<String> {
        Ok(String::from_utf8(self.send(host, path, None).await?)?)
    }

    /// Sends a request with the headers that `wx-client` sends, and returns the body of the
    /// answer.
    async fn send(
        &mut self,
        host: &'static str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<Vec<u8>> {
        let mut request = Request::builder()
            .uri(path)
            .header(HOST, host)
            .header("user-agent", wx_client::Profile::default().user_agent)
            .header("accept", "application/json, text/plain, */*")
            .header("accept-language", "zh-CN,zh;q=0.9")
            .header("referer", "https://wx2.qq.com/?&lang=zh_CN")
            .header(ACCEPT_ENCODING, "gzip, deflate");
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, &self.cookies);
        }
        let request = match body {
            Some(body) => request
                .method("POST")
                .header(CONTENT_TYPE, "application/json;charset=UTF-8")
                .body(Full::from(body))?,
            None => request.body(Full::default())?,
        };
        let mut sender = match self.open.remove(host) {
            Some(sender) => sender,
            None => self.connect(host).await?,
        };
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        self.open.insert(host, sender);
        let (head, body) = answer.into_parts();
        self.keep_cookies(&head.headers)?;
        let body = body.collect().await?.to_bytes();
        if head.headers.contains_key(CONTENT_ENCODING) {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&*body).read_to_end(&mut plain)?;
            return Ok(plain);
        }
        Ok(body.into())
    }

    async fn connect(&self, host: &'static str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let stream = self
            .tls
            .connect(ServerName::try_from(host)?, stream)
            .await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Keeps the cookies of the login, for ever and for every host.
    fn keep_cookies(&mut self, head: &HeaderMap) -> anyhow::Result<()> {
        if self.cookies.contains("wxsid=") {
            return Ok(());
        }
        for cookie in head.get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if !self.cookies.is_empty() {
                self.cookies.push_str("; ");
            }
            self.cookies.push_str(pair);
        }
        Ok(())
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> anyhow::Result<&'a str> {
    let found = text
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once(after));
    match found {
        Some((middle, _)) => Ok(middle),
        None => bail!("`{before}` is not in: {text}"),
    }
}

/// Escapes the three characters of Base64 and keys that are not allowed in a query.
fn escaped(text: &str) -> String {
    text.replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BaseRequest<'a> {
    uin: &'a str,
    sid: &'a str,
    skey: &'a str,
    #[serde(rename = "DeviceID")]
    device_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SyncBody<'a> {
    base_request: BaseRequest<'a>,
    sync_key: &'a SyncKey,
    #[serde(rename = "rr")]
    rr: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Init {
    sync_key: SyncKey,
}
