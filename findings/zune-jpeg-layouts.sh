#!/usr/bin/env bash
# zune-jpeg 0.5.15, which the crate image 0.25.10 decodes JPEG with, makes stripes of two valid layouts and says nothing, in strict mode too:
# one scan a component with 4:2:0 (cjpeg -scans), and luma with fewer samples than chroma (cjpeg -sample 1x1,2x2,2x2).
# jpeg-decoder 0.3.2 and djpeg agree on both. Seen (mean difference from djpeg, of 255): zune-jpeg above 20, jpeg-decoder below 2; on the
# usual layout of the same picture both are below 2. Exits non-zero if that changes. Needs cargo, and libjpeg-turbo's cjpeg and djpeg.
set -euo pipefail
cd "$(mktemp -d)"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
# A drawn picture: a disc on a slope of colours.
awk 'BEGIN { w = 96; h = 64; printf "P3\n%d %d\n255\n", w, h
  for (y = 0; y < h; y++) for (x = 0; x < w; x++)
    if ((x - 48) ^ 2 + (y - 32) ^ 2 < 400) print 110, 70, 50; else print 150 + x, 120 + y, 110 }' >picture.ppm
printf '0;\n1;\n2;\n' >scans
cjpeg -quality 95 -sample 2x2 picture.ppm >usual.jpg
cjpeg -quality 95 -sample 2x2 -scans scans picture.ppm >scans.jpg
cjpeg -quality 95 -sample 1x1,2x2,2x2 picture.ppm >luma.jpg
for name in usual scans luma; do djpeg -strict -pnm $name.jpg >$name.ppm; done
mkdir -p src
cat >Cargo.toml <<'END'
[package]
name = "layouts"
version = "0.0.0"
edition = "2021"
[dependencies]
zune-jpeg = "=0.5.15"
zune-core = "0.5"
jpeg-decoder = "=0.3.2"
[workspace]
END
cat >src/main.rs <<'END'
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

fn main() {
    for name in ["usual", "scans", "luma"] {
        let bytes = std::fs::read(format!("{name}.jpg")).unwrap();
        let right = std::fs::read(format!("{name}.ppm")).unwrap();
        let right = &right[right.len() - 96 * 64 * 3..];
        let apart = |pixels: &[u8]| {
            let sum: u64 = pixels.iter().zip(right).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            sum as f64 / right.len() as f64
        };
        let options = DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(ColorSpace::RGB);
        let zune = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(&bytes[..]), options).decode().unwrap();
        let other = jpeg_decoder::Decoder::new(&bytes[..]).decode().unwrap();
        let (zune, other) = (apart(&zune), apart(&other));
        println!("{name}: zune-jpeg {zune:.1}, jpeg-decoder {other:.1}");
        assert!(other < 2.0 && if name == "usual" { zune < 2.0 } else { zune > 20.0 });
    }
}
END
cargo run --release --quiet
