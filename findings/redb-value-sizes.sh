#!/usr/bin/env bash
# redb 4.6.0 keeps a large value in a run of pages whose number is a power of two, so the file doubles where a value
# passes a power of two by a little: twenty values of 530,000 bytes take as much room as twenty of 1,000,000, and
# compacting does not change that. Pictures are better cut into pieces that fill their pages.
#
# Seen with redb 4.6.0 (bytes of the compacted file to bytes put in; the last digits may move):
#
#   500000 bytes a value: 1.10
#   530000 bytes a value: 2.08
#   1000000 bytes a value: 1.10
#   1100000 bytes a value: 2.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n' >Cargo.toml
echo 'redb = "=4.6.0"' >>Cargo.toml
cat >src/main.rs <<'END'
use redb::{Database, TableDefinition};

fn main() {
    for (size, doubled) in [(500_000, false), (530_000, true), (1_000_000, false), (1_100_000, true)] {
        let file = format!("{size}.redb");
        let mut database = Database::create(&file).unwrap();
        for key in 0..20 {
            let write = database.begin_write().unwrap();
            let values: TableDefinition<u64, &[u8]> = TableDefinition::new("values");
            write.open_table(values).unwrap().insert(key, vec![7; size].as_slice()).unwrap();
            write.commit().unwrap();
        }
        database.compact().unwrap();
        let ratio = std::fs::metadata(&file).unwrap().len() as f64 / (20 * size) as f64;
        println!("{size} bytes a value: {ratio:.2}");
        assert_eq!(ratio > 1.9, doubled);
    }
}
END
cargo run --quiet
