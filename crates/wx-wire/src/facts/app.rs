//! Facts of application messages.

use serde_json::{Value, json};

use super::{Facts, content::insert};
use crate::message::{App, Content, Record, ReferMsg};

pub(super) fn facts(app: &App) -> Facts {
    let mut facts = Facts::new();
    // What stands deeper goes first: where a name comes twice, that of the
    // message itself counts.
    if let Some(info) = &app.wcpayinfo {
        insert(&mut facts, "", &**info);
    }
    if let Some(info) = &app.weappinfo {
        insert(&mut facts, "weapp_", info);
    }
    if let Some(attach) = &app.appattach {
        insert(&mut facts, "", attach);
    }
    insert(&mut facts, "", app);
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("kind", json!("appmsg"));
    put("appmsg_type", json!(app.r#type.as_deref().map(str::trim)));
    // A link that is left out and one that is empty come to the same.
    put("url", json!(app.url.as_deref().unwrap_or_default()));
    put("appid", json!(app.appid));
    put("fromusername", json!(app.fromusername));
    put("appname", json!(app.appname));
    let articles = app.articles.iter();
    let articles = articles.map(|article| json!([article.title, article.url]));
    put("articles", articles.collect());
    if let Some(refer) = &app.refermsg {
        quote(&mut facts, refer);
    }
    if let Some(record) = &app.recorditem {
        merged(&mut facts, record);
    }
    facts
}

fn quote(facts: &mut Facts, refer: &ReferMsg) {
    insert(facts, "refer_", refer);
    if let Some(Content::App(inner)) = &refer.quoted {
        facts.insert("refer_inner_title".to_owned(), json!(inner.title));
    }
}

fn merged(facts: &mut Facts, record: &Record) {
    let items = record.items.iter();
    let items = items.map(|item| json!([item.datatype, item.sourcename, item.datadesc]));
    facts.insert("record_count".to_owned(), json!(record.count));
    facts.insert("record_items".to_owned(), items.collect());
}
