//! What DICOM wants to know of a JPEG file that it takes in as it is.

/// The frame of a JPEG file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub width: u16,
    pub height: u16,
    /// One of grey, three of luma and chroma.
    pub components: u8,
}

/// The frame; none where it is not baseline with 8 bits and one or three components, as all that the app keeps are.
pub fn baseline(jpeg: &[u8]) -> Option<Frame> {
    const BASELINE: u8 = 0xc0;
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
    loop {
        // A marker may have any number of bytes before it that fill.
        let (&[0xff, marker], after) = rest.split_first_chunk()? else { return None };
        if marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let segment = after.get(2..length)?;
        match (marker, segment) {
            (BASELINE, [8, h1, h0, w1, w0, components @ (1 | 3), ..]) => {
                let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
                return (width > 0 && height > 0).then_some(Frame { width, height, components: *components });
            }
            // Any other frame, and what may not come before one.
            (0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xd8..=0xda, _) => return None,
            _ => rest = &after[length..],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::jpeg;

    #[test]
    fn the_size_is_read_from_the_frame_and_damage_is_not_guessed_at() {
        let whole = jpeg(40, 30);
        assert_eq!(baseline(&whole), Some(Frame { width: 40, height: 30, components: 3 }));
        let frame = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
        let mut progressive = whole.clone();
        progressive[frame + 1] = 0xc2;
        assert_eq!(baseline(&progressive), None);
        for end in 0..frame + 10 {
            assert_eq!(baseline(&whole[..end]), None, "{end}");
        }
        assert_eq!(baseline(b"crop of "), None);
    }
}
