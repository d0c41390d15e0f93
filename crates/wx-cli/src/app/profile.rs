//! Profiles: how the client presents itself, from a TOML file.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use serde::Deserialize;
use wx_client::config::Profile;

use crate::error::Error;

/// A profile file. Unknown keys are errors: a misspelt one would be ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProfileFile {
    user_agent: Option<String>,
    lang: Option<String>,
    desktop: Option<bool>,
    login_page_headers: BTreeMap<String, String>,
}

/// Reads a profile.
///
/// # Errors
/// If it cannot be read, or a key or value in it makes no sense.
pub(super) fn read(path: &Path) -> Result<Profile, Error> {
    let mut profile = Profile::default();
    let wrong = |what: &dyn Display| Error::Usage(format!("--profile {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let file: ProfileFile =
        toml::from_str(&text).map_err(|error| wrong(&toml_fault(&text, &error)))?;
    if let Some(agent) = file.user_agent {
        profile.user_agent = agent
            .parse()
            .map_err(|error| wrong(&format!("user_agent: {error}")))?;
    }
    if let Some(lang) = file.lang {
        profile.lang = lang;
    }
    profile.desktop = file.desktop.unwrap_or_default();
    for (name, value) in file.login_page_headers {
        let of_header = |what: &dyn Display| wrong(&format!("header {name:?}: {what}"));
        let value = value.parse().map_err(|error| of_header(&error))?;
        let key = name.parse().map_err(|error| of_header(&error))?;
        profile.login_page_headers.push((key, value));
    }
    Ok(profile)
}

/// What is wrong with a TOML file, in one line.
pub(crate) fn toml_fault(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    match before {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            format!("line {line}: {}", error.message())
        }
        None => error.message().to_owned(),
    }
}
