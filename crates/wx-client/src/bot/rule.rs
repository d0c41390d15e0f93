//! Which messages a handler is for.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use regex::Regex;
use wx_proto::Message;
use wx_proto::message::Body;
use wx_proto::roster::ContactKind;

use crate::error::{Error, ErrorKind};

/// Which messages a handler is for. A message fits if it meets every condition
/// of the rule. Your own messages never fit, unless the rule includes them with
/// [`own`](Self::own).
///
/// ```
/// use wx_client::bot::Rule;
/// use wx_client::message::Body;
///
/// # fn main() -> Result<(), wx_client::Error> {
/// let questions = Rule::text().in_groups().mentioned();
/// let weather = Rule::command("/weather");
/// let order = Rule::regex(r"^(?<count>\d+) (?<what>\w+)$")?.in_private();
/// let money = Rule::body(|body| matches!(body, Body::Transfer { .. } | Body::RedPacket { .. }));
/// let boss = Rule::any().when(|message| message.sender.name.as_deref() == Some("老板"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a rule does nothing by itself"]
pub struct Rule {
    said: Said,
    tests: Vec<Arc<Test>>,
    own: bool,
}

type Test = dyn Fn(&Message) -> bool + Send + Sync;

/// What a text must say.
#[derive(Clone, Debug)]
enum Said {
    Anything,
    Command(String),
    Regex(Regex),
}

/// What a rule found in a text, as positions in what was [`said`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Where the command's arguments begin.
    pub(super) args_at: usize,
    /// What the groups of the regular expression captured.
    pub(super) groups: Vec<Option<Range<usize>>>,
    /// What they are called.
    pub(super) names: Vec<Option<String>>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("said", &self.said)
            .field("tests", &self.tests.len())
            .field("own", &self.own)
            .finish()
    }
}

impl Rule {
    const fn new(said: Said) -> Self {
        Self {
            said,
            tests: Vec::new(),
            own: false,
        }
    }

    /// Every message.
    pub const fn any() -> Self {
        Self::new(Said::Anything)
    }

    /// Texts.
    pub fn text() -> Self {
        Self::body(|body| matches!(body, Body::Text { .. }))
    }

    /// Pictures.
    pub fn image() -> Self {
        Self::body(|body| matches!(body, Body::Image { .. }))
    }

    /// Emoticons.
    pub fn emoticon() -> Self {
        Self::body(|body| matches!(body, Body::Emoticon { .. }))
    }

    /// Voice messages.
    pub fn voice() -> Self {
        Self::body(|body| matches!(body, Body::Voice { .. }))
    }

    /// Videos.
    pub fn video() -> Self {
        Self::body(|body| matches!(body, Body::Video { .. }))
    }

    /// Files.
    pub fn file() -> Self {
        Self::body(|body| matches!(body, Body::File { .. }))
    }

    /// Everything that can be [downloaded](Message::media): pictures, emoticons,
    /// voice messages, videos, files, and the maps of locations.
    pub fn media() -> Self {
        Self::any().when(|message| message.media().is_ok())
    }

    /// Locations.
    pub fn location() -> Self {
        Self::body(|body| matches!(body, Body::Location { .. }))
    }

    /// Name cards.
    pub fn card() -> Self {
        Self::body(|body| matches!(body, Body::Card { .. }))
    }

    /// Friend requests.
    pub fn friend_request() -> Self {
        Self::body(|body| matches!(body, Body::FriendRequest { .. }))
    }

    /// Messages that somebody took back.
    pub fn recall() -> Self {
        Self::body(|body| matches!(body, Body::Revoked { .. }))
    }

    /// Notices of the service: somebody joined, the group was renamed, a pat.
    pub fn system() -> Self {
        Self::body(|body| matches!(body, Body::System { .. }))
    }

    /// Messages whose body passes the test, for kinds without a rule of their own.
    pub fn body(test: impl Fn(&Body) -> bool + Send + Sync + 'static) -> Self {
        Self::any().when(move |message| test(&message.body))
    }

    /// Texts that begin with this word, followed by white space or nothing:
    /// `/weather Berlin`. The rest is [`Context::args`](super::Context::args).
    /// A mention of the bot in front of the command is ignored.
    pub fn command(word: impl Into<String>) -> Self {
        Self::new(Said::Command(word.into()))
    }

    /// Texts in which a regular expression matches anywhere, in the syntax of the
    /// crate [`regex`]. Its groups are
    /// [`Context::captured`](super::Context::captured). A mention of the bot in
    /// front of the text is ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the pattern is not valid; the message shows where.
    pub fn regex(pattern: &str) -> Result<Self, Error> {
        match Regex::new(pattern) {
            Ok(regex) => Ok(Self::new(Said::Regex(regex))),
            Err(error) => Err(Error::new(ErrorKind::Config, error.to_string())),
        }
    }

    /// Only in groups.
    pub fn in_groups(self) -> Self {
        self.in_chats(ContactKind::Group)
    }

    /// Only in chats of two: with friends, and with anybody else who writes
    /// outside of a group. Public accounts and accounts of the service do not
    /// count.
    pub fn in_private(self) -> Self {
        self.when(|message| {
            matches!(
                message.chat.kind,
                ContactKind::Friend | ContactKind::Unknown | ContactKind::Own
            )
        })
    }

    /// Only in chats of this kind.
    pub fn in_chats(self, kind: ContactKind) -> Self {
        self.when(move |message| message.chat.kind == kind)
    }

    /// Only texts that mention the bot. That happens in groups alone.
    pub fn mentioned(self) -> Self {
        self.when(Message::mentions_me)
    }

    /// Only messages for which this is true.
    pub fn when(mut self, test: impl Fn(&Message) -> bool + Send + Sync + 'static) -> Self {
        self.tests.push(Arc::new(test));
        self
    }

    /// Your own messages as well, such as those written on the phone. What this
    /// client sends does not come back as a message.
    pub const fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// What was found in the message, if it fits.
    pub(super) fn fits(&self, message: &Message) -> Option<Found> {
        if message.from_me && !self.own {
            return None;
        }
        let found = match &self.said {
            Said::Anything => Found::default(),
            Said::Command(word) => command(said(message)?, word)?,
            Said::Regex(regex) => captures(said(message)?, regex)?,
        };
        self.tests.iter().all(|test| test(message)).then_some(found)
    }
}

fn command(said: &str, word: &str) -> Option<Found> {
    let rest = said.strip_prefix(word)?;
    let is_whole = rest.is_empty() || rest.starts_with(char::is_whitespace);
    is_whole.then(|| Found {
        args_at: word.len(),
        ..Found::default()
    })
}

fn captures(said: &str, regex: &Regex) -> Option<Found> {
    let captures = regex.captures(said)?;
    let groups = captures.iter().map(|group| Some(group?.range()));
    let names = regex.capture_names().map(|name| name.map(str::to_owned));
    Some(Found {
        args_at: 0,
        groups: groups.collect(),
        names: names.collect(),
    })
}

/// What a text says, without white space around it and without a mention of the
/// bot in front, which phones end with U+2005 (protocol: content decoding).
pub(super) fn said(message: &Message) -> Option<&str> {
    let text = message.text()?.trim();
    if !message.mentions_me() || !text.starts_with('@') {
        return Some(text);
    }
    // A name may contain plain blanks. Phones end a mention with U+2005; only
    // one that was typed ends with a plain blank.
    let behind = text
        .split_once('\u{2005}')
        .or_else(|| text.split_once(char::is_whitespace));
    Some(behind.map_or("", |(_, rest)| rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A text of a member of a group, changed as the test wants it.
    fn message(more: Value) -> Message {
        let mut message = json!({
            "msg_id": "1", "time": 0, "from_me": false, "key": "a/m/1",
            "chat": {"id": "@@group", "kind": "group"}, "sender": {"id": "@ann"},
            "kind": "text", "text": "hello", "mentions_me": false
        });
        for (key, value) in more.as_object().unwrap() {
            message[key] = value.clone();
        }
        serde_json::from_value(message).unwrap()
    }

    fn text(text: &str) -> Message {
        message(json!({"text": text}))
    }

    fn mention(text: &str) -> Message {
        message(json!({"text": text, "mentions_me": true}))
    }

    #[test]
    fn a_command_is_a_whole_word_in_front() {
        let rule = Rule::command("/add");
        let args_at = |message: &Message| rule.fits(message).map(|found| found.args_at);
        assert_eq!(args_at(&text("/add 1 2")), Some(4));
        assert_eq!(args_at(&text("  /add\u{3000}1")), Some(4));
        assert_eq!(args_at(&text("/add")), Some(4));
        assert_eq!(args_at(&text("/adder")), None);
        assert_eq!(args_at(&text("please /add")), None);
        assert_eq!(
            args_at(&message(json!({"from_me": true, "text": "/add"}))),
            None
        );
    }

    #[test]
    fn a_mention_in_front_is_not_part_of_what_is_said() {
        assert_eq!(said(&mention("@Bot\u{2005}/add 1")), Some("/add 1"));
        assert_eq!(said(&mention("@Our Bot\u{2005} hi ")), Some("hi"));
        assert_eq!(said(&mention("@Bot hi")), Some("hi"));
        assert_eq!(said(&mention("@Bot")), Some(""));
        assert_eq!(
            said(&mention("hi @Bot\u{2005}there")),
            Some("hi @Bot\u{2005}there")
        );
        // Somebody else is meant.
        assert_eq!(said(&text("@Ann\u{2005}hi")), Some("@Ann\u{2005}hi"));
    }

    #[test]
    fn a_regular_expression_catches_what_it_names() {
        let rule = Rule::regex(r"(?<count>\d+) (\w+)( please)?").unwrap();
        let found = rule.fits(&text("I want 3 apples")).unwrap();
        assert_eq!(found.groups, [Some(7..15), Some(7..8), Some(9..15), None]);
        assert_eq!(found.names[1].as_deref(), Some("count"));
        assert_eq!(rule.fits(&text("no apples")), None);

        let error = Rule::regex("(").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("unclosed group"), "{error}");
    }

    #[test]
    fn everything_that_was_asked_for_must_hold() {
        let private = json!({"chat": {"id": "@ann", "kind": "friend"}});
        let official = json!({"chat": {"id": "@news", "kind": "official"}});
        let rule = Rule::text().in_groups().mentioned();
        assert!(rule.fits(&mention("hi")).is_some());
        assert!(rule.fits(&text("hi")).is_none());
        assert!(
            Rule::text()
                .in_groups()
                .fits(&message(private.clone()))
                .is_none()
        );
        assert!(Rule::text().in_private().fits(&message(private)).is_some());
        assert!(Rule::text().in_private().fits(&message(official)).is_none());
        assert!(Rule::text().in_private().fits(&text("hi")).is_none());
        let voice = message(json!({"kind": "voice", "length_ms": 1}));
        assert!(Rule::text().fits(&voice).is_none());
        assert!(Rule::command("/add").fits(&voice).is_none());
        assert!(Rule::any().fits(&voice).is_some());
        let own = message(json!({"from_me": true}));
        assert!(Rule::any().fits(&own).is_none());
        assert!(Rule::any().own().fits(&own).is_some());
    }
}
