//! Files as clinics have them: DICOM, TIFF and BMP. The small ones in `tests/fixtures/clinic` were written by pydicom, Pillow and tifffile
//! (`tests/support/clinic.py`).

use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use vision::photo::{DecodeError, Detail, Photo, looks_like_a_picture, starts_like_a_photo, taken};

#[path = "../../../tests/support/made.rs"]
mod made;

use made::{COLOURS, Dicom, JPEG, RLE, Tiff, rle};

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/../../tests/fixtures/clinic", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    let name = |path: &Path| path.file_name().expect("name").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read(path).expect("fixture"))).collect()
}

fn read(name: &str, bytes: &[u8]) -> Photo {
    Photo::decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn refused(name: &str, bytes: &[u8]) -> DecodeError {
    match Photo::decode(bytes) {
        Ok(photo) => panic!("{name} was read as {:?}", photo.size()),
        Err(error) => error,
    }
}

fn pixels(photo: &Photo) -> &[[u8; 3]] {
    photo.pixels().as_raw().as_chunks().0
}

/// Four quarters of the colours that the pictures in `tests/fixtures` have.
#[test]
fn what_others_wrote_is_read_as_they_meant_it() {
    const QUARTERS: [[u8; 3]; 4] = [[220, 40, 40], [40, 200, 40], [40, 40, 220], [230, 220, 60]];
    let fixtures = fixtures();
    assert!(fixtures.len() > 35, "{}", fixtures.len());
    for (name, bytes) in &fixtures {
        assert!(starts_like_a_photo(bytes) && looks_like_a_picture(bytes), "{name}");
        let photo = read(name, bytes);
        assert_eq!(photo.size(), (24, 16), "{name}");
        let grey = ["grey", "mono", "inverted"].iter().any(|word| name.contains(word));
        let inverted = name == "monochrome1.dcm";
        // What is coded with loss, and luma and chroma in whole numbers.
        let tolerance = if name.starts_with("jpeg") { 12 } else { u8::from(name.contains("ybr")) };
        for (colour, (x, y)) in QUARTERS.into_iter().zip([(6, 4), (18, 4), (6, 12), (18, 12)]) {
            let [red, green, blue] = colour.map(f64::from);
            let luma = (0.299 * red + 0.587 * green + 0.114 * blue) as u8;
            let right = match (grey, inverted) {
                (true, true) => [255 - luma; 3],
                (true, false) => [luma; 3],
                (false, _) if name == "alpha.tif" => {
                    colour.map(|value| ((u32::from(value) * 200 + 255 * 55 + 127) / 255) as u8)
                }
                (false, _) => colour,
            };
            let found = photo.pixels().get_pixel(x, y).0;
            let near = found.iter().zip(right).all(|(found, right)| found.abs_diff(right) <= tolerance);
            assert!(near, "{name}: {found:?} instead of {right:?}");
        }
    }
}

/// A file is read as a whole or not at all.
#[test]
fn a_file_cut_off_anywhere_is_an_error_or_all_of_it_is_there() {
    for (name, bytes) in fixtures() {
        let whole = read(&name, &bytes);
        let mut read = 0;
        for length in 0..bytes.len() {
            if let Ok(photo) = Photo::decode(&bytes[..length]) {
                assert_eq!(photo, whole, "{name} cut to {length} of {}", bytes.len());
                read += 1;
            }
        }
        // The rest of a directory that nobody asks for, a number that says where the next one begins, and what makes a length even. In a
        // DICOM file the pixels come last; of three frames, the length says that they must be there.
        let spare = if name.ends_with("tif") { bytes.len() / 3 } else { 4 };
        assert!(read <= spare, "{name}: {read} of {} cut off", bytes.len());
    }
}

#[test]
fn any_number_of_pixels_may_be_held() {
    for (name, bytes) in fixtures() {
        let detail = Detail { longer_px: 12, shorter_px: 8 };
        let half = Photo::decode_reduced(&bytes, detail).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((half.size(), half.pixels().dimensions()), ((24, 16), (12, 8)), "{name}");
    }
}

/// By the formulas of the standard (DICOM PS3.3, section C.7.6.3.1.2), for each colour there is in steps.
#[test]
fn luma_and_chroma_become_the_colours_that_the_standard_says() {
    let ybr = |[red, green, blue]: [u8; 3]| {
        let [red, green, blue] = [red, green, blue].map(f64::from);
        [
            0.2990 * red + 0.5870 * green + 0.1140 * blue,
            -0.1687 * red - 0.3313 * green + 0.5000 * blue + 128.0,
            0.5000 * red - 0.4187 * green - 0.0813 * blue + 128.0,
        ]
        .map(|value| value.round().clamp(0.0, 255.0) as u8)
    };
    // What dicom-pixeldata 0.10.1 gets wrong: findings/dicom-pixeldata-green.sh.
    assert_eq!(ybr([200, 140, 110]), [155, 103, 160]);
    let steps = || (0..=255u8).step_by(15);
    let all: Vec<[u8; 3]> =
        steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| [r, g, b]))).collect();
    let size = (all.len() / 2) as u16;
    let coded: Vec<u8> = all.iter().take(2 * usize::from(size)).flat_map(|colour| ybr(*colour)).collect();
    let file = Dicom::new("YBR_FULL", 3, &coded).with(0x0011, size).bytes();
    for (found, right) in pixels(&read("YBR_FULL", &file)).iter().zip(&all) {
        let near = found.iter().zip(right).all(|(found, right)| found.abs_diff(*right) <= 2);
        assert!(near, "{found:?} instead of {right:?}");
    }

    // Two of luma, then chroma for both.
    let halved = [[155, 100, 103, 160], [50, 200, 128, 128], [0, 255, 128, 128], [76, 76, 85, 255]].concat();
    let file = Dicom::new("YBR_FULL_422", 3, &halved).bytes();
    let right = [
        [200, 141, 111],
        [145, 86, 56],
        [50, 50, 50],
        [200, 200, 200],
        [0, 0, 0],
        [255, 255, 255],
        [254, 0, 0],
        [254, 0, 0],
    ];
    assert_eq!(pixels(&read("YBR_FULL_422", &file)), right);
}

fn planes(colours: &[[u8; 3]]) -> [Vec<u8>; 3] {
    [0, 1, 2].map(|channel| colours.iter().map(|colour| colour[channel]).collect())
}

#[test]
fn each_layout_of_a_dicom_file_gives_the_same_pixels() {
    let rgb = Dicom::new("RGB", 3, COLOURS.as_flattened());
    let [red, green, blue] = &planes(&COLOURS);
    let runs = rle(&[red, green, blue]);
    let planar = [&red[..], green, blue].concat();
    let two = rle(&[blue, green, red]);
    let even = [&blue[..], &[0]].concat();
    // Fields that are stepped over: of undefined length, within each other, and of a kind that their writer did not know.
    let inner = [b"\x28\0\x10\0US\x02\0\x63\0".as_slice(), b"\xfe\xff\x0d\xe0\0\0\0\0"].concat();
    let items = [b"\xfe\xff\0\xe0\xff\xff\xff\xff".as_slice(), &inner, b"\xfe\xff\xdd\xe0\0\0\0\0"].concat();
    let sequence = [b"\x28\0\xff\x01SQ\0\0\xff\xff\xff\xff".as_slice(), &items].concat();
    let inner = [b"\x28\0\x10\0\x02\0\0\0\x63\0".as_slice(), b"\xfe\xff\x0d\xe0\0\0\0\0"].concat();
    let items = [b"\xfe\xff\0\xe0\xff\xff\xff\xff".as_slice(), &inner, b"\xfe\xff\xdd\xe0\0\0\0\0"].concat();
    let unknown = [b"\x28\0\xff\x01UN\0\0\xff\xff\xff\xff".as_slice(), &items].concat();
    let before = |bytes: Vec<u8>| {
        let mut rgb = rgb.clone();
        rgb.pixels = [bytes, rgb.pixels].concat();
        rgb
    };
    let frames = |count: &str| rgb.clone().with_bytes((0x0028, 8), b"IS", count.as_bytes().to_vec());
    let second = 8 + runs.len() as u32;
    let cases = [
        ("as it comes", rgb.clone()),
        ("plane by plane", rgb.clone().with(6, 1).with_pixels(&planar)),
        ("runs", rgb.clone().with_fragments(RLE, &[&runs])),
        ("runs in two pieces", rgb.clone().with_fragments(RLE, &[&runs[..70], &runs[70..]])),
        ("runs made even before", rgb.clone().with_fragments(RLE, &[&rle(&[red, green, &even])])),
        ("two frames of runs", frames("2 ").with_fragments(RLE, &[&runs, &two])),
        ("two frames by the table", frames("2 ").with_table(RLE, &[0, second], &[&runs, &two])),
        ("two frames", frames("2 ").with_pixels(&[COLOURS.as_flattened(), &[9; 24]].concat())),
        ("a sequence", before(sequence)),
        ("an unknown sequence", before(unknown)),
        ("square pixels", rgb.clone().with_bytes((0x0028, 0x0034), b"IS", b"1\\1 ".to_vec())),
        ("no frames told", frames("")),
    ];
    for (name, file) in cases {
        assert_eq!(pixels(&read(name, &file.bytes())), COLOURS, "{name}");
    }
    let followed = [rgb.bytes(), made::element((0xfffc, 0xfffc), b"OB", &[0; 9])].concat();
    assert_eq!(pixels(&read("followed", &followed)), COLOURS);
}

#[test]
fn shades_are_read_by_the_bits_that_mean_something() {
    let shades = |file: Dicom| -> Vec<u8> {
        pixels(&read("grey", &file.bytes())).iter().map(|pixel| pixel[0]).collect()
    };
    let eight = [0, 1, 2, 128, 200, 253, 254, 255];
    assert_eq!(shades(Dicom::new("MONOCHROME2", 1, &eight)), eight);
    assert_eq!(shades(Dicom::new("MONOCHROME1", 1, &eight)), eight.map(|value| 255 - value));
    // Four bits in the middle of sixteen, and something else above and below them.
    let words: Vec<u8> =
        (0..8u16).flat_map(|value| (0xf00f | value << 4 | value << 5).to_le_bytes()).collect();
    let file = Dicom::new("MONOCHROME2", 1, &words).with(0x100, 16).with(0x101, 4).with(0x102, 7);
    assert_eq!(shades(file), [0, 3, 6, 7, 12, 15, 14, 15].map(|value| value * 17));
    // The high bytes of runs come first.
    let [low, high] = [0, 1].map(|half| words.iter().skip(half).step_by(2).copied().collect::<Vec<u8>>());
    let runs = rle(&[&high, &low]);
    let file = Dicom::new("MONOCHROME2", 1, &[]).with(0x100, 16).with(0x101, 4).with(0x102, 7);
    let found = shades(file.with_fragments(RLE, &[&runs]));
    assert_eq!(found, [0, 3, 6, 7, 12, 15, 14, 15].map(|value| value * 17));
    let file = Dicom::new("MONOCHROME2", 1, &words).with(0x100, 16).with(0x101, 12).with(0x102, 11);
    let error = refused("12 bits", &file.bytes()).to_string();
    assert!(error.contains("a grey DICOM picture of 12 bits"), "{error}");
}

/// A JPEG of four colours without a word on what its channels mean: red, green and blue, unless the file around it says otherwise.
#[test]
fn a_jpeg_in_a_dicom_file_means_what_it_says_and_else_what_the_file_says() {
    let fixture = |name: &str| {
        let folder = format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(folder).expect("fixture")
    };
    let whole = fixture("rgb.jpg");
    let photo = read("JPEG", &whole);
    let jpeg = |photometric: &str, fragments: &[&[u8]]| {
        Dicom::new(photometric, 3, &[]).with(0x10, 32).with(0x11, 48).with_fragments(JPEG, fragments)
    };
    let (start, end) = whole.split_at((whole.len() / 2) & !1);
    for photometric in ["YBR_FULL_422", "YBR_FULL", "RGB"] {
        assert_eq!(read(photometric, &jpeg(photometric, &[&whole]).bytes()), photo, "{photometric}");
        assert_eq!(read(photometric, &jpeg(photometric, &[start, end]).bytes()), photo, "{photometric}");
    }
    let two = jpeg("YBR_FULL_422", &[&whole, &fixture("progressive.jpg")])
        .with_bytes((0x0028, 8), b"IS", b"2 ".to_vec())
        .bytes();
    assert_eq!(read("two frames", &two), photo);

    // One that leaves open what it means.
    let mut silent = Vec::new();
    let picture = image::RgbImage::from_pixel(16, 16, image::Rgb([200, 140, 110]));
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut silent, 100);
    encoder.encode_image(&picture).expect("encoded");
    let at = silent.windows(4).position(|start| start == b"JFIF").expect("JFIF") - 4;
    let length = 2 + usize::from(u16::from_be_bytes([silent[at + 2], silent[at + 3]]));
    silent.drain(at..at + length);
    let found = |photometric: &str| {
        let file = Dicom::new(photometric, 3, &[]).with(0x10, 16).with(0x11, 16);
        pixels(&read(photometric, &file.with_fragments(JPEG, &[&silent]).bytes()))[0]
    };
    let near = |found: [u8; 3], right: [u8; 3]| found.iter().zip(right).all(|(a, b)| a.abs_diff(b) <= 2);
    assert!(near(found("YBR_FULL"), [200, 140, 110]), "{:?}", found("YBR_FULL"));
    assert!(near(found("RGB"), [155, 103, 160]), "{:?}", found("RGB"));

    for (name, file) in [
        ("cut off", jpeg("YBR_FULL_422", &[&whole[..whole.len() / 2]])),
        ("another size", jpeg("YBR_FULL_422", &[&whole]).with(0x10, 16)),
        ("another number of channels", jpeg("YBR_FULL_422", &[&fixture("grey.jpg")])),
        ("nothing", jpeg("YBR_FULL_422", &[])),
        ("something else", jpeg("YBR_FULL_422", &[b"nothing"])),
    ] {
        refused(name, &file.bytes());
    }
}

/// Nothing but its pixels is taken from a DICOM file, not even what a JPEG in a field of it says.
#[test]
fn when_a_picture_in_a_dicom_file_was_taken_stays_there() {
    let folder = format!("{}/../../tests/fixtures/rgb.jpg", env!("CARGO_MANIFEST_DIR"));
    let jpeg = std::fs::read(folder).expect("fixture");
    // A directory that leads to another one, which says where the time stands.
    let exif = [
        b"Exif\0\0II\x2a\0\x08\0\0\0".as_slice(),
        b"\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0",
        b"\x01\0\x03\x90\x02\0\x14\0\0\0\x2c\0\0\0\0\0\0\0",
        b"2024:05:31 09:26:53\0",
    ]
    .concat();
    let segment = [b"\xff\xe1".as_slice(), &(exif.len() as u16 + 2).to_be_bytes(), &exif].concat();
    let dated = [&jpeg[..2], &segment, &jpeg[2..]].concat();
    assert!(taken(&dated).is_some());
    let rgb = Dicom::new("RGB", 3, COLOURS.as_flattened());
    let thumbnail = [dated.as_slice(), &[0][..dated.len() % 2]].concat();
    let file = rgb.with_bytes((0x0029, 0x1010), b"OB", thumbnail).bytes();
    assert_eq!(pixels(&read("a thumbnail", &file)), COLOURS);
    assert_eq!(taken(&file), None);
}

#[test]
fn a_dicom_picture_in_a_palette_is_read_by_it() {
    let places = [0, 1, 2, 3, 4, 5, 6, 7];
    let with = |bits: u16, first: u16, tables: [Vec<u8>; 3]| {
        let descriptor: Vec<u8> = [8, first, bits].iter().flat_map(|word: &u16| word.to_le_bytes()).collect();
        let mut file = Dicom::new("PALETTE COLOR", 1, &places);
        for (number, table) in (0..).zip(tables) {
            file = file.with_bytes((0x0028, 0x1101 + number), b"US", descriptor.clone());
            file = file.with_bytes((0x0028, 0x1201 + number), b"OW", table);
        }
        file
    };
    let deep = planes(&COLOURS).map(|plane| plane.iter().flat_map(|&value| [value / 3, value]).collect());
    assert_eq!(pixels(&read("16 bits", &with(16, 0, deep.clone()).bytes())), COLOURS);
    assert_eq!(pixels(&read("8 bits", &with(8, 0, planes(&COLOURS)).bytes())), COLOURS);
    let runs = with(16, 0, deep.clone()).with_fragments(RLE, &[&rle(&[&places])]);
    assert_eq!(pixels(&read("runs", &runs.bytes())), COLOURS);
    // What lies before the first colour is that, what lies behind the last one is the last.
    let moved = read("moved", &with(16, 2, deep.clone()).bytes());
    assert_eq!((pixels(&moved)[1], pixels(&moved)[3]), (COLOURS[0], COLOURS[1]));
    let short = with(16, 0, deep.map(|table: Vec<u8>| table[..8].to_vec()));
    refused("short tables", &short.bytes());
    refused("no tables", &Dicom::new("PALETTE COLOR", 1, &places).bytes());
}

#[test]
fn a_profile_in_a_dicom_file_and_in_a_tiff_and_in_a_bmp_is_heeded() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("profile");
    let mut padded = profile.clone();
    padded.resize(profile.len().next_multiple_of(2), 0);
    let red = [234, 51, 35].repeat(8);
    let dicom = Dicom::new("RGB", 3, &red).with_bytes((0x0028, 0x2000), b"OB", padded).bytes();
    let numbers: Vec<u32> = profile.iter().map(|&byte| byte.into()).collect();
    let mut tiff = Tiff::new(2, 3, &red).with(34675, &numbers).bytes();
    // The same as bytes.
    let at = tiff.windows(2).position(|tag| tag == 34675u16.to_le_bytes()).expect("field");
    tiff[at + 2..at + 4].copy_from_slice(&7u16.to_le_bytes());
    let place = tiff.len() as u32;
    tiff[at + 8..at + 12].copy_from_slice(&place.to_le_bytes());
    tiff.extend(&profile);
    let header = |field: usize, value: u32, bytes: &mut Vec<u8>| {
        bytes[14 + field..18 + field].copy_from_slice(&value.to_le_bytes());
    };
    let mut bmp = [b"BM".as_slice(), &[0; 8], &(14 + 124u32).to_le_bytes(), &[0; 124]].concat();
    for (field, value) in [
        (0, 124),
        (4, 4),
        (8, 2),
        (12, 24 << 16 | 1),
        (56, 0x4d42_4544),
        (112, 124 + 24),
        (116, profile.len() as u32),
    ] {
        header(field, value, &mut bmp);
    }
    bmp.extend([35, 51, 234].repeat(8));
    bmp.extend(&profile);
    for (name, bytes) in [("DICOM", dicom), ("TIFF", tiff), ("BMP", bmp)] {
        let [red, green, blue] = pixels(&read(name, &bytes))[0];
        assert!(red > 248 && green < 12 && blue < 12, "{name}: {red} {green} {blue}");
    }
}

#[test]
fn what_is_not_read_of_dicom_is_named_and_not_called_damaged() {
    let rgb = Dicom::new("RGB", 3, COLOURS.as_flattened());
    let compressed = |syntax| rgb.clone().with_fragments(syntax, &[b"whatever"]);
    let mut report = rgb.clone();
    report.pixels.clear();
    report.fields.clear();
    let mut cases = vec![
        (report.with_bytes((0x0010, 0x0010), b"PN", b"Nobody".to_vec()), "without a picture"),
        (rgb.clone().with_bytes((0x0028, 4), b"CS", b"YBR_PARTIAL_422 ".to_vec()), "rare colours"),
        (rgb.clone().with_bytes((0x0028, 0x34), b"IS", b"2\\1 ".to_vec()), "not square"),
        (rgb.clone().with(0x103, 1), "signed"),
        (rgb.clone().with(0x100, 16).with(0x101, 12).with(0x102, 11), "12 bits"),
        (rgb.clone().with(0x100, 32).with(0x101, 32).with(0x102, 31), "32 bits"),
    ];
    for (syntax, name) in [
        ("1.2.840.10008.1.2.4.57", "JPEG Lossless"),
        ("1.2.840.10008.1.2.4.70", "JPEG Lossless"),
        ("1.2.840.10008.1.2.4.80", "JPEG-LS"),
        ("1.2.840.10008.1.2.4.81", "JPEG-LS"),
        ("1.2.840.10008.1.2.4.90", "JPEG 2000"),
        ("1.2.840.10008.1.2.4.91", "JPEG 2000"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL"),
        ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000"),
        ("1.2.840.10008.1.2.4.100", "video"),
        ("1.2.840.10008.1.2.4.107", "video"),
        ("1.2.840.10008.1.2.1.99", "Deflate"),
        ("1.2.840.10008.1.2.4.94", "elsewhere"),
        ("1.2.840.113619.5.2", "rare kind"),
    ] {
        cases.push((compressed(syntax), name));
    }
    for (file, word) in cases {
        let error = refused(word, &file.bytes());
        assert!(
            matches!(error, DecodeError::Unsupported { .. } | DecodeError::Compression { .. }),
            "{error}"
        );
        let error = error.to_string();
        assert!(error.contains(word) && error.contains("JPEG or PNG"), "{error}");
        assert!(!error.contains("Nobody"), "{error}");
    }
}

#[test]
fn a_dicom_file_that_contradicts_itself_is_damaged() {
    let rgb = Dicom::new("RGB", 3, COLOURS.as_flattened());
    let [red, green, blue] = &planes(&COLOURS);
    let runs = rle(&[red, green, blue]);
    let mut overlapping = runs.clone();
    overlapping[4..8].copy_from_slice(&10u32.to_le_bytes());
    let mut deep = rgb.clone();
    deep.pixels =
        [b"\x28\0\xff\x01SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff".repeat(5000), deep.pixels]
            .concat();
    for (name, file) in [
        ("another width", rgb.clone().with(0x11, 3)),
        ("another height", rgb.clone().with(0x10, 1)),
        ("no pixels", rgb.clone().with(0x10, 0)),
        ("no width", rgb.clone().without(0x11)),
        ("no bits", rgb.clone().without(0x100)),
        ("more bits than there are", rgb.clone().with(0x101, 9)),
        ("bits above", rgb.clone().with(0x102, 8)),
        ("the highest bit of all", rgb.clone().with(0x102, u16::MAX)),
        ("no colours", rgb.clone().without(4)),
        ("one channel", rgb.clone().with(2, 1)),
        ("four channels", rgb.clone().with(2, 4)),
        ("a frame too many", rgb.clone().with_bytes((0x0028, 8), b"IS", b"2 ".to_vec())),
        ("no frame", rgb.clone().with_bytes((0x0028, 8), b"IS", b"0 ".to_vec())),
        ("words for a number", rgb.clone().with_bytes((0x0028, 8), b"IS", b"many".to_vec())),
        ("chroma of odd pixels", Dicom::new("YBR_FULL_422", 3, &[128; 12]).with(0x11, 3)),
        ("a channel too few", rgb.clone().with_fragments(RLE, &[&rle(&[red, green])])),
        ("a pixel too few", rgb.clone().with_fragments(RLE, &[&rle(&[red, green, &blue[..7]])])),
        (
            "pixels too many",
            rgb.clone().with_fragments(RLE, &[&rle(&[red, green, &[&blue[..], &[0, 0]].concat()])]),
        ),
        ("channels in the header", rgb.clone().with_fragments(RLE, &[&overlapping])),
        ("no table of channels", rgb.clone().with_fragments(RLE, &[b"short"])),
        ("too deep", deep),
        (
            "pieces of what is not packed",
            rgb.clone().with_fragments(made::EXPLICIT, &[COLOURS.as_flattened()]),
        ),
        ("a field of no kind", rgb.clone().with_bytes((0x0028, 0x0003), b"\x01\x02", vec![0; 2])),
    ] {
        let error = refused(name, &file.bytes());
        assert!(matches!(error, DecodeError::Damaged { format: "DICOM", .. }), "{name}: {error}");
    }
    let error = refused("no syntax", &[&[0; 128], b"DICM".as_slice(), &[8, 0, 0, 0]].concat());
    assert!(matches!(error, DecodeError::Damaged { .. }), "{error}");
    let error = refused("nothing", &[&[0; 128], b"DICM".as_slice()].concat());
    assert!(matches!(error, DecodeError::Truncated("DICOM")), "{error}");
}

#[test]
fn each_kind_of_tiff_is_read_for_what_it_is() {
    let rgb = Tiff::new(2, 3, COLOURS.as_flattened());
    assert_eq!(pixels(&read("RGB", &rgb.bytes())), COLOURS);
    let alpha = |kind: u32, values: [u8; 5]| {
        let pixels: Vec<u8> = [&values[..4]; 8].concat();
        let file = Tiff::new(2, 4, &pixels).with(338, &[kind]);
        pixels_of(&file)[0]
    };
    assert_eq!(alpha(0, [100, 50, 10, 0, 0]), [100, 50, 10], "no transparency");
    assert_eq!(alpha(1, [100, 50, 10, 155, 0]), [200, 150, 110], "as it is seen");
    assert_eq!(alpha(2, [100, 50, 10, 0, 0]), [255, 255, 255], "nothing is seen");
    // A fourth channel of no known meaning, and differences: not those between colours and it.
    let differences: Vec<u8> =
        [[[10, 20, 30, 7], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]; 2].concat().concat();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &differences).expect("packed");
    let file =
        Tiff::new(2, 4, &packed.finish().expect("packed")).with(259, &[8]).with(317, &[2]).with(338, &[0]);
    assert_eq!(pixels_of(&file)[..4], [[10, 20, 30], [11, 22, 33], [12, 24, 36], [13, 26, 39]]);

    let grey = [0, 1, 2, 128, 200, 253, 254, 255];
    let clear: Vec<u8> = grey.iter().flat_map(|&value| [value, 0]).collect();
    assert_eq!(pixels_of(&Tiff::new(1, 1, &grey))[4], [200; 3]);
    assert_eq!(pixels_of(&Tiff::new(0, 1, &grey))[4], [55; 3]);
    for photometric in [0, 1] {
        let file = Tiff::new(photometric, 2, &clear).with(338, &[2]);
        assert_eq!(pixels_of(&file), [[255; 3]; 8], "clear, with {photometric} for black");
    }
    // The last of two strips is as high as the first, beyond the page.
    let three = [COLOURS.as_flattened(), &COLOURS.as_flattened()[..12], &[1; 12]].concat();
    let file = Tiff::new(2, 3, &three).with(257, &[3]).with(273, &[8, 32]).with(279, &[24, 24]);
    assert_eq!(pixels_of(&file)[8..], COLOURS[..4]);
}

fn pixels_of(file: &Tiff) -> Vec<[u8; 3]> {
    pixels(&read("TIFF", &file.bytes())).to_vec()
}

#[test]
fn what_is_not_read_of_tiff_and_bmp_is_named_and_not_called_damaged() {
    let rgb = Tiff::new(2, 3, COLOURS.as_flattened());
    let mut big = rgb.bytes();
    big[2] = 43;
    let mut raw = rgb.bytes();
    raw[8..10].copy_from_slice(b"CR");
    let fixture = fixtures().into_iter().find(|(name, _)| name == "palette.bmp").expect("fixture").1;
    let bmp = |compression: u8| {
        let mut bytes = fixture.clone();
        bytes[30] = compression;
        bytes
    };
    for (bytes, word) in [
        (big, "BigTIFF"),
        (raw, "raw"),
        (rgb.clone().with(50706, &[1]).bytes(), "raw"),
        (rgb.clone().with(254, &[1]).bytes(), "first page"),
        (rgb.clone().with(262, &[32803]).bytes(), "raw"),
        (rgb.clone().with(262, &[8]).bytes(), "Lab"),
        (rgb.clone().with(262, &[6]).bytes(), "video"),
        (rgb.clone().with(258, &[32; 3]).bytes(), "32 bits"),
        (rgb.clone().with(258, &[1]).bytes(), "1 bits"),
        (rgb.clone().with(339, &[3; 3]).bytes(), "fractions"),
        (rgb.clone().with(317, &[3]).bytes(), "fractions"),
        (rgb.clone().with(266, &[2]).bytes(), "the other way round"),
        (rgb.clone().with(259, &[4]).bytes(), "CCITT fax"),
        (rgb.clone().with(259, &[6]).bytes(), "old-style JPEG"),
        (rgb.clone().with(259, &[50000]).bytes(), "Zstandard"),
        (rgb.clone().with(259, &[34712]).bytes(), "JPEG 2000"),
        (Tiff::new(5, 4, &[0; 32]).with(332, &[2]).bytes(), "inks"),
        (bmp(1), "runs"),
        (bmp(4), "holds a JPEG"),
    ] {
        let error = refused(word, &bytes);
        assert!(
            matches!(error, DecodeError::Unsupported { .. } | DecodeError::Compression { .. }),
            "{error}"
        );
        let error = error.to_string();
        assert!(error.contains(word) && error.contains("JPEG or PNG"), "{error}");
    }
}

#[test]
fn a_tiff_that_contradicts_itself_is_damaged_or_cut_off() {
    let rgb = Tiff::new(2, 3, COLOURS.as_flattened());
    for (name, file) in [
        ("no width", rgb.clone().without(256)),
        ("no pixels", rgb.clone().with(257, &[0])),
        ("another width", rgb.clone().with(256, &[3])),
        ("a row more", rgb.clone().with(257, &[3]).with(278, &[3])),
        ("a strip too few", rgb.clone().with(278, &[1])),
        ("no rows in a strip", rgb.clone().with(278, &[0])),
        ("no strips", rgb.clone().without(273)),
        ("a strip beyond the end", rgb.clone().with(273, &[1 << 20])),
        ("a strip longer than the file", rgb.clone().with(279, &[1 << 30])),
        ("one strip twice", rgb.clone().with(257, &[400]).with(273, &[8; 200]).with(279, &[24; 200])),
        ("a channel too few", rgb.clone().with(277, &[2])),
        ("no such runs", rgb.clone().with(259, &[32773])),
        ("no such deflate", rgb.clone().with(259, &[8])),
        ("no such LZW", rgb.clone().with(259, &[5])),
        ("no such JPEG", rgb.clone().with(259, &[7]).with(262, &[6])),
        ("tiles without a size", rgb.clone().with(324, &[8]).with(325, &[24])),
        (
            "tiles larger than all",
            rgb.clone().with(324, &[8]).with(325, &[24]).with(322, &[1 << 14]).with(323, &[1 << 14]),
        ),
        ("a palette without colours", Tiff::new(3, 1, &[0; 8])),
    ] {
        let error = refused(name, &file.bytes());
        let told =
            matches!(error, DecodeError::Damaged { format: "TIFF", .. } | DecodeError::Truncated("TIFF"));
        assert!(told, "{name}: {error}");
    }
}

/// How many cases of each property: `PROPTEST_CASES`, for a long run, or a few thousand.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4096)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// After the start of each format, so that they get past the question which it is.
    #[test]
    fn no_bytes_make_it_panic(which in 0usize..6, bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let meta = Dicom { pixels: Vec::new(), ..Dicom::new("RGB", 3, &[]) }.bytes();
        let empty = Dicom { pixels: Vec::new(), fields: Vec::new(), ..Dicom::new("RGB", 3, &[]) }.bytes();
        let header = [b"BM".as_slice(), &[0; 8], &54u32.to_le_bytes(), &40u32.to_le_bytes()].concat();
        let starts: [&[u8]; 6] = [b"II\x2a\0\x08\0\0\0", b"MM\0\x2a\0\0\0\x08", &header, &meta, &empty, b"BM"];
        let _ = Photo::decode(&[starts[which], &bytes].concat());
    }

    #[test]
    fn no_damage_makes_it_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cut_off in any::<bool>(),
    ) {
        let fixtures = fixtures();
        let mut bytes = which.get(&fixtures).1.clone();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cut_off {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(photo) = Photo::decode(&bytes) {
            let (width, height) = photo.size();
            prop_assert!(photo.is_whole() && width > 0 && height > 0);
        }
    }
}

/// All that `tests/support/clinic.py` writes, beside what pydicom and Pillow read of it.
#[test]
#[ignore = "needs pydicom, Pillow and tifffile"]
fn pydicom_pillow_and_tifffile_see_the_same_pixels() {
    let python = std::env::var("SPOTCHECK_PYDICOM")
        .expect("SPOTCHECK_PYDICOM names the folder of a Python with pydicom");
    let folder = tempfile::tempdir().expect("folder");
    let script = format!("{}/../../tests/support/clinic.py", env!("CARGO_MANIFEST_DIR"));
    let made = Command::new(Path::new(&python).join("python"))
        .arg(script)
        .arg(folder.path())
        .output()
        .expect("Python");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (mut compared, mut apart) = (0, 0);
    for entry in std::fs::read_dir(folder.path()).expect("folder") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        let Some(file) = name.strip_suffix(".right.png") else { continue };
        let right = read(&name, &std::fs::read(&path).expect("PNG"));
        let photo = read(file, &std::fs::read(folder.path().join(file)).expect("file"));
        assert_eq!(photo.size(), right.size(), "{file}");
        let pairs = photo.pixels().as_raw().iter().zip(right.pixels().as_raw());
        let most = pairs.clone().map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        // libjpeg draws chroma in between differently, and Pillow converts inks otherwise.
        let mean =
            pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / right.pixels().as_raw().len() as f64;
        // In very few pixels, those in between are all there is.
        let (width, height) = photo.size();
        if file.starts_with("jpeg") && width.min(height) < 16 {
            continue;
        }
        if file.starts_with("jpeg") {
            assert!(mean < 1.0, "{file}: {mean:.2} in mean");
        } else {
            assert!(most <= 1, "{file}: {most} at most");
        }
        (compared, apart) = (compared + 1, apart.max(most));
    }
    println!("{compared} files, {apart} apart at most");
    assert!(compared > 300, "{compared}");
}
