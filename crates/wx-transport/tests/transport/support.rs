//! A certificate authority, and a TLS server that does what a test tells it,
//! byte for byte.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::Bytes;
use http::{Request, Response};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use wx_transport::{Config, Error, Http, Limits, Pool};

/// Signs the certificates of the servers of one test.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        // Authorities of one name would be taken for the same.
        let name = format!("{}", key.public_key_raw().escape_ascii());
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server configuration for `*.example.com`, changed as the test wants.
    fn acceptor(
        &self,
        change: impl FnOnce(&mut CertificateParams),
        versions: &[&'static SupportedProtocolVersion],
    ) -> TlsAcceptor {
        let mut params = CertificateParams::new(["*.example.com".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A request as a server read it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The number of the connection, from 0.
    pub(crate) connection: usize,
    /// The server name of the TLS handshake.
    pub(crate) sni: String,
    /// Request line and headers, names in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1);
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }
}

/// Who closes a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    ByServer,
    ByClient,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) authority: Authority,
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Accepts connections and plays `script` on each.
    pub(crate) async fn start<S, F>(script: S) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::start_with(|_| (), script).await
    }

    /// The same with another certificate.
    pub(crate) async fn start_with<S, F>(
        certificate: impl FnOnce(&mut CertificateParams),
        script: S,
    ) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let authority = Authority::new();
        let acceptor = authority.acceptor(certificate, ALL_VERSIONS);
        Self::accepting(authority, acceptor, script).await
    }

    /// The same with these versions of TLS.
    pub(crate) async fn speaking<S, F>(
        versions: &[&'static SupportedProtocolVersion],
        script: S,
    ) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let authority = Authority::new();
        let acceptor = authority.acceptor(|_| (), versions);
        Self::accepting(authority, acceptor, script).await
    }

    async fn accepting<S, F>(authority: Authority, acceptor: TlsAcceptor, script: S) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                // Otherwise the kernel holds small writes back until those before
                // them are acknowledged, which takes 40 ms.
                stream.set_nodelay(true).unwrap();
                // A client that refuses the certificate ends the handshake.
                if let Ok(stream) = acceptor.accept(stream).await {
                    let mut playing = Box::pin(script(Peer {
                        connection,
                        stream,
                        seen: Arc::clone(&log),
                    }));
                    // It begins before the client hears of the end of the handshake.
                    let begun = poll_fn(|cx| Poll::Ready(playing.as_mut().poll(cx)));
                    if begun.await.is_pending() {
                        tokio::spawn(playing);
                    }
                }
            }
        });
        Self {
            authority,
            address,
            seen,
        }
    }

    /// A server that gives every request the same answer.
    pub(crate) async fn answering(answer: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::start(move |mut peer| {
            let answer = Arc::clone(&answer);
            async move {
                while peer.request().await.is_some() {
                    peer.write((*answer).as_ref()).await;
                }
            }
        })
        .await
    }

    /// A server that answers one request on each connection, and a signal for each
    /// connection that has ended then.
    pub(crate) async fn answering_once(answer: &'static str, end: End) -> (Self, Arc<Notify>) {
        let ended = Arc::new(Notify::new());
        let tell = Arc::clone(&ended);
        let server = Self::start(move |mut peer| {
            let tell = Arc::clone(&tell);
            async move {
                peer.request().await.unwrap();
                peer.write(answer.as_bytes()).await;
                match end {
                    End::ByServer => peer.close().await,
                    End::ByClient => peer.closed().await,
                }
                tell.notify_one();
            }
        })
        .await;
        (server, ended)
    }

    /// What a client needs to come here whatever host it asks for.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::default();
        config.connect_to = Some(self.address.to_string().parse().unwrap());
        config
            .add_roots_pem(self.authority.pem().as_bytes())
            .unwrap();
        config
    }

    pub(crate) fn pool(&self) -> Pool {
        Http::new(self.config()).unwrap().pool()
    }

    /// Every request that was read completely, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The connections that they came over.
    pub(crate) fn connections(&self) -> Vec<usize> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|seen| seen.connection).collect()
    }
}

/// The server's end of a connection.
pub(crate) struct Peer {
    pub(crate) connection: usize,
    pub(crate) stream: TlsStream<TcpStream>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Peer {
    /// Reads a request, or finds that the client has closed.
    pub(crate) async fn request(&mut self) -> Option<Seen> {
        let mut seen = self.head().await?;
        let length = seen.header("content-length").unwrap_or("0");
        seen.body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut seen.body).await.ok()?;
        self.seen.lock().unwrap().push(seen.clone());
        Some(seen)
    }

    /// Reads a request as far as its body, which is left to the test.
    pub(crate) async fn head(&mut self) -> Option<Seen> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        Some(Seen {
            connection: self.connection,
            sni: self
                .stream
                .get_ref()
                .1
                .server_name()
                .unwrap_or("")
                .to_owned(),
            head: String::from_utf8(head).unwrap(),
            body: Vec::new(),
        })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        // A client that has seen enough may close before all is written.
        if self.stream.write_all(bytes).await.is_ok() {
            let _ = self.stream.flush().await;
        }
    }

    /// Waits until the client closes.
    pub(crate) async fn closed(mut self) {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "the client sent more: {rest:?}");
    }

    /// Closes in good order.
    pub(crate) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(self) {
        self.stream.get_ref().0.set_zero_linger().unwrap();
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// Ends when the runtime has looked at its sockets often enough that one which
/// could be read from or written to would have shown it. Loopback connections
/// need no time beyond that.
pub(crate) async fn quiet() {
    for _ in 0..1000 {
        yield_now().await;
    }
}

/// Bytes that show where they were cut: they repeat after 251, which divides the
/// size of no buffer.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

pub(crate) fn get(uri: &str) -> Request<Bytes> {
    Request::get(uri).body(Bytes::new()).unwrap()
}

pub(crate) fn post(uri: &str, body: &'static str) -> Request<Bytes> {
    Request::post(uri).body(Bytes::from(body)).unwrap()
}

/// The answer to a plain GET.
pub(crate) async fn fetch(pool: &Pool) -> Result<Response<Bytes>, Error> {
    pool.send(get("https://www.example.com/"), Limits::default())
        .await
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
