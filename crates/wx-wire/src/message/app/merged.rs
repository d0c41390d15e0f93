//! Messages that were forwarded as one.

use crate::{
    code::MsgType,
    content,
    message::{
        content::Reader,
        texts::{Texts as _, child_text, texts},
    },
    xml::{self, Element},
};

texts! {
    /// A list of messages.
    pub struct Record {
        title = "title",
        /// The first messages, a line each.
        desc = "desc",
        info = "info",
        /// 1: from a group's chat; 2: from a private one.
        fromscene = "fromscene",
    } with {
        /// How many messages the list says it has.
        count: Option<String>,
        /// The messages.
        items: Vec<RecordItem>,
    }
}

texts! {
    /// A message of the list.
    pub struct RecordItem {
        /// Who wrote it.
        sourcename = "sourcename",
        /// When, in words.
        sourcetime = "sourcetime",
        sourceheadurl = "sourceheadurl",
        /// Of a text: what it says.
        datadesc = "datadesc",
        datatitle = "datatitle",
        datafmt = "datafmt",
        /// Bytes.
        datasize = "datasize",
        fullmd5 = "fullmd5",
        link = "link",
        streamweburl = "streamweburl",
        cdndataurl = "cdndataurl",
        cdndatakey = "cdndatakey",
        cdnthumburl = "cdnthumburl",
        cdnthumbkey = "cdnthumbkey",
        messageuuid = "messageuuid",
        src_msg_create_time = "srcMsgCreateTime",
        fromnewmsgid = "fromnewmsgid",
    } with {
        /// 1 text, 2 picture, 3 voice, 4 video, 5 link, 6 location, 8 file,
        /// 17 another list …
        datatype: Option<String>,
        /// Its number in the list.
        dataid: Option<String>,
        /// Its number in the phone's page of the list.
        htmlid: Option<String>,
        /// Of another list, that one, unless lists are inside one another too
        /// deep.
        record: Option<Box<Record>>,
    }
}

/// Reads `recorditem`, whose XML stands in it as text.
pub(super) fn read(recorditem: Element<'_>, reader: &Reader<'_>) -> Option<Record> {
    if let Some(info) = recorditem.child("recordinfo") {
        return record(info, reader);
    }
    let text = recorditem.text();
    let text = if text.contains('<') {
        text
    } else {
        content::unescape(&text).into_owned().into()
    };
    let document = xml::fragment(text.get(text.find('<')?..)?).ok()?;
    let info = document.roots().find(|root| root.name() == "recordinfo")?;
    record(info, reader)
}

fn record(info: Element<'_>, reader: &Reader<'_>) -> Option<Record> {
    let inside = reader.inside(MsgType::APP)?;
    let list = info.child("datalist");
    let items = list.iter().flat_map(|list| list.children());
    Some(Record {
        count: list
            .and_then(|list| list.attribute("count"))
            .map(str::to_owned),
        items: items
            .filter(|element| element.name() == "dataitem")
            .map(|element| item(element, &inside))
            .collect(),
        ..Record::of_children(info)
    })
}

fn item(element: Element<'_>, reader: &Reader<'_>) -> RecordItem {
    let attribute = |name| element.attribute(name).map(str::to_owned);
    let record = element.child("recordxml").and_then(|xml| read(xml, reader));
    RecordItem {
        datatype: attribute("datatype").or_else(|| child_text(element, "datatype")),
        dataid: attribute("dataid"),
        htmlid: attribute("htmlid"),
        record: record.map(Box::new),
        ..RecordItem::of_children(element)
    }
}
