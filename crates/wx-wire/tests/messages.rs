//! Known answers of message contents, for each quirk that the service is known
//! for. All names, numbers and texts are invented.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail")]

mod messages {
    mod app;
    mod forward;
    mod long;
    mod media;
    mod money;
    mod nested;
    mod people;
    mod places;
    mod prefixes;
    mod system;
    mod unknown;
    pub(crate) mod wire;
}
