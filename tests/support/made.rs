//! DICOM and TIFF files, made field by field, so that each field can be another.

#![allow(dead_code, reason = "each test uses some of it")]

/// The pixels of the smallest pictures here: four by two.
pub const COLOURS: [[u8; 3]; 8] = [
    [220, 40, 40],
    [40, 200, 40],
    [40, 40, 220],
    [230, 220, 60],
    [200, 140, 110],
    [90, 60, 50],
    [255, 255, 255],
    [0, 0, 0],
];

/// Tag, kind and value.
pub type Field = ((u16, u16), &'static [u8; 2], Vec<u8>);

/// A DICOM file in explicit little endian, unless another syntax is named.
#[derive(Clone)]
pub struct Dicom {
    pub syntax: &'static str,
    pub fields: Vec<Field>,
    /// What follows all fields, its header included.
    pub pixels: Vec<u8>,
}

pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const JPEG: &str = "1.2.840.10008.1.2.4.50";
pub const RLE: &str = "1.2.840.10008.1.2.5";

impl Dicom {
    /// Four by two pixels of these colours, which are not packed.
    pub fn new(photometric: &str, samples: u16, pixels: &[u8]) -> Self {
        let word = |value: u16| value.to_le_bytes().to_vec();
        let mut photometric = photometric.as_bytes().to_vec();
        photometric.resize(photometric.len().next_multiple_of(2), b' ');
        let fields = vec![
            ((0x0028, 0x0002), b"US", word(samples)),
            ((0x0028, 0x0004), b"CS", photometric),
            ((0x0028, 0x0010), b"US", word(2)),
            ((0x0028, 0x0011), b"US", word(4)),
            ((0x0028, 0x0100), b"US", word(8)),
            ((0x0028, 0x0101), b"US", word(8)),
            ((0x0028, 0x0102), b"US", word(7)),
            ((0x0028, 0x0103), b"US", word(0)),
        ];
        Self { syntax: EXPLICIT, fields, pixels: Vec::new() }.with_pixels(pixels)
    }

    /// Sets a field of one number.
    pub fn with(self, element: u16, value: u16) -> Self {
        self.with_bytes((0x0028, element), b"US", value.to_le_bytes().to_vec())
    }

    pub fn with_bytes(mut self, tag: (u16, u16), kind: &'static [u8; 2], value: Vec<u8>) -> Self {
        self.fields.retain(|(other, ..)| *other != tag);
        self.fields.push((tag, kind, value));
        self.fields.sort_by_key(|(tag, ..)| *tag);
        self
    }

    pub fn without(mut self, element: u16) -> Self {
        self.fields.retain(|(tag, ..)| *tag != (0x0028, element));
        self
    }

    pub fn with_pixels(mut self, pixels: &[u8]) -> Self {
        let mut even = pixels.to_vec();
        even.resize(pixels.len().next_multiple_of(2), 0);
        self.pixels = element((0x7fe0, 0x0010), b"OB", &even);
        self
    }

    /// Pixels in pieces, behind an empty table of where frames begin.
    pub fn with_fragments(self, syntax: &'static str, fragments: &[&[u8]]) -> Self {
        self.with_table(syntax, &[], fragments)
    }

    pub fn with_table(mut self, syntax: &'static str, table: &[u32], fragments: &[&[u8]]) -> Self {
        let item = |bytes: &[u8]| {
            let mut even = bytes.to_vec();
            even.resize(bytes.len().next_multiple_of(2), 0);
            [b"\xfe\xff\x00\xe0".as_slice(), &(even.len() as u32).to_le_bytes(), &even].concat()
        };
        let table: Vec<u8> = table.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let items: Vec<u8> = fragments.iter().flat_map(|fragment| item(fragment)).collect();
        self.syntax = syntax;
        self.pixels = [
            b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff".as_slice(),
            &item(&table),
            &items,
            b"\xfe\xff\xdd\xe0\0\0\0\0",
        ]
        .concat();
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut syntax = self.syntax.as_bytes().to_vec();
        syntax.resize(syntax.len().next_multiple_of(2), 0);
        let fields = self.fields.iter().flat_map(|(tag, kind, value)| element(*tag, kind, value));
        let start = [vec![0; 128], b"DICM".to_vec(), element((2, 0x10), b"UI", &syntax)].concat();
        [start, fields.collect(), self.pixels.clone()].concat()
    }
}

/// An element in explicit little endian.
pub fn element((group, number): (u16, u16), kind: &[u8; 2], value: &[u8]) -> Vec<u8> {
    let length = value.len() as u32;
    let length = match kind {
        b"OB" | b"OW" | b"SQ" | b"UN" => [&[0, 0], &length.to_le_bytes()[..]].concat(),
        _ => (length as u16).to_le_bytes().to_vec(),
    };
    [&group.to_le_bytes()[..], &number.to_le_bytes(), kind, &length, value].concat()
}

/// Runs of equal bytes as DICOM packs them: each plane as literals.
pub fn rle(planes: &[&[u8]]) -> Vec<u8> {
    let mut header = vec![planes.len() as u32];
    let mut body = Vec::new();
    for plane in planes {
        header.push(64 + body.len() as u32);
        for literal in plane.chunks(128) {
            body.push(literal.len() as u8 - 1);
            body.extend(literal);
        }
        body.resize(body.len().next_multiple_of(2), 0);
    }
    header.resize(16, 0);
    [header.iter().flat_map(|number| number.to_le_bytes()).collect(), body].concat()
}

/// A TIFF in little endian: its fields, each of numbers of 32 bits, and one strip or tile of pixels.
#[derive(Clone)]
pub struct Tiff {
    pub fields: Vec<(u16, Vec<u32>)>,
    pub pixels: Vec<u8>,
}

impl Tiff {
    /// Four by two pixels of this photometric interpretation.
    pub fn new(photometric: u32, samples: u32, pixels: &[u8]) -> Self {
        let fields = vec![
            (256, vec![4]),
            (257, vec![2]),
            (258, vec![8; samples as usize]),
            (259, vec![1]),
            (262, vec![photometric]),
            (273, vec![8]),
            (277, vec![samples]),
            (278, vec![2]),
            (279, vec![pixels.len() as u32]),
        ];
        Self { fields, pixels: pixels.to_vec() }
    }

    pub fn with(mut self, tag: u16, values: &[u32]) -> Self {
        self.fields.retain(|(other, _)| *other != tag);
        self.fields.push((tag, values.to_vec()));
        self.fields.sort();
        self
    }

    pub fn without(mut self, tag: u16) -> Self {
        self.fields.retain(|(other, _)| *other != tag);
        self
    }

    /// The pixels stand right behind the header, then the directory, then what does not fit into it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = [b"II\x2a\0".as_slice(), &[0; 4], &self.pixels].concat();
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let directory = bytes.len() as u32;
        bytes[4..8].copy_from_slice(&directory.to_le_bytes());
        bytes.extend((self.fields.len() as u16).to_le_bytes());
        let mut behind = Vec::new();
        let begin = directory + 2 + 12 * self.fields.len() as u32 + 4;
        for (tag, values) in &self.fields {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(4u16.to_le_bytes());
            bytes.extend((values.len() as u32).to_le_bytes());
            if let [value] = values[..] {
                bytes.extend(value.to_le_bytes());
            } else {
                bytes.extend((begin + behind.len() as u32).to_le_bytes());
                behind.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
        }
        [bytes, vec![0; 4], behind].concat()
    }
}
