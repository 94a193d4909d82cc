//! What stands between the pixels of a JPEG: its segments, read once, in order (ITU-T T.81, annex B).

use super::JpegError;

/// The most scans that are read: each costs time for every block of the picture and hardly any bytes. Ten are usual; zune-jpeg stops there, too.
const MOST_SCANS: usize = 100;

/// The most that all tables together may take, in bytes: each costs as much time to build, however small. A hundred scans that bring all of
/// theirs stay below.
const MOST_TABLE_BYTES: usize = 256 << 10;

/// A JPEG taken apart; the slices point into its bytes.
#[derive(Debug)]
pub(super) struct Jpeg<'a> {
    pub frame: Frame,
    /// Tables and scans, in the order of the file.
    pub parts: Vec<Part<'a>>,
    /// EXIF data without the `Exif\0\0` that it begins with; what is spread over several segments is joined.
    pub exif: Option<Vec<u8>>,
    /// The colour profile, joined; none where a piece of it is missing.
    pub profile: Option<Vec<u8>>,
    pub encoding: Encoding,
    /// Whether it says so itself, and not only leaves it to be assumed.
    pub encoding_told: bool,
    /// Whether from the first scan on all is as it should be, down to the end mark.
    pub regular: bool,
    /// Whether its end mark is there.
    pub ended: bool,
}

/// What changes how the bytes that follow are read, or those bytes.
#[derive(Debug)]
pub(super) enum Part<'a> {
    /// The body of a DQT segment.
    Quantisation(&'a [u8]),
    /// The body of a DHT segment.
    Huffman(&'a [u8]),
    /// From here on, a restart marker after so many units; 0 for none.
    RestartInterval(u16),
    Scan(Scan<'a>),
}

/// How the picture is made up.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub progressive: bool,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
    /// One, three or four.
    pub components: Vec<Component>,
}

/// One channel of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub id: u8,
    /// Blocks in a unit, from left to right, 1 to 4.
    pub across: u8,
    /// Blocks in a unit, from top to bottom, 1 to 4.
    pub down: u8,
    /// Which quantisation table, 0 to 3.
    pub quantisation: u8,
}

/// One pass over the picture, or over a channel of it.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub components: Vec<ScanComponent>,
    /// The first coefficient of each block in it, in zigzag order.
    pub first: u8,
    /// The last one.
    pub last: u8,
    /// The bit that an earlier scan ended with; 0 in a first one.
    pub high: u8,
    /// The bit that this one ends with.
    pub low: u8,
    /// The coded blocks, restart markers included, up to the next other marker.
    pub data: &'a [u8],
}

/// A channel's place in a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScanComponent {
    /// Place in [`Frame::components`].
    pub index: usize,
    /// Which Huffman table its means use, 0 to 3.
    pub dc: u8,
    /// Which Huffman table the rest uses, 0 to 3.
    pub ac: u8,
}

/// What the channels mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Encoding {
    Grey,
    YCbCr,
    Rgb,
    /// Inks, stored as what they leave of the light.
    Cmyk,
    Ycck,
}

/// Kinds of JPEG that no decoder here reads, by their start-of-frame marker.
fn unreadable_kind(marker: u8) -> Option<&'static str> {
    Some(match marker {
        0xc3 => "a lossless JPEG",
        0xc5..=0xc7 => "a hierarchical JPEG",
        0xc9..=0xcc => "a JPEG with arithmetic coding",
        0xcd..=0xcf => "a hierarchical JPEG with arithmetic coding",
        0xf7 => "a JPEG-LS picture",
        _ => return None,
    })
}

impl<'a> Jpeg<'a> {
    /// Takes a JPEG apart up to its end mark. Bytes astray between segments are passed over, as every viewer does; what is asked of
    /// the segments themselves is that they are whole. Whether the pixels are there is not looked at.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, JpegError> {
        let mut reading = Reading::default();
        let mut at = 2;
        let mut regular = true;
        let mut ended = false;
        while let Some((marker, body_at)) = next_marker(bytes, at) {
            let astray = bytes[at..body_at - 1].iter().any(|&byte| byte != 0xff);
            let known = matches!(marker, 0xc0..=0xc4 | 0xd9..=0xdd | 0xe0..=0xef | 0xfe);
            regular &= reading.scans == 0 || (known && !astray);
            at = body_at;
            match marker {
                // No body: a restart astray, TEM, and the start or end of another picture. Old Flash films put an end before the start.
                0x01 | 0xd0..=0xd7 => continue,
                0xd8 | 0xd9 if reading.scans == 0 => continue,
                0xd8 => break,
                0xd9 => {
                    ended = true;
                    break;
                }
                _ => {}
            }
            if marker == 0xda && !regular {
                return Err(JpegError::Damaged("what stands between its scans is unreadable"));
            }
            // Where damaged pixels look whole, what no block took looks like this.
            if reading.scans > 0 && !known && unreadable_kind(marker).is_none() {
                return Err(JpegError::Damaged("what follows its pixels is unreadable"));
            }
            let body = body(bytes, at)?.ok_or(JpegError::Truncated)?;
            at += 2 + body.len();
            if let Some(length) = reading.segment(marker, body, &bytes[at..])? {
                at += length;
            }
        }
        reading.finish(regular, ended)
    }
}

/// The next marker's code, and where what follows it begins.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)? + 1;
        // Any number of 0xff may stand before a marker's code.
        at += bytes[at..].iter().position(|&byte| byte != 0xff)? + 1;
        match bytes[at - 1] {
            0 => {}
            code => return Some((code, at)),
        }
    }
}

/// A segment's content: what its length says, less the length. None where the file ends before.
fn body(bytes: &[u8], at: usize) -> Result<Option<&[u8]>, JpegError> {
    let Some(length) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else { return Ok(None) };
    match usize::from(u16::from_be_bytes(*length)).checked_sub(2) {
        Some(length) => Ok(bytes.get(at + 2..at + 2 + length)),
        None => Err(JpegError::Damaged("the length of a segment makes no sense")),
    }
}

/// How many bytes of coded blocks these begin with: up to a marker other than a restart.
fn coded_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr(0xff, &bytes[at..]) {
        at += found;
        match bytes.get(at + 1) {
            None => return at,
            Some(0 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
        }
    }
    bytes.len()
}

/// What has been read so far.
#[derive(Default)]
struct Reading<'a> {
    frame: Option<Frame>,
    parts: Vec<Part<'a>>,
    scans: usize,
    /// Bytes of tables and restart intervals, what precedes their content included.
    table_bytes: usize,
    exif: Option<Vec<u8>>,
    /// Pieces of the profile: number, count, content.
    profile: Vec<(u8, u8, &'a [u8])>,
    jfif: bool,
    adobe: Option<u8>,
}

impl<'a> Reading<'a> {
    /// Takes in one segment; `rest` is what follows it. Says how much of the rest belongs to it.
    fn segment(&mut self, marker: u8, body: &'a [u8], rest: &'a [u8]) -> Result<Option<usize>, JpegError> {
        if let Some(kind) = unreadable_kind(marker) {
            return Err(JpegError::Unsupported(kind.into()));
        }
        if matches!(marker, 0xc4 | 0xdb | 0xdd) {
            self.table_bytes += 4 + body.len();
            if self.table_bytes > MOST_TABLE_BYTES {
                return Err(JpegError::Unsupported("a JPEG of very many tables".into()));
            }
        }
        match marker {
            0xc0..=0xc2 if self.frame.is_some() => return Err(JpegError::Damaged("it has two headers")),
            0xc0..=0xc2 => self.frame = Some(Frame::read(marker == 0xc2, body)?),
            0xc4 => self.parts.push(Part::Huffman(body)),
            0xdb => self.parts.push(Part::Quantisation(body)),
            0xdd => {
                const WRONG: JpegError = JpegError::Damaged("a restart interval makes no sense");
                // Longer, and it holds what should follow.
                let interval = body.try_into().map_err(|_| WRONG)?;
                self.parts.push(Part::RestartInterval(u16::from_be_bytes(interval)));
            }
            // The number of lines, told after the first scan. One that contradicts the header is left alone, as by libjpeg.
            0xdc => {
                if let (Some(frame), Some(lines)) = (&mut self.frame, body.first_chunk())
                    && frame.height == 0
                {
                    frame.height = u16::from_be_bytes(*lines);
                }
            }
            0xda => {
                let frame = self.frame.as_ref().ok_or(JpegError::Damaged("its header is missing"))?;
                let data = &rest[..coded_length(rest)];
                self.parts.push(Part::Scan(Scan::read(frame, body, data)?));
                self.scans += 1;
                if self.scans > MOST_SCANS {
                    return Err(JpegError::Unsupported(format!("a JPEG of more than {MOST_SCANS} scans")));
                }
                return Ok(Some(data.len()));
            }
            0xe0 if body.starts_with(b"JFIF\0") => self.jfif = true,
            0xe1 => {
                if let Some(exif) = body.strip_prefix(b"Exif\0\0") {
                    // More than fits into one segment goes on in the next of its kind.
                    self.exif.get_or_insert_default().extend_from_slice(exif);
                }
            }
            0xe2 => {
                if let Some([number, count, piece @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.profile.push((*number, *count, piece));
                }
            }
            0xee if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied().or(self.adobe),
            _ => {}
        }
        Ok(None)
    }

    fn finish(self, regular: bool, ended: bool) -> Result<Jpeg<'a>, JpegError> {
        let profile = joined(self.profile);
        let frame = match self.frame {
            // Cut off within what precedes the pixels.
            None => return Err(JpegError::Truncated),
            Some(_) if self.scans == 0 => return Err(JpegError::Truncated),
            Some(frame) => frame,
        };
        if frame.height == 0 {
            return Err(JpegError::Unsupported("a JPEG that does not say how high it is".into()));
        }
        let encoding = encoding(&frame, self.jfif, self.adobe);
        // Colours are never stored at half as red, green and blue.
        let halved =
            frame.components.iter().any(|component| (component.across, component.down) != frame.unit());
        let encoding_told = self.jfif || self.adobe.is_some() || halved || encoding != Encoding::YCbCr;
        let regular = regular && ended;
        Ok(Jpeg {
            frame,
            parts: self.parts,
            exif: self.exif,
            profile,
            encoding,
            encoding_told,
            regular,
            ended,
        })
    }
}

/// The profile out of its pieces, which may come in any order, and more than once. Where there are two profiles, the first.
fn joined(mut pieces: Vec<(u8, u8, &[u8])>) -> Option<Vec<u8>> {
    let count = pieces.first()?.1;
    pieces.retain(|piece| piece.1 == count);
    pieces.sort_by_key(|piece| piece.0);
    pieces.dedup_by_key(|piece| piece.0);
    let whole = pieces.len() == usize::from(count)
        && pieces.iter().zip(1..=count).all(|(piece, number)| piece.0 == number);
    whole.then(|| pieces.iter().flat_map(|piece| piece.2).copied().collect())
}

/// What the channels mean, told as libjpeg does.
fn encoding(frame: &Frame, jfif: bool, adobe: Option<u8>) -> Encoding {
    let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
    match (ids.len(), adobe) {
        (1, _) => Encoding::Grey,
        (3, _) if jfif => Encoding::YCbCr,
        (3, Some(0)) => Encoding::Rgb,
        (3, None) if ids == *b"RGB" => Encoding::Rgb,
        (3, _) => Encoding::YCbCr,
        (_, None | Some(0)) => Encoding::Cmyk,
        (_, Some(_)) => Encoding::Ycck,
    }
}

impl Frame {
    fn read(progressive: bool, body: &[u8]) -> Result<Self, JpegError> {
        const WRONG: JpegError = JpegError::Damaged("its header makes no sense");
        let &[precision, height_high, height_low, width_high, width_low, count, ref rest @ ..] = body else {
            return Err(WRONG);
        };
        if precision != 8 {
            return Err(JpegError::Unsupported(format!("a JPEG of {precision} bits a channel")));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(JpegError::Unsupported(format!("a JPEG of {count} channels")));
        }
        if rest.len() != 3 * usize::from(count) {
            return Err(WRONG);
        }
        let components = rest.as_chunks().0.iter().map(|&[id, sampling, quantisation]| Component {
            id,
            across: sampling >> 4,
            down: sampling & 15,
            quantisation,
        });
        let mut components: Vec<Component> = components.collect();
        if let [only] = &mut components[..] {
            // A channel alone is coded block by block, whatever it says of units.
            (only.across, only.down) = (1, 1);
        }
        let frame = Self {
            progressive,
            width: u16::from_be_bytes([width_high, width_low]),
            height: u16::from_be_bytes([height_high, height_low]),
            components,
        };
        let sound = |component: &Component| {
            (1..=4).contains(&component.across)
                && (1..=4).contains(&component.down)
                && component.quantisation < 4
        };
        if frame.width == 0 || !frame.components.iter().all(sound) {
            return Err(WRONG);
        }
        Ok(frame)
    }

    /// The most blocks that a channel has in a unit, across and down.
    pub(super) fn unit(&self) -> (u8, u8) {
        let across = self.components.iter().map(|component| component.across).max().unwrap_or(1);
        let down = self.components.iter().map(|component| component.down).max().unwrap_or(1);
        (across, down)
    }
}

impl<'a> Scan<'a> {
    fn read(frame: &Frame, body: &[u8], data: &'a [u8]) -> Result<Self, JpegError> {
        const WRONG: JpegError = JpegError::Damaged("a scan's header makes no sense");
        let (&count, rest) = body.split_first().ok_or(WRONG)?;
        let (named, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or(WRONG)?;
        let mut components = Vec::new();
        for &[id, tables] in named.as_chunks().0 {
            let index = frame.components.iter().position(|component| component.id == id).ok_or(WRONG)?;
            let component = ScanComponent { index, dc: tables >> 4, ac: tables & 15 };
            if component.dc > 3
                || component.ac > 3
                || components.iter().any(|other: &ScanComponent| other.index == index)
            {
                return Err(WRONG);
            }
            components.push(component);
        }
        let &[first, last, bits] = rest else { return Err(WRONG) };
        if components.is_empty() {
            return Err(WRONG);
        }
        if !frame.progressive {
            // Some cameras write nonsense here, which means nothing where all is coded at once.
            return Ok(Self { components, first: 0, last: 63, high: 0, low: 0, data });
        }
        let (high, low) = (bits >> 4, bits & 15);
        let means = first == 0 && last == 0;
        let others = first > 0 && first <= last && last < 64 && components.len() == 1;
        if !(means || others) || low > 13 || (high != 0 && high != low + 1) {
            return Err(WRONG);
        }
        Ok(Self { components, first, last, high, low, data })
    }
}
