//! One request over one connection: HTTP/1.1 over TLS, by hand.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use wx_proto::{Failure, FailureKind, Input, Reached, Request, RequestId};
use wx_transport::Jar;

/// How requests get to the service. Clones share cookies and connections.
#[derive(Clone)]
pub(crate) struct Wire {
    service: SocketAddr,
    tls: Arc<ClientConfig>,
    jar: Jar,
    open: Arc<Mutex<HashMap<RequestId, TcpStream>>>,
}

impl Wire {
    /// To a service that has a certificate of this authority.
    pub(crate) fn to(service: SocketAddr, authority: &str) -> Self {
        let authority = CertificateDer::from_pem_slice(authority.as_bytes());
        let mut roots = RootCertStore::empty();
        roots.add(authority.expect("PEM")).expect("an authority");
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions that the provider has")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            service,
            tls: Arc::new(tls),
            jar: Jar::new(),
            open: Arc::default(),
        }
    }

    /// Sends a request and waits for its answer, or for its end.
    pub(crate) fn carry(&self, request: Request) -> Input {
        let (id, uri) = (request.id, request.head.uri.clone());
        let mut reached = Reached::No;
        let answer = self.exchange(request, &mut reached);
        self.open.lock().unwrap().remove(&id);
        match answer {
            Ok(response) => {
                let (head, body) = response.into_parts();
                self.jar.store(&uri, &head.headers);
                Input::Response {
                    id,
                    head,
                    body: body.into(),
                }
            }
            Err(error) => {
                let failure = Failure::new(reached, FailureKind::Network, error.to_string());
                Input::Failed { id, failure }
            }
        }
    }

    fn exchange(
        &self,
        request: Request,
        reached: &mut Reached,
    ) -> io::Result<http::Response<Vec<u8>>> {
        let stream = TcpStream::connect(self.service)?;
        self.open
            .lock()
            .unwrap()
            .insert(request.id, stream.try_clone()?);
        let host = request.head.uri.host().unwrap_or_default().to_owned();
        let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
        let tls = ClientConnection::new(Arc::clone(&self.tls), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(tls, stream);

        let body = request.body.whole().cloned();
        let body = body.ok_or_else(|| io::Error::other("this driver sends no files"))?;
        let mut http = http::Request::from_parts(request.head, body);
        self.jar.apply(&mut http);
        let target = http
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let length = http.body().len();
        let mut text = format!(
            "{} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n",
            http.method()
        )
        .into_bytes();
        for (name, value) in http.headers() {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        text.extend(b"\r\n");
        text.extend(http.body());
        *reached = Reached::Maybe;
        stream.write_all(&text)?;
        stream.flush()?;
        read_answer(BufReader::new(stream), request.max_response)
    }

    /// Ends a request's connection, so that its thread ends, too.
    pub(crate) fn give_up(&self, id: RequestId) {
        if let Some(stream) = self.open.lock().unwrap().remove(&id) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn read_answer(mut stream: impl BufRead, max: usize) -> io::Result<http::Response<Vec<u8>>> {
    let broken = || io::Error::other("this is no HTTP");
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).ok_or_else(broken)?;
    let mut response = http::Response::builder().status(status.trim());
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().map_err(io::Error::other)?;
        }
        response = response.header(name, value);
    }
    if length > max {
        return Err(io::Error::other("too large"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    response.body(body).map_err(io::Error::other)
}
