#!/usr/bin/env bash
# The crate keyring 3.6.3, when none of its features names a key store, stands in for one on every system and does not
# say so: setting a password is `Ok`, and the entry that set it reads it back. A second entry of the same name finds
# nothing, nor does the next start of the program, so that what was sealed with that password can't be opened again.
#
# Seen with keyring 3.6.3:
#
#   set: Ok(())
#   read by the same entry: Ok("a secret")
#   read by another entry of that name: Err(NoEntry)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
keyring = "=3.6.3"
[workspace]
END
cat >src/main.rs <<'END'
use keyring::Entry;

fn main() {
    let entry = Entry::new("an app", "its owner").unwrap();
    println!("set: {:?}", entry.set_password("a secret"));
    println!("read by the same entry: {:?}", entry.get_password());
    println!("read by another entry of that name: {:?}", Entry::new("an app", "its owner").unwrap().get_password());
}
END
cargo run --quiet | tee said
diff said - <<'END'
set: Ok(())
read by the same entry: Ok("a secret")
read by another entry of that name: Err(NoEntry)
END
