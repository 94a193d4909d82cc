#!/usr/bin/env bash
# tiff 0.11.3, which the crate image 0.25.10 reads TIFF with, makes false colours of a valid file without an error: where a
# channel of no known meaning stands beside red, green and blue, it drops that channel first and undoes the predictor
# afterwards, across four samples where three are left.
#
# Seen with tiff 0.11.3 (a row of one tone, 200, 140, 110, written by Pillow 13.0.0 as RGBX, LZW with predictor 2):
#
#   Pillow: 200 140 110, 200 140 110, 200 140 110, 200 140 110
#   tiff: 200 140 110, 0 200 140, 110 0 200, 140 110 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pillow==13.0.0
venv/bin/python - >said <<'PY'
from PIL import Image

Image.new("RGBX", (4, 1), (200, 140, 110, 7)).save("row.tif", compression="tiff_lzw", tiffinfo={317: 2})
row = Image.open("row.tif").convert("RGB")
print("Pillow:", ", ".join(" ".join(map(str, row.getpixel((x, 0)))) for x in range(4)))
PY
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "row"
version = "0.0.0"
edition = "2021"
[dependencies]
tiff = "=0.11.3"
[workspace]
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let mut decoder = tiff::decoder::Decoder::new(std::fs::File::open("row.tif").unwrap()).unwrap();
    assert_eq!(decoder.colortype().unwrap(), tiff::ColorType::RGB(8));
    let tiff::decoder::DecodingResult::U8(row) = decoder.read_image().unwrap() else { panic!() };
    let pixels = row.chunks(3).map(|pixel| format!("{} {} {}", pixel[0], pixel[1], pixel[2]));
    println!("tiff: {}", pixels.collect::<Vec<_>>().join(", "));
}
RUST
cargo run --release --quiet >>said
cat said
diff said - <<'SEEN'
Pillow: 200 140 110, 200 140 110, 200 140 110, 200 140 110
tiff: 200 140 110, 0 200 140, 110 0 200, 140 110 0
SEEN
