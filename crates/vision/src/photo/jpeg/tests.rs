use proptest::prelude::*;

use super::*;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture")
}

/// A frame with these blocks a unit for each channel.
fn layout(units: &[(u8, u8)]) -> Frame {
    let component =
        |(id, &(across, down)): (u8, &(u8, u8))| segments::Component { id, across, down, quantisation: 0 };
    Frame { progressive: false, width: 40, height: 24, components: (1..).zip(units).map(component).collect() }
}

fn jpeg(frame: Frame, encoding: Encoding, scans: &[&[usize]]) -> Jpeg<'static> {
    let scan = |indices: &&[usize]| {
        let components = indices.iter().map(|&index| segments::ScanComponent { index, dc: 0, ac: 0 });
        Part::Scan(Scan { components: components.collect(), first: 0, last: 63, high: 0, low: 0, data: &[] })
    };
    Jpeg {
        frame,
        parts: scans.iter().map(scan).collect(),
        exif: None,
        profile: None,
        encoding,
        encoding_told: true,
        regular: true,
        ended: true,
    }
}

#[test]
fn only_the_usual_layouts_go_to_the_faster_decoder() {
    let ycc =
        |units: &[(u8, u8)], scans: &[&[usize]]| read_by_zune(&jpeg(layout(units), Encoding::YCbCr, scans));
    assert!(ycc(&[(1, 1), (1, 1), (1, 1)], &[&[0, 1, 2]]));
    assert!(ycc(&[(2, 1), (1, 1), (1, 1)], &[&[0, 1, 2]]));
    assert!(ycc(&[(2, 2), (1, 1), (1, 1)], &[&[0, 1, 2]]));
    assert!(!ycc(&[(2, 2), (1, 1), (1, 1)], &[&[0], &[1], &[2]]), "a scan for each channel");
    assert!(!ycc(&[(1, 1), (2, 2), (2, 2)], &[&[0, 1, 2]]), "less light than colour");
    assert!(!ycc(&[(3, 1), (1, 1), (1, 1)], &[&[0, 1, 2]]), "thirds");
    assert!(!read_by_zune(&jpeg(layout(&[(1, 1); 4]), Encoding::Cmyk, &[&[0, 1, 2, 3]])));
}

#[test]
fn what_the_other_decoder_misreads_is_left_alone() {
    let misread = |units: &[(u8, u8)], scans: &[&[usize]]| {
        misread_by_jpeg_decoder(&jpeg(layout(units), Encoding::YCbCr, scans))
    };
    assert!(misread(&[(4, 1), (2, 1), (2, 1)], &[&[0], &[1], &[2]]));
    assert!(misread(&[(4, 1), (2, 1), (1, 1)], &[&[0, 2], &[1]]));
    assert!(!misread(&[(4, 1), (2, 1), (2, 1)], &[&[0, 1, 2]]), "all in one scan");
    assert!(!misread(&[(4, 1), (2, 1), (2, 1)], &[&[0], &[1, 2]]), "two in one scan");
    assert!(!misread(&[(1, 4), (1, 2), (1, 2)], &[&[0], &[1], &[2]]), "from top to bottom");
    assert!(!misread(&[(2, 2), (1, 1), (1, 1)], &[&[0], &[1], &[2]]));
}

/// The count is what finds damage: a decoder that fails over what has passed it does not know the kind.
#[test]
fn what_a_decoder_fails_over_is_not_called_damaged() {
    let frame = layout(&[(1, 1); 3]);
    let odd = jpeg(layout(&[(1, 1); 3]), Encoding::Rgb, &[&[0, 1, 2]]);
    for pixels in [with_zune(&frame, b"\xff\xd8 nothing"), with_jpeg_decoder(&odd, b"\xff\xd8 nothing")] {
        assert!(
            matches!(pixels, Err(JpegError::Unsupported(kind)) if kind.starts_with("a rare kind of JPEG"))
        );
    }
}

#[test]
fn huffman_tables_that_libjpeg_refuses_are_refused() {
    let define = |body: &[u8]| huffman::Tables::default().define(body);
    let table = |which: u8, counts: [u8; 16], values: &[u8]| [&[which][..], &counts, values].concat();
    let two_codes = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let only_ones = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(define(&table(0x00, two_codes, &[0, 15])), Ok(()));
    assert_eq!(define(&table(0x13, two_codes, &[0, 0xff])), Ok(()));
    for wrong in [
        table(0x00, only_ones, &[0, 1]),
        table(0x00, two_codes, &[0, 16]),
        table(0x04, two_codes, &[0, 1]),
        table(0x20, two_codes, &[0, 1]),
        table(0x10, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 129], &[0; 257]),
    ] {
        assert!(define(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_plain_file_is_as_sound_as_the_one_it_was_made_of() {
    for name in [
        "rgb.jpg",
        "progressive.jpg",
        "scans-420.jpg",
        "restarts.jpg",
        "cmyk.jpg",
        "thumbnail.jpg",
        "lesion.jpg",
    ] {
        let bytes = fixture(name);
        let opened = open(&bytes).expect(name);
        let plain = plain(&opened.jpeg);
        let again = Jpeg::read(&plain).expect(name);
        assert_eq!(scan::check(&opened.jpeg), Ok(()), "{name}");
        assert_eq!(scan::check(&again), Ok(()), "{name}");
        assert!(plain.len() <= bytes.len(), "{name}");
    }
}

#[test]
fn both_decoders_make_the_same_of_what_either_reads() {
    for name in ["rgb.jpg", "progressive.jpg", "restarts.jpg", "lesion.jpg"] {
        let bytes = fixture(name);
        let opened = open(&bytes).expect(name);
        let plain = plain(&opened.jpeg);
        let (Ok(Pixels::Rgb(one)), Ok(Pixels::Rgb(other))) =
            (with_zune(&opened.jpeg.frame, &plain), with_jpeg_decoder(&opened.jpeg, &plain))
        else {
            panic!("{name} is read by both")
        };
        let apart = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(apart <= Some(8), "{name}: {apart:?}");
    }
}

proptest! {
    /// Whatever stands in a file, taking it apart and counting it ends, and without a panic.
    #[test]
    fn no_bytes_make_the_count_panic(
        which in 0usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..16),
    ) {
        let names = ["rgb.jpg", "progressive.jpg", "scans-420.jpg", "restarts.jpg", "cmyk.jpg", "lesion.jpg"];
        let mut bytes = fixture(names[which]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(opened) = open(&bytes) {
            let _ = scan::check(&opened.jpeg);
        }
    }
}
