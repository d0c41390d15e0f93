//! Whom to trust, and what a failed TLS handshake means.

use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{CertificateError, CipherSuite, ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;

use crate::error::{Cause, Error, Phase};

mod roots;

/// A client that trusts the system's roots and `extra`. Verification cannot be
/// turned off.
///
/// The system's roots are those that rustls-native-certs finds, by `SSL_CERT_FILE`
/// and `SSL_CERT_DIR` if they are set. A damaged or missing store is an error
/// only if no root is left.
pub(crate) fn client_config(extra: &[CertificateDer<'static>]) -> Result<ClientConfig, Error> {
    let system = roots::of_the_system();
    for error in &system.errors {
        tracing::debug!(%error, "some of the system's root certificates cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(system.certificates);
    for root in extra {
        roots.add(root.clone()).map_err(|error| {
            Error::new(Phase::Config, error).advice("an extra root certificate is not valid")
        })?;
    }
    if roots.is_empty() {
        let cause: Cause = match system.errors.into_iter().next() {
            Some(error) => error,
            None => "there is no trusted root certificate".into(),
        };
        return Err(Error::new(Phase::Config, cause)
            .advice("install the system's root certificates or set SSL_CERT_FILE"));
    }
    tracing::debug!(roots = roots.len(), "root certificates loaded");

    let mut provider = ring::default_provider();
    // As browsers do; processors have instructions for SHA-256, not for SHA-384.
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Phase::Config, error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// A refused certificate is lasting and mostly something the user can act on; a
/// handshake that broke off is a fault of the network.
pub(crate) fn handshake_error(error: io::Error) -> Error {
    let refused = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(refused)) => Some(refused.clone()),
        _ => None,
    };
    let error = Error::new(Phase::Tls, error);
    match refused {
        None => error,
        Some(CertificateError::UnknownIssuer) => error.permanent().advice(
            "something may be intercepting the connection; if you trust it, add its root certificate",
        ),
        Some(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => error.permanent().advice("check this machine's clock"),
        Some(_) => error.permanent(),
    }
}
