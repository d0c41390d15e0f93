//! What public accounts have published, as a login tells it.

use serde::{Deserialize, Serialize};
use wx_wire::content::{EmojiTable, decode_name};
use wx_wire::endpoint::webwxinit::MpSubscribeMsg;
use wx_wire::id::UserName;

use crate::message::Article;

/// Articles that a public account has published together (protocol: webwxinit,
/// MPSubscribeMsgList).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Publication {
    /// The account.
    pub account: UserName,
    /// Its name.
    pub name: String,
    /// Unix time in seconds.
    pub time: i64,
    /// The articles, the first one large in the account's chat.
    pub articles: Vec<Article>,
}

impl Publication {
    pub(crate) fn of(from: &MpSubscribeMsg) -> Self {
        let decode = |text: &str| decode_name(text, EmojiTable::AsIs).into_owned();
        let articles = from.articles.iter().map(|article| Article {
            title: decode(&article.title),
            url: decode(&article.url),
            description: decode(&article.digest),
            cover: decode(&article.cover),
            time: None,
        });
        Self {
            account: from.user_name.clone(),
            name: decode(&from.nick_name),
            time: from.time,
            articles: articles.collect(),
        }
    }
}
