//! All cases, timed by criterion: `cargo bench --bench criterion`.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wx_benches::{Amount, cases};

fn all(criterion: &mut Criterion) {
    for case in cases("") {
        let mut group = criterion.benchmark_group(case.name);
        group.measurement_time(Duration::from_secs(2));
        group.warm_up_time(Duration::from_millis(500));
        group.sample_size(10);
        group.throughput(match case.amount {
            Amount::Bytes(bytes) => Throughput::Bytes(bytes as u64),
            Amount::Messages(messages) => Throughput::Elements(messages as u64),
        });
        group.bench_function("wx", |bencher| bencher.iter(&case.ours));
        for other in &case.theirs {
            group.bench_function(other.who, |bencher| bencher.iter(&other.work));
        }
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
