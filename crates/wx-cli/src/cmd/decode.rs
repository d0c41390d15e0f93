//! `wx decode`: what the client makes of a captured body.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wx_wire::facts;

use super::stdin;
use crate::app::App;
use crate::error::Error;
use crate::output::{Output, json};

/// More than any body that the client itself would read.
const MAX_BODY: u64 = 64 * 1024 * 1024;

pub(super) async fn run(
    app: &App,
    kind: String,
    context: Value,
    file: PathBuf,
) -> Result<(), Error> {
    let kinds: Vec<String> = facts::kinds().collect();
    if !kinds.contains(&kind) {
        let words = format!("no kind {kind:?}; there are: {}", kinds.join(", "));
        return Err(Error::Usage(words));
    }
    let output = app.output;
    app.apart(move || decode(output, &kind, &context, &file))
        .await
}

fn decode(output: Output, kind: &str, context: &Value, file: &Path) -> Result<(), Error> {
    if file == Path::new("-") {
        stdin::announce(output);
    }
    let body = read(file).map_err(|error| Error::io(file.display().to_string(), error))?;
    let facts = facts::of(kind, context, &body).map_err(Error::Decode)?;
    output.line(&json(&facts))
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MAX_BODY)
            .read_to_end(&mut body)?;
    } else {
        std::fs::File::open(file)?
            .take(MAX_BODY)
            .read_to_end(&mut body)?;
    }
    Ok(body)
}
