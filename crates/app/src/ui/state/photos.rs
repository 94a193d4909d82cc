//! From a photo to an answer, and what becomes of that.

use std::rc::Rc;

use dioxus::prelude::*;
use jiff::{Timestamp, ZonedDateTime};

use super::App;
use crate::ui::archive_worker::Trouble;
use crate::ui::destination::Destination;
use crate::ui::framing::Framing;
use crate::ui::vision_worker::{Answer, Opened};
use crate::ui::work::WorkError;
use archive::record::{CheckId, RecordKind, SpotId};
use assess::assessment::Look;
use net::person::{Person, Remarks};
use vision::photo::DecodeError;
use vision::scale::Size;

/// A photo that is being framed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The photo.
    pub opened: Opened,
    /// The square on it.
    pub framing: Framing,
}

impl App {
    /// The photo that was taken for a run of the app that the system ended meanwhile, if there is one and it is wanted.
    pub async fn left_photo(mut self) -> Option<Vec<u8>> {
        let left = self.left.write().take()?;
        let photo = left.await.ok()??;
        (self.settings.peek().agreed() && !self.can_cancel()).then_some(photo)
    }

    /// Decodes a file, and then goes on to framing.
    pub fn open(self, file: Vec<u8>, go: impl FnOnce(Destination) + 'static) {
        self.begin_with(go, async move { self.vision_worker().open(file).await });
    }

    /// Goes on to framing with a picture that the camera took.
    #[cfg(feature = "camera")]
    pub fn take(self, pixels: image::RgbImage, go: impl FnOnce(Destination) + 'static) {
        self.begin_with(go, async move { self.vision_worker().take(pixels).await.map(Ok) });
    }

    fn begin_with(
        mut self,
        go: impl FnOnce(Destination) + 'static,
        opening: impl Future<Output = Result<Result<Opened, DecodeError>, WorkError>> + 'static,
    ) {
        self.cancel();
        self.notice.set(None);
        self.run(async move {
            match opening.await {
                Ok(Ok(opened)) => {
                    let framing = Framing::central(opened.photo.size());
                    self.vision_worker().prepare(opened.clone());
                    self.begin(Draft { opened, framing });
                    go(Destination::Frame);
                }
                Ok(Err(error)) => self.tell(self.words.peek().decode_error(&error)),
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// Takes this photo as the one that is being framed.
    pub fn begin(mut self, draft: Draft) {
        self.draft.set(Some(draft));
    }

    /// Moves or zooms the square.
    pub fn frame(mut self, change: impl FnOnce(Framing) -> Framing) {
        if let Some(draft) = self.draft.write().as_mut() {
            draft.framing = change(draft.framing);
        }
    }

    /// Assesses the framed square, and then goes on to the answer.
    pub fn assess(self, despite_quality: bool, go: impl FnOnce(Destination) + 'static) {
        let Some(draft) = self.draft.peek().clone() else { return };
        self.cancel();
        let look =
            Look { views: self.settings.peek().views, despite_quality, ..Look::at(draft.framing.square()) };
        self.run(async move {
            match self.vision_worker().assess(draft.opened, look).await {
                Ok(answer) => {
                    self.remember(Rc::new(answer));
                    go(Destination::Result);
                }
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// Shows a new answer, and remembers it until the app is closed or it is kept. What is known of the patient whose spot it is, and was
    /// told at its last check, holds for the next one, too; what was noticed may have changed.
    pub fn remember(mut self, answer: Rc<Answer>) {
        self.answers.write().insert(0, answer.clone());
        self.shown.set(Some(answer));
        let spot = *self.target.peek();
        let known = self.page().zip(spot).map(|(page, spot)| {
            let last = page.contents.timeline(spot).last().map(|check| check.assessment.person);
            let last = last.unwrap_or_default();
            let patient = page.contents.spot(spot).and_then(|spot| page.contents.patient_of(spot));
            let age = patient.and_then(|patient| patient.age_in(ZonedDateTime::now().year())).or(last.age);
            let sex = patient.and_then(|patient| patient.sex).or(last.sex);
            Person { age, sex, noticed: Remarks::default(), ..last }
        });
        if let Some(person) = known.filter(|person| !person.is_unknown()) {
            self.tell_person(person);
        }
    }

    /// Takes what is told of the person into the answer that is shown, as the card of the model that gave it has it.
    pub fn tell_person(self, person: Person) {
        let Some(shown) = self.shown.peek().clone() else { return };
        let Some(assessment) = shown.of_photo.with_person(&shown.card, person) else { return };
        self.replace_shown(|shown| Answer { assessment, ..shown.clone() });
    }

    /// The photo that was framed last, where the answer that is shown is to it: then the spot on it can be measured.
    pub fn measurable(self) -> Option<Draft> {
        let draft = self.draft.cloned()?;
        let shown = self.shown.cloned()?;
        (draft.opened.was_answered(&shown) && draft.framing.square() == shown.assessment.crop)
            .then_some(draft)
    }

    /// Takes the size of the spot into the answer that is shown.
    pub fn measured(self, size: Size) {
        self.replace_shown(|shown| Answer { size: Some(size), ..shown.clone() });
    }

    fn replace_shown(mut self, change: impl FnOnce(&Answer) -> Answer) {
        let Some(shown) = self.shown.peek().clone() else { return };
        let answer = Rc::new(change(&shown));
        for kept in self.answers.write().iter_mut().filter(|kept| Rc::ptr_eq(kept, &shown)) {
            *kept = answer.clone();
        }
        self.shown.set(Some(answer));
    }

    /// Assesses the kept photos of checks with the present model, and notes each answer beside those that were given before. A photo that
    /// can't be read stops none of the others.
    pub fn look_again(self, checks: Vec<CheckId>) {
        self.cancel();
        self.run(async move {
            let mut told = None;
            for check in checks {
                if let Err(why) = self.answer_again(check).await {
                    told.get_or_insert(why);
                }
            }
            if let Some(told) = told {
                self.tell(told);
            }
        });
    }

    /// What was looked at is known in pixels of the kept photo; where it is not, the kept crop is looked at.
    async fn answer_again(self, id: CheckId) -> Result<(), String> {
        let views = self.settings.peek().views;
        let words = self.words.peek().clone();
        let page = self.page();
        let Some(check) = page.as_ref().and_then(|page| page.contents.check(id)) else { return Ok(()) };
        let square = check.photo.map(|photo| photo.square(check.assessment.crop));
        let kind = if square.is_some() { RecordKind::Photo } else { RecordKind::Crop };
        let person = check.assessment.person;
        let jpeg =
            match self.archive_worker().ask(move |archive_worker| archive_worker.picture(id, kind)).await {
                Ok(Ok(jpeg)) => jpeg,
                Ok(Err(error)) => return Err(Trouble::from(&error).say(&words)),
                Err(WorkError) => return Err(words.say("broken")),
            };
        match self.vision_worker().assess_again(jpeg, square, views, person).await {
            Ok(Some(assessment)) => {
                let now = Timestamp::now();
                self.keep(move |archive_worker| archive_worker.add_answer(id, now, assessment), |()| {});
                Ok(())
            }
            Ok(None) => Err(words.say("archive-lost")),
            Err(WorkError) => Err(words.say("broken")),
        }
    }

    /// Takes an earlier answer as the one that is shown.
    pub fn show(mut self, answer: Rc<Answer>) {
        self.shown.set(Some(answer));
    }

    /// The shown answer was kept.
    pub fn kept(mut self, answer: &Rc<Answer>) {
        self.answers.write().retain(|other| !Rc::ptr_eq(other, answer));
        self.shown.set(None);
        self.target.set(None);
    }

    /// The next check is meant for this spot.
    pub fn aim(mut self, spot: Option<SpotId>) {
        self.target.set(spot);
    }
}
