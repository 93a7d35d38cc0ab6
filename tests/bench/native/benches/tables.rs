//! The table engine without JavaScript, on the rows of `tests/bench/tables`: `cargo bench -p native-bench --profile tables`.
//! First the orders and places are compared with those JavaScript finds (`tests/bench/native/orders.json`).

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use native_bench::changes::changes;
use native_bench::rows::rows;
use native_bench::table::{Loaded, by_subject, filter, load, newest_first, order_hash};
use std::hint::black_box;
use std::time::Duration;

const SIZES: [u32; 3] = [10_000, 100_000, 1_000_000];

fn wanted(name: &str) -> u32 {
    let text = include_str!("../orders.json");
    let (_, rest) = text.split_once(&format!("\"{name}\": ")).unwrap();
    rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

fn view(table: &mut Loaded, restricted: bool) {
    table.restrict(restricted.then(filter).as_ref());
    table.sort(newest_first());
}

fn check() {
    let rows = rows(wanted("rows"));
    let mut table = load(&rows);
    view(&mut table, true);
    assert_eq!(order_hash(&mut table), wanted("restricted"), "the filtered view");
    view(&mut table, false);
    assert_eq!(order_hash(&mut table), wanted("all"), "the whole view");
    table.sort(by_subject());
    assert_eq!(order_hash(&mut table), wanted("folded"), "by subject");
    view(&mut table, false);
    for change in changes(&rows, 1_000) {
        table.apply(&change);
    }
    assert_eq!(order_hash(&mut table), wanted("changed"), "the view after changes");
}

fn tables(c: &mut Criterion) {
    check();
    for n in SIZES {
        let rows = rows(n);
        let mut group = c.benchmark_group("tables");
        group.sample_size(10).throughput(Throughput::Elements(u64::from(n)));
        let id = |name: &str| BenchmarkId::new(name, n);
        group.bench_function(id("load"), |b| b.iter_with_large_drop(|| load(&rows)));
        let mut whole = |name: &str, act: &dyn Fn(&mut Loaded)| {
            group.bench_function(id(name), |b| b.iter_batched_ref(|| load(&rows), act, BatchSize::LargeInput));
        };
        whole("filtered view", &|table| view(table, true));
        whole("whole view", &|table| view(table, false));
        whole("by subject", &|table| table.sort(by_subject()));
        whole("filter", &|table| {
            black_box(table.restrict(Some(&filter())));
        });

        let mut table = load(&rows);
        view(&mut table, false);
        let mut offset = 0;
        group.throughput(Throughput::Elements(100));
        group.bench_function(id("window of 100"), |b| {
            b.iter(|| {
                offset = (offset + 7_919) % (n as usize - 100);
                table.window(offset, 100)
            });
        });

        let some = changes(&rows, 2_000);
        group.throughput(Throughput::Elements(2_000));
        group.bench_function(id("2 000 changes told"), |b| {
            let fresh = || {
                let mut table = load(&rows);
                view(&mut table, false);
                table.listen();
                table
            };
            b.iter_batched_ref(
                fresh,
                |table| some.iter().map(|change| table.apply(change)).sum::<usize>(),
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = tables
}
criterion_main!(benches);
