//! `wx replay`: lives through a recorded session again, without a network.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use wx_proto::trace::{Divergence, Head, Output as Outcome, Replay, Step};

use super::stdin;
use crate::app::App;
use crate::error::Error;
use crate::human;
use crate::output::Output;

/// The lines of a trace.
struct Lines<'a> {
    from: Box<dyn BufRead>,
    name: &'a Path,
    /// The number of the last one.
    number: usize,
}

pub(super) async fn run(app: &App, file: PathBuf) -> Result<(), Error> {
    let (output, requests) = (app.output, app.global.verbose > 0);
    app.apart(move || replay(output, requests, &file)).await
}

fn replay(output: Output, requests: bool, file: &Path) -> Result<(), Error> {
    if file == Path::new("-") {
        stdin::announce(output);
    }
    let mut lines = Lines::open(file)?;
    let Some(head) = lines.next::<Head>()? else {
        return Err(lines.fault("there is nothing in it"));
    };
    let mut replay = Replay::new(head).map_err(|why| lines.diverged(&why))?;
    while let Some(step) = lines.next::<Step>()? {
        let outcomes = replay.step(step).map_err(|why| lines.diverged(&why))?;
        for outcome in outcomes {
            show(output, requests, &outcome)?;
        }
    }
    Ok(())
}

fn show(output: Output, requests: bool, outcome: &Outcome) -> Result<(), Error> {
    match outcome {
        Outcome::Event(event) => output.value(&event.kind, human::event)?,
        Outcome::Request(request) if requests => {
            let (method, uri) = (&request.head.method, &request.head.uri);
            output.note(&format!("{} {method} {uri}", request.id));
        }
        Outcome::Abort(id) if requests => output.note(&format!("{id} is given up")),
        _ => {}
    }
    Ok(())
}

impl<'a> Lines<'a> {
    fn open(name: &'a Path) -> Result<Self, Error> {
        let from: Box<dyn BufRead> = if name == Path::new("-") {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            let file = File::open(name);
            let file = file.map_err(|error| Error::io(name.display().to_string(), error))?;
            Box::new(BufReader::new(file))
        };
        Ok(Self {
            from,
            name,
            number: 0,
        })
    }

    /// The next line. One that a kill has cut off is not there.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        let mut line = String::new();
        let length = self.from.read_line(&mut line);
        self.number += 1;
        match length {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(self.fault("it is no text, and so no trace"));
            }
            Err(error) => return Err(Error::io(self.shown(), error)),
        }
        // As bytes, like all JSON in this program: a second reader, for `str`, adds 90 KB to it.
        match serde_json::from_slice(line.as_bytes()) {
            Ok(line) => Ok(Some(line)),
            Err(_) if !line.ends_with('\n') && self.number > 1 => Ok(None),
            Err(_) if line.is_empty() => Ok(None),
            Err(error) => {
                Err(self.fault(&format!("it is no trace that this version reads: {error}")))
            }
        }
    }

    fn fault(&self, why: &str) -> Error {
        Error::Trace(format!("{}, line {}: {why}", self.shown(), self.number))
    }

    fn shown(&self) -> String {
        match self.name.to_str() {
            Some("-") => "stdin".to_owned(),
            _ => self.name.display().to_string(),
        }
    }

    fn diverged(&self, why: &Divergence) -> Error {
        self.fault(&why.to_string())
    }
}
