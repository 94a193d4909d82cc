//! The order in time of checks that were made on several devices, whose clocks may have been wrong.
//!
//! What is certain is which checks an archive held when a new one was made: those came before it. It is noted in each check
//! ([`Check::lineage`], [`Check::order`] and [`Check::after`]), and whatever the clocks say, the order keeps to it. Checks that nothing
//! orders so, because they were made on two devices that did not know of each other, are ordered by the clocks. A clock is not
//! believed where it contradicts most of its own lineage.
//!
//! The order depends on nothing but the checks: it is the same whichever backup was merged into which archive.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use jiff::Timestamp;

use super::record::{Check, CheckId, Lineage};

/// The numbers of these checks, oldest first.
pub fn oldest_first<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Vec<CheckId> {
    let mut lineages: BTreeMap<Lineage, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        lineages.entry(check.lineage).or_default().push(check);
    }
    let lines: Vec<Line> = lineages.into_values().map(Line::new).collect();
    merged(lines)
}

/// What one archive has made, in its order.
struct Line<'a> {
    checks: Vec<&'a Check>,
    /// When each was made, as far as the clock is believed: never earlier than the one before.
    believed: Vec<Timestamp>,
    /// How many are placed.
    placed: usize,
}

impl<'a> Line<'a> {
    fn new(mut checks: Vec<&'a Check>) -> Self {
        checks.sort_by_key(|check| (check.order, check.at, check.id));
        let clocks: Vec<Timestamp> = checks.iter().map(|check| check.at).collect();
        Self { believed: believed(&clocks), checks, placed: 0 }
    }

    fn next(&self) -> Option<&'a Check> {
        self.checks.get(self.placed).copied()
    }

    /// Whether all its checks up to this one are placed.
    fn is_past(&self, order: u64) -> bool {
        self.next().is_none_or(|next| next.order > order)
    }
}

/// The clock's times where they agree with the order, by the longest run of them that does; elsewhere the time of the check before,
/// or of the first one that is believed.
fn believed(clocks: &[Timestamp]) -> Vec<Timestamp> {
    // From the end, the longest run that never grows. Of runs of one length this finds the latest times: a clock without power
    // falls back, it does not run ahead.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; clocks.len()];
    for at in (0..clocks.len()).rev() {
        let place = ends.partition_point(|end| clocks[*end] >= clocks[at]);
        before[at] = place.checked_sub(1).map(|place| ends[place]);
        match ends.get_mut(place) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut agree = vec![false; clocks.len()];
    let mut next = ends.last().copied();
    let mut last = next.map_or(Timestamp::UNIX_EPOCH, |first| clocks[first]);
    while let Some(at) = next {
        agree[at] = true;
        next = before[at];
    }
    let mut times = Vec::with_capacity(clocks.len());
    for (at, agrees) in agree.into_iter().enumerate() {
        if agrees {
            last = clocks[at];
        }
        times.push(last);
    }
    times
}

/// All lines in one: of the checks that may come next, the one with the earliest time.
fn merged(mut lines: Vec<Line>) -> Vec<CheckId> {
    let places: HashMap<Lineage, usize> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((line.checks.first()?.lineage, at))).collect();
    let all = lines.iter().map(|line| line.checks.len()).sum();
    let mut order = Vec::with_capacity(all);
    let mut ready: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
    // Lines whose next check has to wait for another line, and by that line.
    let mut waiting: BTreeSet<(Timestamp, usize)> = BTreeSet::new();
    let mut waits_for: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut to_place: Vec<usize> = (0..lines.len()).collect();
    while order.len() < all {
        for line in std::mem::take(&mut to_place) {
            let Some(next) = lines[line].next() else { continue };
            let time = lines[line].believed[lines[line].placed];
            let missing = next.after.iter().find_map(|(lineage, last)| {
                let other = *places.get(lineage).filter(|other| **other != line)?;
                (!lines[other].is_past(*last)).then_some(other)
            });
            match missing {
                None => ready.push(Reverse((time, line))),
                Some(other) => {
                    waiting.insert((time, line));
                    waits_for.entry(other).or_default().push(line);
                }
            }
        }
        let line = match ready.pop() {
            Some(Reverse((_, line))) => line,
            // Checks that each claim to come after the other: no archive makes them, but a backup may hold anything.
            None => match waiting.pop_first() {
                Some((_, line)) => {
                    waits_for.values_mut().for_each(|lines| lines.retain(|other| *other != line));
                    line
                }
                None => break,
            },
        };
        order.extend(lines[line].next().map(|check| check.id));
        lines[line].placed += 1;
        to_place.push(line);
        for waiter in waits_for.remove(&line).unwrap_or_default() {
            let time = lines[waiter].believed[lines[waiter].placed];
            if waiting.remove(&(time, waiter)) {
                to_place.push(waiter);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(times: &[i64]) -> Vec<Timestamp> {
        times.iter().map(|second| Timestamp::from_second(*second).expect("time")).collect()
    }

    #[test]
    fn a_clock_that_contradicts_its_own_lineage_is_not_believed() {
        for (clocks, times) in [
            (&[1, 2, 3][..], &[1, 2, 3][..]),
            // One that ran ahead, and one that fell back.
            (&[1, 99, 3, 4], &[1, 1, 3, 4]),
            (&[5, 6, 0, 8], &[5, 6, 6, 8]),
            (&[99, 3, 4], &[3, 3, 4]),
            // The last one fell back: there is no other to tell.
            (&[50, 0], &[50, 50]),
            (&[7, 7, 7], &[7, 7, 7]),
            (&[], &[]),
        ] {
            assert_eq!(believed(&seconds(clocks)), seconds(times), "{clocks:?}");
        }
    }
}
