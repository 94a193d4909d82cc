//! Runs of equal bytes, as TIFF calls them PackBits and DICOM RLE (TIFF 6.0, section 9; DICOM PS3.5, annex G.3).

/// The most bytes that one packed byte stands for: two are a run of 128.
pub(super) const MOST_UNPACKED: usize = 64;

/// What was packed; none where that is more than `most` bytes, or where a run is cut off. A single byte at the end is there to make their number
/// even.
pub(super) fn unpack(mut packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::with_capacity(most.min(MOST_UNPACKED.saturating_mul(packed.len())));
    while let [control, rest @ ..] = packed
        && !rest.is_empty()
    {
        let control = usize::from(*control);
        packed = match control {
            // Nothing by definition.
            128 => rest,
            0..128 => {
                let (literal, rest) = rest.split_at_checked(control + 1)?;
                unpacked.extend_from_slice(literal);
                rest
            }
            _ => {
                unpacked.resize(unpacked.len() + 257 - control, rest[0]);
                &rest[1..]
            }
        };
        if unpacked.len() > most {
            return None;
        }
    }
    Some(unpacked)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_tiff_specification() {
        let packed =
            [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let right = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        assert_eq!(unpack(&packed, 24).as_deref(), Some(&right[..]));
        assert_eq!(unpack(&packed, 23), None);
        assert_eq!(unpack(&packed[..12], 24), None);
        let padded = [&packed[..], &[0]].concat();
        assert_eq!(unpack(&padded, 24).as_deref(), Some(&right[..]));
    }

    proptest! {
        #[test]
        fn no_bytes_unpack_to_more_than_asked_for(packed in prop::collection::vec(any::<u8>(), 0..64), most in 0usize..512) {
            if let Some(unpacked) = unpack(&packed, most) {
                prop_assert!(unpacked.len() <= most);
            }
        }
    }
}
