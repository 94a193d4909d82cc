#!/usr/bin/env bash
# dioxus 0.7.10, asked for as `default-features = false, features = ["mobile"]`, still links wry with its feature `devtools`: its own dependency on
# dioxus-desktop says `default-features = true`, and a user can't take that back. A release for phones holds the WebView's developer tools
# then, turned off by a value and not by their absence. Naming dioxus-desktop in the place of the feature leaves them out.
#
# Seen with dioxus 0.7.10, dioxus-desktop 0.7.10, wry 0.53.5:
#
#   with dioxus' feature mobile: 1
#   with dioxus-desktop itself: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# devtools DEPENDENCIES: how often the feature is named in what an app with these is made of.
devtools() {
  mkdir -p "$folder/src"
  echo 'fn main() {}' >"$folder/src/main.rs"
  printf '[package]\nname = "finding"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\n%s\n' "$1" >"$folder/Cargo.toml"
  (cd "$folder" && cargo tree --quiet --target aarch64-linux-android --edges features,normal --prefix none </dev/null | sort -u | grep -c '^wry feature "devtools"' || true)
}
by_feature=$(devtools 'dioxus = { version = "=0.7.10", default-features = false, features = ["mobile"] }')
by_name=$(devtools 'dioxus = { version = "=0.7.10", default-features = false }
dioxus-desktop = { version = "=0.7.10", default-features = false, features = ["tokio_runtime"] }')
printf "with dioxus' feature mobile: %s\nwith dioxus-desktop itself: %s\n" "$by_feature" "$by_name"
[ "$by_feature" = 1 ] && [ "$by_name" = 0 ]
