//! Whether every block of a JPEG is there: each scan is walked from code to code, without making pixels of it.
//!
//! Decoders paint what is missing grey and say nothing, and what follows a hole lands in the wrong place. Only the count of the blocks shows
//! either: a scan must hold exactly as many as the frame asks for, and end where the next marker stands.

use super::huffman::{Definition, Table, Tables, extended, standard};
use super::reduced::Picture;
use super::segments::{Component, Encoding, Frame, Jpeg, Part, Scan, ScanComponent};
use super::transform::Block;
use super::{JpegError, ZIGZAG};

mod lanes;

/// Bytes astray that may follow the last block of the last scan: a phone of 2005 left two. More are blocks that found no place.
const MOST_BYTES_ASTRAY: usize = 2;

/// So many bytes of zeros in a row are a hole, unless zeros are what plain blocks are coded as.
const HOLE: [u8; 16] = [0; 16];

/// So many bytes of zeros may be the last ones of a picture that more zeros follow: with a third, its end may be lost.
const LAST_ZEROS: usize = 2;

/// The widest that a mean may lie from middle grey, in units of the stored samples times eight. Half of it is as far as samples go;
/// pictures that were made brighter without decoding may go beyond.
const WIDEST_MEAN: i64 = 2048;

/// Checks every scan.
///
/// # Errors
/// [`JpegError::Missing`] where blocks are missing, [`JpegError::Damaged`] where codes are none or do not fill the picture exactly.
pub(super) fn check(jpeg: &Jpeg) -> Result<(), JpegError> {
    walk(jpeg, None)
}

/// Checks the one scan that there is, and makes a picture of its blocks on the way.
///
/// # Errors
/// Those of [`check`], in the same cases.
pub(super) fn draw(jpeg: &Jpeg, picture: &mut Picture) -> Result<(), JpegError> {
    walk(jpeg, Some(picture))
}

fn walk(jpeg: &Jpeg, mut picture: Option<&mut Picture>) -> Result<(), JpegError> {
    let mut tables = Tables::default();
    if leaves_out_tables(jpeg) {
        tables.define(&standard())?;
    }
    let mut steps = [1; 4];
    let mut interval = 0;
    let mut channels: Vec<Channel> =
        jpeg.frame.components.iter().map(|component| Channel::new(&jpeg.frame, component)).collect();
    for scan in jpeg.parts.iter().filter_map(Part::scan).filter(|scan| scan.high > 0 && scan.first > 0) {
        channels[scan.components[0].index].refined = true;
    }
    let mut left = jpeg.parts.iter().filter_map(Part::scan).count();
    for part in &jpeg.parts {
        match part {
            Part::Huffman(body) => tables.define(body)?,
            Part::Quantisation(body) => mean_steps(body, &mut steps)?,
            Part::RestartInterval(units) => interval = *units,
            Part::Scan(scan) => {
                left -= 1;
                if scan.first > 0 {
                    channels[scan.components[0].index].remember_others();
                }
                let last = left == 0;
                let padded = last && !jpeg.ended;
                Walk { frame: &jpeg.frame, scan, tables: &tables, steps, interval, last, padded }
                    .whole(&mut channels, picture.as_deref_mut())?;
                for component in &scan.components {
                    channels[component.index].see(scan, jpeg.frame.progressive)?;
                }
            }
        }
    }
    // A progressive picture may do without its last refinements, but not without what they refine, and without the fine detail of channels that
    // are nothing but colour. Where anything else is odd, a scan may have been lost, so that none is done without.
    let complete = |(place, channel): (usize, &Channel)| {
        let colour_alone = match jpeg.encoding {
            Encoding::YCbCr | Encoding::Ycck => matches!(place, 1 | 2),
            Encoding::Grey | Encoding::Rgb | Encoding::Cmyk => false,
        };
        let wanted = if jpeg.regular && jpeg.frame.progressive && colour_alone { 1 } else { 64 };
        channel.bits[..wanted].iter().all(|&bit| if jpeg.regular { bit != UNSEEN } else { bit == 0 })
    };
    if channels.iter().enumerate().all(complete) { Ok(()) } else { Err(JpegError::MissingScans) }
}

/// Whether a JPEG leaves Huffman tables to be known, as pictures out of a video stream do. Progressive ones never do.
pub(super) fn leaves_out_tables(jpeg: &Jpeg) -> bool {
    let mut defined = [[false; 4]; 2];
    for part in &jpeg.parts {
        match part {
            Part::Huffman(body) => {
                let mut body = *body;
                while let Ok(Some((definition, rest))) = Definition::first(body) {
                    defined[usize::from(definition.ac)][definition.place] = true;
                    body = rest;
                }
            }
            Part::Scan(scan) => {
                let has_both = |component: &ScanComponent| {
                    defined[0][usize::from(component.dc)] && defined[1][usize::from(component.ac)]
                };
                if !jpeg.frame.progressive && !scan.components.iter().all(has_both) {
                    return true;
                }
            }
            Part::Quantisation(_) | Part::RestartInterval(_) => {}
        }
    }
    false
}

impl<'a> Part<'a> {
    pub(super) fn scan(&self) -> Option<&Scan<'a>> {
        if let Part::Scan(scan) = self { Some(scan) } else { None }
    }
}

/// By how much a mean is multiplied, from the body of a DQT segment.
fn mean_steps(mut body: &[u8], steps: &mut [u16; 4]) -> Result<(), JpegError> {
    const WRONG: JpegError = JpegError::Damaged("a quantisation table makes no sense");
    while let Some((&which, rest)) = body.split_first() {
        let length = if which >> 4 == 0 { 64 } else { 128 };
        let (table, rest) = rest.split_at_checked(length).ok_or(WRONG)?;
        let step = steps.get_mut(usize::from(which & 15)).ok_or(WRONG)?;
        *step = if length == 64 { u16::from(table[0]) } else { u16::from_be_bytes([table[0], table[1]]) };
        body = rest;
    }
    Ok(())
}

/// A coefficient that no scan has told of.
const UNSEEN: u8 = u8::MAX;

/// What has been seen of one channel.
struct Channel {
    /// Blocks that the picture shows, across and down: as many as a scan of this channel alone has.
    blocks: (usize, usize),
    /// Blocks in whole units, across and down.
    padded: (usize, usize),
    /// For each coefficient, in zigzag order: the last bit that scans have told of it, or [`UNSEEN`].
    bits: [u8; 64],
    /// Whether a scan adds bits to coefficients other than the mean.
    refined: bool,
    /// For each block, and in it for each coefficient: whether it is other than zero. Only where a later scan refines them.
    others: Vec<u64>,
}

impl Channel {
    fn new(frame: &Frame, component: &Component) -> Self {
        let (across, down) = frame.unit();
        let blocks = |pixels: u16, own: u8, most: u8| {
            (usize::from(pixels) * usize::from(own)).div_ceil(usize::from(most)).div_ceil(8)
        };
        let units = units(frame);
        Self {
            blocks: (
                blocks(frame.width, component.across, across),
                blocks(frame.height, component.down, down),
            ),
            padded: (units.0 * usize::from(component.across), units.1 * usize::from(component.down)),
            bits: [UNSEEN; 64],
            refined: false,
            others: Vec::new(),
        }
    }

    fn remember_others(&mut self) {
        if self.refined {
            self.others.resize(self.padded.0 * self.padded.1, 0);
        }
    }

    /// Takes note of what a scan held. One that goes on where none has been shows that another is missing.
    fn see(&mut self, scan: &Scan, progressive: bool) -> Result<(), JpegError> {
        let before = if scan.high == 0 { UNSEEN } else { scan.high };
        let bits = &mut self.bits[usize::from(scan.first)..=usize::from(scan.last)];
        if progressive && bits.iter().any(|&bit| bit != before) {
            return Err(JpegError::MissingScans);
        }
        bits.fill(scan.low);
        Ok(())
    }
}

/// How many units the whole picture has, across and down.
fn units(frame: &Frame) -> (usize, usize) {
    let (across, down) = frame.unit();
    (
        usize::from(frame.width).div_ceil(8 * usize::from(across)),
        usize::from(frame.height).div_ceil(8 * usize::from(down)),
    )
}

/// One scan and what it is read with.
struct Walk<'a> {
    frame: &'a Frame,
    scan: &'a Scan<'a>,
    tables: &'a Tables,
    steps: [u16; 4],
    interval: u16,
    /// Whether no scan follows.
    last: bool,
    /// Whether nothing follows, so that zeros may stand behind the last block: a buffer is seldom as long as its picture.
    padded: bool,
}

/// What a block of a channel needs, looked up once a scan.
struct Plan<'a> {
    /// Place of the channel.
    index: usize,
    dc: Option<&'a Table>,
    ac: Option<&'a Table>,
    /// Blocks in a unit, across and down; one where the channel stands alone.
    unit: (usize, usize),
    /// The widest that a stored mean may be.
    widest: i64,
    mean: i64,
}

impl Plan<'_> {
    /// Whether a stored mean of this bit lies further from middle grey than any may.
    #[inline]
    fn is_too_wide(&self, mean: i64, low: u8) -> bool {
        (mean << low).abs() > self.widest + (1 << low)
    }
}

impl Walk<'_> {
    fn whole(&self, channels: &mut [Channel], picture: Option<&mut Picture>) -> Result<(), JpegError> {
        let mut plans = self.plans()?;
        let (across, down) = match plans[..] {
            [ref alone] => channels[alone.index].blocks,
            _ => units(self.frame),
        };
        let count = across * down;
        // Where bits alone are added to what is known, there may be any number of zeros.
        let coded = self.scan.last > 0 && self.scan.high == 0;
        let plain_zeros = plans.iter().all(|plan| plan.ac.is_none_or(Table::zeros_are_plain));
        let zeros_mean_loss = coded && !plain_zeros;
        let mut bits = Bits::new(self.scan.data);
        let walked = match picture {
            Some(picture) => lanes::draw(&mut bits, &plans, self.interval.into(), count, picture),
            None => self.blocks(&mut bits, &mut plans, channels, across, count),
        };
        let padded = self.padded && zeros_mean_loss && walked.is_ok() && bits.only_zeros_left();
        let looked_through = if padded {
            let more = HOLE.len() - LAST_ZEROS - 1;
            &self.scan.data[..self.scan.data.len().min(bits.bytes_read() + more)]
        } else {
            self.scan.data
        };
        if zeros_mean_loss && memchr::memmem::find(looked_through, &HOLE).is_some() {
            return Err(JpegError::Damaged("there is a hole in its pixels"));
        }
        walked?;
        if padded {
            return Ok(());
        }
        bits.end(if self.last { MOST_BYTES_ASTRAY } else { 0 }).map_err(|fault| fault.at(count, count))
    }

    /// All blocks of the scan, `count` units of them, `across` in a row.
    fn blocks(
        &self,
        bits: &mut Bits,
        plans: &mut [Plan],
        channels: &mut [Channel],
        across: usize,
        count: usize,
    ) -> Result<(), JpegError> {
        // A run of blocks without coefficients ends with what it stands in.
        let used_up = |run: u32| if run == 0 { Ok(()) } else { Err(Fault::LeftOver) };
        let mut run = 0;
        let mut left = usize::from(self.interval);
        for unit in 0..count {
            if self.interval > 0 && left == 0 {
                used_up(run).and_then(|()| bits.restart()).map_err(|fault| fault.at(unit, count))?;
                plans.iter_mut().for_each(|plan| plan.mean = 0);
                left = usize::from(self.interval);
            }
            left = left.wrapping_sub(1);
            let place = (unit % across, unit / across);
            for plan in &mut *plans {
                let channel = &mut channels[plan.index];
                self.unit(bits, plan, channel, place, &mut run).map_err(|fault| fault.at(unit, count))?;
            }
        }
        used_up(run).map_err(|fault| fault.at(count, count))
    }

    fn plans(&self) -> Result<Vec<Plan<'_>>, JpegError> {
        const NO_TABLE: JpegError = JpegError::Damaged("a Huffman table is missing");
        let alone = self.scan.components.len() == 1;
        let plan = |component: &ScanComponent| {
            let own = &self.frame.components[component.index];
            let plan = Plan {
                index: component.index,
                dc: self.tables.dc[usize::from(component.dc)].as_ref(),
                ac: self.tables.ac[usize::from(component.ac)].as_ref(),
                unit: if alone { (1, 1) } else { (own.across.into(), own.down.into()) },
                widest: WIDEST_MEAN / i64::from(self.steps[usize::from(own.quantisation)].max(1)) + 2,
                mean: 0,
            };
            let needs_dc = self.scan.first == 0 && self.scan.high == 0;
            let needs_ac = self.scan.last > 0;
            if (needs_dc && plan.dc.is_none()) || (needs_ac && plan.ac.is_none()) {
                Err(NO_TABLE)
            } else {
                Ok(plan)
            }
        };
        self.scan.components.iter().map(plan).collect()
    }

    /// All blocks of one channel in one unit.
    #[inline]
    fn unit(
        &self,
        bits: &mut Bits,
        plan: &mut Plan,
        channel: &mut Channel,
        (x, y): (usize, usize),
        run: &mut u32,
    ) -> Result<(), Fault> {
        for down in 0..plan.unit.1 {
            for across in 0..plan.unit.0 {
                if !self.frame.progressive {
                    bits.mean(plan, 0)?;
                    bits.others(plan)?;
                    continue;
                }
                match (self.scan.first, self.scan.high) {
                    (0, 0) => bits.mean(plan, self.scan.low)?,
                    (0, _) => {
                        bits.take(1)?;
                    }
                    (first, high) => {
                        let place = (y * plan.unit.1 + down) * channel.padded.0 + x * plan.unit.0 + across;
                        let mut none = 0;
                        let others = channel.others.get_mut(place).unwrap_or(&mut none);
                        match high {
                            0 => bits.band(plan, first, self.scan.last, others, run)?,
                            _ => bits.refinement(plan, first, self.scan.last, others, run)?,
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// What is wrong with a scan, before it is known where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The data end before the blocks do.
    Ends,
    /// These bits are no code, or lead out of the block.
    NoCode,
    /// Data are left over after the last block.
    LeftOver,
}

impl Fault {
    fn at(self, unit: usize, count: usize) -> JpegError {
        match self {
            Self::Ends => {
                JpegError::Missing { percent: (100 * (count - unit)).div_ceil(count.max(1)).min(100) as u8 }
            }
            Self::NoCode => JpegError::Damaged("part of its pixels is unreadable"),
            Self::LeftOver => JpegError::Damaged("its pixels do not add up"),
        }
    }
}

/// Ones at these places, both included; the first is not above the last.
fn between(first: u8, last: u8) -> u64 {
    (u64::MAX >> (63 - (last - first))) << first
}

/// The bits of a scan, up to the next marker.
#[derive(Clone, Copy)]
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the top.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0 }
    }

    /// Holds at least 32 bits, or all up to the next marker.
    #[inline]
    fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(next) = self.data[self.at..].first_chunk::<4>() {
            let next = u32::from_be_bytes(*next);
            // No byte of it is 0xff: those mean something.
            if (!next).wrapping_sub(0x0101_0101) & next & 0x8080_8080 == 0 {
                self.held |= u64::from(next) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        *self = self.refilled_by_bytes();
    }

    /// By value, so that what is read from most of the time may stay in registers.
    #[inline(never)]
    fn refilled_by_bytes(mut self) -> Self {
        while self.count <= 56 {
            let Some(&byte) = self.data.get(self.at) else { break };
            if byte == 0xff {
                match self.data.get(self.at + 1) {
                    Some(0) => self.at += 1,
                    // Bytes that fill up before a marker.
                    Some(0xff) => {
                        self.at += 1;
                        continue;
                    }
                    _ => break,
                }
            }
            self.at += 1;
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    #[inline]
    fn skip(&mut self, bits: u32) -> Result<(), Fault> {
        self.count = self.count.checked_sub(bits).ok_or(Fault::Ends)?;
        self.held <<= bits;
        Ok(())
    }

    /// Any number of bits.
    fn skip_many(&mut self, mut bits: u32) -> Result<(), Fault> {
        while bits > 0 {
            self.refill();
            let some = bits.min(32);
            self.skip(some)?;
            bits -= some;
        }
        Ok(())
    }

    /// Up to 16 bits.
    #[inline]
    fn take(&mut self, bits: u32) -> Result<u32, Fault> {
        self.refill();
        let taken = ((self.held >> 32) as u32).checked_shr(32 - bits).unwrap_or(0);
        self.skip(bits)?;
        Ok(taken)
    }

    /// A block's mean.
    #[inline]
    fn mean(&mut self, plan: &mut Plan, low: u8) -> Result<(), Fault> {
        plan.mean += i64::from(self.difference(plan)?);
        if plan.is_too_wide(plan.mean, low) { Err(Fault::NoCode) } else { Ok(()) }
    }

    /// By how much a block's mean lies above that of the one before; below 2048 either way.
    #[inline]
    fn difference(&mut self, plan: &Plan) -> Result<i16, Fault> {
        self.refill();
        let symbol = plan.dc.ok_or(Fault::NoCode)?.symbol(self.held);
        if symbol.code_bits == 0 || symbol.value > 11 {
            return Err(self.none());
        }
        self.skip(symbol.code_bits.into())?;
        let size = u32::from(symbol.value);
        let difference = self.take(size)? as i16;
        let negative = size > 0 && difference < 1 << (size - 1);
        Ok(if negative { difference - (1 << size) + 1 } else { difference })
    }

    /// The rest of a block, all at once.
    #[inline]
    fn others(&mut self, plan: &Plan) -> Result<(), Fault> {
        let table = plan.ac.ok_or(Fault::NoCode)?;
        let mut place = 1;
        while place < 64 {
            self.refill();
            let stride = table.stride(self.held);
            if stride.bits > 0 && place + u32::from(stride.places) < 64 {
                self.skip(stride.bits.into())?;
                if stride.ends {
                    return Ok(());
                }
                place += u32::from(stride.places);
                continue;
            }
            let symbol = table.symbol(self.held);
            if symbol.code_bits == 0 {
                return Err(self.none());
            }
            let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
            self.skip(u32::from(symbol.code_bits) + u32::from(size))?;
            if size == 0 && zeros < 15 {
                return Ok(());
            }
            place += u32::from(zeros) + 1;
        }
        if place == 64 { Ok(()) } else { Err(Fault::NoCode) }
    }

    /// The same, and what the coefficients are; they are put where their frequencies stand in `block`, which is all zeros. Tells the place of
    /// the last one, in the order of the file.
    #[inline]
    fn coefficients(&mut self, plan: &Plan, block: &mut Block) -> Result<u8, Fault> {
        let table = plan.ac.ok_or(Fault::NoCode)?;
        let mut set =
            |place: u8, value: i16| block[usize::from(ZIGZAG[usize::from(place & 63)] & 63)] |= value;
        let mut place = 1;
        while place < 64 {
            self.refill();
            let pair = table.pair(self.held);
            let [first, second] = pair.places();
            let behind = place + first + second;
            if pair.bits() > 0 && behind < 64 {
                self.skip(pair.bits().into())?;
                let [one, other] = pair.values();
                // Where there is none, this adds nothing to the one before.
                set(place + first - 1, one);
                set(behind - 1, other);
                place = behind;
                if pair.ends() {
                    return Ok(place - 1);
                }
                continue;
            }
            let symbol = table.symbol(self.held);
            if symbol.code_bits == 0 {
                return Err(self.none());
            }
            let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
            let value = self.held << symbol.code_bits >> 1 >> (63 - size);
            self.skip(u32::from(symbol.code_bits) + u32::from(size))?;
            if size == 0 && zeros < 15 {
                return Ok(place - 1);
            }
            place += zeros + 1;
            if place > 64 {
                return Err(Fault::NoCode);
            }
            set(place - 1, extended(value, size) as i16);
        }
        Ok(place - 1)
    }

    /// Some of a block's coefficients for the first time. `run` counts blocks that have none.
    fn band(
        &mut self,
        plan: &Plan,
        first: u8,
        last: u8,
        others: &mut u64,
        run: &mut u32,
    ) -> Result<(), Fault> {
        if *run > 0 {
            *run -= 1;
            return Ok(());
        }
        let table = plan.ac.ok_or(Fault::NoCode)?;
        let mut place = first;
        while place <= last {
            self.refill();
            let symbol = table.symbol(self.held);
            if symbol.code_bits == 0 {
                return Err(self.none());
            }
            self.skip(symbol.code_bits.into())?;
            let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
            if size == 0 && zeros < 15 {
                *run = (1 << zeros) + self.take(zeros.into())? - 1;
                return Ok(());
            }
            place += zeros;
            if size > 0 {
                self.take(size.into())?;
                if place > last {
                    return Err(Fault::NoCode);
                }
                *others |= 1 << place;
            }
            place += 1;
        }
        if place == last + 1 { Ok(()) } else { Err(Fault::NoCode) }
    }

    /// One more bit of a block's coefficients (ITU-T T.81, G.1.2.3).
    fn refinement(
        &mut self,
        plan: &Plan,
        first: u8,
        last: u8,
        others: &mut u64,
        run: &mut u32,
    ) -> Result<(), Fault> {
        let mut place = first;
        if *run == 0 {
            let table = plan.ac.ok_or(Fault::NoCode)?;
            while place <= last {
                self.refill();
                let symbol = table.symbol(self.held);
                if symbol.code_bits == 0 {
                    return Err(self.none());
                }
                self.skip(symbol.code_bits.into())?;
                let (zeros, size) = (symbol.value >> 4, symbol.value & 15);
                match size {
                    0 if zeros < 15 => {
                        *run = (1 << zeros) + self.take(zeros.into())?;
                        break;
                    }
                    0 => {}
                    1 => {
                        self.take(1)?;
                    }
                    _ => return Err(Fault::NoCode),
                }
                // So many coefficients that are zero still are passed over, and all others on the way get a bit.
                let mut zero = !*others & between(place, last);
                for _ in 0..zeros {
                    zero &= zero.wrapping_sub(1);
                }
                let next = if zero == 0 { last + 1 } else { zero.trailing_zeros() as u8 };
                if next > place {
                    self.skip_many((*others & between(place, next - 1)).count_ones())?;
                }
                place = next;
                if size == 1 {
                    if place > last {
                        return Err(Fault::NoCode);
                    }
                    *others |= 1 << place;
                }
                place += 1;
            }
        }
        if *run > 0 {
            if place <= last {
                self.skip_many((*others & between(place, last)).count_ones())?;
            }
            *run -= 1;
        }
        Ok(())
    }

    /// Why no code begins here: there are no bits left, or wrong ones.
    #[cold]
    fn none(&self) -> Fault {
        if self.count < 16 { Fault::Ends } else { Fault::NoCode }
    }

    /// Where the next bit stands: the same number wherever reading began, and however far ahead it is.
    fn position(&self) -> usize {
        let mut at = self.at;
        for _ in 0..self.count / 8 {
            at -= 1;
            if self.data[at] == 0 && at > 0 && self.data[at - 1] == 0xff {
                at -= 1;
                // More of the same before it fill up: a reader that has not come to them yet stands before all of them.
                while at > 0 && self.data[at - 1] == 0xff {
                    at -= 1;
                }
            }
        }
        8 * at - self.count as usize % 8
    }

    /// How many bytes up to the next marker no block took, and where that marker stands.
    fn left(&self) -> (usize, usize) {
        let held = self.count as usize / 8;
        let mut at = self.at;
        let mut left = held;
        while let Some(&byte) = self.data.get(at) {
            match (byte, self.data.get(at + 1)) {
                (0xff, Some(0xff)) => at += 1,
                (0xff, Some(0)) => (at, left) = (at + 2, left + 1),
                (0xff, _) => break,
                _ => (at, left) = (at + 1, left + 1),
            }
        }
        (left, at)
    }

    /// The bits that fill up the last block's byte, and how they should be: ones.
    fn fill(&self) -> (u64, u64) {
        let fill = self.count % 8;
        (if fill == 0 { 0 } else { self.held >> (64 - fill) }, (1 << fill) - 1)
    }

    /// Whether what follows the last block is what fills up its byte, and little else.
    fn ends_here(&self, most_astray: usize) -> bool {
        let (filled, ones) = self.fill();
        match self.left().0 {
            // Some fill up with zeros, though it should be ones.
            0 => filled == ones || filled == 0,
            left => left <= most_astray && filled == ones,
        }
    }

    /// Whether the last block's byte is filled up as it should be, and zeros are all that follows it.
    fn only_zeros_left(&self) -> bool {
        let (filled, ones) = self.fill();
        filled == ones
            && self.held << (self.count % 8) == 0
            && self.data[self.at..].iter().all(|&byte| byte == 0)
    }

    /// How many bytes blocks took, all or part of each. Right where what follows holds no 0xff.
    fn bytes_read(&self) -> usize {
        self.at - self.count as usize / 8
    }

    /// Steps over a restart marker, which must stand here.
    fn restart(&mut self) -> Result<(), Fault> {
        if !self.ends_here(0) {
            return Err(Fault::LeftOver);
        }
        let rest = &self.data[self.at..];
        let marker = rest.windows(2).position(|pair| pair[0] == 0xff && (0xd0..=0xd7).contains(&pair[1]));
        self.at += marker.ok_or(Fault::Ends)? + 2;
        (self.held, self.count) = (0, 0);
        Ok(())
    }

    /// Whether the scan is used up. A restart marker that no block follows may stand at its end.
    fn end(&self, most_astray: usize) -> Result<(), Fault> {
        let from_marker = &self.data[self.left().1..];
        let behind_marker = from_marker.iter().any(|&byte| byte != 0xff && !(0xd0..=0xd7).contains(&byte));
        if self.ends_here(most_astray) && !behind_marker { Ok(()) } else { Err(Fault::LeftOver) }
    }
}
