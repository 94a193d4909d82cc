#!/usr/bin/env bash
# Draws Apple's icons in all their sizes from icon.svg: icons.sh FOLDER makes FOLDER/AppIcon.appiconset.
# Android's are vector drawables with the same shapes (android/res/drawable) and need no drawing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
set_folder=$1/AppIcon.appiconset
mkdir -p "$set_folder"
images=
# draw IDIOM POINTS SCALE
draw() {
  local pixels name
  pixels=$(awk -v points="$2" -v scale="$3" 'BEGIN { print points * scale }')
  name=icon-$pixels.png
  [ "$set_folder/$name" -nt "$here/icon.svg" ] || rsvg-convert -w "$pixels" -h "$pixels" "$here/icon.svg" -o "$set_folder/$name"
  images+="${images:+,}
    { \"idiom\": \"$1\", \"size\": \"$2x$2\", \"scale\": \"$3x\", \"filename\": \"$name\" }"
}
for points in 20 29 40 60; do
  draw iphone "$points" 2
  draw iphone "$points" 3
done
for points in 20 29 40 76 83.5; do
  draw ipad "$points" 2
done
draw ios-marketing 1024 1
printf '{\n  "info": { "author": "spotcheck", "version": 1 },\n  "images": [%s\n  ]\n}\n' "$images" >"$set_folder/Contents.json"
