//! Photos from before: each becomes a check of the day on which it was taken, of the spot that is shown or of the one that its owner says.

use std::rc::Rc;

use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use futures_channel::oneshot;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};

use super::App;
use super::arrivals::Incoming;
use crate::capture::bridge::FileKind;
use crate::ui::destination::Destination;
use crate::ui::vision_worker::Answer;
use crate::ui::work::WorkError;
use archive::record::{Check, CheckId, PatientId, Remarks, Spot, SpotId};
use assess::assessment::Look;
use net::person::Person;
use vision::photo::Taken;

/// Photos from before that are being taken in, and what became of those that have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earlier {
    /// Of which spot they are; where there is none, their owner says it of each.
    spot: Option<SpotId>,
    /// How many are still to come after the one that is arriving.
    rest: u32,
    /// How many are kept.
    kept: usize,
    /// How many were there before.
    known: usize,
    /// How many their owner has left out.
    left_out: usize,
    /// How many don't say when they were taken.
    undated: usize,
    /// How many could not be read.
    unread: usize,
}

/// What became of one of them.
enum Became {
    Kept,
    Known,
    /// Its owner doesn't want it.
    LeftOut,
    Undated,
    Unread,
}

/// One of them with its answer, before it is said of which spot it is.
#[derive(Clone)]
pub struct Unsorted {
    /// The answer.
    pub answer: Rc<Answer>,
    /// When it was taken.
    pub at: Timestamp,
    /// How many are still to come after it.
    pub rest: u32,
    /// Tells the page whether more are wanted.
    tell: Rc<dyn Fn(bool)>,
}

impl PartialEq for Unsorted {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.answer, &other.answer)
    }
}

impl App {
    /// The next of several photos was chosen, and is being read. They are of the spot that is shown, if one is.
    pub fn expect_earlier(mut self, number: u64, rest: u32) {
        let spot = *self.target.peek();
        // What is waited for besides is given up; those of them that came before count.
        let begun =
            self.earlier.write().take().filter(|earlier| earlier.spot == spot && earlier.rest == rest + 1);
        self.expect(number, FileKind::Earlier);
        if matches!(*self.incoming.peek(), Incoming::Expected(expected, _) if expected == number) {
            let new = Earlier { spot, rest, kept: 0, known: 0, left_out: 0, undated: 0, unread: 0 };
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

    /// Assesses the middle of one, and keeps it as a check of its day or asks of which spot it is; tells whether more are wanted. `go` leads
    /// to where that is asked.
    pub(super) fn keep_earlier(
        mut self,
        file: Vec<u8>,
        go: impl FnOnce(Destination) + 'static,
        tell: impl Fn(bool) + 'static,
    ) {
        let Some(Earlier { spot, rest, .. }) = *self.earlier.peek() else { return tell(false) };
        self.incoming.set(Incoming::Nothing);
        self.run(async move {
            let became = match (self.assess_earlier(file).await, spot) {
                (Ok((at, answer)), Some(spot)) => {
                    let patient = self.page().and_then(|page| page.contents.spot(spot)?.patient);
                    self.keep_as(at, &answer, spot, patient, None).await
                }
                (Ok((at, answer)), None) => {
                    self.unsorted.set(Some(Unsorted {
                        answer: Rc::new(answer),
                        at,
                        rest,
                        tell: Rc::new(tell),
                    }));
                    return go(Destination::Sort);
                }
                (Err(became), _) => became,
            };
            // What follows is told once this is not waited for any more.
            spawn_forever(async move { tell(self.count(became)) });
        });
    }

    /// The photo that waits until it is said of which spot it is.
    pub fn unsorted(self) -> Option<Unsorted> {
        self.unsorted.cloned()
    }

    /// Keeps the photo that waits as a check of this spot, which may be a new one, and goes on to the next.
    pub fn sort(mut self, spot: SpotId, new: Option<Spot>) {
        let Some(Unsorted { answer, at, tell, .. }) = self.unsorted.write().take() else { return };
        let kept = self.page().and_then(|page| page.contents.spot(spot)?.patient);
        let patient = new.as_ref().map_or(kept, |new| new.patient);
        self.run(async move {
            let became = self.keep_as(at, &answer, spot, patient, new).await;
            spawn_forever(async move { tell(self.count(became)) });
        });
    }

    /// Leaves the photo that waits out, and goes on to the next.
    pub fn leave_out(mut self) {
        let Some(Unsorted { tell, .. }) = self.unsorted.write().take() else { return };
        tell(self.count(Became::LeftOut));
    }

    /// Ends it: what was kept stays, and no more is wanted.
    pub fn end_sorting(mut self) {
        let Some(Unsorted { tell, .. }) = self.unsorted.write().take() else { return };
        if let Some(earlier) = self.earlier.write().as_mut() {
            earlier.left_out += 1 + std::mem::take(&mut earlier.rest) as usize;
        }
        self.tell_counts();
        tell(false);
    }

    /// When it was taken, and the answer to its middle.
    async fn assess_earlier(self, file: Vec<u8>) -> Result<(Timestamp, Answer), Became> {
        let Ok((taken, Ok(opened))) = self.vision_worker().open_earlier(file).await else {
            return Err(Became::Unread);
        };
        let at = taken.and_then(moment).ok_or(Became::Undated)?;
        let look = Look { views: self.settings.peek().views, ..Look::at(opened.photo.central_square()) };
        let answer = self.vision_worker().assess(opened, look).await;
        answer.map(|answer| (at, answer)).map_err(|WorkError| Became::Unread)
    }

    /// Keeps an answer as a check of that moment, of a spot that is made first where it is `new`.
    async fn keep_as(
        self,
        at: Timestamp,
        answer: &Answer,
        spot: SpotId,
        patient: Option<PatientId>,
        new: Option<Spot>,
    ) -> Became {
        let check = Check {
            id: CheckId::random(),
            spot,
            lineage: Default::default(),
            order: 0,
            after: Default::default(),
            at,
            assessment: self.with_patient(patient, at, answer),
            photo: Some(answer.photo),
            again: Vec::new(),
            remarks: Remarks::default(),
            size: None,
        };
        let (done, kept) = oneshot::channel();
        let pictures = answer.pictures.clone();
        // What is being written can't be cancelled, and what fails is told by it.
        self.keep(
            move |archive_worker| archive_worker.keep_earlier(new, check, &pictures),
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
    fn with_patient(
        self,
        patient: Option<PatientId>,
        at: Timestamp,
        answer: &Answer,
    ) -> assess::assessment::Assessment {
        let year = at.to_zoned_datetime(TimeZone::system()).year();
        let person = self.page().and_then(|page| {
            let patient = page.contents.patient(patient?)?;
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
            Became::LeftOut => earlier.left_out += 1,
            Became::Undated => earlier.undated += 1,
            Became::Unread => earlier.unread += 1,
        }
        self.earlier.set(Some(earlier));
        if earlier.rest > 0 {
            return true;
        }
        self.tell_counts();
        false
    }

    /// Tells what became of all, and waits for none any more.
    fn tell_counts(self) {
        let Some(earlier) = *self.earlier.peek() else { return };
        self.cancel();
        let words = self.words.peek();
        let counts = [
            ("earlier-kept", earlier.kept, true),
            ("earlier-known", earlier.known, false),
            ("earlier-left-out", earlier.left_out, false),
            ("earlier-undated", earlier.undated, false),
            ("earlier-unread", earlier.unread, false),
        ];
        let told = counts.into_iter().filter(|(_, count, always)| *count > 0 || *always);
        let sentences: Vec<String> =
            told.map(|(key, count, _)| words.text(key, &[("count", count.into())])).collect();
        self.tell(sentences.join(" "));
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
