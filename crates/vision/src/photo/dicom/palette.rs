//! The table of colours that a DICOM picture's pixels point into (DICOM PS3.3, section C.7.6.3.1.5).

use super::elements::{Tag, Value};
use super::{DecodeError, Fields, damaged, unsupported};

/// How the tables of red, green and blue are made up, and the tables.
const DESCRIPTORS: [Tag; 3] = [(0x0028, 0x1101), (0x0028, 0x1102), (0x0028, 0x1103)];
const TABLES: [Tag; 3] = [(0x0028, 0x1201), (0x0028, 0x1202), (0x0028, 0x1203)];
/// Tables in pieces, as lines between points.
const SEGMENTED: Tag = (0x0028, 0x1221);

/// All that says anything of them.
pub(super) const FIELDS: [Tag; 7] =
    [DESCRIPTORS[0], DESCRIPTORS[1], DESCRIPTORS[2], TABLES[0], TABLES[1], TABLES[2], SEGMENTED];

pub(super) struct Palette {
    /// The value of a pixel that the first colour is for.
    first: u32,
    colours: Vec<[u8; 3]>,
}

impl Palette {
    pub(super) fn read(fields: &Fields) -> Result<Self, DecodeError> {
        if fields.value(SEGMENTED).is_some() {
            return Err(unsupported("a DICOM picture in rare colours"));
        }
        let missing = || damaged("its colours are missing");
        let descriptor = |tag| {
            let bytes = fields.bytes(tag).ok_or_else(missing)?;
            match bytes.as_chunks().0 {
                [count, first, bits] => Ok([*count, *first, *bits].map(|bytes| fields.syntax.u16(bytes))),
                _ => Err(missing()),
            }
        };
        let [count, first, bits] = descriptor(DESCRIPTORS[0])?;
        if descriptor(DESCRIPTORS[1])? != [count, first, bits]
            || descriptor(DESCRIPTORS[2])? != [count, first, bits]
        {
            return Err(unsupported("a DICOM picture in rare colours"));
        }
        let count = if count == 0 { 1 << 16 } else { usize::from(count) };
        let channel = |tag| {
            let Some(Value::Bytes { bytes, words }) = fields.value(tag) else { return Err(missing()) };
            // As for pixels, the lower half of each word comes first.
            let bytes = fields.in_order(bytes, *words);
            let pairs = bytes.as_chunks().0.iter().take(count);
            match bits {
                16 if bytes.len() == 2 * count => Ok(pairs.map(|&[_, high]| high).collect()),
                // Some write a word for each byte.
                8 if bytes.len() == 2 * count => Ok(pairs.map(|&[low, _]| low).collect()),
                8 if bytes.len() == count.next_multiple_of(2) => Ok(bytes[..count].to_vec()),
                8 | 16 => Err(missing()),
                _ => Err(unsupported("a DICOM picture in rare colours")),
            }
        };
        let [red, green, blue]: [Vec<u8>; 3] =
            [channel(TABLES[0])?, channel(TABLES[1])?, channel(TABLES[2])?];
        let colours =
            red.iter().zip(green).zip(blue).map(|((&red, green), blue)| [red, green, blue]).collect();
        Ok(Self { first: first.into(), colours })
    }

    /// The colour that a value stands for: the first or the last one where it lies outside.
    pub(super) fn colour(&self, value: u32) -> [u8; 3] {
        let place = value.saturating_sub(self.first) as usize;
        self.colours[place.min(self.colours.len() - 1)]
    }
}
