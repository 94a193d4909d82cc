//! Whatever is merged into whatever: the order of time stays right, as a simple model of several devices says it is.

use proptest::prelude::*;

use super::*;

const DAY_S: i64 = 86_400;
const BEGIN_S: i64 = 1_750_000_000;

/// What happens next in the model, on one of several devices.
#[derive(Debug, Clone)]
enum Step {
    /// A check is made.
    Keep { device: usize, spot: usize },
    /// One device's backup is taken in by another.
    Merge { from: usize, into: usize },
    /// A device's clock is set off by so many days.
    Set { device: usize, days: i64 },
}

/// Devices with their archives, and what the model knows of each check.
struct Model {
    devices: Vec<Device>,
    spots: Vec<Spot>,
    /// All checks as they were made: on the true clock, and whether the device's clock was right.
    made: Vec<(CheckId, bool)>,
}

struct Device {
    _place: Scratch,
    archive: Archive,
    off_by_days: i64,
}

impl Model {
    fn new(devices: usize) -> Self {
        let device = |_| {
            let place = Scratch::new();
            Device { archive: place.create(), _place: place, off_by_days: 0 }
        };
        let spots = (0..2).map(|number| spot(&number.to_string())).collect();
        Self { devices: (0..devices).map(device).collect(), spots, made: Vec::new() }
    }

    /// Returns, for a check that was made, those that its archive held before.
    fn step(&mut self, step: &Step) -> Option<(CheckId, Vec<CheckId>)> {
        match *step {
            Step::Keep { device, spot } => {
                let true_second = BEGIN_S + DAY_S * self.made.len() as i64;
                let spot = self.spots[spot].clone();
                let device = &mut self.devices[device];
                let at = Timestamp::from_second(true_second + DAY_S * device.off_by_days).expect("time");
                let check = Check { at, ..check(spot.id) };
                let known = device.archive.contents().latest().map(|check| check.id).collect();
                device.archive.keep_check(spot, check.clone(), &pictures(&check, 1)).expect("kept");
                self.made.push((check.id, device.off_by_days == 0));
                Some((check.id, known))
            }
            Step::Merge { from, into } => {
                let contents = self.devices[from].archive.contents().clone();
                let all = contents.latest().rev().map(|check| (Check::clone(check), pictures(check, 1)));
                let spots = contents.spots().map(|spot| Spot::clone(spot)).collect();
                self.devices[into].archive.adopt(Vec::new(), spots, all.collect()).expect("taken in");
                None
            }
            Step::Set { device, days } => {
                self.devices[device].off_by_days = days;
                None
            }
        }
    }

    fn order(&self, device: usize) -> Vec<CheckId> {
        self.devices[device].archive.contents().latest().rev().map(|check| check.id).collect()
    }

    /// Everything on the first device.
    fn merge_all(&mut self) {
        for from in 1..self.devices.len() {
            self.step(&Step::Merge { from, into: 0 });
        }
    }
}

fn steps(devices: usize, days: impl Strategy<Value = i64>) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..devices, 0_usize..2).prop_map(|(device, spot)| Step::Keep { device, spot }),
        1 => (0..devices, 0..devices).prop_map(|(from, into)| Step::Merge { from, into }),
        1 => (0..devices, days).prop_map(|(device, days)| Step::Set { device, days }),
    ];
    prop::collection::vec(step, 1..24)
}

proptest! {
    #![proptest_config(cases(48))]

    /// Where all clocks are right, the order is the order in which the checks were made: of all of them and of each spot, on every
    /// device, also after a restart, and "newest" is the newest.
    #[test]
    fn with_right_clocks_the_order_is_that_of_time(steps in steps(3, Just(0))) {
        let mut model = Model::new(3);
        for step in &steps {
            model.step(step);
        }
        model.merge_all();
        for device in 0..3 {
            let order = model.order(device);
            let made: Vec<CheckId> =
                model.made.iter().map(|(id, _)| *id).filter(|id| order.contains(id)).collect();
            prop_assert_eq!(&order, &made);
            let archive = &model.devices[device].archive;
            prop_assert_eq!(archive.contents().latest().next().map(|check| check.id), made.last().copied());
            for spot in &model.spots {
                let timeline: Vec<CheckId> = archive.contents().timeline(spot.id).map(|check| check.id).collect();
                let of_spot = |id: &CheckId| archive.contents().check(*id).is_some_and(|check| check.spot == spot.id);
                prop_assert_eq!(timeline, made.iter().copied().filter(of_spot).collect::<Vec<_>>());
            }
        }
        prop_assert_eq!(model.order(0).len(), model.made.len());
    }

    /// Whatever the clocks say: a check comes after all that its archive held when it was made, and the order does not depend on
    /// which backup was merged into which.
    #[test]
    fn with_any_clocks_what_came_before_comes_before(steps in steps(3, -9_000_i64..9_000)) {
        let mut model = Model::new(3);
        let mut before = Vec::new();
        for step in &steps {
            before.extend(model.step(step));
        }
        model.merge_all();
        let order = model.order(0);
        let place = |id: &CheckId| order.iter().position(|other| other == id).expect("there");
        for (check, known) in &before {
            for earlier in known {
                prop_assert!(place(earlier) < place(check));
            }
        }
        // The other way round.
        model.step(&Step::Merge { from: 0, into: 1 });
        let other = Scratch::new();
        let mut fresh = Device { archive: other.create(), _place: other, off_by_days: 0 };
        std::mem::swap(&mut fresh, &mut model.devices[2]);
        model.step(&Step::Merge { from: 1, into: 2 });
        prop_assert_eq!(&model.order(1), &order);
        prop_assert_eq!(&model.order(2), &order);
    }

    /// A clock that is wrong for one check among others of the same device misplaces none of those that were made with a right one.
    #[test]
    fn a_clock_that_is_wrong_for_once_misplaces_no_other_check(
        devices in prop::collection::vec(0_usize..2, 8..24),
        wrong in prop::collection::vec((2_usize..5, prop_oneof![-9_000_i64..-300, 300_i64..9_000]), 0..3),
    ) {
        let mut model = Model::new(2);
        // Every few checks of a device one has a wrong clock; the first and the last two never.
        let mut since = [0_usize; 2];
        let mut wrong = wrong.into_iter();
        let mut next = wrong.next();
        let left = |at: usize, device: usize| devices[at + 1..].iter().filter(|other| **other == device).count();
        for (at, &device) in devices.iter().enumerate() {
            let days = match next {
                Some((every, days)) if since[device] >= every && left(at, device) >= 3 => {
                    since[device] = 0;
                    next = wrong.next();
                    days
                }
                _ => 0,
            };
            since[device] += 1;
            model.step(&Step::Set { device, days });
            model.step(&Step::Keep { device, spot: at % 2 });
        }
        model.merge_all();
        let order = model.order(0);
        let right: Vec<CheckId> = model.made.iter().filter(|(_, right)| *right).map(|(id, _)| *id).collect();
        let found: Vec<CheckId> = order.into_iter().filter(|id| right.contains(id)).collect();
        prop_assert_eq!(found, right);
    }
}

/// The case that was found first: a new phone, one check, and then the old phone's backup.
#[test]
fn an_old_backup_in_a_new_archive_stays_old() {
    let (old, new) = (Scratch::new(), Scratch::new());
    let (mut before, mut after) = (old.create(), new.create());
    let spot = spot("arm");
    let year =
        |year: i16, day| date(year, 3, day).at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).expect("time");
    for day in 1..=6 {
        let check = Check { at: year(2025, day).timestamp(), ..check(spot.id) };
        before.keep_check(spot.clone(), check.clone(), &pictures(&check, 1)).expect("kept");
    }
    let check = Check { at: year(2027, 1).timestamp(), ..check(spot.id) };
    after.keep_check(spot.clone(), check.clone(), &pictures(&check, 1)).expect("kept");
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut file = Vec::new();
    backup::export(&before, before.contents(), &passphrase, &mut file).expect("exported");
    backup::import(&mut after, &passphrase, file.as_slice()).expect("imported");
    drop(after);
    let after = new.open();
    assert_eq!(after.contents().latest().next().map(|check| check.id), Some(check.id));
    assert_eq!(after.contents().timeline(spot.id).last().map(|check| check.id), Some(check.id));
    let mut times: Vec<_> = after.contents().timeline(spot.id).map(|check| check.at).collect();
    assert!(times.is_sorted(), "{times:?}");
    times.dedup();
    assert_eq!(times.len(), 7);
}

/// Photos from before come to stand where their days are, in whichever order they are chosen, and the next check after all of them.
#[test]
fn earlier_photos_are_put_where_their_clock_says() {
    let place = Scratch::new();
    let mut archive = place.create();
    let arm = spot("arm");
    let at = |day: i64| Timestamp::from_second(1_700_000_000 + 86_400 * day).expect("time");
    let keep = |archive: &mut Archive, day: i64| {
        let check = Check { at: at(day), ..check(arm.id) };
        archive.keep_check(arm.clone(), check.clone(), &pictures(&check, 200)).expect("kept");
    };
    let earlier = |archive: &mut Archive, day: i64| {
        let check = Check { at: at(day), ..check(arm.id) };
        archive.keep_earlier(None, check.clone(), &pictures(&check, 200)).expect("kept")
    };
    let days = |archive: &Archive| -> Vec<i64> {
        let day = |check: &Arc<Check>| (check.at.as_second() - 1_700_000_000) / 86_400;
        archive.contents().timeline(arm.id).map(day).collect()
    };
    keep(&mut archive, 10);
    for day in [7, 12, 3] {
        assert!(earlier(&mut archive, day));
    }
    assert!(!earlier(&mut archive, 7), "the same photo once more");
    // A spot that is new comes with its first photo, and not without it.
    let leg = spot("leg");
    let of_leg = Check { at: at(1), ..check(leg.id) };
    assert!(archive.keep_earlier(Some(leg.clone()), of_leg.clone(), &pictures(&of_leg, 200)).expect("kept"));
    assert_eq!(
        (archive.contents().spot(leg.id).is_some(), archive.contents().timeline(leg.id).count()),
        (true, 1)
    );
    assert_eq!(days(&archive), [3, 7, 10, 12]);
    // Whatever its clock says: it is made now.
    keep(&mut archive, 1);
    assert_eq!(days(&archive), [3, 7, 10, 12, 1]);
    assert!(earlier(&mut archive, 5));
    assert_eq!(days(&archive), [3, 5, 7, 10, 12, 1]);
    drop(archive);
    assert_eq!(days(&place.open()), [3, 5, 7, 10, 12, 1]);
}
