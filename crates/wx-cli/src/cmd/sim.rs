//! `wx sim`: the simulated service, for a second terminal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;
use wx_client::Chain;
use wx_sim::{Options, Script, ScriptError, Server};

use crate::app::{App, toml_fault};
use crate::error::Error;

#[derive(Serialize)]
struct Started {
    address: String,
    ca_file: String,
    control: String,
}

pub(super) async fn run(
    app: &App,
    listen: SocketAddr,
    script: Option<PathBuf>,
    seed: u64,
) -> Result<(), Error> {
    let folder = tempfile::Builder::new()
        .prefix("wx-sim-")
        .tempdir()
        .map_err(|error| Error::io("a folder for the certificate", error))?;
    let mut options = Options::default();
    options.listen = listen;
    options.seed = seed;
    options.ca_dir = Some(folder.path().to_owned());
    if let Some(path) = script {
        options.script = Some(read(&path)?);
    }
    let mut server = Server::start(options)
        .await
        .map_err(|error| Error::io(format!("cannot listen on {listen}"), error))?;
    let started = Started {
        address: server.address().to_string(),
        ca_file: folder.path().join("ca.pem").display().to_string(),
        control: format!("http://{}", server.control_address()),
    };
    // One object in either form: it is what the other terminal needs.
    app.output.line(&crate::output::json(&started))?;
    app.output.note(&format!(
        "in another terminal:\n  export WX_CONNECT_TO={} WX_CA_FILE={}\n  wx login\n  \
         curl -d '{{\"kind\":\"text\",\"from\":\"friend:1\",\"content\":\"hello\"}}' {}/push",
        started.address, started.ca_file, started.control
    ));
    tokio::select! {
        () = server.finished() => Ok(()),
        signal = app.interrupted() => {
            server.shutdown().await;
            Err(Error::Interrupted(signal))
        }
    }
}

fn read(path: &Path) -> Result<Script, Error> {
    let wrong = |what: String| Error::Usage(format!("--script {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    text.parse().map_err(|error| match error {
        ScriptError::Toml(error) => wrong(toml_fault(&text, &error)),
        other => wrong(Chain(&other).to_string()),
    })
}
