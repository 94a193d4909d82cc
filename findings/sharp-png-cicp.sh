#!/usr/bin/env bash
# PNG can say Display P3 in two ways: by an ICC profile (iCCP), and in four bytes (cICP), which count where both are
# there. sharp 0.35.5 (libvips 8.18.7) turns the first into sRGB and passes over the second, also when it is asked for
# sRGB, so that a tone of skin loses some of its red. Nor does its `metadata` name the chunk. Needs Node 20.15 or later.
#
# Seen with sharp 0.35.5 (one pixel value in three files; the right answer is 200, 120, 90 for the first two):
#
#   iCCP: 200 120 90
#   cICP: 189 124 96
#   neither: 189 124 96
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --prefix . sharp@0.35.5 >/dev/null
cat >colours.mjs <<'END'
import sharp from "sharp";
import { crc32 } from "zlib";

const tone = { create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 120, b: 90 } } };
const wide = await sharp(tone).withIccProfile("p3").png().toBuffer();
const number = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; };
const named = Buffer.from([..."cICP"].map((c) => c.charCodeAt(0)).concat(12, 13, 0, 1)); // P3, sRGB's curve, RGB, full
const chunk = Buffer.concat([number(4), named, number(crc32(named))]);
const withInstead = (bytes) => {
  const parts = [wide.subarray(0, 8)];
  for (let at = 8, end; at < wide.length; at = end) {
    end = at + 12 + wide.readUInt32BE(at);
    parts.push(wide.toString("latin1", at + 4, at + 8) === "iCCP" ? bytes : wide.subarray(at, end));
  }
  return Buffer.concat(parts);
};
for (const [name, file] of [["iCCP", wide], ["cICP", withInstead(chunk)], ["neither", withInstead(Buffer.alloc(0))]])
  console.log(`${name}:`, ...(await sharp(file).toColourspace("srgb").raw().toBuffer()).subarray(0, 3));
END
node colours.mjs | tee said
diff said - <<<$'iCCP: 200 120 90\ncICP: 189 124 96\nneither: 189 124 96'
