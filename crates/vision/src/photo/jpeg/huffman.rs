//! Huffman tables: how many bits a coefficient takes and how far it leads, and, where pixels are made of it, where its value lies.

use super::JpegError;

/// Bits that are looked up at once; longer codes are rare.
const LOOKED_UP_BITS: u32 = 11;

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol {
    /// The code's length, in bits; 0 where no code begins so.
    pub code_bits: u8,
    pub value: u8,
}

/// As many coefficients of a block as fit into the bits that are looked up at once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stride {
    /// Bits that they take, values included; 0 where not even one fits.
    pub bits: u8,
    /// How far they lead in the block.
    pub places: u8,
    /// Whether the block ends with them.
    pub ends: bool,
}

/// Up to two coefficients and what they are, as far as they fit into the bits that are looked up at once: packed, so that tables stay in the
/// cache that is nearest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair(u32);

impl Pair {
    /// Bits that they take; 0 where not even one fits.
    #[inline]
    pub(super) fn bits(self) -> u8 {
        (self.0 & 15) as u8
    }

    /// Whether the block ends with them.
    #[inline]
    pub(super) fn ends(self) -> bool {
        self.0 & 16 != 0
    }

    /// How far each leads in the block; 0 where there is none.
    #[inline]
    pub(super) fn places(self) -> [u8; 2] {
        [(self.0 >> 5 & 31) as u8, (self.0 >> 10 & 31) as u8]
    }

    /// What they are; 0 where there is none.
    #[inline]
    pub(super) fn values(self) -> [i16; 2] {
        [((self.0 << 8) as i32 >> 24) as i16, (self.0 as i32 >> 24) as i16]
    }
}

/// What a coefficient is whose `size` bits these are.
#[inline]
pub(super) fn extended(bits: u64, size: u8) -> i32 {
    let bits = bits as i32;
    if size == 0 || bits >> (size - 1) != 0 { bits } else { bits - (1 << size) + 1 }
}

/// A table of codes, each 1 to 16 bits long (ITU-T T.81, annex C).
#[derive(Debug, Clone)]
pub(super) struct Table {
    looked_up: Box<[Symbol; 1 << LOOKED_UP_BITS]>,
    strides: Box<[Stride; 1 << LOOKED_UP_BITS]>,
    pairs: Box<[Pair; 1 << LOOKED_UP_BITS]>,
    /// For each length: one more than the last code, its bits at the top of 16; 0 where there is none.
    end: [u32; 17],
    /// For each length: what a code at the bottom is to be added to for its place in `values`.
    offset: [i32; 17],
    values: Vec<u8>,
}

const NONE: Symbol = Symbol { code_bits: 0, value: 0 };

impl Table {
    /// A table from how many codes there are of each length, and what they stand for.
    pub(super) fn new(counts: &[u8; 16], values: &[u8]) -> Result<Self, JpegError> {
        const WRONG: JpegError = JpegError::Damaged("a Huffman table makes no sense");
        let mut table = Self {
            looked_up: Box::new([NONE; 1 << LOOKED_UP_BITS]),
            strides: Box::new([Stride::default(); 1 << LOOKED_UP_BITS]),
            pairs: Box::new([Pair::default(); 1 << LOOKED_UP_BITS]),
            end: [0; 17],
            offset: [0; 17],
            values: values.to_vec(),
        };
        let (mut code, mut place) = (0u32, 0usize);
        for (length, &count) in (1u32..).zip(counts) {
            table.offset[length as usize] = place as i32 - code as i32;
            for _ in 0..count {
                let value = *values.get(place).ok_or(WRONG)?;
                // Only ones are no code: they fill up what precedes a marker.
                if code + 1 >= 1 << length {
                    return Err(WRONG);
                }
                if let Some(spare) = LOOKED_UP_BITS.checked_sub(length) {
                    let symbol = Symbol { code_bits: length as u8, value };
                    let start = (code << spare) as usize;
                    table.looked_up[start..start + (1 << spare)].fill(symbol);
                }
                code += 1;
                place += 1;
            }
            table.end[length as usize] = if count > 0 { code << (16 - length) } else { 0 };
            code <<= 1;
        }
        for bits in 0..1 << LOOKED_UP_BITS {
            table.strides[bits as usize] = table.stride_of(bits);
            table.pairs[bits as usize] = table.pair_of(bits);
        }
        Ok(table)
    }

    /// Whether zeros for codes mean blocks with nothing in them: then there may be any number of them.
    pub(super) fn zeros_are_plain(&self) -> bool {
        let symbol = self.symbol(0);
        symbol.code_bits == 0 || (symbol.value & 15 == 0 && symbol.value >> 4 < 15)
    }

    fn stride_of(&self, bits: u32) -> Stride {
        let mut stride = Stride::default();
        while !stride.ends {
            let rest = (bits << stride.bits) & ((1 << LOOKED_UP_BITS) - 1);
            let symbol = self.looked_up[rest as usize];
            let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
            let taken = stride.bits + symbol.code_bits + size;
            if symbol.code_bits == 0 || u32::from(taken) > LOOKED_UP_BITS {
                break;
            }
            stride.bits = taken;
            match (size, zeros) {
                (0, 0..15) => stride.ends = true,
                _ => stride.places += zeros + 1,
            }
        }
        stride
    }

    fn pair_of(&self, bits: u32) -> Pair {
        let (mut taken, mut pair) = (0, 0);
        for number in 0..2 {
            let rest = (bits << taken) & ((1 << LOOKED_UP_BITS) - 1);
            let symbol = self.looked_up[rest as usize];
            let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
            let more = taken + symbol.code_bits + size;
            if symbol.code_bits == 0 || u32::from(more) > LOOKED_UP_BITS {
                break;
            }
            if size == 0 && zeros < 15 {
                (taken, pair) = (more, pair | 16);
                break;
            }
            let value = (bits >> (LOOKED_UP_BITS - u32::from(more))) & ((1 << size) - 1);
            let Ok(value) = i8::try_from(extended(value.into(), size)) else { break };
            taken = more;
            pair |= u32::from(zeros + 1) << (5 + 5 * number) | u32::from(value as u8) << (16 + 8 * number);
        }
        Pair(pair | u32::from(taken))
    }

    /// How far the bits at the top lead, several coefficients at once.
    #[inline]
    pub(super) fn stride(&self, bits: u64) -> Stride {
        self.strides[(bits >> (64 - LOOKED_UP_BITS)) as usize]
    }

    /// Up to two coefficients that the bits at the top are.
    #[inline]
    pub(super) fn pair(&self, bits: u64) -> Pair {
        self.pairs[(bits >> (64 - LOOKED_UP_BITS)) as usize]
    }

    /// What the code at the top of `bits` stands for.
    #[inline]
    pub(super) fn symbol(&self, bits: u64) -> Symbol {
        let symbol = self.looked_up[(bits >> (64 - LOOKED_UP_BITS)) as usize];
        if symbol.code_bits > 0 { symbol } else { self.long_symbol((bits >> 48) as u32) }
    }

    #[cold]
    fn long_symbol(&self, bits: u32) -> Symbol {
        let length = (LOOKED_UP_BITS + 1..=16).find(|&length| bits < self.end[length as usize]);
        let found = length.and_then(|length| {
            let place = (bits >> (16 - length)) as i32 + self.offset[length as usize];
            let value = *self.values.get(usize::try_from(place).ok()?)?;
            Some(Symbol { code_bits: length as u8, value })
        });
        found.unwrap_or(NONE)
    }
}

/// All tables that are defined at one place of a file: for means and for the rest, four each.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    pub dc: [Option<Table>; 4],
    pub ac: [Option<Table>; 4],
}

impl Tables {
    /// Takes in the body of a DHT segment.
    pub(super) fn define(&mut self, mut body: &[u8]) -> Result<(), JpegError> {
        while let Some((definition, rest)) = Definition::first(body)? {
            let tables = if definition.ac { &mut self.ac } else { &mut self.dc };
            tables[definition.place] = Some(Table::new(definition.counts, definition.values)?);
            body = rest;
        }
        Ok(())
    }
}

/// A table as a file defines it.
pub(super) struct Definition<'a> {
    /// Whether it is one for what follows a block's mean.
    pub ac: bool,
    /// Which of its kind, 0 to 3.
    pub place: usize,
    counts: &'a [u8; 16],
    values: &'a [u8],
}

impl<'a> Definition<'a> {
    /// The first one in the body of a DHT segment, and what follows it; none where nothing is left.
    pub(super) fn first(body: &'a [u8]) -> Result<Option<(Self, &'a [u8])>, JpegError> {
        const SHORT: JpegError = JpegError::Damaged("a Huffman table is short");
        const WRONG: JpegError = JpegError::Damaged("a Huffman table makes no sense");
        let Some((&which, rest)) = body.split_first() else { return Ok(None) };
        let (counts, rest) = rest.split_first_chunk::<16>().ok_or(SHORT)?;
        let count = counts.iter().map(|&count| usize::from(count)).sum();
        let (values, rest) = rest.split_at_checked(count).ok_or(SHORT)?;
        let (ac, place) = (which >> 4 == 1, usize::from(which & 15));
        // A mean's size is below 16, and there are as many as 256 values.
        let wrong_values = values.len() > 256 || (!ac && values.iter().any(|&size| size > 15));
        if which >> 4 > 1 || place > 3 || wrong_values {
            return Err(WRONG);
        }
        Ok(Some((Self { ac, place, counts, values }, rest)))
    }
}

/// The tables that everybody uses who brings none (ITU-T T.81, annex K.3), as the body of a DHT segment: a video camera's single pictures
/// leave them out.
pub(super) fn standard() -> Vec<u8> {
    const LUMA_DC: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    const CHROMA_DC: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
    const LUMA_AC: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
    const CHROMA_AC: [u8; 16] = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
    const MEANS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const LUMA: &[u8] = b"\
        \x01\x02\x03\x00\x04\x11\x05\x12\x21\x31\x41\x06\x13\x51\x61\x07\x22\x71\x14\x32\x81\x91\xa1\x08\x23\x42\xb1\xc1\x15\x52\xd1\xf0\
        \x24\x33\x62\x72\x82\x09\x0a\x16\x17\x18\x19\x1a\x25\x26\x27\x28\x29\x2a\x34\x35\x36\x37\x38\x39\x3a\x43\x44\x45\x46\x47\x48\x49\
        \x4a\x53\x54\x55\x56\x57\x58\x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\x75\x76\x77\x78\x79\x7a\x83\x84\x85\x86\x87\x88\x89\
        \x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\
        \xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\
        \xf9\xfa";
    const CHROMA: &[u8] = b"\
        \x00\x01\x02\x03\x11\x04\x05\x21\x31\x06\x12\x41\x51\x07\x61\x71\x13\x22\x32\x81\x08\x14\x42\x91\xa1\xb1\xc1\x09\x23\x33\x52\xf0\
        \x15\x62\x72\xd1\x0a\x16\x24\x34\xe1\x25\xf1\x17\x18\x19\x1a\x26\x27\x28\x29\x2a\x35\x36\x37\x38\x39\x3a\x43\x44\x45\x46\x47\x48\
        \x49\x4a\x53\x54\x55\x56\x57\x58\x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\x75\x76\x77\x78\x79\x7a\x82\x83\x84\x85\x86\x87\
        \x88\x89\x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\
        \xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf2\xf3\xf4\xf5\xf6\xf7\xf8\
        \xf9\xfa";
    let table = |which: u8, counts: [u8; 16], values: &[u8]| [&[which][..], &counts, values].concat();
    [
        table(0x00, LUMA_DC, &MEANS),
        table(0x01, CHROMA_DC, &MEANS),
        table(0x10, LUMA_AC, LUMA),
        table(0x11, CHROMA_AC, CHROMA),
    ]
    .concat()
}
