//! Every public future, dropped at each point at which it waits: what its
//! documentation promises holds all the same.

use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::json;
use wx_client::id::UserName;
use wx_client::{FileKind, MediaRef, MemoryStore, SendContent};

use crate::support::{Running, Sim, media, soon};

/// A future that is dropped after so many polls.
struct Dropped<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.future else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        self.polls -= 1;
        if self.polls == 0 {
            self.future = None;
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

/// Runs a future anew for each of its points of waiting, dropped there, until
/// it gets to its end. Gives how often it was begun.
async fn at_each_point<F: Future>(what: &str, mut future: impl FnMut(usize) -> F) -> usize {
    for polls in 1..100 {
        let dropped = Dropped {
            future: Some(Box::pin(future(polls))),
            polls,
        };
        if soon(what, dropped).await.is_some() {
            return polls;
        }
    }
    panic!("{what} has no end");
}

#[tokio::test]
async fn no_event_is_lost_when_its_future_is_dropped() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let texts: Vec<String> = (0..12).map(|n| format!("text {n}")).collect();
    let mut seen = Vec::new();
    for text in &texts {
        sim.push(text).await;
        // Dropped at its first point each time, it comes all the same.
        while seen.last() != Some(text) {
            let dropped = Dropped {
                future: Some(Box::pin(running.events.next())),
                polls: 1,
            };
            match soon("an event", dropped).await {
                Some(Some(delivery)) => {
                    if let wx_client::EventKind::Message(message) = delivery.into_kind() {
                        seen.extend(message.text().map(str::to_owned));
                    }
                }
                Some(None) => panic!("the events have ended"),
                None => tokio::task::yield_now().await,
            }
        }
    }
    assert_eq!(seen, texts, "each once, in order");
    running.stop().await;
}

#[tokio::test]
async fn a_message_goes_out_once_whatever_becomes_of_its_future() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let client = &running.client;
    let begun = at_each_point("a send", |n| client.send_text("filehelper", format!("{n}"))).await;
    sim.until_asked("webwxsendmsg", begun).await;
    let expected: Vec<String> = (1..=begun).map(|n| n.to_string()).collect();
    assert_eq!(sim.taken(), expected);
    running.stop().await;
}

#[tokio::test]
async fn files_go_out_and_come_in_whole_whatever_becomes_of_their_futures() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let client = running.client.clone();
    let content = b"some bytes of a file".as_slice();
    let begun = at_each_point("a file", |_| {
        client.send_file("filehelper", media("a.txt", content))
    })
    .await;
    sim.until_asked("webwxsendappmsg", begun).await;
    assert_eq!(sim.uploaded(content).len(), begun);

    let begun = at_each_point("an upload", |_| {
        client.upload(
            "filehelper",
            FileKind::Image,
            media("a.png", b"\x89PNG\r\n\x1a\n"),
        )
    })
    .await;
    assert!(begun >= 1);

    let (media, md5) = running.medium(&sim, "image", json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let begun = at_each_point("a download", |n| {
        client
            .download(media.clone())
            .to_path(folder.path().join(format!("{n}.jpg")))
    })
    .await;
    let last = folder.path().join(format!("{begun}.jpg"));
    assert_eq!(crate::support::md5_of(&last), md5);
    running.stop().await;
}

/// Each command, dropped anywhere, leaves a client that goes on.
#[tokio::test]
async fn a_client_goes_on_whatever_future_of_its_is_dropped() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let client = &running.client;
    let friend: UserName = sim.id("friend:0");
    let other: UserName = sim.id("friend:1");
    let group: UserName = sim.id("group:0");
    at_each_point("online", |_| client.online()).await;
    at_each_point("roster", |_| client.roster()).await;
    at_each_point("overview", |_| client.overview()).await;
    at_each_point("identity", |_| client.identity(&friend)).await;
    at_each_point("identify", |_| client.identify(&friend, "nobody")).await;
    at_each_point("publications", |_| client.publications()).await;
    at_each_point("resolve", |_| client.resolve("me")).await;
    at_each_point("refresh", |_| client.refresh_contacts()).await;
    at_each_point("fetch", |_| client.fetch_contacts([&group])).await;
    at_each_point("probe", |_| client.probe()).await;
    at_each_point("remark", |n| client.set_remark(&friend, format!("r{n}"))).await;
    at_each_point("pin", |_| client.pin(&friend)).await;
    at_each_point("unpin", |_| client.unpin(&friend)).await;
    at_each_point("read", |_| client.mark_read(&friend)).await;
    at_each_point("search", |_| client.search_contacts("a")).await;
    at_each_point("ask", |_| client.ask_friend(&friend, "hello")).await;
    at_each_point("follow", |_| client.follow(&friend)).await;
    at_each_point("revoke", |_| client.revoke_message("1", &friend, None)).await;
    let two = [friend.clone(), other.clone()];
    at_each_point("create", |_| client.create_group("T", two.clone())).await;
    at_each_point("rename", |n| client.rename_group(&group, format!("t{n}"))).await;
    at_each_point("add", |_| client.add_members(&group, two.clone())).await;
    at_each_point("remove", |_| client.remove_members(&group, [other.clone()])).await;
    let md5 = "5d41402abc4b2a76b9719d911017c592".to_owned();
    at_each_point("content", |_| {
        let content = wx_client::Content::Emoticon { md5: md5.clone() };
        client.send_content(SendContent::new(&friend, content))
    })
    .await;
    at_each_point("avatar", |_| {
        let avatar = MediaRef::avatar(&friend);
        client.download(avatar).to_writer(tokio::io::sink())
    })
    .await;
    at_each_point("quit", |_| client.quit_group(&group)).await;
    client.send_text("filehelper", "still there").await.unwrap();
    assert_eq!(sim.taken().last().map(String::as_str), Some("still there"));
    running.stop().await;
}

#[tokio::test]
async fn a_stop_goes_on_when_its_future_is_dropped() {
    let sim = Sim::start().await;
    let Running { client, .. } = sim.online(&MemoryStore::new()).await;
    at_each_point("a stop", |_| client.shutdown()).await;
    at_each_point("the end", |_| client.stopped()).await;
}

#[tokio::test]
async fn a_logout_goes_on_when_its_future_is_dropped() {
    let sim = Sim::start().await;
    let Running { client, .. } = sim.online(&MemoryStore::new()).await;
    at_each_point("a logout", |_| client.logout()).await;
    assert!(!sim.server.with(|service, _| service.is_online(0)));
}
