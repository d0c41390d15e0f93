//! Whatever is done in whatever order, the files hold what a few lists in
//! memory would.

use std::fs::OpenOptions;
use std::io::Write;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use wx_client::store::{FileStore, Position, SessionStore};

use crate::support::Account;

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<Vec<u8>>),
    Beside(Vec<Vec<u8>>),
    Compact(Vec<u8>),
    Restart,
    /// The power fails during the write of the last record: so many of its
    /// line's bytes are missing, or all of them.
    CutJournal(usize),
    /// The power fails after the file has grown, but before there is anything
    /// in it.
    GrowJournal(usize),
}

#[derive(Debug, Default)]
struct Model {
    snapshot: Option<Bytes>,
    journal: Vec<Bytes>,
    outbox: Vec<Bytes>,
    /// How many of the outbox the owner has loaded.
    loaded: usize,
    position: u64,
}

fn batch() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![any::<u8>(), Just(b'\n'), Just(0x10), Just(0)];
    vec(vec(byte, 0..40), 0..4)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => batch().prop_map(Step::Append),
        2 => batch().prop_map(Step::Beside),
        2 => vec(any::<u8>(), 0..60).prop_map(Step::Compact),
        2 => Just(Step::Restart),
        1 => (1_usize..60).prop_map(Step::CutJournal),
        1 => (1_usize..60).prop_map(Step::GrowJournal),
    ]
}

struct World {
    account: Account,
    owner: Option<FileStore>,
    beside: FileStore,
    appended_beside: Position,
    model: Model,
}

impl World {
    async fn new() -> Self {
        let account = Account::missing();
        let mut world = Self {
            beside: FileStore::attach(&account.dir),
            account,
            owner: None,
            appended_beside: Position::default(),
            model: Model::default(),
        };
        world.restart().await;
        world
    }

    fn owner(&mut self) -> &mut FileStore {
        self.owner.as_mut().expect("an owner between restarts")
    }

    async fn restart(&mut self) {
        self.owner = None;
        let mut owner = self.account.open();
        let loaded = owner.load().await.expect("readable files");
        let model = &mut self.model;
        model.loaded = model.outbox.len();
        assert_eq!(loaded.snapshot, model.snapshot);
        assert_eq!(loaded.records, [&model.journal[..], &model.outbox].concat());
        assert_eq!(loaded.position, Position(model.position));
        assert_eq!(loaded.damage, None);
        self.owner = Some(owner);
    }

    async fn step(&mut self, step: Step) {
        let position = Position(self.model.position);
        match step {
            Step::Append(batch) => {
                let batch: Vec<Bytes> = batch.into_iter().map(Bytes::from).collect();
                let end = self.owner().append(batch.clone(), position).await;
                self.model.position += batch.len() as u64;
                self.model.journal.extend(batch);
                assert_eq!(end.expect("stored"), Position(self.model.position));
            }
            Step::Beside(batch) => {
                let batch: Vec<Bytes> = batch.into_iter().map(Bytes::from).collect();
                let end = self
                    .beside
                    .append(batch.clone(), self.appended_beside)
                    .await;
                self.appended_beside = end.expect("stored");
                self.model.outbox.extend(batch);
            }
            Step::Compact(snapshot) => {
                let snapshot = Bytes::from(snapshot);
                let end = self.owner().compact(snapshot.clone(), position).await;
                self.model.position = end.expect("stored").0;
                self.model.snapshot = Some(snapshot);
                self.model.journal.clear();
                self.model.outbox.drain(..self.model.loaded);
                self.model.loaded = 0;
            }
            Step::Restart => self.restart().await,
            Step::CutJournal(bytes) => {
                self.owner = None;
                if self.model.journal.pop().is_some() {
                    self.model.position -= 1;
                    let mut journal = self.account.read("journal");
                    let line = last_line(&journal);
                    journal.truncate(journal.len().saturating_sub(bytes).max(line));
                    self.account.write("journal", &journal);
                }
                self.restart().await;
            }
            Step::GrowJournal(bytes) => {
                self.owner = None;
                let path = self.account.dir.join("journal");
                let mut file = OpenOptions::new()
                    .append(true)
                    .open(path)
                    .expect("a journal");
                file.write_all(&vec![0; bytes]).expect("room on the disk");
                drop(file);
                self.restart().await;
            }
        }
    }
}

/// Where it begins.
fn last_line(text: &[u8]) -> usize {
    let body = &text[..text.len() - 1];
    body.iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_the_model(steps in vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world.step(step).await;
            }
            world.restart().await;
        });
    }
}
