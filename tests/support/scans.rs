//! Progressive JPEGs of one even tone, written scan by scan: whatever each is to hold.

/// One scan of one channel.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    /// Which channel, from 0.
    pub channel: u8,
    /// First and last coefficient; (0, 0) for the means.
    pub band: (u8, u8),
    /// The bit that the scan before it ended with, and the one that this one ends with.
    pub bits: (u8, u8),
    /// For how many blocks it says that nothing is in them.
    pub blocks: u32,
}

/// How many blocks a channel of this size has.
pub fn blocks((width, height): (u16, u16)) -> u32 {
    u32::from(width).div_ceil(8) * u32::from(height).div_ceil(8)
}

/// A JPEG of so many channels with these scans. `adobe` is what its APP14 says of what the channels mean.
pub fn jpeg((width, height): (u16, u16), channels: u8, adobe: Option<u8>, scans: &[Scan]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    if let Some(transform) = adobe {
        segment(&mut bytes, 0xee, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
    }
    segment(&mut bytes, 0xdb, &[&[0u8][..], &[1; 64]].concat());
    let [height, width] = [height, width].map(u16::to_be_bytes);
    let mut header = vec![8, height[0], height[1], width[0], width[1], channels];
    header.extend((1..=channels).flat_map(|id| [id, 0x11, 0]));
    segment(&mut bytes, 0xc2, &header);
    // For the means one code of a bit: no other than the block before. For the rest fifteen codes of four bits: runs of empty blocks.
    let mut counts = [0; 16];
    counts[0] = 1;
    segment(&mut bytes, 0xc4, &[&[0x00][..], &counts, &[0]].concat());
    let mut counts = [0; 16];
    counts[3] = 15;
    let runs: Vec<u8> = (0..15).map(|size| size << 4).collect();
    segment(&mut bytes, 0xc4, &[&[0x10][..], &counts, &runs].concat());
    for scan in scans {
        let (first, last) = scan.band;
        let (high, low) = scan.bits;
        segment(&mut bytes, 0xda, &[1, scan.channel + 1, 0, first, last, high << 4 | low]);
        bytes.extend(coded(scan));
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend([0xff, marker]);
    bytes.extend((body.len() as u16 + 2).to_be_bytes());
    bytes.extend(body);
}

fn coded(scan: &Scan) -> Vec<u8> {
    let (mut bytes, mut held, mut count) = (Vec::new(), 0u64, 0);
    let mut put = |value: u32, bits: u32| {
        held = held << bits | u64::from(value);
        count += bits;
        while count >= 8 {
            count -= 8;
            let byte = (held >> count) as u8;
            bytes.push(byte);
            if byte == 0xff {
                bytes.push(0);
            }
        }
    };
    let mut left = scan.blocks;
    while left > 0 {
        if scan.band == (0, 0) {
            put(0, 1);
            left -= 1;
        } else {
            let size = left.ilog2().min(14);
            let run = left.min((2 << size) - 1);
            put(size, 4);
            put(run - (1 << size), size);
            left -= run;
        }
    }
    // What is left of the last byte is filled up with ones.
    put(0x7f, 7);
    bytes
}
