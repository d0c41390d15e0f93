//! What public accounts have published, as a login tells it.

use serde::{Deserialize, Serialize};
use wx_wire::endpoint::webwxinit::MpSubscribeMsg;
use wx_wire::id::UserName;

use crate::message::{Article, decoded_name};

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
        let articles = from.articles.iter().map(|article| Article {
            title: decoded_name(&article.title),
            url: decoded_name(&article.url),
            description: decoded_name(&article.digest),
            cover: decoded_name(&article.cover),
            time: None,
        });
        Self {
            account: from.user_name.clone(),
            name: decoded_name(&from.nick_name),
            time: from.time,
            articles: articles.collect(),
        }
    }
}
