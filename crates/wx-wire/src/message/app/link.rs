//! The articles of a link, and what a mini program says besides.

use crate::{
    message::texts::{Texts as _, texts},
    xml::Element,
};

texts! {
    /// An article that a public account sent.
    pub struct Article {
        title = "title",
        url = "url",
        shorturl = "shorturl",
        longurl = "longurl",
        /// Unix time in seconds.
        pub_time = "pub_time",
        /// Address of its picture, at times as `url|width|height`.
        cover = "cover",
        digest = "digest",
        summary = "summary",
        author = "author",
    }
}

impl Article {
    /// Address of its picture, without the size.
    #[must_use]
    pub fn cover_url(&self) -> Option<&str> {
        let cover = self.cover.as_deref()?;
        Some(cover.split_once('|').map_or(cover, |(url, _)| url))
    }
}

texts! {
    /// What there is to know about a mini program.
    pub struct WeAppInfo {
        /// `gh_…@app`.
        username = "username",
        appid = "appid",
        appservicetype = "appservicetype",
        pagepath = "pagepath",
        version = "version",
        r#type = "type",
        weappiconurl = "weappiconurl",
        share_id = "shareId",
    }
}

/// The articles in `<mmreader><category><item>…`, of every category.
pub(super) fn articles(appmsg: Element<'_>) -> Vec<Article> {
    let reader = appmsg.child("mmreader");
    let inside = reader.iter().flat_map(|reader| reader.descendants());
    inside
        .filter(|element| matches!(element.name(), "item" | "newitem"))
        .map(Article::of_children)
        .filter(|article| article.title.is_some() || article.url.is_some())
        .collect()
}
