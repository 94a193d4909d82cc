//! Pixels against those of libraries that everybody trusts: libjpeg-turbo (`cjpeg`, `djpeg`), littlecms (`transicc`) and libwebp (`cwebp`,
//! `dwebp`). They are no part of the app. `./dev test` installs them and runs these tests; elsewhere they are ignored.

use std::cell::Cell;
use std::io::Write;
use std::process::{Command, Stdio};

use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use vision::photo::{Detail, Photo};

/// What a program makes of these bytes, or what it says where it fails or complains.
fn answer(program: &str, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; install what ./dev test installs"));
    // One that gives up early closes its end.
    let mut stdin = child.stdin.take().expect("input");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("output");
    writer.join().expect("written");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(output.stdout) } else { Err(said) }
}

/// A drawn spot with soft edges and some grain, whose colours `seed` chooses.
fn drawn(width: u32, height: u32, seed: u32) -> RgbImage {
    let tone = |shift: u32| (seed >> shift & 0x7f) as f32;
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        let cover = ((0.4 - across.hypot(down)) * 8.0).clamp(0.0, 1.0);
        let grain = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729) ^ seed) % 9;
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + grain as f32) as u8;
        Rgb([
            mix(120.0 + tone(0), 40.0 + tone(7)),
            mix(110.0 + tone(14), 30.0 + tone(21)),
            mix(100.0 + tone(3), 20.0 + tone(11)),
        ])
    })
}

fn ppm(picture: &RgbImage) -> Vec<u8> {
    let header = format!("P6 {} {} 255\n", picture.width(), picture.height());
    [header.as_bytes(), picture.as_raw()].concat()
}

fn of_ppm(bytes: &[u8]) -> RgbImage {
    let mut words = bytes.splitn(5, |byte| byte.is_ascii_whitespace());
    let mut word = || std::str::from_utf8(words.next().expect("word")).expect("text").to_string();
    let (kind, width, height, _) = (word(), word(), word(), word());
    let (width, height) = (width.parse().expect("width"), height.parse().expect("height"));
    let pixels = words.next().expect("pixels").to_vec();
    match kind.as_str() {
        "P6" => RgbImage::from_raw(width, height, pixels).expect("pixels"),
        "P5" => RgbImage::from_raw(width, height, pixels.iter().flat_map(|&grey| [grey; 3]).collect())
            .expect("pixels"),
        other => panic!("{other}"),
    }
}

fn mean_distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let apart = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b)));
    apart.sum::<u64>() as f64 / one.as_raw().len() as f64
}

/// How many cases of each property; each asks other programs.
fn runner() -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[derive(Debug, Clone)]
struct Layout {
    width: u32,
    height: u32,
    seed: u32,
    sampling: &'static str,
    process: &'static [&'static str],
    restart: u32,
    grey: bool,
    quality: u32,
}

fn layouts() -> impl Strategy<Value = Layout> {
    const SAMPLINGS: [&str; 16] = [
        "1x1",
        "2x1",
        "1x2",
        "2x2",
        "4x1",
        "1x4",
        "4x2",
        "3x1",
        "2x2,2x1,1x1",
        "2x2,1x2,1x2",
        "1x1,2x2,2x2",
        "1x1,2x1,2x1",
        "4x1,2x1,2x1",
        "4x1,2x1,1x1",
        "4x2,2x1,2x1",
        "1x4,1x2,1x2",
    ];
    const PROCESSES: [&[&str]; 5] =
        [&[], &["-optimize"], &["-progressive"], &["-scans", BY_CHANNEL], &["-scans", LIGHT_FIRST]];
    let numbers = (8u32..140, 8u32..140, any::<u32>(), 0u32..4, 20u32..100);
    let choices = (
        prop::sample::select(&SAMPLINGS[..]),
        prop::sample::select(&PROCESSES[..]),
        prop::bool::weighted(0.1),
    );
    (numbers, choices).prop_map(|((width, height, seed, restart, quality), (sampling, process, grey))| {
        Layout { width, height, seed, sampling, process, restart, grey, quality }
    })
}

/// For cjpeg: which channels each scan holds.
const BY_CHANNEL: &str = "0;\n1;\n2;\n";
const LIGHT_FIRST: &str = "0;\n1 2;\n";

fn encoded(layout: &Layout) -> Result<Vec<u8>, String> {
    let (quality, restart) = (layout.quality.to_string(), layout.restart.to_string());
    let mut arguments = vec!["-quality", &quality, "-sample", layout.sampling];
    if layout.restart > 0 {
        arguments.extend(["-restart", &restart]);
    }
    if layout.grey {
        arguments.push("-grayscale");
    }
    let mut file = tempfile::NamedTempFile::new().expect("file");
    let path = file.path().to_str().expect("path").to_string();
    match layout.process {
        ["-scans", _] if layout.grey => {}
        ["-scans", scans] => {
            file.write_all(scans.as_bytes()).expect("written");
            arguments.extend(["-scans", &path]);
        }
        others => arguments.extend_from_slice(others),
    }
    answer("cjpeg", &arguments, &ppm(&drawn(layout.width, layout.height, layout.seed)))
}

mod needs_referees {
    use super::*;

    #[test]
    #[ignore = "needs cjpeg and djpeg (Debian: libjpeg-turbo-progs)"]
    fn every_layout_of_jpeg_is_read_as_libjpeg_reads_it() {
        let (read, refused) = (Cell::new(0), Cell::new(0));
        let outcome = runner().run(&layouts(), |layout| {
            let Ok(jpeg) = encoded(&layout) else { return Ok(()) };
            let right = of_ppm(&answer("djpeg", &["-strict", "-pnm"], &jpeg).expect("sound"));
            match Photo::decode(&jpeg) {
                Ok(photo) => {
                    let apart = mean_distance(photo.pixels(), &right);
                    prop_assert!(apart < 2.5, "{apart} apart");
                    read.set(read.get() + 1);
                }
                Err(error) => {
                    prop_assert!(error.to_string().contains("save it again"), "{error}");
                    refused.set(refused.get() + 1);
                }
            }
            Ok(())
        });
        let (read, refused) = (read.get(), refused.get());
        println!("{read} layouts read, {refused} refused as rare kinds");
        assert!(outcome.is_ok(), "{outcome:?}");
        assert!(read > 10 * refused, "{read} read, {refused} refused");
    }

    /// Where chroma is as fine as luma, or half of it in both directions, all is reckoned as by libjpeg.
    #[test]
    #[ignore = "needs cjpeg and djpeg (Debian: libjpeg-turbo-progs)"]
    fn a_photo_held_smaller_is_what_libjpeg_scales_it_to() {
        let exact = Cell::new(0);
        let cases = (layouts(), 1u32..6, prop::sample::select(&[2u32, 4, 8][..]));
        let outcome = runner().run(&cases, |(mut layout, times, by)| {
            (layout.width, layout.height) = (layout.width * times, layout.height * times);
            let Ok(jpeg) = encoded(&layout) else { return Ok(()) };
            let (longer, shorter) = (layout.width.max(layout.height), layout.width.min(layout.height));
            let detail = Detail { longer_px: longer / by, shorter_px: shorter / by };
            let Ok(photo) = Photo::decode_reduced(&jpeg, detail) else { return Ok(()) };
            let scale = format!("1/{by}");
            let right =
                of_ppm(&answer("djpeg", &["-strict", "-pnm", "-scale", &scale], &jpeg).expect("sound"));
            // Where chroma is half in one direction, libjpeg makes up samples that are known here; all other layouts are decoded whole, and the
            // means of their pixels are taken: tests/reduced.rs.
            if (layout.grey || ["1x1", "2x2"].contains(&layout.sampling))
                && matches!(layout.process, [] | ["-optimize"])
            {
                exact.set(exact.get() + 1);
                prop_assert!(photo.pixels() == &right, "other pixels");
            }
            Ok(())
        });
        println!("{} photos exactly as libjpeg scales them", exact.get());
        assert!(outcome.is_ok(), "{outcome:?}");
        assert!(exact.get() > 5);
    }

    #[test]
    #[ignore = "needs cjpeg and djpeg (Debian: libjpeg-turbo-progs)"]
    fn what_is_read_of_damaged_files_libjpeg_reads_without_a_warning() {
        let damage = (layouts(), any::<prop::sample::Index>(), 1usize..60, 0u8..3);
        let (read, refused) = (Cell::new(0), Cell::new(0));
        let outcome = runner().run(&damage, |(layout, place, length, how)| {
            let Ok(mut jpeg) = encoded(&layout) else { return Ok(()) };
            let start = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).expect("scan") + 14;
            if start + 2 >= jpeg.len() {
                return Ok(());
            }
            let at = start + place.index(jpeg.len() - 2 - start);
            let end = (at + length).min(jpeg.len() - 2);
            match how {
                0 => jpeg[at..end].fill(0),
                1 => jpeg.drain(at..end).for_each(drop),
                _ => jpeg[at..end].iter_mut().for_each(|byte| *byte ^= 0x55),
            }
            match Photo::decode(&jpeg) {
                Err(_) => refused.set(refused.get() + 1),
                Ok(_) => {
                    read.set(read.get() + 1);
                    // Read over on purpose, since no pixel is in it: two bytes before the end mark; what a scan's header says of coefficients where all
                    // are coded at once, which libjpeg reads over, too; and the number of a restart marker, where each piece between two of
                    // them has all its blocks. See `docs/photos.md`.
                    let harmless = [
                        "1 extraneous bytes before marker 0xd9",
                        "2 extraneous bytes before marker 0xd9",
                        "Invalid SOS parameters for sequential JPEG",
                        "instead of RST",
                    ];
                    let warned = answer("djpeg", &["-strict", "-pnm"], &jpeg).err();
                    let warned =
                        warned.filter(|warning| !harmless.iter().any(|known| warning.contains(known)));
                    prop_assert!(
                        warned.is_none(),
                        "{length} bytes at {at} of {}: {warned:?} {jpeg:02x?}",
                        jpeg.len()
                    );
                }
            }
            Ok(())
        });
        let (read, refused) = (read.get(), refused.get());
        println!("{refused} damaged files refused, {read} read: their damage can't be seen");
        assert!(outcome.is_ok(), "{outcome:?}");
        assert!(refused > read, "{refused} refused, {read} read");
    }

    #[test]
    #[ignore = "needs cwebp and dwebp (Debian: webp)"]
    fn webp_is_read_as_libwebp_reads_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name).to_str().expect("path").to_string();
        let (png, webp, right) = (path("a.png"), path("a.webp"), path("right.ppm"));
        for (number, arguments) in
            [&["-lossless"][..], &["-q", "80"], &["-q", "95", "-m", "6"], &["-q", "60", "-sns", "90"]]
                .iter()
                .enumerate()
        {
            for (width, height) in [(64, 48), (101, 67), (1, 1), (33, 130)] {
                drawn(width, height, 77 * number as u32 + width).save(&png).expect("PNG");
                let encode = [*arguments, &["-quiet", &png, "-o", &webp]].concat();
                assert!(answer("cwebp", &encode, b"").is_ok());
                assert!(answer("dwebp", &["-quiet", "-ppm", &webp, "-o", &right], b"").is_ok());
                let photo = Photo::decode(&std::fs::read(&webp).expect("WebP")).expect("photo");
                let apart = mean_distance(photo.pixels(), &of_ppm(&std::fs::read(&right).expect("PPM")));
                assert!(apart < 0.6, "{arguments:?} {width} x {height}: {apart} apart");
            }
        }
    }

    #[test]
    #[ignore = "needs transicc (Debian: liblcms2-utils)"]
    fn colours_become_what_littlecms_makes_of_them() {
        let folder = tempfile::tempdir().expect("folder");
        let table = png_profile(include_bytes!("../../../tests/fixtures/icc-table.png"));
        let profiles = [
            ("table", table),
            ("Display P3", moxcms::ColorProfile::new_display_p3().encode().expect("profile")),
            ("Adobe RGB", moxcms::ColorProfile::new_adobe_rgb().encode().expect("profile")),
            ("ProPhoto", moxcms::ColorProfile::new_pro_photo_rgb().encode().expect("profile")),
        ];
        // Colours all over the cube, in an order that has nothing to do with it.
        let picture = RgbImage::from_fn(40, 25, |x, y| {
            let number = (x + 40 * y).wrapping_mul(2_654_435_761);
            Rgb([(number >> 24) as u8, (number >> 16) as u8, (number >> 8) as u8])
        });
        for (name, profile) in profiles {
            let place = folder.path().join("profile.icc");
            std::fs::write(&place, &profile).expect("written");
            let lines: String =
                picture.pixels().map(|Rgb([red, green, blue])| format!("{red} {green} {blue}\n")).collect();
            let arguments = ["-i", place.to_str().expect("path"), "-o", "*sRGB", "-t", "1", "-n", "-s"];
            let right = String::from_utf8(answer("transicc", &arguments, lines.as_bytes()).expect("colours"))
                .expect("text");
            let right: Vec<f64> = right
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .map(|value: f64| value.clamp(0.0, 255.0))
                .collect();
            let photo = Photo::decode(&with_profile(&picture, profile)).expect("photo");
            assert_eq!(right.len(), photo.pixels().as_raw().len(), "{name}");
            let apart = photo
                .pixels()
                .as_raw()
                .iter()
                .zip(&right)
                .map(|(&found, right)| (f64::from(found) - right).abs());
            let mean = apart.clone().sum::<f64>() / right.len() as f64;
            let most = apart.fold(0.0, f64::max);
            println!("{name}: {mean:.2} apart in mean, {most:.1} at most");
            assert!(mean < 1.0, "{name}: {mean} apart in mean, {most} at most");
        }
    }

    fn png_profile(png: &[u8]) -> Vec<u8> {
        let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("PNG");
        reader.info().icc_profile.clone().expect("profile").into_owned()
    }

    fn with_profile(picture: &RgbImage, profile: Vec<u8>) -> Vec<u8> {
        use image::ImageEncoder;
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(profile).expect("profile");
        let (width, height) = picture.dimensions();
        encoder.write_image(picture, width, height, image::ExtendedColorType::Rgb8).expect("encoded");
        assert_eq!(image::guess_format(&bytes).ok(), Some(ImageFormat::Png));
        bytes
    }
}
