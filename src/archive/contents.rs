//! Spots and checks without their pictures, as they are looked up and listed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use super::record::{BodySide, Census, Check, CheckId, Place, Spot, SpotId};

/// All spots and checks, without the pictures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    pub(super) spots: BTreeMap<SpotId, Spot>,
    pub(super) checks: BTreeMap<CheckId, Check>,
}

impl Contents {
    /// These spots and checks.
    #[cfg(test)]
    pub fn of(spots: impl IntoIterator<Item = Spot>, checks: impl IntoIterator<Item = Check>) -> Self {
        Self {
            spots: spots.into_iter().map(|spot| (spot.id, spot)).collect(),
            checks: checks.into_iter().map(|check| (check.id, check)).collect(),
        }
    }

    /// All spots, in the order of their names.
    pub fn spots(&self) -> Vec<&Spot> {
        let mut spots: Vec<&Spot> = self.spots.values().collect();
        spots.sort_by_cached_key(|spot| (spot.name.to_lowercase(), spot.id));
        spots
    }

    /// The spot of this number.
    pub fn spot(&self, id: SpotId) -> Option<&Spot> {
        self.spots.get(&id)
    }

    /// The check of this number.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.get(&id)
    }

    /// The checks of a spot, oldest first.
    pub fn timeline(&self, spot: SpotId) -> Vec<&Check> {
        let mut checks: Vec<&Check> = self.checks.values().filter(|check| check.spot == spot).collect();
        checks.sort_by_key(|check| (check.order, check.at));
        checks
    }

    /// All checks, newest first.
    pub fn latest(&self) -> Vec<&Check> {
        let mut checks: Vec<&Check> = self.checks.values().collect();
        checks.sort_by_key(|check| std::cmp::Reverse((check.order, check.at)));
        checks
    }

    /// The spots that are to be looked at by this day, the longest overdue first.
    pub fn due(&self, today: Date) -> Vec<&Spot> {
        let day = |spot: &Spot| spot.look_again.filter(|day| *day <= today);
        let mut due: Vec<(Date, &Spot)> =
            self.spots.values().filter_map(|spot| Some((day(spot)?, spot))).collect();
        due.sort_by_key(|(day, spot)| (*day, spot.id));
        due.into_iter().map(|(_, spot)| spot).collect()
    }

    /// The mornings, each once and in their order, on which a spot is to be looked at again after `now`.
    pub fn mornings(&self, now: &ZonedDateTime) -> Vec<Timestamp> {
        const HOUR: i8 = 9;
        let days: BTreeSet<Date> = self.spots.values().filter_map(|spot| spot.look_again).collect();
        let morning = |day: Date| day.at(HOUR, 0, 0, 0).to_zoned_datetime(now.time_zone().clone()).ok();
        days.into_iter()
            .filter_map(morning)
            .map(|at| at.timestamp())
            .filter(|at| *at > now.timestamp())
            .collect()
    }

    /// The place in the order of the next check.
    pub(super) fn next_order(&self) -> u64 {
        self.checks.values().map(|check| check.order.saturating_add(1)).max().unwrap_or(0)
    }

    /// What must be there so that nothing is missing.
    pub(super) fn census(&self) -> Census {
        let spots = self.spots.keys().map(|id| id.number());
        let numbers = spots.chain(self.checks.keys().map(|id| id.number()));
        Census {
            records: (self.spots.len() + self.checks.len()) as u64,
            numbers: numbers.fold(0, |all, number| all ^ number),
            deleted: Vec::new(),
        }
    }

    /// Spots without a name for checks whose spot was lost, so that they can be found.
    pub(super) fn spots_for_orphans(&self) -> Vec<Spot> {
        let spots = self.checks.values().map(|check| check.spot);
        let orphans: BTreeSet<SpotId> = spots.filter(|spot| !self.spots.contains_key(spot)).collect();
        let place = Place { side: BodySide::Front, x: 0.5, y: 0.5 };
        let spot = |id| {
            let since = self.timeline(id).first().map_or(Timestamp::UNIX_EPOCH, |check| check.at);
            Spot {
                id,
                name: String::new(),
                note: String::new(),
                place,
                since,
                look_again: None,
                recovered: true,
            }
        };
        orphans.into_iter().map(spot).collect()
    }
}
