//! Files that claim or unpack to far more than they hold: an error at once, in little memory.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use vision::photo::{DecodeError, Photo};

#[path = "../../../tests/support/made.rs"]
mod made;
#[path = "../../../tests/support/memory.rs"]
mod memory;
#[path = "../../../tests/support/scans.rs"]
mod scans;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const MOST_MEMORY_BYTES: usize = 64 << 20;
/// Far more than the milliseconds that it takes, so that a busy machine does not fail the test.
const MOST_TIME: Duration = Duration::from_millis(500);

fn assert_refused_cheaply(name: &str, bytes: &[u8]) -> DecodeError {
    let _alone = ONE_AT_A_TIME.lock();
    let started = Instant::now();
    let (result, memory) = memory::peak_of(|| Photo::decode(bytes));
    let time = started.elapsed();
    println!("{name}: {time:?}, {} kB", memory / 1024);
    assert!(memory < MOST_MEMORY_BYTES, "{name} took {memory} bytes");
    assert!(time < MOST_TIME, "{name} took {time:?}");
    match result {
        Ok(photo) => panic!("{name} was read as {:?}", photo.size()),
        Err(error) => error,
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let tagged = [kind.as_slice(), data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &tagged, &crc32(&tagged).to_be_bytes()].concat()
}

fn png(width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let start = [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header)].concat();
    [start, chunks.concat(), chunk(b"IEND", &[])].concat()
}

#[test]
fn a_png_that_claims_too_many_pixels() {
    for (width, height) in [(50_000, 50_000), (0x7fff_ffff, 0x7fff_ffff), (1, 0x7fff_ffff), (200_000, 1_000)]
    {
        let bomb = png(width, height, &[chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1])]);
        let error = assert_refused_cheaply("png", &bomb);
        assert!(matches!(error, DecodeError::TooLarge { .. } | DecodeError::Damaged { .. }), "{error}");
    }
}

#[test]
fn a_small_png_that_claims_as_many_pixels_as_allowed() {
    let bomb = png(10_000, 11_900, &[chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1])]);
    let error = assert_refused_cheaply("png", &bomb);
    assert!(matches!(error, DecodeError::Truncated("PNG")), "{error}");
}

/// A JPEG with another size in its header: of one scan, or of several where `start_of_frame` is that of a progressive one.
fn jpeg(name: &str, start_of_frame: u8, width: u16, height: u16) -> Vec<u8> {
    let path = format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = std::fs::read(path).expect("fixture");
    let frame = bytes.windows(2).position(|marker| marker == [0xff, start_of_frame]).expect("frame header");
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn a_small_jpeg_that_claims_as_many_pixels_as_allowed() {
    for (name, start_of_frame) in [("rgb.jpg", 0xc0), ("progressive.jpg", 0xc2)] {
        let error = assert_refused_cheaply(name, &jpeg(name, start_of_frame, 10_000, 11_900));
        assert!(matches!(error, DecodeError::Missing { percent: 100, .. }), "{error}");
    }
}

/// Scans cost time and no bytes: each may say in a few of them that nothing changes in millions of blocks. These are as many as a decoder takes: one
/// for the means of each channel, and one for each bit of each other coefficient.
#[test]
fn a_jpeg_of_very_many_scans() {
    for (channels, adobe) in [(1, None), (3, Some(0))] {
        let drawn = |size, number| {
            let blocks = scans::blocks(size);
            let scan = |channel, band, bits| scans::Scan { channel, band, bits, blocks };
            let means = (0..channels).map(|channel| scan(channel, (0, 0), (0, 0)));
            let bits = || (0..8).rev().map(|low| if low == 7 { (0, low) } else { (low + 1, low) });
            let places = (0..channels).flat_map(|channel| (1..=63).map(move |place| (channel, place)));
            let others = places
                .flat_map(|(channel, place)| bits().map(move |bits| scan(channel, (place, place), bits)));
            let scans: Vec<_> = means.chain(others).take(number).collect();
            scans::jpeg(size, channels, adobe, &scans)
        };
        let error = assert_refused_cheaply("scans", &drawn((4000, 3000), usize::MAX));
        assert!(matches!(error, DecodeError::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains("100 scans"), "{error}");
        // All that as many scans as are read lack here is the rest of them.
        let error = Photo::decode(&drawn((32, 24), 100)).expect_err("not sharp").to_string();
        assert!(error.contains("makes it sharp"), "{error}");
    }
}

/// Tables cost time, whether a scan uses them or not.
#[test]
fn a_jpeg_of_very_many_tables() {
    let whole = jpeg("rgb.jpg", 0xc0, 48, 32);
    let scan = whole.windows(2).position(|marker| marker == [0xff, 0xda]).expect("scan");
    let table = [b"\xff\xc4\0\x14\0\x01".as_slice(), &[0; 15], &[0]].concat();
    let tables = table.repeat(200_000);
    let error = assert_refused_cheaply("tables", &[&whole[..scan], &tables, &whole[scan..]].concat());
    assert!(error.to_string().contains("tables"), "{error}");
}

#[test]
fn a_jpeg_that_claims_too_many_pixels() {
    let bomb = jpeg("rgb.jpg", 0xc0, 0xffff, 0xffff);
    let error = assert_refused_cheaply("jpeg", &bomb);
    assert!(matches!(error, DecodeError::TooLarge { width: 65_535, height: 65_535 }), "{error}");
}

/// The start of a lossless WebP of this size.
fn webp(width: u32, height: u32) -> Vec<u8> {
    // 14 bits each of width - 1 and height - 1.
    let size: u32 = (width - 1) | ((height - 1) << 14);
    let frame = [&[0x2f][..], &size.to_le_bytes(), &[0; 16]].concat();
    let body = [b"WEBPVP8L", &(frame.len() as u32).to_le_bytes()[..], &frame, &[0]].concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

#[test]
fn a_webp_that_claims_too_many_pixels() {
    let error = assert_refused_cheaply("webp", &webp(16_383, 16_383));
    assert!(matches!(error, DecodeError::TooLarge { .. }), "{error}");
    let error = assert_refused_cheaply("webp", &webp(10_000, 11_900));
    assert!(matches!(error, DecodeError::TooPlain { .. }), "{error}");
}

/// A few bytes for as many pixels as allowed, and for more.
#[test]
fn a_file_of_a_clinic_that_claims_more_than_it_holds() {
    let rgb = [7; 24];
    let dicom =
        |width: u16, height: u16| made::Dicom::new("RGB", 3, &rgb).with(0x11, width).with(0x10, height);
    let runs = made::rle(&[&rgb, &rgb, &rgb]);
    let tiff = |compression: u32, width: u32, height: u32| {
        let tiff = made::Tiff::new(2, 3, &rgb).with(259, &[compression]);
        tiff.with(256, &[width]).with(257, &[height]).with(278, &[height]).bytes()
    };
    // Of LZW nothing but zeros: as much as so few bytes can claim.
    let zeros = made::Tiff::new(2, 3, &[0; 4096])
        .with(259, &[5])
        .with(256, &[1_000])
        .with(257, &[1_500])
        .with(278, &[1_500]);
    let bmp = |width: u32, height: u32| {
        let header = [40, width, height, 24 << 16 | 1, 0, 0, 0, 0, 0, 0].map(u32::to_le_bytes).concat();
        [b"BM".as_slice(), &[0; 8], &54u32.to_le_bytes(), &header, &rgb].concat()
    };
    let frames = dicom(4, 2).with_bytes((0x0028, 8), b"IS", b"4000000000".to_vec());
    let mut long = dicom(4, 2).bytes();
    let at = long.len() - rgb.len() - 4;
    long[at..at + 4].copy_from_slice(&0xffff_fffeu32.to_le_bytes());
    for (name, bytes) in [
        ("dicom", dicom(10_000, 11_900).bytes()),
        ("dicom in runs", dicom(10_000, 11_900).with_fragments(made::RLE, &[&runs]).bytes()),
        ("dicom of many frames", frames.bytes()),
        ("dicom of a long field", long),
        ("dicom of many pieces", dicom(4, 2).with_fragments(made::RLE, &vec![&[][..]; 100_000]).bytes()),
        ("tiff", tiff(1, 10_000, 11_900)),
        ("tiff in runs", tiff(32773, 10_000, 11_900)),
        ("tiff by LZW", tiff(5, 10_000, 11_900)),
        ("tiff by deflate", tiff(8, 10_000, 11_900)),
        ("tiff of zeros", zeros.bytes()),
        ("bmp", bmp(10_000, 11_900)),
    ] {
        let error = assert_refused_cheaply(name, &bytes);
        assert!(matches!(error, DecodeError::Truncated(_) | DecodeError::Damaged { .. }), "{name}: {error}");
    }
    for (name, bytes) in [
        ("dicom", dicom(u16::MAX, u16::MAX).bytes()),
        ("tiff", tiff(1, 50_000, 50_000)),
        ("tiff", tiff(5, u32::MAX, u32::MAX)),
        ("bmp", bmp(50_000, 50_000)),
        ("bmp", bmp(i32::MAX as u32, 1)),
    ] {
        let error = assert_refused_cheaply(name, &bytes);
        assert!(matches!(error, DecodeError::TooLarge { .. }), "{name}: {error}");
    }
}

#[test]
fn a_colour_profile_that_unpacks_to_a_gigabyte() {
    // zlib, stored by hand: one block of a byte and then the same byte over and over, 258 bytes a time.
    let mut bits = Bits::default();
    bits.put(0x0178, 16);
    bits.put(0b011, 3);
    bits.put(0b0000_1100, 8); // literal 0 in the fixed code is 0011 0000, its bits from the top
    for _ in 0..(1 << 30) / 258 / 16 {
        for _ in 0..16 {
            bits.put(0b1010_0011, 8); // length 258
            bits.put(0, 5); // one byte back
        }
    }
    let profile = [b"icc\0\0".as_slice(), &bits.bytes].concat();
    let bomb = png(4, 4, &[chunk(b"iCCP", &profile), chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1])]);
    assert_refused_cheaply("profile", &bomb);
}

/// Bits, the lowest of each byte first, as deflate packs them.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }
}
