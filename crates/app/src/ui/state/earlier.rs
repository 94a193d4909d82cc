//! Photos of a spot from before: each becomes a check of the day on which it was taken.

use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use futures_channel::oneshot;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};

use super::App;
use super::arrivals::Incoming;
use crate::capture::bridge::FileKind;
use crate::ui::vision_worker::Answer;
use crate::ui::work::WorkError;
use archive::record::{Check, CheckId, Remarks, SpotId};
use assess::assessment::Look;
use net::person::Person;
use vision::photo::Taken;

/// Photos of a spot from before that are being taken in, and what became of those that have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earlier {
    spot: SpotId,
    /// How many are still to come after the one that is arriving.
    rest: u32,
    /// How many are kept.
    kept: usize,
    /// How many were there before.
    known: usize,
    /// How many don't say when they were taken.
    undated: usize,
    /// How many could not be read.
    unread: usize,
}

/// What became of one of them.
enum Became {
    Kept,
    Known,
    Undated,
    Unread,
}

impl App {
    /// The next of several photos of the spot that is shown was chosen, and is being read.
    pub fn expect_earlier(mut self, number: u64, rest: u32) {
        let Some(spot) = *self.target.peek() else { return };
        // What is waited for besides is given up; those of them that came before count.
        let begun =
            self.earlier.write().take().filter(|earlier| earlier.spot == spot && earlier.rest == rest + 1);
        self.expect(number, FileKind::Earlier);
        if matches!(*self.incoming.peek(), Incoming::Expected(expected, _) if expected == number) {
            let new = Earlier { spot, rest, kept: 0, known: 0, undated: 0, unread: 0 };
            self.earlier.set(Some(begun.map_or(new, |begun| Earlier { rest, ..begun })));
        }
    }

    /// Whether such photos are being taken in, and nobody has cancelled it.
    pub(super) fn takes_earlier(self) -> bool {
        self.earlier.peek().is_some()
    }

    /// The one that is arriving can't be read. Returns whether more are wanted.
    pub(super) fn pass_earlier(self) -> bool {
        self.count(Became::Unread)
    }

    /// Assesses the middle of one, and keeps it as a check of its day; tells whether more are wanted.
    pub(super) fn keep_earlier(mut self, file: Vec<u8>, tell: impl FnOnce(bool) + 'static) {
        let Some(Earlier { spot, .. }) = *self.earlier.peek() else { return tell(false) };
        self.incoming.set(Incoming::Nothing);
        self.run(async move {
            let became = self.keep_one(spot, file).await;
            // What follows is told once this is not waited for any more.
            spawn_forever(async move { tell(self.count(became)) });
        });
    }

    async fn keep_one(self, spot: SpotId, file: Vec<u8>) -> Became {
        let Ok((taken, Ok(opened))) = self.vision_worker().open_earlier(file).await else {
            return Became::Unread;
        };
        let Some(at) = taken.and_then(moment) else { return Became::Undated };
        let look = Look { views: self.settings.peek().views, ..Look::at(opened.photo.central_square()) };
        let answer = match self.vision_worker().assess(opened, look).await {
            Ok(answer) => answer,
            Err(WorkError) => return Became::Unread,
        };
        let check = Check {
            id: CheckId::random(),
            spot,
            lineage: Default::default(),
            order: 0,
            after: Default::default(),
            at,
            assessment: self.with_patient(spot, at, &answer),
            photo: Some(answer.photo),
            again: Vec::new(),
            remarks: Remarks::default(),
            size: None,
        };
        let (done, kept) = oneshot::channel();
        let pictures = answer.pictures.clone();
        // What is being written can't be cancelled, and what fails is told by it.
        self.keep(
            move |archive_worker| archive_worker.keep_earlier(check, &pictures),
            move |is_new| {
                let _ = done.send(is_new);
            },
        );
        match kept.await {
            Ok(true) => Became::Kept,
            Ok(false) => Became::Known,
            Err(oneshot::Canceled) => Became::Unread,
        }
    }

    /// The answer with what is known of whose spot it is, as old as they were then.
    fn with_patient(self, spot: SpotId, at: Timestamp, answer: &Answer) -> assess::assessment::Assessment {
        let year = at.to_zoned_datetime(TimeZone::system()).year();
        let person = self.page().and_then(|page| {
            let patient = page.contents.patient_of(page.contents.spot(spot)?)?;
            Some(Person { age: patient.age_in(year), sex: patient.sex, ..Person::default() })
        });
        let person = person.filter(|person| !person.is_unknown());
        let told = person.and_then(|person| answer.of_photo.with_person(&answer.card, person));
        told.unwrap_or_else(|| answer.assessment.clone())
    }

    /// Counts what became of one, and tells what became of all after the last. Returns whether more are wanted.
    fn count(mut self, became: Became) -> bool {
        let Some(mut earlier) = *self.earlier.peek() else { return false };
        match became {
            Became::Kept => earlier.kept += 1,
            Became::Known => earlier.known += 1,
            Became::Undated => earlier.undated += 1,
            Became::Unread => earlier.unread += 1,
        }
        self.earlier.set(Some(earlier));
        if earlier.rest > 0 {
            return true;
        }
        self.cancel();
        let words = self.words.peek();
        let counts = [
            ("earlier-kept", earlier.kept, true),
            ("earlier-known", earlier.known, false),
            ("earlier-undated", earlier.undated, false),
            ("earlier-unread", earlier.unread, false),
        ];
        let told = counts.into_iter().filter(|(_, count, always)| *count > 0 || *always);
        let sentences: Vec<String> =
            told.map(|(key, count, _)| words.text(key, &[("count", count.into())])).collect();
        self.tell(sentences.join(" "));
        false
    }
}

/// The moment at which a photo was taken. Where its camera did not note how far its clock was from UTC, it was where this device is.
fn moment(taken: Taken) -> Option<Timestamp> {
    let Taken { year, month, day, hour, minute, second, offset_minutes } = taken;
    // Cameras may write a 31st of February.
    if !(1..=28).contains(&day) && day > date(year, month, 1).days_in_month() {
        return None;
    }
    let local = date(year, month, day).at(hour, minute, second, 0);
    let zone = match offset_minutes {
        Some(minutes) => Offset::from_seconds(i32::from(minutes) * 60).ok()?.to_time_zone(),
        None => TimeZone::system(),
    };
    local.to_zoned_datetime(zone).ok().map(|at| at.timestamp()).filter(|at| *at >= Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: Taken =
        Taken { year: 2024, month: 2, day: 29, hour: 23, minute: 30, second: 0, offset_minutes: Some(120) };

    #[test]
    fn a_photo_is_of_the_moment_that_its_camera_noted() {
        let utc: Timestamp = "2024-02-29T21:30:00Z".parse().expect("a time");
        assert_eq!(moment(TAKEN), Some(utc));
        let here = Taken { offset_minutes: None, ..TAKEN };
        let there = moment(here).expect("a time").to_zoned_datetime(TimeZone::system());
        assert_eq!((there.month(), there.day(), there.hour()), (2, 29, 23));
    }

    #[test]
    fn a_day_that_never_was_is_none() {
        assert_eq!(moment(Taken { year: 2023, ..TAKEN }), None);
        assert_eq!(moment(Taken { month: 4, day: 31, ..TAKEN }), None);
        assert_eq!(moment(Taken { year: 1969, ..TAKEN }), None, "before any digital camera's clock");
    }
}
