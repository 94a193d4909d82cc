#!/usr/bin/env bash
# tao 0.34.8, which dioxus-desktop 0.7.10 takes, asks for a window's size by Android's WindowManager.getCurrentWindowMetrics, which came with API
# level 30, tests no level before it, and unwraps the answer: a program that draws its window with it ends at once on Android 8 to 10.
# tao 0.37.2 asks for the level first.
#
# Seen with tao 0.34.8 and 0.37.2, and the descriptions of Android in @nativescript/types-android 8.9.0:
#
#   level 29: 0 classes have getCurrentWindowMetrics
#   level 30: 1 classes have getCurrentWindowMetrics
#   tao 0.34.8: calls it: yes, tests the level: no
#   tao 0.37.2: calls it: yes, tests the level: yes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-fund --no-audit --prefix "$folder" @nativescript/types-android@8.9.0 >/dev/null
found=
for level in 29 30; do
  count=$(grep -c 'public getCurrentWindowMetrics' "$folder/node_modules/@nativescript/types-android/lib/android/android-platform-$level.d.ts" || true)
  printf 'level %s: %s classes have getCurrentWindowMetrics\n' "$level" "$count"
  found+="$count "
done
mkdir "$folder/src"
echo 'fn main() {}' >"$folder/src/main.rs"
for version in 0.34.8 0.37.2; do
  printf '[package]\nname = "finding"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\ntao = "=%s"\n' "$version" >"$folder/Cargo.toml"
  rm -f "$folder/Cargo.lock"
  manifest=$(cd "$folder" && cargo metadata --quiet --format-version 1 </dev/null | grep -o "[^\"]*/tao-$version/Cargo.toml" | head -n 1)
  source=${manifest%/Cargo.toml}/src/platform_impl/android
  says() { if grep -rq "$1" "$source"; then echo yes; else echo no; fi; }
  printf 'tao %s: calls it: %s, tests the level: %s\n' "$version" "$(says getCurrentWindowMetrics)" "$(says SDK_INT)"
  found+="$(says getCurrentWindowMetrics)$(says SDK_INT) "
done
[ "$found" = "0 1 yesno yesyes " ]
