//! The container of TIFF and of EXIF data: directories of entries, in either order of bytes (TIFF 6.0, section 2).

/// The bytes of such a file.
pub(super) struct Directories<'a> {
    data: &'a [u8],
    pub(super) big_endian: bool,
}

/// What an entry holds, where it can be read.
type Found<T> = Result<Option<T>, Beyond>;

/// What it says lies beyond the end of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Beyond;

impl<'a> Directories<'a> {
    /// None where it does not begin like one.
    pub(super) fn new(data: &'a [u8]) -> Option<Self> {
        match data.first_chunk()? {
            b"MM\0\x2a" => Some(Self { data, big_endian: true }),
            b"II\x2a\0" => Some(Self { data, big_endian: false }),
            _ => None,
        }
    }

    /// Where the first directory stands.
    pub(super) fn first(&self) -> Option<u32> {
        self.u32_at(4)
    }

    /// The bytes from there on.
    pub(super) fn rest(&self, at: u32) -> Option<&'a [u8]> {
        self.data.get(at as usize..)
    }

    pub(super) fn u16_at(&self, at: u32) -> Option<u16> {
        self.rest(at)?.first_chunk().map(|bytes| self.u16_of(*bytes))
    }

    pub(super) fn u32_at(&self, at: u32) -> Option<u32> {
        let bytes = *self.rest(at)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(super) fn u16_of(&self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// Whether all of a directory's entries are there.
    pub(super) fn is_whole(&self, directory: u32) -> bool {
        let end = |count| u64::from(directory) + 2 + 12 * u64::from(count);
        self.u16_at(directory).is_some_and(|count: u16| end(count) <= self.data.len() as u64)
    }

    /// Where the value of an entry stands that fits into the entry itself.
    pub(super) fn entry(&self, directory: u32, tag: u16) -> Option<u32> {
        let count = self.u16_at(directory)?;
        let entries = (0..u32::from(count)).map(|number| directory.checked_add(2 + 12 * number));
        let found =
            entries.take_while(Option::is_some).flatten().find(|&entry| self.u16_at(entry) == Some(tag))?;
        found.checked_add(8)
    }

    /// The bytes that an entry's values take, and the length of one.
    fn values(&self, directory: u32, tag: u16) -> Found<(&'a [u8], usize)> {
        let Some(at) = self.entry(directory, tag) else { return Ok(None) };
        // BYTE, ASCII, SHORT, LONG and UNDEFINED; the others hold nothing that is asked for.
        let length = match self.u16_at(at - 6).ok_or(Beyond)? {
            1 | 2 | 7 => 1,
            3 => 2,
            4 => 4,
            _ => return Ok(None),
        };
        let read = || {
            let bytes = length * u64::from(self.u32_at(at - 4)?);
            let begin = if bytes > 4 { self.u32_at(at)? } else { at };
            let end = usize::try_from(u64::from(begin) + bytes).ok()?;
            Some((self.data.get(begin as usize..end)?, length as usize))
        };
        read().map(Some).ok_or(Beyond)
    }

    /// The whole numbers of an entry.
    pub(super) fn numbers(&self, directory: u32, tag: u16) -> Found<Vec<u32>> {
        let Some((bytes, length)) = self.values(directory, tag)? else { return Ok(None) };
        let number = |bytes: &[u8]| match *bytes {
            [one] => u32::from(one),
            [a, b] => u32::from(self.u16_of([a, b])),
            [a, b, c, d] if self.big_endian => u32::from_be_bytes([a, b, c, d]),
            [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        };
        Ok(Some(bytes.chunks_exact(length).map(number).collect()))
    }

    /// The bytes of an entry.
    pub(super) fn bytes(&self, directory: u32, tag: u16) -> Found<&'a [u8]> {
        Ok(self.values(directory, tag)?.map(|(bytes, _)| bytes))
    }
}
