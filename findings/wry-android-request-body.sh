#!/usr/bin/env bash
# What a page posts to a protocol of the app's own (wry's `with_custom_protocol`) arrives with its body on Linux, macOS
# and iOS. On Android the handler is called as well, with method and headers, but the body is empty, whatever was sent,
# and nothing tells. So pictures and files can't be handed to the program in this way there.
#
# Seen in the source of wry 0.53.5, which dioxus-desktop 0.7.10 takes:
#
#   android/binding.rs: builds the request with Vec::new()
#   webkitgtk/web_context.rs: reads the body
#   wkwebview/class/url_scheme_handler.rs: reads the body
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
wry = { version = "=0.53.5", default-features = false }
[workspace]
END
cargo metadata --quiet --format-version 1 --filter-platform aarch64-linux-android </dev/null >metadata
source=$(dirname "$(grep -o '[^"]*/wry-0.53.5/Cargo.toml' metadata | head -n 1)")/src
for file in android/binding.rs webkitgtk/web_context.rs wkwebview/class/url_scheme_handler.rs; do
  if grep -qi 'http_\?body()' "$source/$file"; then
    echo "$file: reads the body"
  elif grep -q 'request_builder.body(Vec::new())' "$source/$file"; then
    echo "$file: builds the request with Vec::new()"
  else
    echo "$file: neither"
  fi
done | tee said
diff said - <<'END'
android/binding.rs: builds the request with Vec::new()
webkitgtk/web_context.rs: reads the body
wkwebview/class/url_scheme_handler.rs: reads the body
END
