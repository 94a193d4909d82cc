//! How long a photo takes from its bytes to upright sRGB pixels, beside what its decoder alone takes: pairs in turn, medians, one run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use vision::photo::Photo;

/// Pairs; odd, so that one is in the middle.
const PAIRS: usize = 21;

/// 12 megapixels of a drawn spot, with grain as sensors have it.
fn photo() -> RgbImage {
    RgbImage::from_fn(4032, 3024, |x, y| {
        let cover = ((0.3 - (x as f32 / 4032.0 - 0.5).hypot(y as f32 / 3024.0 - 0.5)) * 30.0).clamp(0.0, 1.0);
        let number = (x ^ y.rotate_left(11)).wrapping_mul(2_654_435_761);
        let grain = (number >> 28) as f32 - 8.0;
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + grain) as u8;
        Rgb([mix(215.0, 110.0), mix(165.0, 70.0), mix(145.0, 50.0)])
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let picture = photo();
    for quality in [75, 90] {
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        encoder.write_image(&picture, 4032, 3024, ExtendedColorType::Rgb8).expect("encoded");
        let alone =
            || image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).expect("decoded");
        let whole = || Photo::decode(&bytes).expect("decoded");
        let (mut ours, mut decoder) = (Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            decoder.push(timed(alone));
            ours.push(timed(whole));
        }
        let (ours, decoder) = (median(ours), median(decoder));
        println!(
            "quality {quality}, {} kB: {:.1} ms, the decoder alone {:.1} ms, ratio {:.2}",
            bytes.len() / 1000,
            ours.as_secs_f64() * 1e3,
            decoder.as_secs_f64() * 1e3,
            ours.as_secs_f64() / decoder.as_secs_f64()
        );
    }
}
