//! Photos that are held with fewer pixels than they have: as right, as strict, and measured alike.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use vision::photo::quality::Quality;
use vision::photo::{DecodeError, Detail, Photo, Square};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture")
}

/// What makes a photo of this size be held so many times smaller.
fn detail((width, height): (u32, u32), by: u32) -> Detail {
    Detail { longer_px: width.max(height) / by, shorter_px: width.min(height) / by }
}

fn reduced(bytes: &[u8], size: (u32, u32), by: u32) -> Photo {
    let photo =
        Photo::decode_reduced(bytes, detail(size, by)).unwrap_or_else(|error| panic!("{by}: {error}"));
    let [(width, height), held] = [photo.size(), photo.pixels().dimensions()];
    assert_eq!(held, (width.div_ceil(by), height.div_ceil(by)), "{by}");
    photo
}

/// The mean of each `by` x `by` pixels.
fn means(pixels: &RgbImage, by: u32) -> RgbImage {
    let (width, height) = pixels.dimensions();
    RgbImage::from_fn(width.div_ceil(by), height.div_ceil(by), |x, y| {
        let (right, bottom) = ((by * x + by).min(width), (by * y + by).min(height));
        let mut sums = [0; 3];
        for (x, y) in (by * y..bottom).flat_map(|y| (by * x..right).map(move |x| (x, y))) {
            sums.iter_mut().zip(pixels.get_pixel(x, y).0).for_each(|(sum, value)| *sum += u32::from(value));
        }
        let count = (right - by * x) * (bottom - by * y);
        Rgb(sums.map(|sum| ((sum + count / 2) / count) as u8))
    })
}

fn mean_distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let apart = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b)));
    apart.sum::<u64>() as f64 / one.as_raw().len() as f64
}

/// A drawn spot, its edge so many times softer than sharp, with a texture and grain.
fn drawn(width: u32, height: u32, softness: f32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        let bumps = 0.02 * (40.0 * across).sin() * (34.0 * down).cos();
        let cover = ((0.3 - across.hypot(down) + bumps) * 60.0 / softness).clamp(0.0, 1.0);
        let texture =
            14.0 / softness * ((x as f32 / (5.0 * softness)).sin() + (y as f32 / (7.0 * softness)).sin());
        let grain = ((x ^ y.rotate_left(11)).wrapping_mul(2_654_435_761) >> 28) as f32 - 8.0;
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + texture + grain) as u8;
        Rgb([mix(205.0, 110.0), mix(155.0, 75.0), mix(135.0, 55.0)])
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("encoded");
    bytes
}

fn written(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

#[test]
fn every_format_is_held_as_the_means_of_its_pixels() {
    let files = [
        "lesion.jpg",
        "progressive-lesion.jpg",
        "rgb.jpg",
        "grey.jpg",
        "restarts.jpg",
        "cmyk.jpg",
        "rgb.png",
    ];
    let more = ["rgb.webp", "scans-420.jpg", "sampling-3x1.jpg", "icc-cmyk.jpg", "rgb16.png"];
    for name in files.into_iter().chain(more) {
        let bytes = fixture(name);
        let whole = Photo::decode(&bytes).expect(name);
        for by in [2, 4, 8] {
            let photo = reduced(&bytes, whole.size(), by);
            let apart = mean_distance(photo.pixels(), &means(whole.pixels(), by));
            // Where colours are converted in between, and at the sharp edges of chroma that decoders smooth.
            assert!(apart < 3.0, "{name} by {by}: {apart:.2}");
        }
        assert!(Photo::decode_reduced(&bytes, Detail::ALL).expect(name).is_whole());
    }
}

#[test]
fn odd_sizes_and_every_quality_are_held_as_the_means_of_their_pixels() {
    for (width, height, quality) in
        [(301, 203, 95), (17, 129, 80), (1000, 700, 90), (640, 8, 60), (333, 333, 100)]
    {
        let bytes = jpeg(&drawn(width, height, 1.0), quality);
        let whole = Photo::decode(&bytes).expect("whole");
        for by in [2, 4, 8] {
            let apart =
                mean_distance(reduced(&bytes, (width, height), by).pixels(), &means(whole.pixels(), by));
            assert!(apart < 1.0, "{width} x {height} by {by}: {apart:.2}");
        }
    }
}

#[test]
fn any_number_of_threads_makes_the_same_pixels() {
    let bytes = jpeg(&drawn(1500, 1100, 1.0), 92);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| reduced(&bytes, (1500, 1100), 2))
    };
    let alone = with(1);
    for threads in [2, 3, 8] {
        assert!(with(threads) == alone, "{threads} threads");
    }
}

#[test]
fn sizes_and_squares_are_those_of_the_whole_photo() {
    let picture = drawn(1203, 901, 1.0);
    let (whole, bytes) = (Photo::from(picture.clone()), written(&picture, ImageFormat::Png));
    let photo = reduced(&bytes, (1203, 901), 2);
    assert_eq!((photo.size(), photo.central_square()), (whole.size(), whole.central_square()));
    for square in [
        whole.central_square(),
        Square { left: 700, top: 300, side: 600 },
        Square { left: 9, top: 5, side: 801 },
    ] {
        let apart = mean_distance(&photo.crop(square, 120), &whole.crop(square, 120));
        assert!(apart < 1.5, "{square:?}: {apart:.2}");
    }
    for longest in [1, 128, 480, 600] {
        assert!(mean_distance(&photo.scaled_down(longest), &whole.scaled_down(longest)) < 1.5, "{longest}");
    }
    assert_eq!(photo.scaled_down(1000).dimensions(), (602, 451), "no more than is held");
    assert_eq!(photo.crop(Square { left: 1200, top: 900, side: 1 }, 8).dimensions(), (8, 8));
}

#[test]
fn a_square_that_the_whole_photo_shows_more_of_is_told() {
    let picture = drawn(1200, 900, 1.0);
    let photo = reduced(&written(&picture, ImageFormat::Png), (1200, 900), 2);
    let square = |side| Square { left: 0, top: 0, side };
    assert!(photo.is_too_coarse(square(399), 200) && !photo.is_too_coarse(square(400), 200));
    assert!(!Photo::from(picture).is_too_coarse(square(30), 200), "there is no more of it");
}

#[test]
fn photos_are_held_no_smaller_than_is_asked_for() {
    let bytes = written(&RgbImage::new(1600, 400), ImageFormat::Png);
    for (longer_px, shorter_px, held) in [
        (200, 50, 200),
        (201, 1, 400),
        (1, 51, 400),
        (800, 1, 800),
        (801, 1, 1600),
        (1, 401, 1600),
        (0, 0, 200),
    ] {
        let photo = Photo::decode_reduced(&bytes, Detail { longer_px, shorter_px }).expect("photo");
        assert_eq!(photo.pixels().width(), held, "{longer_px}, {shorter_px}");
    }
    let tiny = written(&RgbImage::new(1, 1), ImageFormat::Png);
    assert!(Photo::decode_reduced(&tiny, Detail { longer_px: 0, shorter_px: 0 }).expect("photo").is_whole());
}

#[test]
fn exif_turns_what_is_held_all_eight_ways() {
    for orientation in 1..=8 {
        let bytes = fixture(&format!("orientation-{orientation}.jpg"));
        let whole = Photo::decode(&bytes).expect("whole");
        for by in [2, 4] {
            let photo = reduced(&bytes, whole.size(), by);
            assert_eq!(photo.size(), (48, 32), "{orientation}");
            let apart = mean_distance(photo.pixels(), &means(whole.pixels(), by));
            assert!(apart < 2.0, "{orientation} by {by}: {apart:.2}");
        }
    }
    // An odd size, turned by a quarter.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut bytes = jpeg(&drawn(301, 203, 1.0), 90);
    bytes.splice(2..2, exif.iter().copied());
    assert_eq!(reduced(&bytes, (301, 203), 2).size(), (203, 301));
}

#[test]
fn colours_are_converted_as_those_of_the_whole_photo() {
    for name in ["dcf-adobe-rgb.jpg", "icc-twice.jpg", "icc-table-rgb.jpg"] {
        let bytes = fixture(name);
        let whole = Photo::decode(&bytes).expect(name);
        let photo = reduced(&bytes, whole.size(), 2);
        let square = whole.central_square();
        let apart = mean_distance(&photo.crop(square, 4), &whole.crop(square, 4));
        assert!(apart < 3.0, "{name}: {apart:.2}");
    }
}

/// What is too blurred in all its pixels is so in fewer, and what is sharp is sharp.
#[test]
fn measurements_hardly_move() {
    for softness in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0] {
        let bytes = jpeg(&drawn(2000, 1500, softness), 90);
        let whole = Photo::decode(&bytes).expect("whole");
        let photo = reduced(&bytes, whole.size(), 2);
        for side in [1500, 1200, 960] {
            let square = Square { left: (2000 - side) / 2, top: (1500 - side) / 2, side };
            assert!(!photo.is_too_coarse(square, 480));
            let (of_whole, of_held) = (Quality::measure(&whole, square), Quality::measure(&photo, square));
            for (right, found) in of_whole.measurements.iter().zip(&of_held.measurements) {
                println!("{softness} {side} {:?}: {} {}", right.aspect, right.value, found.value);
                let apart = (right.value - found.value).abs();
                assert!(apart <= 0.02 * right.value + 0.001, "{softness}, {side}: {right:?}, {found:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A damaged file is refused for the same reason, however much of it is made into pixels.
    #[test]
    fn what_is_refused_is_refused_at_every_size(
        which in 0usize..8,
        by in prop::sample::select(&[2u32, 4, 8][..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4, 1usize..40), 0..4),
        keep in prop::option::weighted(0.2, 0.3f64..1.0),
    ) {
        let mut bytes = match which {
            0 => fixture("rgb.jpg"),
            1 => fixture("restarts.jpg"),
            2 => fixture("grey.jpg"),
            3 => fixture("progressive.jpg"),
            4 => fixture("scans-420.jpg"),
            5 => jpeg(&drawn(400, 300, 1.0), 90),
            6 => jpeg(&drawn(130, 70, 4.0), 40),
            _ => fixture("lesion.jpg"),
        };
        let whole = Photo::decode(&bytes).expect("whole");
        for (place, byte, how, length) in changes {
            let at = place.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] ^= 1 << (byte % 8),
                2 => bytes[at..end].fill(0),
                _ => bytes.drain(at..end).for_each(drop),
            }
        }
        if let Some(keep) = keep {
            bytes.truncate((bytes.len() as f64 * keep) as usize);
        }
        let (all, fewer) = (Photo::decode(&bytes), Photo::decode_reduced(&bytes, detail(whole.size(), by)));
        match (all, fewer) {
            (Ok(all), Ok(fewer)) => prop_assert_eq!(all.size(), fewer.size()),
            (Err(all), Err(fewer)) => prop_assert_eq!(all.to_string(), fewer.to_string()),
            (all, fewer) => prop_assert!(
                false,
                "whole: {:?}, held {} times smaller: {:?}",
                all.map(|photo| photo.size()),
                by,
                fewer.map(|photo| photo.size())
            ),
        }
    }
}

/// Blocks across, and down, of the grey JPEGs below.
const BLOCKS: u16 = 64;

/// A grey JPEG with this scan, in which a restart marker stands after each row of blocks or none at all. A code has four bits: the first of
/// those for means says that it is that of the block before; those for the rest stand for a coefficient of ten bits, for one of a bit, for none
/// any more, and for one of a bit behind one to twelve that are nothing.
fn grey(restarts: bool, scan: &[u8]) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], &length[..], body].concat()
    };
    let codes = |class: u8, symbols: &[u8]| {
        segment(0xc4, &[&[class], &[0, 0, 0, symbols.len() as u8][..], &[0; 12], symbols].concat())
    };
    let behind_nothing: Vec<u8> = (1..=12).map(|run| run << 4 | 1).collect();
    let side = (8 * BLOCKS).to_be_bytes();
    [
        &[0xff, 0xd8][..],
        &segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        &segment(0xc0, &[8, side[0], side[1], side[0], side[1], 1, 1, 0x11, 0]),
        &codes(0x00, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        &codes(0x10, &[&[10, 1, 0][..], &behind_nothing].concat()),
        &segment(0xdd, &if restarts { BLOCKS } else { 0 }.to_be_bytes()),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        scan,
        &[0xff, 0xd9],
    ]
    .concat()
}

/// However many threads read it, this file is read or refused as it is in full, and has the same pixels.
fn assert_read_alike(name: &str, bytes: &[u8], sound: bool) {
    let size = (8 * u32::from(BLOCKS), 8 * u32::from(BLOCKS));
    let told = |read: Result<Photo, DecodeError>| read.map_err(|error| error.to_string());
    let whole = told(Photo::decode(bytes)).map(drop);
    assert_eq!(whole.is_ok(), sound, "{name}: {whole:?}");
    for by in [2, 4, 8] {
        let held = [1, 2, 4].map(|threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            told(pool.install(|| Photo::decode_reduced(bytes, detail(size, by))))
        });
        for (held, threads) in held.iter().zip([1, 2, 4]) {
            assert_eq!(
                held.as_ref().map(drop),
                whole.as_ref().map(drop),
                "{name}, {threads} threads, a {by}th"
            );
        }
        assert!(held.iter().all(|other| *other == held[0]), "{name}: other pixels by more threads");
    }
}

/// What lies behind the last block that counts is looked at wherever a thread may have read on into it.
#[test]
fn what_lies_behind_the_last_block_is_refused_by_any_number_of_threads() {
    // Eight coefficients of a bit.
    let row = [0x01, 0x8c, 0x63, 0x18, 0xc6, 0x32].repeat(BLOCKS.into());
    let marker = |number: u16| [0xff, 0xd0 + (number % 8) as u8];
    let mut scan: Vec<u8> = (0..BLOCKS - 1).flat_map(|number| [&row[..], &marker(number)].concat()).collect();
    scan.extend(row);
    assert_read_alike("sound", &grey(true, &scan), true);
    scan.extend(marker(BLOCKS - 1));
    // A block of nothing.
    scan.push(0x02);
    assert_read_alike("with a block too many", &grey(true, &scan), false);
}

/// Bytes that fill up stand for nothing, also where a thread begins to read between them and the byte before.
#[test]
fn bytes_that_fill_up_lead_no_thread_astray() {
    // The mean is one higher or lower than before; three coefficients of a bit, one of ten ones, two of a bit. In it stands a byte of ones,
    // which a zero follows, and before which another one may stand that fills up. Whoever begins at the second byte reads another mean.
    let block = |number: usize, filled: bool| {
        let fill: &[u8] = if filled { &[0xff] } else { &[] };
        [
            &[if number.is_multiple_of(2) { 0x18 } else { 0x10 }, 0x84, 0x20][..],
            fill,
            &[0xff, 0x00, 0xc6, 0x32],
        ]
        .concat()
    };
    let (blocks, longest) = (usize::from(BLOCKS) * usize::from(BLOCKS), block(0, true).len());
    // Threads begin at multiples of 4,096 bytes: one of them at every place of a block.
    for plain in 0..longest {
        let scan: Vec<u8> = (0..blocks).flat_map(|number| block(number, number >= plain)).collect();
        assert_read_alike(&format!("{plain} plain blocks"), &grey(false, &scan), true);
    }
}
