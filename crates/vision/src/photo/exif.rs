//! The few words of EXIF data that are read: what changes how a picture looks, besides its orientation, which `image` reads, and when it
//! was taken.

use super::directories::Directories;
use super::taken::Taken;

/// EXIF data without the `Exif\0\0` that some programs put before it in WebP and PNG too, where only JPEG wants it.
pub(super) fn unwrapped(data: &[u8]) -> &[u8] {
    data.strip_prefix(b"Exif\0\0").unwrap_or(data)
}

/// Whether a camera says that a JPEG's colours are Adobe RGB. It does so without a profile, by the name of the rules that the file follows
/// (DCF 2.0, "optional file": index of interoperability R03).
pub(super) fn says_adobe_rgb(data: &[u8]) -> bool {
    const DETAILS: u16 = 0x8769;
    const INTEROPERABILITY: u16 = 0xa005;
    const INDEX: u16 = 1;
    let Some(tiff) = Directories::new(unwrapped(data)) else { return false };
    let index = tiff.first().and_then(|main| {
        let details = tiff.entry(main, DETAILS).and_then(|at| tiff.u32_at(at))?;
        let interoperability = tiff.entry(details, INTEROPERABILITY).and_then(|at| tiff.u32_at(at))?;
        tiff.entry(interoperability, INDEX)
    });
    index.and_then(|at| tiff.rest(at)?.first_chunk()) == Some(b"R03")
}

/// When a photo was taken: `DateTimeOriginal`, and `OffsetTimeOriginal`, which newer cameras write (Exif 2.31).
pub(super) fn taken(data: &[u8]) -> Option<Taken> {
    const DETAILS: u16 = 0x8769;
    const TIME: u16 = 0x9003;
    const OFFSET: u16 = 0x9011;
    let tiff = Directories::new(unwrapped(data))?;
    let details = tiff.entry(tiff.first()?, DETAILS).and_then(|at| tiff.u32_at(at))?;
    // Neither fits into its entry, which says where it is.
    let text = |tag| {
        let at = tiff.entry(details, tag).and_then(|at| tiff.u32_at(at))?;
        tiff.rest(at)
    };
    Taken::parse(text(TIME)?, text(OFFSET))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three directories that lead to the index, in either order of bytes.
    pub fn with_index(index: &[u8; 4], big_endian: bool) -> Vec<u8> {
        let two = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let four = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let directory = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [&two(1)[..], &two(tag), &two(kind), &four(count), &value, &four(0)].concat()
        };
        let start = if big_endian { b"MM\0\x2a" } else { b"II\x2a\0" };
        [
            &start[..],
            &four(8),
            &directory(0x8769, 4, 1, four(26)),
            &directory(0xa005, 4, 1, four(44)),
            &directory(1, 2, 4, *index),
        ]
        .concat()
    }

    #[test]
    fn adobe_rgb_is_told_by_the_index_alone() {
        for big_endian in [true, false] {
            assert!(says_adobe_rgb(&with_index(b"R03\0", big_endian)));
            assert!(says_adobe_rgb(&[b"Exif\0\0", &with_index(b"R03\0", big_endian)[..]].concat()));
            assert!(!says_adobe_rgb(&with_index(b"R98\0", big_endian)));
        }
        assert!(!says_adobe_rgb(b""));
    }

    /// A main directory that leads to one with the time and, where there is one, the offset.
    fn with_time(time: &[u8; 20], offset: Option<&[u8; 7]>, big_endian: bool) -> Vec<u8> {
        let two = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let four = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            [&two(tag)[..], &two(kind), &four(count), &four(value)].concat()
        };
        let start = if big_endian { b"MM\0\x2a" } else { b"II\x2a\0" };
        let entries = 1 + u16::from(offset.is_some());
        // After the start, the main directory of one entry, and this one.
        let texts = 8 + 18 + 6 + 12 * u32::from(entries);
        let of_offset = offset.map_or(Vec::new(), |_| entry(0x9011, 2, 7, texts + 20));
        [
            &start[..],
            &four(8),
            &two(1),
            &entry(0x8769, 4, 1, 26),
            &four(0),
            &two(entries),
            &entry(0x9003, 2, 20, texts),
            &of_offset,
            &four(0),
            time,
            offset.map_or(&[][..], |offset| offset),
        ]
        .concat()
    }

    #[test]
    fn when_a_photo_was_taken_is_read_in_either_order_of_bytes() {
        for big_endian in [true, false] {
            let found =
                taken(&with_time(b"2023:01:02 03:04:05\0", Some(b"-05:00\0"), big_endian)).expect("a time");
            assert_eq!((found.year, found.second, found.offset_minutes), (2023, 5, Some(-300)));
            let found = taken(&with_time(b"2023:01:02 03:04:05\0", None, big_endian)).expect("a time");
            assert_eq!((found.month, found.offset_minutes), (1, None));
        }
        assert_eq!(taken(&with_index(b"R03\0", true)), None, "it doesn't say");
    }

    proptest! {
        #[test]
        fn no_data_make_it_panic(mut data in prop::collection::vec(any::<u8>(), 0..128), start in any::<bool>()) {
            data.splice(0..0, if start { *b"MM\0\x2a" } else { *b"II\x2a\0" });
            says_adobe_rgb(&data);
            taken(&data);
        }
    }
}
