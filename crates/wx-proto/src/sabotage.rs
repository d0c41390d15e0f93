//! Promises that can be broken on purpose, to show that a test would see it.
//!
//! A build with `--cfg wx_sabotage` has a field in [`Config`](crate::Config)
//! that names one; any other build has neither the field nor the breaks, and
//! `breaks!` is `false` there.

/// True if the promise of that name is to be broken.
#[cfg(wx_sabotage)]
macro_rules! breaks {
    ($config:expr, $name:ident) => {
        $config.sabotage == Some($crate::sabotage::Sabotage::$name)
    };
}

/// Nothing is broken on purpose.
#[cfg(not(wx_sabotage))]
macro_rules! breaks {
    ($config:expr, $name:ident) => {
        false
    };
}

pub(crate) use breaks;

#[cfg(wx_sabotage)]
macro_rules! sabotages {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// A promise, by the way it is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Sabotage {
            $($(#[$doc])* $name,)+
        }

        impl Sabotage {
            /// Every sabotage.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What it is called on a command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

#[cfg(wx_sabotage)]
sabotages! {
    /// A message that came before is delivered again.
    SkipDedup = "skip-dedup",
    /// A message counts as handled when the application takes it.
    SaveBeforeAck = "save-before-ack",
    /// An acknowledgement moves the position past messages before it.
    AckOrder = "ack-order",
    /// A resumed session skips what came while nobody polled.
    SkipMissed = "skip-missed",
    /// A message that nobody understands is dropped.
    DropBadItem = "drop-bad-item",
    /// Messages of a page come in the wrong order.
    ReorderChat = "reorder-chat",
    /// A message that was sent here is also delivered as one from elsewhere.
    DeliverOwn = "deliver-own",
    /// A message whose handler failed is not delivered again.
    LoseFailed = "lose-failed",
    /// A message is passed over when its handler has failed once.
    ParkTooEarly = "park-too-early",
    /// A message whose handler fails is delivered for ever.
    NeverPark = "never-park",
    /// A message that may have arrived is sent again.
    ResendMaybe = "resend-maybe",
    /// A message goes out before its record is stored.
    SendBeforeStored = "send-before-stored",
    /// The second message gets the number of the first.
    ReuseClientMsgId = "reuse-client-msg-id",
    /// A caller's own key is not looked up.
    ForgetKey = "forget-key",
    /// A message of unknown fate is reported as sent.
    GuessSent = "guess-sent",
    /// What the stream shows is taken for our own message, even if others send
    /// too.
    TrustStream = "trust-stream",
    /// A command ends twice.
    CompleteTwice = "complete-twice",
    /// A file's pieces are of the wrong bytes.
    WrongPiece = "wrong-piece",
    /// A download that broke off goes on a byte too late.
    DownloadHole = "download-hole",
    /// An operation is asked for twice.
    RepeatOperation = "repeat-operation",
    /// The next page is not fetched although the server has more.
    IgnoreContinue = "ignore-continue",
    /// A second poll goes out beside the first.
    TwoPolls = "two-polls",
    /// A replaced key stays in use.
    StaleSkey = "stale-skey",
    /// The network's trouble ends the session.
    EndOnOutage = "end-on-outage",
    /// Trouble is answered by asking again at once.
    NoBackoff = "no-backoff",
    /// An owner that was superseded goes on.
    IgnoreFence = "ignore-fence",
    /// Polling goes on although nobody takes the events.
    UnboundedQueue = "unbounded-queue",
    /// Addresses are logged, keys and all.
    LeakSecretInLog = "leak-secret-in-log",
    /// A login may lead to any host.
    AcceptForeignHost = "accept-foreign-host",
}
