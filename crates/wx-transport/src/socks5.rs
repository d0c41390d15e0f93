//! The client's side of SOCKS5: CONNECT (RFC 1928) with user name and password
//! (RFC 1929).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const VERSION: u8 = 5;
const METHOD_NONE: u8 = 0;
const METHOD_PASSWORD: u8 = 2;
const COMMAND_CONNECT: u8 = 1;
const ADDRESS_V4: u8 = 1;
const ADDRESS_NAME: u8 = 3;
const ADDRESS_V6: u8 = 4;

/// Why a SOCKS5 server opened no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Socks5Error {
    #[error("the connection broke during the SOCKS5 handshake")]
    Io(#[from] io::Error),
    #[error("does not speak SOCKS5")]
    NotSocks5,
    #[error("requires a user name and password")]
    CredentialsWanted,
    #[error("refused the user name or password")]
    CredentialsRefused,
    #[error("a SOCKS5 name, user name or password must have 1 to 255 bytes")]
    FieldLength,
    #[error("refused: {} (code {code})", reply_text(*code))]
    Refused { code: u8 },
}

/// Asks the server at the other end of `stream` to connect to `host`. A name is
/// resolved by the server.
///
/// Reads not one byte past the server's reply.
pub(crate) async fn connect<S>(
    stream: &mut S,
    host: &str,
    port: u16,
    credentials: Option<(&str, &str)>,
) -> Result<(), Socks5Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    negotiate(stream, credentials).await?;

    let mut request = vec![VERSION, COMMAND_CONNECT, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(ADDRESS_V4);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(ADDRESS_V6);
            request.extend(address.octets());
        }
        Err(_) => {
            request.push(ADDRESS_NAME);
            push_field(&mut request, host)?;
        }
    }
    request.extend(port.to_be_bytes());
    stream.write_all(&request).await?;

    let [version, reply, _, address] = read(stream).await?;
    if version != VERSION {
        return Err(Socks5Error::NotSocks5);
    }
    if reply != 0 {
        return Err(Socks5Error::Refused { code: reply });
    }
    // The bound address and port are of no use here, but must be read.
    let length = match address {
        ADDRESS_V4 => 4,
        ADDRESS_V6 => 16,
        ADDRESS_NAME => u64::from(stream.read_u8().await?),
        _ => return Err(Socks5Error::NotSocks5),
    } + 2;
    let skipped = tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    if skipped < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(())
}

async fn negotiate<S>(stream: &mut S, credentials: Option<(&str, &str)>) -> Result<(), Socks5Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match credentials {
        Some(_) => {
            let both = [VERSION, 2, METHOD_NONE, METHOD_PASSWORD];
            stream.write_all(&both).await?;
        }
        None => stream.write_all(&[VERSION, 1, METHOD_NONE]).await?,
    }
    match (read(stream).await?, credentials) {
        ([VERSION, METHOD_NONE], _) => Ok(()),
        ([VERSION, METHOD_PASSWORD], Some((user, password))) => {
            let mut request = vec![1];
            push_field(&mut request, user)?;
            push_field(&mut request, password)?;
            stream.write_all(&request).await?;
            match read(stream).await? {
                [_, 0] => Ok(()),
                _ => Err(Socks5Error::CredentialsRefused),
            }
        }
        ([VERSION, _], None) => Err(Socks5Error::CredentialsWanted),
        ([VERSION, _], Some(_)) => Err(Socks5Error::CredentialsRefused),
        _ => Err(Socks5Error::NotSocks5),
    }
}

async fn read<const N: usize>(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn push_field(request: &mut Vec<u8>, field: &str) -> Result<(), Socks5Error> {
    match u8::try_from(field.len()) {
        Ok(length) if length > 0 => {
            request.push(length);
            request.extend(field.as_bytes());
            Ok(())
        }
        _ => Err(Socks5Error::FieldLength),
    }
}

/// The meanings in RFC 1928 §6.
fn reply_text(reply: u8) -> &'static str {
    match reply {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown reply",
    }
}
