//! Photos of every kind that phones and cameras make, and bytes that are none.

use image::Rgb;
use proptest::prelude::*;
use spotcheck::photo::quality::{Aspect, Quality};
use spotcheck::photo::{DecodeError, Photo, Square};

/// Red, green, blue and yellow quarters, 48 x 32 pixels, in every format.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture")
}

/// The colours in the middle of the four quarters: top left, top right, bottom left, bottom right.
fn quarters(photo: &Photo) -> [Rgb<u8>; 4] {
    let (width, height) = photo.size();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| *photo.pixels().get_pixel(width * x / 4, height * y / 4))
}

const COLOURS: [[u8; 3]; 4] = [[220, 40, 40], [40, 200, 40], [40, 40, 220], [230, 220, 60]];

fn assert_colours(name: &str, photo: &Photo, expected: [[u8; 3]; 4], tolerance: u8) {
    for (found, expected) in quarters(photo).iter().zip(expected) {
        let close = found.0.iter().zip(expected).all(|(&a, b)| a.abs_diff(b) <= tolerance);
        assert!(close, "{name}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn every_colour_type_becomes_upright_rgb() {
    for name in [
        "rgb.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb.png",
        "palette.png",
        "rgb16.png",
        "rgb.webp",
        "lossless.webp",
    ] {
        let photo = Photo::decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(photo.size(), (48, 32), "{name}");
        let tolerance = if name.starts_with("palette") || name == "rgb.webp" { 24 } else { 8 };
        assert_colours(name, &photo, COLOURS, tolerance);
    }
}

#[test]
fn grey_pictures_become_grey_rgb() {
    let grey = COLOURS.map(|[r, g, b]| {
        let luma = (299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)) / 1000;
        [luma as u8; 3]
    });
    for name in ["grey.jpg", "grey.png", "grey16.png"] {
        let photo = Photo::decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_colours(name, &photo, grey, 4);
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    for name in ["alpha.png", "alpha.webp"] {
        let photo = Photo::decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_colours(name, &photo, [COLOURS[0], [255; 3], COLOURS[2], [255; 3]], 2);
    }
}

#[test]
fn exif_turns_all_eight_ways() {
    for orientation in 1..=8 {
        let name = format!("orientation-{orientation}.jpg");
        let photo = Photo::decode(&fixture(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(photo.size(), (48, 32), "{name}");
        assert_colours(&name, &photo, COLOURS, 8);
    }
}

#[test]
fn a_file_cut_off_anywhere_is_an_error_that_says_so() {
    for name in ["rgb.jpg", "progressive.jpg", "rgb.png", "rgb.webp", "orientation-6.jpg", "thumbnail.jpg"] {
        let whole = fixture(name);
        for length in (24..whole.len()).step_by(7) {
            match Photo::decode(&whole[..length]) {
                Err(DecodeError::Truncated(_)) => {}
                Err(other) => panic!("{name} cut to {length} of {}: {other}", whole.len()),
                Ok(_) => panic!("{name} cut to {length} of {} was read", whole.len()),
            }
        }
    }
}

#[test]
fn a_wrong_name_does_not_matter_but_a_wrong_kind_is_named() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "empty"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00", "GIF"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"hello, I am a mole", "text"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x01\x02\xfe\xff\x80", "not a picture"),
    ];
    for (bytes, word) in cases {
        let error = Photo::decode(bytes).expect_err(word).to_string();
        assert!(error.contains(word) && error.contains("choose"), "{error}");
    }
}

#[test]
fn damage_is_told_apart_from_truncation() {
    let mut png = fixture("rgb.png");
    // Inside the compressed pixels: the checksum of the chunk no longer fits.
    let at = png.windows(4).position(|tag| tag == b"IDAT").expect("pixels") + 10;
    png[at] ^= 0xff;
    assert!(matches!(Photo::decode(&png), Err(DecodeError::Damaged { format: "PNG", .. })));
}

/// A file that the fuzzer found: JPEG's decoder panics over it, where it has AVX2 at least.
#[test]
fn a_decoder_that_panics_is_damage_like_any_other() {
    if let Err(error) = Photo::decode(&fixture("out-of-bounds.jpg")) {
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}

#[test]
fn crops_stay_inside_and_have_the_size_asked_for() {
    let photo = Photo::decode(&fixture("rgb.png")).expect("fixture");
    assert_eq!(photo.central_square(), Square { left: 8, top: 0, side: 32 });
    for square in [
        Square { left: 0, top: 0, side: 1 },
        Square { left: 40, top: 30, side: 20 },
        Square { left: 1000, top: 1000, side: 5000 },
    ] {
        for side in [1, 7, 32, 192] {
            assert_eq!(photo.crop(square, side).dimensions(), (side, side));
        }
    }
    let red = photo.crop(Square { left: 2, top: 2, side: 10 }, 4);
    assert!(red.pixels().all(|pixel| pixel.0 == COLOURS[0]));
}

#[test]
fn quality_sees_what_a_person_sees() {
    let texture = |blur: f32, light: f32| {
        let picture = image::RgbImage::from_fn(400, 400, |x, y| {
            let checker = if (x / 6 + y / 6) % 2 == 0 { 90.0 } else { 170.0 };
            Rgb([(checker * light) as u8; 3])
        });
        let picture = if blur > 0.0 { image::imageops::blur(&picture, blur) } else { picture };
        let photo = Photo::from(picture);
        Quality::measure(&photo, photo.central_square())
    };
    let faults = |quality: &Quality| quality.faults().map(|fault| fault.aspect).collect::<Vec<_>>();
    assert_eq!(faults(&texture(0.0, 1.0)), []);
    assert_eq!(faults(&texture(14.0, 1.0)), [Aspect::Focus]);
    assert!(faults(&texture(0.0, 0.05)).contains(&Aspect::Dark));
    assert!(faults(&texture(0.0, 9.0)).contains(&Aspect::Glare));
    // Pale, with detail in it and nothing burnt out.
    let pale = Photo::from(image::RgbImage::from_fn(400, 400, |x, y| {
        Rgb([230 + ((x / 6 + y / 6) % 2 * 18) as u8; 3])
    }));
    assert_eq!(faults(&Quality::measure(&pale, pale.central_square())), [Aspect::Bright]);
    let small = Photo::from(image::RgbImage::from_fn(20, 20, |x, y| Rgb([(x * y) as u8; 3])));
    assert!(faults(&Quality::measure(&small, small.central_square())).contains(&Aspect::Size));
}

/// How many cases of each property: `PROPTEST_CASES`, for a long run, or a few thousand.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4096)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// After the start of each format, so that they get past the question which it is.
    #[test]
    fn no_bytes_make_it_panic(which in 0usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let starts: [&[u8]; 5] =
            [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x02\x00\x00WEBPVP8L", b"RIFF\x00\x02\x00\x00WEBPVP8 "];
        let _ = Photo::decode(&[starts[which], &bytes].concat());
    }

    #[test]
    fn no_damage_to_a_picture_makes_it_panic(
        which in 0usize..9,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cut_off in any::<bool>(),
    ) {
        let names = ["rgb.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "palette.png", "rgb16.png", "rgb.webp", "alpha.webp", "orientation-6.jpg"];
        let mut bytes = fixture(names[which]);
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cut_off {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(photo) = Photo::decode(&bytes) {
            let quality = Quality::measure(&photo, photo.central_square());
            prop_assert!(quality.measurements.iter().all(|measurement| measurement.value.is_finite()));
        }
    }
}
