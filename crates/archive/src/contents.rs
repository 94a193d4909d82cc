//! Patients, spots and checks without their pictures, as they are looked up and listed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use super::order;
use super::record::{BodySide, Census, Check, CheckId, Lineage, Patient, PatientId, Place, Spot, SpotId};

/// All patients, spots and checks, without the pictures. Copies share them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    patients: BTreeMap<PatientId, Arc<Patient>>,
    spots: BTreeMap<SpotId, Arc<Spot>>,
    checks: BTreeMap<CheckId, Arc<Check>>,
    /// All checks, oldest first.
    in_order: Vec<CheckId>,
    /// Those of each spot, oldest first.
    by_spot: BTreeMap<SpotId, Vec<CheckId>>,
    /// Spots in the order of their names.
    by_name: Vec<SpotId>,
}

impl Contents {
    /// These patients, spots and checks.
    pub fn of(
        patients: impl IntoIterator<Item = Patient>,
        spots: impl IntoIterator<Item = Spot>,
        checks: impl IntoIterator<Item = Check>,
    ) -> Self {
        Self::default().with(patients, spots, checks)
    }

    /// These patients, spots and checks in the place of those of the same numbers, and all others.
    pub(super) fn with(
        mut self,
        patients: impl IntoIterator<Item = Patient>,
        spots: impl IntoIterator<Item = Spot>,
        checks: impl IntoIterator<Item = Check>,
    ) -> Self {
        self.patients.extend(patients.into_iter().map(|patient| (patient.id, Arc::new(patient))));
        self.spots.extend(spots.into_iter().map(|spot| (spot.id, Arc::new(spot))));
        self.checks.extend(checks.into_iter().map(|check| (check.id, Arc::new(check))));
        self.sorted()
    }

    /// All but this check.
    pub(super) fn without_check(mut self, check: CheckId) -> Self {
        self.checks.remove(&check);
        self.sorted()
    }

    /// All but this spot and its checks.
    pub(super) fn without_spot(mut self, spot: SpotId) -> Self {
        self.spots.remove(&spot);
        self.checks.retain(|_, check| check.spot != spot);
        self.sorted()
    }

    /// All but this patient, their spots and the checks of these.
    pub(super) fn without_patient(mut self, patient: PatientId) -> Self {
        self.patients.remove(&patient);
        self.spots.retain(|_, spot| spot.patient != Some(patient));
        self.checks.retain(|_, check| self.spots.contains_key(&check.spot));
        self.sorted()
    }

    /// What is of this patient; of nobody in particular where there is none: the spots whose patient was not said, or is not kept.
    pub fn of_patient(&self, patient: Option<PatientId>) -> Self {
        let mut part = self.clone();
        part.patients.retain(|id, _| Some(*id) == patient);
        part.spots.retain(|_, spot| self.patient_of(spot).map(|patient| patient.id) == patient);
        part.checks.retain(|_, check| part.spots.contains_key(&check.spot));
        part.sorted()
    }

    /// This spot, its checks, and whose it is.
    pub fn of_spot(&self, spot: SpotId) -> Self {
        let mut part = self.clone();
        part.spots.retain(|id, _| *id == spot);
        let patient = part.spots.values().find_map(|spot| spot.patient);
        part.patients.retain(|id, _| Some(*id) == patient);
        part.checks.retain(|_, check| check.spot == spot);
        part.sorted()
    }

    /// After a change: what is looked up most is sorted once, so that no screen has to.
    fn sorted(mut self) -> Self {
        self.in_order = order::oldest_first(self.checks.values().map(|check| &**check));
        self.by_spot.clear();
        for id in &self.in_order {
            self.by_spot.entry(self.checks[id].spot).or_default().push(*id);
        }
        self.by_name = self.spots.keys().copied().collect();
        self.by_name.sort_by_cached_key(|id| (self.spots[id].name.to_lowercase(), *id));
        self
    }

    /// All patients, in the order of their names.
    pub fn patients(&self) -> Vec<&Arc<Patient>> {
        let mut patients: Vec<_> = self.patients.values().collect();
        patients.sort_by_cached_key(|patient| (patient.name.to_lowercase(), patient.id));
        patients
    }

    /// The patient of this number.
    pub fn patient(&self, id: PatientId) -> Option<&Patient> {
        self.patients.get(&id).map(|patient| &**patient)
    }

    /// Whose spot it is, where that is known.
    pub fn patient_of(&self, spot: &Spot) -> Option<&Patient> {
        self.patient(spot.patient?)
    }

    /// All spots, in the order of their names.
    pub fn spots(&self) -> impl ExactSizeIterator<Item = &Arc<Spot>> + DoubleEndedIterator {
        self.by_name.iter().map(|id| &self.spots[id])
    }

    /// The spot of this number.
    pub fn spot(&self, id: SpotId) -> Option<&Spot> {
        self.spots.get(&id).map(|spot| &**spot)
    }

    /// The check of this number.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.get(&id).map(|check| &**check)
    }

    /// The checks of a spot, oldest first.
    pub fn timeline(&self, spot: SpotId) -> impl ExactSizeIterator<Item = &Arc<Check>> + DoubleEndedIterator {
        self.by_spot.get(&spot).map(Vec::as_slice).unwrap_or_default().iter().map(|id| &self.checks[id])
    }

    /// All checks, newest first.
    pub fn latest(&self) -> impl ExactSizeIterator<Item = &Arc<Check>> + DoubleEndedIterator {
        self.in_order.iter().rev().map(|id| &self.checks[id])
    }

    /// The spots that are to be looked at by this day, the longest overdue first.
    pub fn due(&self, today: Date) -> Vec<&Spot> {
        let day = |spot: &Spot| spot.next_look().filter(|day| *day <= today);
        let mut due: Vec<(Date, &Spot)> =
            self.spots.values().filter_map(|spot| Some((day(spot)?, &**spot))).collect();
        due.sort_by_key(|(day, spot)| (*day, spot.id));
        due.into_iter().map(|(_, spot)| spot).collect()
    }

    /// The mornings, each once and in their order, on which a spot is to be looked at again after `now`.
    pub fn mornings(&self, now: &ZonedDateTime) -> Vec<Timestamp> {
        const HOUR: i8 = 9;
        let days: BTreeSet<Date> = self.spots.values().filter_map(|spot| spot.next_look()).collect();
        let morning = |day: Date| day.at(HOUR, 0, 0, 0).to_zoned_datetime(now.time_zone().clone()).ok();
        days.into_iter()
            .filter_map(morning)
            .map(|at| at.timestamp())
            .filter(|at| *at > now.timestamp())
            .collect()
    }

    /// The place in the order of the next check that this lineage makes.
    pub(super) fn next_order(&self, lineage: Lineage) -> u64 {
        let made = self.checks.values().filter(|check| check.lineage == lineage);
        made.map(|check| check.order.saturating_add(1)).max().unwrap_or(0)
    }

    /// The greatest place in the order of each lineage but this one.
    pub(super) fn others(&self, lineage: Lineage) -> BTreeMap<Lineage, u64> {
        let mut others = BTreeMap::new();
        for check in self.checks.values().filter(|check| check.lineage != lineage) {
            let last = others.entry(check.lineage).or_insert(check.order);
            *last = check.order.max(*last);
        }
        others
    }

    /// What must be there so that nothing is missing.
    pub(super) fn census(&self) -> Census {
        let patients = self.patients.keys().map(|id| id.number());
        let spots = self.spots.keys().map(|id| id.number());
        let numbers = patients.chain(spots).chain(self.checks.keys().map(|id| id.number()));
        Census {
            records: (self.patients.len() + self.spots.len() + self.checks.len()) as u64,
            numbers: numbers.fold(0, |all, number| all ^ number),
            ..Census::default()
        }
    }

    /// Spots without a name for checks whose spot was lost, so that they can be found.
    pub(super) fn spots_for_orphans(&self) -> Vec<Spot> {
        let spots = self.checks.values().map(|check| check.spot);
        let orphans: BTreeSet<SpotId> = spots.filter(|spot| !self.spots.contains_key(spot)).collect();
        let place = Place { side: BodySide::Front, x: 0.5, y: 0.5 };
        let spot = |id| {
            let since = self.timeline(id).next().map_or(Timestamp::UNIX_EPOCH, |check| check.at);
            Spot {
                id,
                name: String::new(),
                note: String::new(),
                place,
                since,
                look_again: None,
                recovered: true,
                patient: None,
                findings: Vec::new(),
            }
        };
        orphans.into_iter().map(spot).collect()
    }
}
