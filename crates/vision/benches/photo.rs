//! How long a photo takes from its bytes to upright sRGB pixels: all of them, half of them across and down, and what a decoder alone takes; in
//! turn, medians, one run. Needs `cjpeg` (Debian: libjpeg-turbo-progs), since no encoder here stores chroma at half, as phones do.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use vision::photo::{Detail, Photo};

/// Rounds; odd, so that one is in the middle.
const ROUNDS: usize = 21;

/// What the app asks for.
const DETAIL: Detail = Detail { longer_px: 1600, shorter_px: 480 };
/// The longer side of the picture that is shown first.
const PREVIEW_SIDE_PX: u32 = 1280;

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

fn encoded(picture: &RgbImage, quality: &str) -> Vec<u8> {
    let mut child = Command::new("cjpeg")
        .args(["-quality", quality, "-sample", "2x2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cjpeg, of libjpeg-turbo-progs");
    let mut stdin = child.stdin.take().expect("input");
    let ppm =
        [format!("P6 {} {} 255\n", picture.width(), picture.height()).as_bytes(), picture.as_raw()].concat();
    let writer = std::thread::spawn(move || stdin.write_all(&ppm));
    let output = child.wait_with_output().expect("output");
    writer.join().expect("a thread").expect("written");
    output.stdout
}

fn timed(work: impl Fn()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let picture = photo();
    for quality in ["75", "90"] {
        let bytes = encoded(&picture, quality);
        let decoder =
            || drop(image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).expect("decoded"));
        let all = || Photo::decode(&bytes).expect("decoded");
        let half = || Photo::decode_reduced(&bytes, DETAIL).expect("decoded");
        let works: [(&str, &dyn Fn()); 5] = [
            ("a decoder alone", &decoder),
            ("all pixels", &|| drop(black_box(all()))),
            ("half across and down", &|| drop(black_box(half()))),
            ("all, and what is shown", &|| drop(black_box(all().scaled_down(PREVIEW_SIDE_PX)))),
            ("half, and what is shown", &|| drop(black_box(half().scaled_down(PREVIEW_SIDE_PX)))),
        ];
        let mut times = works.map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for ((_, work), times) in works.iter().zip(&mut times) {
                times.push(timed(work));
            }
        }
        println!("quality {quality}, {} kB:", bytes.len() / 1000);
        let medians = times.map(|times| median(times).as_secs_f64() * 1e3);
        for ((name, _), time) in works.iter().zip(medians) {
            println!("  {name}: {time:.1} ms, {:.2} of all pixels", time / medians[1]);
        }
    }
}
