#!/usr/bin/env bash
# On a phone `input { type: "file", onchange: ... }` of Dioxus 0.7.10 never gets a file. The page's script takes the
# click away from the WebView and asks the program for files instead; and for every system but the desktops the program
# answers with an empty list, without opening anything. It compiles, and there is no error.
#
# Seen in the sources of dioxus-desktop 0.7.10 (the renderer of phones too) and dioxus-interpreter-js 0.7.10:
#
#   the page's script takes clicks on file inputs away: yes
#   answers of the program for other systems than those listed: vec![] vec![]
#   systems listed: windows macos linux dragonfly freebsd netbsd openbsd
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
echo 'fn main() {}' >src/main.rs
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
dioxus-desktop = { version = "=0.7.10", default-features = false, features = ["tokio_runtime"] }
dioxus-interpreter-js = "=0.7.10"
[workspace]
END
cargo metadata --quiet --format-version 1 --filter-platform aarch64-linux-android </dev/null >metadata
source_of() { dirname "$(grep -o "[^\"]*/$1-0.7.10/Cargo.toml" metadata | head -n 1)"; }
program=$(source_of dioxus-desktop)/src/file_upload.rs
page=$(source_of dioxus-interpreter-js)/src/ts/native.ts
# What stands from `window.addEventListener("click"` to the request for files.
click=$(sed -n '/addEventListener("click"/,/__file_dialog/p' "$page")
[[ $click == *'"file"'*preventDefault*__file_dialog* ]] && takes=yes || takes=no
# Each `#[cfg(not(any(...)))]` with the function under it, on one line.
others=$(tr -d '\n' <"$program" | grep -o '#\[cfg(not(any([^)]*)))\][^{]*{[^}]*}')
answers=$(sed 's/.*{ *\(.*[^ ]\) *}/\1/' <<<"$others" | xargs)
systems=$(grep -o 'target_os = "[a-z]*"' <<<"$others" | cut -d '"' -f 2 | awk '!seen[$0]++' | xargs)
printf '%s\n' "the page's script takes clicks on file inputs away: $takes" \
  "answers of the program for other systems than those listed: $answers" "systems listed: $systems" | tee said
[ "$takes" = yes ] && [ "$answers" = 'vec![] vec![]' ] && [[ " $systems " != *" android "* && $systems != *ios* ]]
