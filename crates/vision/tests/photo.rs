//! Photos of every kind that phones and cameras make, and bytes that are none.

use image::Rgb;
use proptest::prelude::*;
use vision::photo::quality::{Aspect, Quality};
use vision::photo::{DecodeError, Photo, Square};

#[path = "../../../tests/support/scans.rs"]
mod scans;

/// Red, green, blue and yellow quarters, 48 x 32 pixels, in every format.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture")
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

/// Only the end mark of a JPEG and the last chunk of a PNG may be missing: no pixel is in them.
#[test]
fn a_file_cut_off_anywhere_is_an_error_that_says_so() {
    for name in [
        "rgb.jpg",
        "progressive.jpg",
        "rgb.png",
        "rgb.webp",
        "orientation-6.jpg",
        "thumbnail.jpg",
        "restarts.jpg",
    ] {
        let whole = fixture(name);
        let pixels = Photo::decode(&whole).expect(name);
        let spare = if name.ends_with("jpg") { 2 } else { 12 };
        for length in 24..whole.len() {
            match Photo::decode(&whole[..length]) {
                Err(DecodeError::Truncated(_) | DecodeError::Missing { .. }) => {}
                // A progressive picture's end may be that of a scan's header, or of one scan too few.
                Err(DecodeError::Damaged { reason, .. }) if reason.contains("makes it sharp") => {}
                Err(other) => panic!("{name} cut to {length} of {}: {other}", whole.len()),
                Ok(photo) if length + spare >= whole.len() => {
                    assert_eq!(photo, pixels, "{name} cut to {length}")
                }
                // What only refines it a little more may be missing, if all of it is.
                Ok(photo) if name == "progressive.jpg" => assert_near(name, &photo, &pixels, 12),
                Ok(_) => panic!("{name} cut to {length} of {} was read", whole.len()),
            }
        }
    }
}

/// What an interrupted upload leaves that somebody else has put an end mark to.
#[test]
fn missing_pixels_are_told_whatever_the_end_looks_like() {
    for name in [
        "lesion.jpg",
        "rgb.jpg",
        "restarts.jpg",
        "grey.jpg",
        "cmyk.jpg",
        "scans-420.jpg",
        "luma-subsampled.jpg",
    ] {
        let whole = fixture(name);
        let start = scan_start(&whole);
        let coded = whole.len() - 2 - start;
        for share in 1..20 {
            let kept = start + coded * share / 20;
            let cut = [&whole[..kept], b"\xff\xd9"].concat();
            assert!(Photo::decode(&cut).is_err(), "{name}: {share} twentieths");
            // In very few bytes zeros may be as many blocks as what they replaced.
            if coded < 1000 {
                continue;
            }
            let mut zeroed = whole.clone();
            zeroed[kept..whole.len() - 2].fill(0);
            assert!(Photo::decode(&zeroed).is_err(), "{name}: zeros after {share} twentieths");
        }
    }
    let whole = fixture("lesion.jpg");
    let start = scan_start(&whole);
    let half = [&whole[..(start + whole.len()) / 2], b"\xff\xd9"].concat();
    let error = Photo::decode(&half).expect_err("half of it").to_string();
    let percent: u32 = error.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect(&error);
    assert!((35..=65).contains(&percent), "{error}");
}

/// A progressive picture that is cut off between two scans is one with less detail; an end mark may be put to that, too.
#[test]
fn what_a_cut_leaves_of_a_progressive_photo_is_as_good_as_whole_or_told() {
    let whole = fixture("progressive-lesion.jpg");
    let right = Photo::decode(&whole).expect("whole");
    let start = scan_start(&whole);
    let coded = whole.len() - 2 - start;
    let mut told = 0;
    for share in 1..20 {
        let kept = start + coded * share / 20;
        let mut zeroed = whole.clone();
        zeroed[kept..start + coded].fill(0);
        for bytes in [[&whole[..kept], b"\xff\xd9"].concat(), zeroed] {
            match Photo::decode(&bytes) {
                Err(_) => told += 1,
                Ok(photo) => assert_near(&format!("{share} twentieths"), &photo, &right, 12),
            }
        }
    }
    assert!(told >= 36, "{told} of 38 told");
}

/// For a channel: a scan of its means, one of everything else.
fn two_scans(channel: u8, blocks: u32) -> [scans::Scan; 2] {
    [(0, 0), (1, 63)].map(|band| scans::Scan { channel, band, bits: (0, 0), blocks })
}

/// Light and the inks make the picture, colour alone only adds to it.
#[test]
fn only_the_fine_detail_of_colour_may_be_missing() {
    let size = (40, 24);
    // How many channels, what they mean, and those whose detail is there.
    let cases: [(u8, Option<u8>, &[u8], bool); 10] = [
        (3, None, &[0], true),
        (3, None, &[0, 1, 2], true),
        (3, None, &[1, 2], false),
        (3, Some(0), &[0, 1, 2], true),
        (3, Some(0), &[0], false),
        (3, Some(0), &[0, 1], false),
        (4, None, &[0, 1, 2, 3], true),
        (4, None, &[0, 3], false),
        (4, Some(2), &[0, 3], true),
        (4, Some(2), &[0, 1, 2], false),
    ];
    for (channels, adobe, detailed, read) in cases {
        let scans: Vec<_> = (0..channels)
            .flat_map(|channel| two_scans(channel, scans::blocks(size)))
            .filter(|scan| scan.band == (0, 0) || detailed.contains(&scan.channel))
            .collect();
        let photo = Photo::decode(&scans::jpeg(size, channels, adobe, &scans));
        assert_eq!(photo.is_ok(), read, "{channels} channels, {adobe:?}, detail of {detailed:?}: {photo:?}");
        if let Err(error) = photo {
            assert!(error.to_string().contains("makes it sharp"), "{error}");
        }
    }
}

#[test]
fn a_run_of_empty_blocks_ends_with_its_scan() {
    let size = (40, 24);
    let mut scans = two_scans(0, scans::blocks(size));
    assert!(Photo::decode(&scans::jpeg(size, 1, None, &scans)).is_ok());
    scans[1].blocks += 1;
    let error = Photo::decode(&scans::jpeg(size, 1, None, &scans)).expect_err("a block too many").to_string();
    assert!(error.contains("do not add up"), "{error}");
}

#[test]
fn a_hole_anywhere_in_the_pixels_is_damage() {
    for (name, length) in [("lesion.jpg", 1000), ("lesion.jpg", 200), ("restarts.jpg", 20)] {
        let whole = fixture(name);
        let start = scan_start(&whole);
        let (mut holes, mut unnoticed) = (0, 0);
        for at in (start..whole.len() - 2 - length).step_by(101) {
            let mut holed = whole.clone();
            holed[at..at + length].fill(0);
            holes += 1;
            unnoticed += usize::from(Photo::decode(&holed).is_ok());
        }
        assert!(holes > 0 && unnoticed == 0, "{name}: {unnoticed} of {holes} holes of {length} bytes");
    }
}

/// Where the coded pixels of a JPEG's first scan begin.
fn scan_start(bytes: &[u8]) -> usize {
    let mut at = 2;
    loop {
        let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        if bytes[at + 1] == 0xda {
            return at + 2 + length;
        }
        at += 2 + length;
    }
}

/// How far two photos lie apart: in mean, and at most.
fn distance(photo: &Photo, right: &Photo) -> (f64, u8) {
    let pairs = || photo.pixels().as_raw().iter().zip(right.pixels().as_raw()).map(|(a, b)| a.abs_diff(*b));
    (pairs().map(f64::from).sum::<f64>() / right.pixels().as_raw().len() as f64, pairs().max().unwrap_or(0))
}

fn assert_near(name: &str, photo: &Photo, right: &Photo, tolerance: u8) {
    assert_eq!(photo.size(), right.size(), "{name}");
    let (mean, most) = distance(photo, right);
    assert!(most <= tolerance, "{name}: {mean:.2} in mean, {most} at most");
}

/// Layouts of JPEG that decoders read wrongly or not at all, and slips that viewers read over.
#[test]
fn rare_layouts_are_read_as_libjpeg_reads_them() {
    for name in ["scans-420.jpg", "luma-subsampled.jpg", "sampling-3x1.jpg", "restarts.jpg"] {
        let photo = Photo::decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(photo.size(), (48, 32), "{name}");
        assert_colours(name, &photo, COLOURS, 12);
    }
}

#[test]
fn slips_between_the_pixels_do_not_cost_the_photo() {
    let whole = fixture("rgb.jpg");
    let right = Photo::decode(&whole).expect("whole");
    let frame = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("header");
    let end = whole.len() - 2;
    let with = |at: usize, remove: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed.splice(at..at + remove, bytes.iter().copied());
        changed
    };
    let first_table = whole.windows(2).position(|pair| pair == [0xff, 0xc4]).expect("table");
    let length = 2 + usize::from(u16::from_be_bytes([whole[first_table + 2], whole[first_table + 3]]));
    let mut unnumbered = with(end, 0, b"\xff\xdc\x00\x04\x00\x20");
    unnumbered[frame + 5..frame + 7].fill(0);
    let mut without_tables = whole.clone();
    while let Some(at) = without_tables.windows(2).position(|pair| pair == [0xff, 0xc4]) {
        let length = 2 + usize::from(u16::from_be_bytes([without_tables[at + 2], without_tables[at + 3]]));
        without_tables.drain(at..at + length);
    }
    assert!(without_tables.len() + length < whole.len(), "more than one of them");
    let cases: [(&str, Vec<u8>); 11] = [
        ("bytes between segments", with(frame, 0, b"astray!")),
        ("fill bytes before a segment", with(frame, 0, b"\xff\xff\xff")),
        ("no end mark", whole[..end].to_vec()),
        ("two bytes before the end mark", with(end, 0, b"\x12\x34")),
        ("the number of lines told again", with(end, 0, b"\xff\xdc\x00\x04\x00\x20")),
        ("the number of lines told late", unnumbered),
        ("no Huffman tables", without_tables),
        ("a Huffman table too few", with(first_table, length, b"")),
        ("zeros instead of the end mark", [&whole[..end], &[0; 3000]].concat()),
        ("a short APP14", with(frame, 0, b"\xff\xee\x00\x07Adobe")),
        ("text after the end", [&whole[..], b"and more"].concat()),
    ];
    for (name, bytes) in cases {
        let photo = Photo::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(photo, right, "{name}");
    }
}

#[test]
fn slips_that_may_hide_a_loss_are_told() {
    let whole = fixture("lesion.jpg");
    let end = whole.len() - 2;
    // As a file system leaves it that had not written the last of a file.
    for lost in 3..64 {
        let zeros = [&whole[..end - lost], &[0; 4096]].concat();
        assert!(Photo::decode(&zeros).is_err(), "zeros instead of the last {lost} bytes");
    }
    let behind = [&whole[..end], b"\x12\xff\xd0\x34\x56\xff\xd9"].concat();
    assert!(Photo::decode(&behind).is_err(), "bytes behind a restart marker behind a byte astray");
    for unknown in [b"\xff\x1f\0\x04??".as_slice(), b"\xff\xe5\x40\0??"] {
        let odd = [&whole[..end], unknown, b"\xff\xd9"].concat();
        assert!(Photo::decode(&odd).is_err(), "{unknown:x?} behind the pixels");
    }
    let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).expect("scan");
    for (name, segment) in
        [("no units", b"\xff\xdd\0\x02".as_slice()), ("more than units", b"\xff\xdd\0\x06\0\0??")]
    {
        let odd = [&whole[..scan], segment, &whole[scan..]].concat();
        assert!(Photo::decode(&odd).is_err(), "a restart interval of {name}");
    }
    for (name, marker, at) in [("frame", 0xc0, 8 + 3 * 3 + 2), ("scan", 0xda, 1 + 3 * 2 + 3 + 4)] {
        let mut odd = whole.clone();
        let place = whole.windows(2).position(|pair| pair == [0xff, marker]).expect(name);
        odd[place + 3] += 1;
        odd.insert(place + at, 0);
        assert!(Photo::decode(&odd).is_err(), "a header of a {name} that is too long");
    }
    let error =
        Photo::decode(&[&whole[..scan], b"\xff\xfe\0\x01", &whole[scan..]].concat()).expect_err("length");
    assert!(matches!(error, DecodeError::Damaged { .. }), "{error}");
}

/// So few bytes for so many pixels, and yet all of them are there.
#[test]
fn a_plain_picture_of_twelve_megapixels_is_read() {
    let colour = Rgb([224, 172, 150]);
    let plain = image::RgbImage::from_pixel(4000, 3000, colour);
    for format in [image::ImageFormat::Jpeg, image::ImageFormat::WebP, image::ImageFormat::Png] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        plain.write_to(&mut bytes, format).expect("encoded");
        let bytes = bytes.into_inner();
        let photo = Photo::decode(&bytes).unwrap_or_else(|error| panic!("{format:?}: {error}"));
        assert_eq!(photo.size(), (4000, 3000), "{format:?} of {} bytes", bytes.len());
        let near = |pixel: &Rgb<u8>| pixel.0.iter().zip(colour.0).all(|(&a, b)| a.abs_diff(b) <= 3);
        assert!(photo.pixels().pixels().all(near), "{format:?}");
    }
}

#[test]
fn kinds_that_are_not_read_are_named_and_not_called_damaged() {
    let jpeg = fixture("rgb.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("header");
    let changed = |at: usize, byte: u8| {
        let mut changed = jpeg.clone();
        changed[at] = byte;
        changed
    };
    let png = fixture("rgb.png");
    let apples = [&png[..8], b"\0\0\0\x04CgBI\x50\0\x20\x02\0\0\0\0", &png[8..]].concat();
    for (bytes, word) in [
        (fixture("arithmetic.jpg"), "arithmetic coding"),
        (changed(frame + 4, 12), "12 bits"),
        (changed(frame + 1, 0xc3), "lossless"),
        (changed(frame + 1, 0xf7), "JPEG-LS"),
        (apples, "Apple"),
        (fixture("sampling-4x1-2x1.jpg"), "a rare kind of JPEG"),
    ] {
        let error = Photo::decode(&bytes).expect_err(word);
        assert!(matches!(error, DecodeError::Unsupported { .. }), "{error}");
        let error = error.to_string();
        assert!(
            error.contains(word) && error.contains("save it again") && !error.contains("damaged"),
            "{error}"
        );
    }
}

/// Each beside the same picture in sRGB, converted by littlecms (relative colorimetric).
#[test]
fn whatever_a_file_says_of_its_colours_they_become_srgb() {
    for name in [
        "icc-table.png",
        "icc-twice.jpg",
        "icc-cmyk.jpg",
        "icc-grey.png",
        "cicp-display-p3.png",
        "gama-1.png",
        "dcf-adobe-rgb.jpg",
    ] {
        let stem = name.split('.').next().expect("stem");
        assert_right_colours(name, &fixture(name), stem);
    }
    // The same table for a JPEG without a colour transform, as programs write that think in light (XYB).
    assert_right_colours("icc-table-rgb.jpg", &fixture("icc-table-rgb.jpg"), "icc-table");

    // Pieces of another profile, which come too late.
    let twice = fixture("icc-twice.jpg");
    let frame = twice.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("header");
    let mut two = twice.clone();
    two.splice(frame..frame, *b"\xff\xe2\0\x11ICC_PROFILE\0\x02\x02?");
    assert_right_colours("two profiles", &two, "icc-twice");
}

fn assert_right_colours(name: &str, bytes: &[u8], right: &str) {
    let right = Photo::decode(&fixture(&format!("{right}.right.png"))).expect("right");
    let photo = Photo::decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_near(name, &photo, &right, 6);
}

/// An exponent other than the usual one, and the usual one with other primaries: by hand, with the matrix of Adobe RGB to sRGB.
#[test]
fn what_a_png_says_of_its_light_is_heeded() {
    const COLOURS: [[u8; 3]; 4] = [[200, 150, 120], [60, 40, 30], [128, 128, 128], [90, 140, 70]];
    let picture = |gamma: f32, primaries: Option<png::SourceChromaticities>| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 4, 1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_source_gamma(png::ScaledFloat::new(gamma));
        if let Some(primaries) = primaries {
            encoder.set_source_chromaticities(primaries);
        }
        encoder.write_header().expect("header").write_image_data(&COLOURS.concat()).expect("pixels");
        Photo::decode(&bytes).expect("PNG")
    };
    let encoded = |light: f64| {
        let light = light.clamp(0.0, 1.0);
        let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (255.0 * value).round() as u8
    };
    let light = |value: u8, exponent: f64| (f64::from(value) / 255.0).powf(exponent);
    let near = |photo: &Photo, right: [[u8; 3]; 4]| {
        let apart = photo.pixels().as_raw().iter().zip(right.as_flattened()).map(|(a, b)| a.abs_diff(*b));
        apart.max() <= Some(2)
    };

    let photo = picture(1.0 / 1.8, None);
    let right = COLOURS.map(|colour| colour.map(|value| encoded(light(value, 1.8))));
    assert!(near(&photo, right), "{:?} instead of {right:?}", photo.pixels().as_raw());

    let adobe = png::SourceChromaticities::new((0.3127, 0.329), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06));
    let photo = picture(1.0 / 2.2, Some(adobe));
    let right = COLOURS.map(|colour| {
        let [red, green, blue] = colour.map(|value| light(value, 2.2));
        [1.39836 * red - 0.39836 * green, green, -0.04293 * green + 1.04293 * blue].map(encoded)
    });
    assert!(near(&photo, right), "{:?} instead of {right:?}", photo.pixels().as_raw());
}

#[test]
fn colours_that_can_not_be_converted_are_said() {
    // The same picture, but in the perceptual quantizer of HDR (ITU-T H.273: 16).
    let mut hdr = fixture("cicp-display-p3.png");
    let at = hdr.windows(4).position(|name| name == b"cICP").expect("chunk");
    hdr[at + 5] = 16;
    let crc = crc32(&hdr[at..at + 8]).to_be_bytes();
    hdr[at + 8..at + 12].copy_from_slice(&crc);
    let error = Photo::decode(&hdr).expect_err("HDR").to_string();
    assert!(error.contains("HDR"), "{error}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn exif_data_in_odd_wrappings_turn_the_picture_too() {
    let photo = Photo::decode(&fixture("exif-prefix.webp")).expect("WebP");
    assert_eq!(photo.size(), (48, 32));
    assert_colours("exif-prefix.webp", &photo, COLOURS, 2);

    // More than fits into one segment goes on in the next.
    let turned = fixture("orientation-6.jpg");
    let at = turned.windows(6).position(|start| start == b"Exif\0\0").expect("EXIF");
    let length = 2 + usize::from(u16::from_be_bytes([turned[at - 2], turned[at - 1]]));
    let more = [b"\xff\xe1\x00\x0cExif\0\0".as_slice(), b"more"].concat();
    let mut two = turned.clone();
    two.splice(at - 2 + length - 2..at - 2 + length - 2, more);
    let photo = Photo::decode(&two).expect("two segments");
    assert_eq!(photo.size(), (48, 32));
    assert_colours("two segments", &photo, COLOURS, 8);

    // PNG and WebP hold EXIF data without the start that JPEG's have; some programs write it all the same.
    let exif = &turned[at..at - 2 + length - 2];
    let png = fixture("rgb.png");
    for data in [exif, &exif[6..]] {
        let chunk = [b"eXIf".as_slice(), data].concat();
        let chunk = [&(data.len() as u32).to_be_bytes()[..], &chunk, &crc32(&chunk).to_be_bytes()].concat();
        let photo = Photo::decode(&[&png[..33], &chunk, &png[33..]].concat()).expect("PNG");
        assert_eq!(photo.size(), (32, 48), "turned as its EXIF data say");
    }
}

/// A program took the EXIF data out and left the promise that there are some; so with profile, transparency and XMP.
#[test]
fn a_promise_that_is_not_kept_does_not_cost_the_photo() {
    let mut file = fixture("exif-promised.webp");
    assert_eq!(file.get(12..16), Some(b"VP8X".as_slice()));
    for promises in [0x08, 0x20, 0x10, 0x04, 0x3c] {
        file[20] = promises;
        let photo = Photo::decode(&file).unwrap_or_else(|error| panic!("{promises:x}: {error}"));
        assert_eq!(photo.size(), (32, 48));
    }
}

#[test]
fn texts_of_any_length_do_not_cost_a_png() {
    let png = fixture("rgb.png");
    let text = [b"tEXtXML:com.adobe.xmp\0".as_slice(), &vec![b' '; 20 << 20]].concat();
    let chunk = [&((text.len() - 4) as u32).to_be_bytes()[..], &text, &crc32(&text).to_be_bytes()].concat();
    let with = [&png[..33], &chunk, &png[33..]].concat();
    assert_eq!(Photo::decode(&with).expect("PNG"), Photo::decode(&png).expect("PNG"));
}

/// More than is unpacked is not damage, and is not passed over either: it may turn the picture or change its colours.
#[test]
fn what_says_too_much_of_a_photo_is_told() {
    let long = vec![b' '; 20 << 20];
    let exif = [b"eXIf".as_slice(), &long].concat();
    let chunk = [&(long.len() as u32).to_be_bytes()[..], &exif, &crc32(&exif).to_be_bytes()].concat();
    let png = fixture("rgb.png");
    let mut files = vec![[&png[..33], &chunk, &png[33..]].concat()];

    let webp = fixture("lossless.webp");
    assert_eq!(webp.get(12..16), Some(b"VP8L".as_slice()));
    let chunk = |name: &[u8; 4], data: &[u8]| [name, &(data.len() as u32).to_le_bytes()[..], data].concat();
    for (name, flag) in [(b"ICCP", 0x20), (b"EXIF", 0x08)] {
        let header = chunk(b"VP8X", &[flag, 0, 0, 0, 47, 0, 0, 31, 0, 0]);
        let body = [b"WEBP".as_slice(), &header, &chunk(name, &long), &webp[12..]].concat();
        files.push([b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat());
    }
    for (number, bytes) in files.iter().enumerate() {
        let error = Photo::decode(bytes).expect_err("20 MB");
        assert!(matches!(error, DecodeError::Unsupported { .. }), "file {number}: {error}");
        assert!(error.to_string().contains("more than 16 MB"), "file {number}: {error}");
    }
}

#[test]
fn a_wrong_name_does_not_matter_but_a_wrong_kind_is_named() {
    let cases: [(&[u8], &str); 17] = [
        (b"", "empty"),
        (&[0; 500], "zeros"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00", "GIF"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"hello, I am a mole", "text"),
        ("ein Muttermal für später".as_bytes(), "text"),
        (b"ein Muttermal f\xfcr sp\xe4ter, und noch mehr davon", "text"),
        (b"\xff\xfeh\0e\0l\0l\0o\0", "text"),
        ("<!DOCTYPE html><html><title>Ü</title>".as_bytes(), "web page"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "AVIF"),
        // A text, although it begins like a BMP.
        (b"BMI and skin type, in a letter", "text"),
        (b"\xff\x0a\x01\x02\xfe", "JPEG XL"),
        (b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a", "JPEG 2000"),
        (b"DDS \x7c\0\0\0", "DDS"),
        (b"P6 3 3 255 \xfe\x01", "PPM"),
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
            Rgb([checker * light, checker * light * 0.8, checker * light * 0.7].map(|value| value as u8))
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
    // Sharp and well lit, but grey, or as good as.
    for tint in [0, 2] {
        let grey = Photo::from(image::RgbImage::from_fn(400, 400, |x, y| {
            let checker = if (x / 6 + y / 6) % 2 == 0 { 90 } else { 170 };
            Rgb([checker + tint, checker, checker])
        }));
        assert_eq!(faults(&Quality::measure(&grey, grey.central_square())), [Aspect::Colour]);
    }
    // Pale, with detail in it and nothing burnt out.
    let pale = Photo::from(image::RgbImage::from_fn(400, 400, |x, y| {
        let pale = 226 + ((x / 6 + y / 6) % 2 * 18) as u8;
        Rgb([pale + 8, pale, pale])
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
        which in 0usize..13,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cut_off in any::<bool>(),
    ) {
        let names = ["rgb.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "palette.png", "rgb16.png", "rgb.webp", "alpha.webp", "orientation-6.jpg", "scans-420.jpg", "restarts.jpg", "icc-table.png", "exif-prefix.webp"];
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
