//! The few words of EXIF data that change what a picture looks like, besides its orientation, which `image` reads.

use super::directories::Directories;

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

    proptest! {
        #[test]
        fn no_data_make_it_panic(mut data in prop::collection::vec(any::<u8>(), 0..128), start in any::<bool>()) {
            data.splice(0..0, if start { *b"MM\0\x2a" } else { *b"II\x2a\0" });
            says_adobe_rgb(&data);
        }
    }
}
