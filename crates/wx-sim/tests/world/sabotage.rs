//! Promises broken on purpose: the oracle must see it, or it sees nothing.

use wx_proto::Config;

#[cfg(wx_sabotage)]
pub(crate) use sabotaged::Sabotage;
#[cfg(not(wx_sabotage))]
pub(crate) use whole::Sabotage;

#[cfg(not(wx_sabotage))]
mod whole {
    use super::Config;

    /// There is none in a build of sound mind.
    #[derive(Clone, Copy, Debug)]
    pub(crate) enum Sabotage {}

    impl Sabotage {
        pub(crate) fn named(name: &str) -> Self {
            panic!(
                "to break {name}, build with --cfg wx_sabotage: cargo xtask world --break {name}"
            )
        }

        pub(crate) fn commit(self, _config: &mut Config) {
            match self {}
        }
    }
}

#[cfg(wx_sabotage)]
mod sabotaged {
    use super::Config;
    use crate::{Plan, Results, run_all};

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Sabotage(wx_proto::sabotage::Sabotage);

    impl Sabotage {
        pub(crate) fn named(name: &str) -> Self {
            let all = wx_proto::sabotage::Sabotage::ALL;
            let names: Vec<&str> = all.iter().map(|sabotage| sabotage.name()).collect();
            let found = all.iter().find(|sabotage| sabotage.name() == name);
            Self(*found.unwrap_or_else(|| panic!("no break {name}; there are {names:?}")))
        }

        pub(crate) fn commit(self, config: &mut Config) {
            config.sabotage = Some(self.0);
        }
    }

    /// How many worlds the oracle has to see each break in.
    const SEEDS: u64 = 300;

    #[test]
    fn every_break_is_seen() {
        // Else any break would be seen.
        assert_eq!(run_all(SEEDS, true, Plan::new).failed, []);
        let mut unseen = Vec::new();
        println!("{:20} {:>5}  {}", "break", "seed", "what the oracle says");
        for sabotage in wx_proto::sabotage::Sabotage::ALL {
            let broken = |seed| {
                let mut plan = Plan::new(seed);
                Sabotage(*sabotage).commit(std::sync::Arc::make_mut(&mut plan.core));
                plan
            };
            let Results { failed, .. } = run_all(SEEDS, true, broken);
            match failed.first() {
                Some((seed, verdict)) => println!("{:20} {seed:5}  {verdict}", sabotage.name()),
                None => {
                    println!("{:20}     -  nothing", sabotage.name());
                    unseen.push(sabotage.name());
                }
            }
        }
        assert!(
            unseen.is_empty(),
            "not seen within {SEEDS} seeds: {unseen:?}"
        );
    }
}
