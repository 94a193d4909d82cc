//! The elements of a DICOM file: which they are, and where their values lie (DICOM PS3.5, section 7, and PS3.10, section 7).
//!
//! Nothing is taken from the file here: a value that nobody asks for is stepped over by its length, be it a pixel's or a name.

use super::{damaged, truncated};
use crate::photo::DecodeError;

/// Group and number.
pub(super) type Tag = (u16, u16);

/// The last element that anybody asks for.
pub(super) const PIXEL_DATA: Tag = (0x7fe0, 0x0010);

const ITEM: Tag = (0xfffe, 0xe000);
const END_OF_ITEM: Tag = (0xfffe, 0xe00d);
const END_OF_SEQUENCE: Tag = (0xfffe, 0xe0dd);

/// Where a length stands, this means that an end mark follows.
const UNDEFINED: u32 = u32::MAX;

/// How deep sequences may lie within each other: recursion takes memory that nobody counts.
const MOST_DEPTH: usize = 32;

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Whether each says of what kind its value is.
    pub explicit: bool,
    pub big_endian: bool,
}

impl Syntax {
    pub(super) const EXPLICIT: Self = Self { explicit: true, big_endian: false };
    pub(super) const IMPLICIT: Self = Self { explicit: false, big_endian: false };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// What follows an element's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Bytes {
        bytes: &'a [u8],
        /// Whether they are words of 16 bits, whatever they hold.
        words: bool,
    },
    /// Compressed pixels: the table of offsets, which may be empty, and the pieces.
    Fragments(Vec<&'a [u8]>),
    /// A sequence, which was stepped over.
    Sequence,
}

/// Reads one element after the other.
#[derive(Debug, Clone)]
pub(super) struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) syntax: Syntax,
}

/// What stands before a value.
struct Header {
    tag: Tag,
    kind: Option<[u8; 2]>,
    length: u32,
}

impl<'a> Elements<'a> {
    /// Those from this place on.
    pub(super) fn new(bytes: &'a [u8], at: usize, syntax: Syntax) -> Self {
        Self { bytes, at, syntax }
    }

    /// The next one's tag; none at the end.
    pub(super) fn peek(&self) -> Option<Tag> {
        self.clone().tag().ok()
    }

    /// Where the next one begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next one; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<(Tag, Value<'a>)>, DecodeError> {
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        let Header { tag, kind, length } = self.header()?;
        if tag.0 == ITEM.0 {
            return Err(damaged("an item stands outside a sequence"));
        }
        if length != UNDEFINED {
            let words = !matches!(kind, Some([b'O', b'B']) | Some([b'U', b'N']));
            return Ok(Some((tag, Value::Bytes { bytes: self.take(length)?, words })));
        }
        if tag == PIXEL_DATA {
            return self.fragments().map(|fragments| Some((tag, Value::Fragments(fragments))));
        }
        self.step_over(kind, 0)?;
        Ok(Some((tag, Value::Sequence)))
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(length as usize).ok_or_else(truncated)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(truncated)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], DecodeError> {
        self.take(LENGTH as u32)?.try_into().map_err(|_| truncated())
    }

    fn tag(&mut self) -> Result<Tag, DecodeError> {
        let syntax = self.syntax;
        Ok((syntax.u16(self.array()?), syntax.u16(self.array()?)))
    }

    fn header(&mut self) -> Result<Header, DecodeError> {
        let tag = self.tag()?;
        let syntax = self.syntax;
        // Items and end marks never say of what kind they are.
        if !syntax.explicit || tag.0 == ITEM.0 {
            return Ok(Header { tag, kind: None, length: syntax.u32(self.array()?) });
        }
        let kind: [u8; 2] = self.array()?;
        let length = match &kind {
            b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT"
            | b"UV" => {
                self.take(2)?;
                syntax.u32(self.array()?)
            }
            kind if kind.iter().all(u8::is_ascii_uppercase) => u32::from(syntax.u16(self.array()?)),
            _ => return Err(damaged("one of its fields is of no known kind")),
        };
        Ok(Header { tag, kind: Some(kind), length })
    }

    /// Steps over a sequence of undefined length.
    fn step_over(&mut self, kind: Option<[u8; 2]>, depth: usize) -> Result<(), DecodeError> {
        if depth == MOST_DEPTH {
            return Err(damaged("its fields lie too deep within each other"));
        }
        match kind.as_ref() {
            None | Some(b"SQ") => {}
            // Whoever did not know a field's kind left its items as they came (PS3.5, section 6.2.2).
            Some(b"UN") => {
                let mut implicit = Self { syntax: Syntax::IMPLICIT, ..self.clone() };
                implicit.step_over(None, depth + 1)?;
                self.at = implicit.at;
                return Ok(());
            }
            Some(_) => return Err(damaged("one of its fields has no length")),
        }
        loop {
            let Header { tag, length, .. } = self.header()?;
            match tag {
                END_OF_SEQUENCE => return Ok(()),
                ITEM if length != UNDEFINED => drop(self.take(length)?),
                ITEM => loop {
                    let Header { tag, kind, length } = self.header()?;
                    match length {
                        _ if tag == END_OF_ITEM => break,
                        UNDEFINED => self.step_over(kind, depth + 1)?,
                        length => drop(self.take(length)?),
                    }
                },
                _ => return Err(damaged("a sequence holds something else than items")),
            }
        }
    }

    /// The pieces that compressed pixels come in, after the table of offsets (PS3.5, annex A.4).
    fn fragments(&mut self) -> Result<Vec<&'a [u8]>, DecodeError> {
        let mut fragments = Vec::new();
        loop {
            let Header { tag, length, .. } = self.header()?;
            match tag {
                END_OF_SEQUENCE => return Ok(fragments),
                ITEM if length != UNDEFINED => fragments.push(self.take(length)?),
                _ => return Err(damaged("its pixels are not in pieces, as they should be")),
            }
        }
    }
}
