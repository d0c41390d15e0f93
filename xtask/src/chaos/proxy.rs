//! A TCP proxy between the client and the service that spoils connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Clean,
    /// Every answer is delayed.
    Slow,
    /// It is reset, at once or after some bytes from the service.
    Reset,
    /// It is closed after some bytes, as if the answer were complete.
    Cut,
    /// After some bytes nothing comes through, and it stays open.
    Swallow,
    /// After some bytes, random ones follow.
    Garbage,
}

const SPOILT: [Fate; 5] = [
    Fate::Slow,
    Fate::Reset,
    Fate::Cut,
    Fate::Swallow,
    Fate::Garbage,
];
/// How many connections in a hundred are spoilt.
const SPOILS: u64 = 35;
/// How long a swallowed connection stays open.
const SWALLOWS_FOR: Duration = Duration::from_secs(60);

/// What the proxy shares with the run.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Whether connections are spoilt.
    pub(super) spoils: AtomicBool,
    pub(super) connections: AtomicUsize,
    pub(super) spoilt: AtomicUsize,
}

/// Starts a proxy, and returns its address.
pub(super) async fn start(
    service: SocketAddr,
    watch: Arc<Watch>,
    mut rng: Rng,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            watch.connections.fetch_add(1, Ordering::Relaxed);
            let mut fate = Fate::Clean;
            if watch.spoils.load(Ordering::Relaxed) && rng.u64(..100) < SPOILS {
                watch.spoilt.fetch_add(1, Ordering::Relaxed);
                fate = rng.choice(SPOILT).unwrap_or(Fate::Reset);
            }
            let rng = rng.fork();
            tokio::spawn(async move {
                // Broken connections are the purpose of this proxy.
                let _ = carry(client, service, fate, rng).await;
            });
        }
    });
    Ok(address)
}

async fn carry(
    mut client: TcpStream,
    service: SocketAddr,
    fate: Fate,
    mut rng: Rng,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(service).await?;
    let limit = match fate {
        Fate::Clean | Fate::Slow => u64::MAX,
        // Some break before the first byte, some in the TLS handshake, some after it.
        _ if rng.u64(..100) < 30 => 0,
        _ => rng.u64(1..=30_000),
    };
    let delay = match fate {
        Fate::Slow => Duration::from_millis(rng.u64(5..=150)),
        _ => Duration::ZERO,
    };
    if fate == Fate::Reset {
        // Without a linger time, closing a socket resets the connection.
        client.set_zero_linger()?;
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
        let _ = to_server.shutdown().await;
        // The service may still have something to send.
        std::future::pending::<()>().await;
    };
    let down = forward(&mut from_server, &mut to_client, limit, delay);
    let whole = tokio::select! {
        () = up => true,
        whole = down => whole?,
    };
    match fate {
        Fate::Swallow if !whole => sleep(SWALLOWS_FOR).await,
        Fate::Garbage if !whole => {
            let mut noise = [0; 200];
            rng.fill(&mut noise);
            to_client.write_all(&noise).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Passes on at most `limit` bytes. Returns whether that was all there was.
async fn forward(
    from: &mut ReadHalf<'_>,
    to: &mut WriteHalf<'_>,
    limit: u64,
    delay: Duration,
) -> std::io::Result<bool> {
    let mut left = limit;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(true);
        }
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        let passed = buffer.get(..count.min(most)).unwrap_or_default();
        to.write_all(passed).await?;
        left -= passed.len() as u64;
        if passed.len() < count {
            return Ok(false);
        }
    }
}
