//! One scan of all channels, walked by several threads at once, and its coefficients kept until pixels are made of them.
//!
//! Huffman codes fall into step: whoever begins to read anywhere soon meets, after some nonsense, the end of a unit at the very bit where one
//! ends for whoever reads from the start. From there on both read the same, since nothing but that bit, and the units left to the next restart
//! marker, decide what follows; the means alone, which are told as differences, are off by a constant. So the data are cut into lanes, each
//! lane is read by a thread on suspicion, and then they are joined in order: what a lane read counts from where it met the one before, and
//! never if they did not meet. Only a lane that is known to be right tells what is wrong, so that it is told as if one thread had read all.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::super::JpegError;
use super::super::reduced::{Head, Picture, Piece};
use super::super::transform::Block;
use super::{Bits, Fault, Plan};

/// Units that a lane is meant to hold: little memory, and far more than it takes to fall into step.
const LANE_UNITS: usize = 512;
/// The most that it holds, where the picture is plainer than it was before.
const MOST_LANE_UNITS: usize = 4 * LANE_UNITS;
/// The fewest bytes that a lane is made of.
const LEAST_LANE_BYTES: usize = 4096;
/// So many bytes a lane reads beyond its end at a time, to meet the next one.
const BEYOND_BYTES: usize = 1024;

/// How the scan is read.
struct Rules<'a> {
    plans: &'a [Plan<'a>],
    interval: usize,
    /// For each block of a unit: the place of its channel in `plans`.
    channels: Vec<usize>,
    /// For each channel: whether more than its means is wanted.
    detailed: [bool; 3],
}

impl Rules<'_> {
    fn blocks_a_unit(&self) -> usize {
        self.channels.len()
    }
}

/// Where reading stands, between two units.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bits: Bits<'a>,
    /// The last mean of each channel.
    means: [i16; 3],
    /// Units up to the next restart marker, if there are any.
    left: usize,
}

impl<'a> Reader<'a> {
    fn at(bits: Bits<'a>, interval: usize) -> Self {
        Self { bits, means: [0; 3], left: interval }
    }

    /// Steps over the restart marker, where one is due.
    fn begin(&mut self, rules: &Rules) -> Result<(), Fault> {
        if rules.interval > 0 && self.left == 0 {
            self.bits.restart()?;
            *self = Self::at(self.bits, rules.interval);
        }
        Ok(())
    }

    /// Reads a unit. On suspicion no mean is known, so that only `sure` ones are checked.
    fn unit(&mut self, rules: &Rules, blocks: &mut Blocks, sure: bool) -> Result<(), Fault> {
        // Where there are no markers it stays at none, so that it is the same for whoever reads.
        self.left = self.left.saturating_sub(1);
        // A copy that nothing points to stays in registers.
        let mut bits = self.bits;
        let first = blocks.coefficients.len();
        blocks.coefficients.resize(first + rules.blocks_a_unit(), [0; 64]);
        let outcome =
            blocks.coefficients[first..].iter_mut().zip(&rules.channels).try_for_each(|(block, &channel)| {
                let (plan, mean) = (&rules.plans[channel], &mut self.means[channel]);
                *mean = mean.wrapping_add(bits.difference(plan)?);
                if sure && plan.is_too_wide((*mean).into(), 0) {
                    return Err(Fault::NoCode);
                }
                let last = if rules.detailed[channel] {
                    bits.coefficients(plan, block)?
                } else {
                    bits.others(plan)?;
                    0
                };
                blocks.heads.push(Head { mean: *mean, last });
                Ok(())
            });
        self.bits = bits;
        outcome
    }

    /// What decides how reading goes on, but for the means: the place of the next bit first.
    fn state(&self) -> (usize, usize) {
        (self.bits.position(), self.left)
    }
}

/// Blocks in the order of the file.
#[derive(Default)]
struct Blocks {
    coefficients: Vec<Block>,
    heads: Vec<Head>,
}

impl Blocks {
    fn truncate(&mut self, count: usize) {
        self.coefficients.truncate(count);
        self.heads.truncate(count);
    }

    /// All from this one on.
    fn piece(&self, first: usize) -> Piece<'_> {
        Piece { coefficients: &self.coefficients[first..], heads: &self.heads[first..] }
    }
}

/// A stretch of the scan that one thread reads.
struct Lane<'a> {
    reader: Reader<'a>,
    /// The reader where each unit began that was read, behind a restart marker where one was due.
    starts: Vec<Reader<'a>>,
    /// The same before that marker: what lies behind the last unit that counts is looked at from there.
    befores: Vec<Reader<'a>>,
    /// The blocks of those units.
    blocks: Blocks,
    /// The first unit that counts.
    first: usize,
    /// Whether a unit is known to begin where it began.
    sure: bool,
    /// What is wrong where it stopped, if it was sure.
    fault: Option<Fault>,
}

impl<'a> Lane<'a> {
    fn new(reader: Reader<'a>) -> Self {
        let (starts, befores, blocks) = Default::default();
        Self { reader, starts, befores, blocks, first: 0, sure: false, fault: None }
    }

    /// Begins anew, in the memory that it has.
    fn begin(&mut self, reader: Reader<'a>, sure: bool) {
        self.blocks.truncate(0);
        self.starts.clear();
        self.befores.clear();
        (self.reader, self.first, self.sure, self.fault) = (reader, 0, sure, None);
    }

    /// How many units count.
    fn units(&self) -> usize {
        self.starts.len() - self.first
    }

    fn piece(&self, rules: &Rules) -> Piece<'_> {
        self.blocks.piece(self.first * rules.blocks_a_unit())
    }

    /// Reads until a unit begins at byte `end` or behind it, or `most` have been read.
    fn read(&mut self, rules: &Rules, end: usize, most: usize) {
        while self.starts.len() < most && self.reader.bits.at < end && self.fault.is_none() {
            let before = self.reader;
            let outcome = self.reader.begin(rules).and_then(|()| {
                let start = self.reader;
                self.reader.unit(rules, &mut self.blocks, self.sure)?;
                self.starts.push(start);
                self.befores.push(before);
                Ok(())
            });
            let Err(fault) = outcome else { continue };
            self.blocks.truncate(self.starts.len() * rules.blocks_a_unit());
            let Bits { data, at, .. } = self.reader.bits;
            self.reader = before;
            if self.sure {
                self.fault = Some(fault);
            } else if fault == Fault::NoCode && rules.interval == 0 && at > before.bits.at {
                // Not in step yet; or damage, which the lane before will come upon.
                self.begin(Reader::at(from_byte(data, at), 0), false);
            } else {
                return;
            }
        }
    }

    /// The first unit that begins where and as one of `other` does, and that one.
    fn meets(&self, other: &Self) -> Option<(usize, usize)> {
        let begin = other.starts.first()?.bits.position();
        let passed = self.starts.partition_point(|start| 8 * start.bits.at < begin).max(self.first);
        let own = self.starts[passed..].iter().chain([&self.reader]).map(Reader::state);
        let mut theirs = other.starts.iter().map(Reader::state).enumerate().peekable();
        for (unit, own) in (passed..).zip(own) {
            while theirs.next_if(|(_, their)| their.0 < own.0).is_some() {}
            let &(number, their) = theirs.peek()?;
            if their == own {
                return Some((unit, number));
            }
        }
        None
    }

    /// Drops all units from this one on.
    fn cut(&mut self, rules: &Rules, unit: usize) {
        if let Some(before) = self.befores.get(unit) {
            self.reader = *before;
            self.starts.truncate(unit);
            self.befores.truncate(unit);
            self.blocks.truncate(unit * rules.blocks_a_unit());
        }
        self.fault = None;
    }

    /// Lets all units from this one on count, now that the means before it are known.
    fn count_from(&mut self, rules: &Rules, unit: usize, means: [i16; 3]) -> Result<(), Fault> {
        (self.first, self.sure) = (unit, true);
        let guessed = self.starts[unit].means;
        let apart = [0, 1, 2].map(|channel: usize| means[channel].wrapping_sub(guessed[channel]));
        let move_all = |means: &mut [i16; 3]| {
            for (mean, apart) in means.iter_mut().zip(apart) {
                *mean = mean.wrapping_add(apart);
            }
        };
        self.starts[unit..]
            .iter_mut()
            .chain(&mut self.befores[unit..])
            .chain([&mut self.reader])
            .for_each(|reader| move_all(&mut reader.means));
        let heads = self.blocks.heads[unit * rules.blocks_a_unit()..].iter_mut();
        for (head, &channel) in heads.zip(rules.channels.iter().cycle()) {
            head.mean = head.mean.wrapping_add(apart[channel]);
            if rules.plans[channel].is_too_wide(head.mean.into(), 0) {
                return Err(Fault::NoCode);
            }
        }
        Ok(())
    }
}

/// The bits from the first byte on, at `at` or behind it, that belongs to no byte before it.
fn from_byte(data: &[u8], mut at: usize) -> Bits<'_> {
    while at > 0 && at < data.len() && data[at - 1] == 0xff {
        at += 1;
    }
    Bits { at: at.min(data.len()), ..Bits::new(data) }
}

/// The bits behind the first restart marker between these bytes; none where there is no marker.
fn behind_marker(data: &[u8], start: usize, end: usize) -> Bits<'_> {
    let start = start.min(data.len());
    let stretch = &data[start..end.min(data.len())];
    let mut marks = memchr::memchr_iter(0xff, stretch);
    let marker = marks.find(|&mark| matches!(stretch.get(mark + 1), Some(0xd0..=0xd7)));
    Bits { at: marker.map_or(data.len(), |marker| start + marker + 2), ..Bits::new(data) }
}

/// Joins lanes, each of which has read a little further than where the next one began, up to `room` units. Tells which is the last that
/// counts, or what is wrong and in which unit.
fn join(lanes: &mut [Lane], rules: &Rules, room: usize) -> Result<usize, (usize, Fault)> {
    let (mut last, mut known) = (0, 0);
    for next in 1..lanes.len() {
        let (before, behind) = lanes.split_at_mut(next);
        let (lane, other) = (&mut before[last], &mut behind[0]);
        loop {
            if known + lane.units() >= room {
                return Ok(last);
            }
            if let Some((unit, number)) = lane.meets(other) {
                let means = lane.starts.get(unit).unwrap_or(&lane.reader).means;
                lane.cut(rules, unit);
                known += lane.units();
                other.cut(rules, number + room - known);
                other.count_from(rules, number, means).map_err(|fault| (known, fault))?;
                last = next;
                break;
            }
            if let Some(fault) = lane.fault {
                return Err((known + lane.units(), fault));
            }
            if lane.starts.len() >= MOST_LANE_UNITS {
                return Ok(last);
            }
            let at = lane.reader.bits.at;
            if at > other.reader.bits.at || other.starts.is_empty() {
                // They have not met, and will not.
                other.begin(other.reader, false);
                break;
            }
            lane.read(rules, at + BEYOND_BYTES, MOST_LANE_UNITS.min(lane.first + room - known));
        }
    }
    match lanes[last].fault {
        Some(fault) if known + lanes[last].units() < room => Err((known + lanes[last].units(), fault)),
        _ => Ok(last),
    }
}

/// Reads `count` units, and hands them to the picture as soon as they fill rows of it.
pub(super) fn draw(
    bits: &mut Bits,
    plans: &[Plan],
    interval: usize,
    count: usize,
    picture: &mut Picture,
) -> Result<(), JpegError> {
    let blocks_of = |(channel, plan): (usize, &Plan)| vec![channel; plan.unit.0 * plan.unit.1];
    let channels = plans.iter().enumerate().flat_map(blocks_of).collect();
    let rules = Rules { plans, interval, channels, detailed: picture.detailed() };
    let data = bits.data;
    let start = Reader::at(*bits, interval);
    let threads = rayon::current_num_threads();
    let mut lanes: Vec<Lane> =
        (0..if threads > 1 { 2 * threads } else { 1 }).map(|_| Lane::new(start)).collect();
    lanes[0].sure = true;
    let (mut drawn, mut waiting) = (0, Blocks::default());
    let mut lane_bytes = data.len().saturating_mul(LANE_UNITS) / count;
    loop {
        let waits = waiting.heads.len() / rules.blocks_a_unit();
        let room = count - drawn - waits;
        let begin = lanes[0].reader.bits.at;
        let lane_end = |number: usize| begin + (number + 1) * lane_bytes.max(LEAST_LANE_BYTES);
        for (number, lane) in lanes.iter_mut().enumerate().skip(1) {
            let (start, end) = (lane_end(number - 1), lane_end(number));
            let bits = if interval > 0 { behind_marker(data, start, end) } else { from_byte(data, start) };
            lane.begin(Reader::at(bits, interval), false);
        }
        lanes.par_iter_mut().enumerate().for_each(|(number, lane)| {
            let most = if lane.sure { room.min(MOST_LANE_UNITS) } else { MOST_LANE_UNITS };
            lane.read(&rules, lane_end(number) + BEYOND_BYTES, most);
        });
        let last =
            join(&mut lanes, &rules, room).map_err(|(unit, fault)| fault.at(drawn + waits + unit, count))?;
        let reader = lanes[last].reader;
        let pieces: Vec<Piece> = std::iter::once(waiting.piece(0))
            .chain(lanes[..=last].iter().map(|lane| lane.piece(&rules)))
            .collect();
        let made = picture.draw(&pieces, rules.blocks_a_unit());
        waiting = behind(&pieces, made * rules.blocks_a_unit());
        drawn += made;
        if drawn == count {
            *bits = reader.bits;
            return Ok(());
        }
        let known: usize = lanes[..=last].iter().map(Lane::units).sum();
        lane_bytes = (reader.bits.at - begin).saturating_mul(LANE_UNITS) / known.max(1);
        lanes[0].begin(reader, true);
    }
}

/// The blocks behind the first `made` ones.
fn behind(pieces: &[Piece], made: usize) -> Blocks {
    let mut passed = made;
    let mut blocks = Blocks::default();
    for piece in pieces {
        let skipped = passed.min(piece.heads.len());
        passed -= skipped;
        blocks.coefficients.extend_from_slice(&piece.coefficients[skipped..]);
        blocks.heads.extend_from_slice(&piece.heads[skipped..]);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::super::segments::{Jpeg, Part};
    use super::super::{Tables, Walk};
    use super::*;

    /// That lanes begun anywhere are worth their while: nobody would notice otherwise, but by the time that it takes.
    #[test]
    fn whoever_begins_in_the_middle_falls_into_step() {
        let path = format!("{}/../../tests/fixtures/lesion.jpg", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).expect("fixture");
        let jpeg = Jpeg::read(&bytes).expect("a JPEG");
        let mut tables = Tables::default();
        for part in &jpeg.parts {
            if let Part::Huffman(body) = part {
                tables.define(body).expect("tables");
            }
        }
        let scan = jpeg.parts.iter().find_map(Part::scan).expect("a scan");
        let frame = &jpeg.frame;
        let walk =
            Walk { frame, scan, tables: &tables, steps: [1; 4], interval: 0, last: true, padded: false };
        let plans = walk.plans().expect("plans");
        let rules =
            Rules { plans: &plans, interval: 0, channels: vec![0, 0, 0, 0, 1, 2], detailed: [true; 3] };
        let mut right = Lane::new(Reader::at(Bits::new(scan.data), 0));
        right.sure = true;
        right.read(&rules, usize::MAX, 400);
        assert_eq!((right.units(), right.fault), (400, None));
        for tenth in 1..=9 {
            let begin = scan.data.len() * tenth / 10;
            let mut other = Lane::new(Reader::at(from_byte(scan.data, begin), 0));
            other.read(&rules, usize::MAX, 400);
            let (unit, number) = right.meets(&other).expect("they meet");
            assert!(number < 30, "from {begin} on, {number} units until unit {unit}");
        }
    }
}
