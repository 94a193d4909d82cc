//! What can change in the app, and the few actions that change it.

use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dioxus::core::{Task, spawn_forever};
use dioxus::prelude::*;
use dioxus::router::{Navigator, router};
use futures_channel::oneshot;
use jiff::Timestamp;
use spotpack::{ConfirmedKey, Digest, Ledger, PublicKey};

use super::app::Route;
use super::framing::Framing;
use super::keeper::{Before, Book, Examined, Keeper, KeeperError, Offer, Page, Trouble};
use super::look::{Answer, Looker, Opened};
use super::model::InUse;
use super::pulse::{PATIENCE, Pulse};
use super::work::{WorkError, Worker};
use crate::archive::models::Models;
use crate::archive::record::{self, CheckId, SpotId};
use crate::archive::seal::Passphrase;
use crate::archive::vault::Protection;
use crate::assessment::Look;
use crate::capture::bridge::{Arrival, BridgeError, Kind, MAX_FILE_BYTES, Reply};
use crate::packs::NotUsed;
use crate::person::{Person, Remarks};
use crate::photo::DecodeError;
use crate::platform::{self, Handed, System};
use crate::settings::{CONSENT, Settings, SettingsError, Store};
use crate::shelf::{Shelf, Source};
use crate::wording::{Language, Wording};

/// A photo that is being framed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The photo.
    pub opened: Opened,
    /// The square on it.
    pub framing: Framing,
}

/// A file on its way into the app.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Incoming {
    Nothing,
    /// One was chosen, and is being read.
    Expected(u64, Kind),
    /// It is arriving. The bytes of a photo are here, those of a backup or a model pack with the keeper.
    Arriving(Arrival, Vec<u8>),
    /// A backup is there, and waits for its passphrase.
    Backup,
    /// A model pack is there, and waits until somebody decides about it.
    Pack,
}

/// A model pack that another app has handed over, until it is taken in: it lies where the system has put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// A photo that was taken for an earlier run comes first.
    NotYet,
    Nothing,
    /// There is one.
    Found,
    /// There is one, which can't be looked at yet, and the user has been told so.
    Told,
}

/// How long nobody has touched the app, by a clock that counts sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Idle {
    touched: Duration,
}

impl Idle {
    /// Whether nobody has for so many minutes, now.
    fn lapsed(self, now: Duration, minutes: u32) -> bool {
        now.saturating_sub(self.touched) >= Duration::from_secs(u64::from(minutes) * 60)
    }
}

/// The state of the app. Copies share it.
#[derive(Clone, Copy)]
pub struct App {
    system: &'static dyn System,
    settings: Signal<Settings>,
    words: Signal<Rc<Wording>>,
    draft: Signal<Option<Draft>>,
    answers: Signal<Vec<Rc<Answer>>>,
    shown: Signal<Option<Rc<Answer>>>,
    target: Signal<Option<SpotId>>,
    book: Signal<Book>,
    model: Signal<Rc<InUse>>,
    examined: Signal<Option<Examined>>,
    incoming: Signal<Incoming>,
    left: Signal<Option<oneshot::Receiver<Option<Vec<u8>>>>>,
    waiting: Signal<Waiting>,
    idle: Signal<Idle>,
    beat: Signal<u64>,
    pulse: Signal<Pulse>,
    languages: Signal<Vec<String>>,
    doing: Signal<Option<Option<Task>>>,
    keeping: Signal<usize>,
    notice: Signal<Option<String>>,
    settings_keeper: Signal<Worker<Option<Store>>>,
    looker: Signal<Looker>,
    keeper: Signal<Worker<Keeper>>,
}

impl App {
    /// The app as it starts on this system, with what `store` holds. To be called within a component's scope.
    pub fn new(system: &'static dyn System, store: Option<Store>) -> Self {
        let settings = store.as_ref().map(Store::load).unwrap_or_default();
        let folder = store.as_ref().map(|store| store.folder().to_path_buf()).unwrap_or_default();
        let languages = system.languages();
        let (found, left) = oneshot::channel();
        Self {
            system,
            words: Signal::new(Rc::new(Wording::new(language(&settings, &languages)))),
            languages: Signal::new(languages),
            settings: Signal::new(settings),
            draft: Signal::new(None),
            answers: Signal::new(Vec::new()),
            shown: Signal::new(None),
            target: Signal::new(None),
            book: Signal::new(Book::Opening),
            model: Signal::new(Rc::default()),
            examined: Signal::new(None),
            incoming: Signal::new(Incoming::Nothing),
            left: Signal::new(Some(left)),
            waiting: Signal::new(Waiting::NotYet),
            idle: Signal::new(Idle { touched: system.clock() }),
            beat: Signal::new(0),
            pulse: Signal::new(Pulse::default()),
            doing: Signal::new(None),
            keeping: Signal::new(0),
            notice: Signal::new(None),
            settings_keeper: Signal::new(Worker::start(move || store)),
            looker: Signal::new(Looker::start(Shelf::in_folder(&folder))),
            keeper: Signal::new(Worker::start(move || {
                // On the thread that hands files over: none of this run's can be taken for an earlier one's.
                let _ = found.send(platform::left_photo(system, SystemTime::now(), MAX_FILE_BYTES));
                platform::tidy(system);
                Keeper::new(&folder, system.key_store())
            })),
        }
    }

    /// The system that the app runs on.
    pub fn system(self) -> &'static dyn System {
        self.system
    }

    /// The words in the user's language.
    pub fn words(self) -> Rc<Wording> {
        self.words.cloned()
    }

    /// What is set.
    pub fn settings(self) -> Settings {
        self.settings.cloned()
    }

    /// The photo that is being framed.
    pub fn draft(self) -> Option<Draft> {
        self.draft.cloned()
    }

    /// The answer that is shown.
    pub fn shown(self) -> Option<Rc<Answer>> {
        self.shown.cloned()
    }

    /// The answers since the start that were not kept, newest first.
    pub fn answers(self) -> Vec<Rc<Answer>> {
        self.answers.cloned()
    }

    /// The spot that the next check is meant for.
    pub fn target(self) -> Option<SpotId> {
        self.target.cloned()
    }

    /// The archive.
    pub fn book(self) -> Book {
        self.book.cloned()
    }

    /// The open archive.
    pub fn page(self) -> Option<Page> {
        match &*self.book.read() {
            Book::Open(page) => Some(page.clone()),
            _ => None,
        }
    }

    /// The model that answers.
    pub fn model(self) -> Rc<InUse> {
        self.model.cloned()
    }

    /// What was found in the model pack that has arrived.
    pub fn examined(self) -> Option<Examined> {
        self.examined.cloned()
    }

    /// Whether something is waited for.
    pub fn doing(self) -> bool {
        self.can_cancel() || *self.keeping.read() > 0
    }

    /// Whether what is waited for can be cancelled: what is being written can't.
    pub fn can_cancel(self) -> bool {
        self.doing.read().is_some()
    }

    /// What to tell the user.
    pub fn notice(self) -> Option<String> {
        self.notice.cloned()
    }

    /// The thread that looks at photos.
    pub fn looker(self) -> Looker {
        self.looker.peek().clone()
    }

    /// The thread that keeps the archive.
    pub fn keeper(self) -> Worker<Keeper> {
        self.keeper.peek().clone()
    }

    /// Changes settings and keeps them.
    pub fn set(mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.write());
        let settings = self.settings.peek().clone();
        self.speak();
        // Writing it safely takes longer than a frame of the screen.
        let save = move |store: &mut Option<Store>| store.as_ref().map(|store| store.save(&settings));
        let saved = self.settings_keeper.peek().ask(save);
        spawn_forever(async move {
            let key = match saved.await {
                Ok(Some(Ok(()))) => return,
                Ok(Some(Err(SettingsError::Newer))) => "settings-newer",
                Ok(Some(Err(SettingsError::File(_))) | None) | Err(WorkError) => "settings-not-saved",
            };
            self.tell(self.words.peek().say(key));
        });
    }

    /// Says everything in the language that is set or, where none is, wanted most.
    fn speak(mut self) {
        let language = language(&self.settings.peek(), &self.languages.peek());
        if self.words.peek().language() != language {
            self.words.set(Rc::new(Wording::new(language)));
        }
    }

    /// Asks the system again which languages the user wants: that may change while the app runs.
    pub fn ask_languages(mut self) {
        let system = self.system;
        let asked = self.keeper().ask(move |_| system.languages());
        spawn_forever(async move {
            // One that goes unanswered changes nothing.
            if let Ok(languages) = asked.await
                && !languages.is_empty()
            {
                self.languages.set(languages);
                self.speak();
            }
        });
    }

    /// The user agrees to what the welcome screen says.
    pub fn agree(self) {
        self.set(|settings| settings.consent = CONSENT);
    }

    /// Forgets everything, as if the app had just been installed.
    pub fn delete_everything(mut self) {
        self.cancel();
        let system = self.system;
        let forget = move |keeper: &mut Keeper| {
            platform::refuse_files(system);
            keeper.delete_everything()
        };
        self.keep(forget, move |()| {
            self.waiting.set(Waiting::Nothing);
            let delete = |store: &mut Option<Store>| store.as_ref().map_or(Ok(()), Store::delete);
            let deleted = self.settings_keeper.peek().ask(delete);
            spawn_forever(async move {
                if !matches!(deleted.await, Ok(Ok(()))) {
                    return self.tell(self.words.peek().say("not-deleted"));
                }
                self.draft.set(None);
                self.shown.set(None);
                self.target.set(None);
                self.answers.set(Vec::new());
                self.settings.set(Settings::default());
                self.speak();
                let _ = self.looker().try_on(None, Ledger::default()).await;
                self.model.set(Rc::default());
            });
        });
    }

    /// Puts an archive that can't be opened aside, so that a new one can be begun: nothing is deleted.
    pub fn set_aside(self) {
        self.keep(Keeper::set_aside, move |folder| {
            let path = folder.display().to_string();
            self.tell(self.words.peek().text("archive-set-aside-done", &[("path", path.into())]));
        });
    }

    /// A file was chosen, and is being read; it takes the place of any before.
    pub fn expect(mut self, number: u64, kind: Kind) {
        self.cancel();
        self.notice.set(None);
        self.doing.set(Some(None));
        self.incoming.set(Incoming::Expected(number, kind));
        if kind != Kind::Photo {
            self.ask(Keeper::expect_file);
        }
    }

    /// The expected file has this size. Returns whether it is wanted.
    pub fn announce(mut self, number: u64, size: u64, navigator: Navigator) -> bool {
        let Incoming::Expected(expected, kind) = *self.incoming.peek() else { return self.unwanted() };
        if expected != number {
            return self.unwanted();
        }
        let announced = Arrival::announced(number, kind, size);
        // Here and not when all of it has come: that is no component's moment, and only there the place is known.
        if kind == Kind::Pack && announced.is_ok() && router().current::<Route>() != (Route::Model {}) {
            navigator.push(Route::Model {});
        }
        match announced {
            Ok(arrival) if arrival.complete() => {
                self.whole(kind, Vec::new(), navigator);
                false
            }
            Ok(arrival) => {
                self.incoming.set(Incoming::Arriving(arrival, Vec::new()));
                true
            }
            Err(error) => {
                self.refuse(error);
                false
            }
        }
    }

    /// The next piece of the file came. `acknowledge` is told once it is where it belongs, and whether more is wanted.
    pub fn append(
        self,
        number: u64,
        base64: &str,
        navigator: Navigator,
        acknowledge: impl FnOnce(Reply) + 'static,
    ) {
        let mut incoming = self.incoming;
        let taken = match &mut *incoming.write() {
            Incoming::Arriving(arrival, photo) if arrival.number() == number => arrival
                .take(base64)
                .map(|piece| (piece, arrival.kind(), arrival.complete(), std::mem::take(photo))),
            // Given up while it was on its way.
            _ => {
                self.unwanted();
                return acknowledge(Reply::Taken { number, more: false });
            }
        };
        let (piece, kind, complete, mut photo) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                self.refuse(error);
                return acknowledge(Reply::Taken { number, more: false });
            }
        };
        match kind {
            Kind::Photo => {
                photo.extend(piece);
                if complete {
                    self.whole(kind, photo, navigator);
                } else if let Incoming::Arriving(_, kept) = &mut *incoming.write() {
                    *kept = photo;
                }
                acknowledge(Reply::Taken { number, more: !complete });
            }
            // Only when it is on the disk: else all of it might pile up before.
            Kind::Backup | Kind::Pack => {
                let written = self.keeper().ask(move |keeper| keeper.append(&piece));
                spawn_forever(async move {
                    let written = written.await;
                    let wanted = self.expects(number);
                    match written {
                        Ok(Ok(())) if wanted && complete => self.whole(kind, Vec::new(), navigator),
                        Ok(Err(error)) if wanted => self.fail(Trouble::from(&error).say(&self.words.peek())),
                        Err(WorkError) if wanted => self.fail(self.words.peek().say("broken")),
                        _ => {}
                    }
                    acknowledge(Reply::Taken { number, more: !complete && self.expects(number) });
                });
            }
        }
    }

    /// All of the file has come.
    fn whole(mut self, kind: Kind, photo: Vec<u8>, navigator: Navigator) {
        match kind {
            Kind::Photo => {
                self.incoming.set(Incoming::Nothing);
                self.open(photo, navigator);
            }
            Kind::Backup => {
                self.looker().forget_copies();
                self.doing.set(None);
                self.incoming.set(Incoming::Backup);
            }
            Kind::Pack => {
                self.doing.set(None);
                self.incoming.set(Incoming::Pack);
                self.examine(None);
            }
        }
    }

    /// Whether this file is arriving, and nobody has cancelled it.
    fn expects(self, number: u64) -> bool {
        match &*self.incoming.peek() {
            Incoming::Expected(expected, _) => *expected == number,
            Incoming::Arriving(arrival, _) => arrival.number() == number,
            Incoming::Nothing | Incoming::Backup | Incoming::Pack => false,
        }
    }

    /// The WebView could not read the file.
    pub fn unreadable(self, number: u64) {
        match self.expects(number) {
            true => self.refuse(BridgeError::Unreadable),
            false => {
                self.unwanted();
            }
        }
    }

    /// Something of a file came that was given up: what the system left of it goes. Returns that it is not wanted.
    fn unwanted(self) -> bool {
        self.looker().forget_copies();
        false
    }

    /// Opens the photo that was taken for a run of the app that the system ended meanwhile, if there is one; then looks whether a model
    /// pack waits.
    pub async fn open_left(mut self, navigator: Navigator) {
        let Some(left) = self.left.write().take() else { return };
        if let Ok(Some(photo)) = left.await
            && self.settings.peek().agreed()
            && !self.can_cancel()
        {
            self.open(photo, navigator);
        }
        self.waiting.set(Waiting::Nothing);
        self.look_in();
    }

    /// Looks whether another app has handed a model pack over. Of one that was told of nothing is told again.
    fn look_in(mut self) {
        let system = self.system;
        let found = self.keeper().ask(move |_| !platform::waiting_files(system).is_empty());
        spawn_forever(async move {
            if let Ok(true) = found.await
                && *self.waiting.peek() == Waiting::Nothing
            {
                self.waiting.set(Waiting::Found);
            }
        });
    }

    /// Another app has handed something over, just now or before the page was there.
    pub fn handed_over(mut self) {
        if *self.waiting.peek() == Waiting::Told {
            self.waiting.set(Waiting::Nothing);
        }
        self.look_in();
    }

    /// Whether a model pack that another app has handed over can't be looked at yet.
    pub fn pack_waits(self) -> bool {
        matches!(*self.waiting.read(), Waiting::Found | Waiting::Told)
    }

    /// Takes in the model pack that waits as soon as nothing else is in hand and what is sealed of models can be read; until then it
    /// stays where it is, and the user is told. To be called on the screen `at` whenever something has changed.
    pub fn receive(mut self, at: &Route, navigator: Navigator) {
        if !self.pack_waits() || !self.settings.read().agreed() || self.doing() {
            return;
        }
        let first = *self.waiting.peek() == Waiting::Found;
        if in_hand(at) {
            if first {
                self.waiting.set(Waiting::Told);
                self.tell(self.words.peek().say("model-waits-here"));
            }
            return;
        }
        let readable = matches!(&*self.book.read(), Book::Open(_) | Book::Empty { key_store: true });
        let there = *at == Route::Model {};
        if readable && there {
            self.waiting.set(Waiting::Nothing);
            self.take_in();
        } else if readable {
            // From there it goes on: what is told before would be taken away with the screen.
            navigator.push(Route::Model {});
        } else if first {
            self.waiting.set(Waiting::Told);
            if !there {
                navigator.push(Route::Model {});
            }
        }
    }

    /// Goes on with the model pack that waits as with one that has arrived; it takes the place of any before.
    fn take_in(mut self) {
        let system = self.system;
        let take = move |keeper: &mut Keeper| keeper.take_in(&platform::waiting_files(system));
        self.keep(take, move |bytes| {
            // Somebody has looked twice.
            let Some(bytes) = bytes else { return };
            self.examined.set(None);
            self.notice.set(None);
            self.incoming.set(Incoming::Pack);
            match Arrival::announced(0, Kind::Pack, bytes) {
                // What the system could not read of another app's.
                Ok(arrival) if arrival.complete() => self.refuse(BridgeError::Unreadable),
                Ok(_) => self.examine(None),
                Err(error) => self.refuse(error),
            }
        });
    }

    /// Decodes a file and goes on to framing.
    pub fn open(self, file: Vec<u8>, navigator: Navigator) {
        self.begin_with(navigator, async move { self.looker().open(file).await });
    }

    /// Goes on to framing with a picture that the camera took.
    #[cfg(feature = "camera")]
    pub fn take(self, pixels: image::RgbImage, navigator: Navigator) {
        self.begin_with(navigator, async move { self.looker().take(pixels).await.map(Ok) });
    }

    fn begin_with(
        mut self,
        navigator: Navigator,
        opening: impl Future<Output = Result<Result<Opened, DecodeError>, WorkError>> + 'static,
    ) {
        self.cancel();
        self.notice.set(None);
        // One photo after another is no way to go back through.
        let framing_already = router().current::<Route>() == Route::Frame {};
        self.run(async move {
            match opening.await {
                Ok(Ok(opened)) => {
                    let framing = Framing::central(opened.photo.size());
                    self.looker().prepare(opened.clone());
                    self.begin(Draft { opened, framing });
                    match framing_already {
                        true => navigator.replace(Route::Frame {}),
                        false => navigator.push(Route::Frame {}),
                    };
                }
                Ok(Err(error)) => self.tell(self.words.peek().decode_error(&error)),
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// A file did not arrive.
    fn refuse(self, error: BridgeError) {
        self.looker().forget_copies();
        let key = match error {
            BridgeError::Unreadable => "file-unreadable",
            BridgeError::TooLarge => "file-too-many-bytes",
            BridgeError::PackTooLarge => "model-too-many-bytes",
        };
        self.fail(self.words.peek().say(key));
    }

    /// Stops waiting, and says why.
    fn fail(self, reason: String) {
        self.cancel();
        self.tell(reason);
    }

    /// Takes this photo as the one that is being framed.
    pub fn begin(mut self, draft: Draft) {
        self.draft.set(Some(draft));
    }

    /// Shows a new answer, and remembers it until the app is closed or it is kept. What was told of a spot's owner at its last check
    /// holds for the next one, too; what was noticed may have changed.
    pub fn remember(mut self, answer: Rc<Answer>) {
        self.answers.write().insert(0, answer.clone());
        self.shown.set(Some(answer));
        let spot = *self.target.peek();
        let known = self.page().zip(spot).and_then(|(page, spot)| {
            let last = page.contents.timeline(spot).last().map(|check| check.assessment.person)?;
            Some(Person { noticed: Remarks::default(), ..last })
        });
        if let Some(person) = known.filter(|person| !person.is_unknown()) {
            self.tell_person(person);
        }
    }

    /// Takes what is told of the person into the answer that is shown.
    pub fn tell_person(mut self, person: Person) {
        let Some(shown) = self.shown.peek().clone() else { return };
        let model = self.model.peek().clone();
        let card = model.card_of(&shown.of_photo);
        let Some(assessment) = card.and_then(|card| shown.of_photo.with_person(card, person)) else {
            return;
        };
        let answer = Rc::new(Answer { assessment, ..(*shown).clone() });
        for kept in self.answers.write().iter_mut().filter(|kept| Rc::ptr_eq(kept, &shown)) {
            *kept = answer.clone();
        }
        self.shown.set(Some(answer));
    }

    /// Moves or zooms the square.
    pub fn frame(mut self, change: impl FnOnce(Framing) -> Framing) {
        if let Some(draft) = self.draft.write().as_mut() {
            draft.framing = change(draft.framing);
        }
    }

    /// Assesses the framed square and shows the answer.
    pub fn assess(self, despite_quality: bool, navigator: Navigator) {
        let Some(draft) = self.draft.peek().clone() else { return };
        self.cancel();
        let look =
            Look { views: self.settings.peek().views, despite_quality, ..Look::at(draft.framing.square()) };
        self.run(async move {
            match self.looker().assess(draft.opened, look).await {
                Ok(answer) => {
                    self.remember(Rc::new(answer));
                    navigator.push(Route::Result {});
                }
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
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
        let kind = if square.is_some() { record::Kind::Photo } else { record::Kind::Crop };
        let person = check.assessment.person;
        let jpeg = match self.keeper().ask(move |keeper| keeper.picture(id, kind)).await {
            Ok(Ok(jpeg)) => jpeg,
            Ok(Err(error)) => return Err(Trouble::from(&error).say(&words)),
            Err(WorkError) => return Err(words.say("broken")),
        };
        match self.looker().assess_again(jpeg, square, views, person).await {
            Ok(Some(assessment)) => {
                let now = Timestamp::now();
                self.keep(move |keeper| keeper.add_answer(id, now, assessment), |()| {});
                Ok(())
            }
            Ok(None) => Err(words.say("archive-lost")),
            Err(WorkError) => Err(words.say("broken")),
        }
    }

    /// Shows an earlier answer.
    pub fn show(mut self, answer: Rc<Answer>, navigator: Navigator) {
        self.shown.set(Some(answer));
        navigator.push(Route::Result {});
    }

    /// The next check is meant for this spot.
    pub fn aim(mut self, spot: Option<SpotId>) {
        self.target.set(spot);
    }

    /// Takes what the archive looks like now.
    pub fn turn_to(mut self, book: Book) {
        let opened = matches!(book, Book::Open(_)) && !matches!(&*self.book.peek(), Book::Open(_));
        if opened {
            self.idle.set(Idle { touched: self.system.clock() });
        }
        let models_known = is_known(&book) && !is_known(&self.book.peek());
        self.book.set(book);
        if opened {
            // It may have been locked just when a pack was to be taken in.
            self.look_in();
        }
        if models_known {
            spawn_forever(self.settle());
        }
    }

    /// Asks what there is in the archive.
    pub async fn look_up(self) {
        let book = self.keeper().ask(Keeper::begin);
        // Nobody waits for it: the weights are unpacked first.
        spawn_forever(async move {
            if let Ok(in_use) = self.looker().in_use().await
                && !is_known(&self.book.peek())
            {
                self.take_model(in_use);
            }
        });
        let book = book.await;
        self.turn_to(book.unwrap_or(Book::Unusable(Trouble { key: "broken", seconds: 0 })));
        // At the very start the system may not have been able to answer yet.
        if self.languages.peek().is_empty() {
            self.ask_languages();
        }
    }

    /// Takes the model that answers now.
    pub fn take_model(mut self, in_use: InUse) {
        self.model.set(Rc::new(in_use));
    }

    /// Takes what was found in the model pack that has arrived.
    pub fn consider(mut self, examined: Examined) {
        self.examined.set(Some(examined));
    }

    /// Asks which model answers.
    async fn ask_model(self) {
        if let Ok(in_use) = self.looker().in_use().await {
            self.take_model(in_use);
        }
    }

    /// Goes by what is sealed in the archive about models, where that can be read now.
    async fn settle(self) {
        if let Ok(Some(models)) = self.keeper().ask(Keeper::models).await
            && let Ok(in_use) = self.looker().settle(models).await
        {
            self.take_model(in_use);
        }
    }

    /// Looks at the model pack that has arrived, with a key that was confirmed for it.
    fn examine(mut self, confirmed: Option<ConfirmedKey>) {
        *self.keeping.write() += 1;
        let examined = self.keeper().ask(move |keeper| keeper.examine(confirmed));
        spawn_forever(async move {
            let examined = examined.await;
            *self.keeping.write() -= 1;
            // Given up while it was looked at.
            if *self.incoming.peek() != Incoming::Pack {
                return;
            }
            match examined {
                Ok(Ok(Ok(examined))) => self.consider(examined),
                Ok(Ok(Err(why))) => self.fail(self.words.peek().not_used(&why)),
                Ok(Err(error)) => self.fail(Trouble::from(&error).say(&self.words.peek())),
                Err(WorkError) => self.fail(self.words.peek().say("broken")),
            }
        });
    }

    /// Somebody has compared the fingerprint of the key that signed the pack which has arrived.
    pub fn trust(self, key: PublicKey) {
        // What was compared stood on the screen.
        if let Ok(confirmed) = ConfirmedKey::new(key, &key.fingerprint().to_string()) {
            self.examine(Some(confirmed));
        }
    }

    /// Has the model of the pack that has arrived answer from now on.
    pub fn use_model(self, offer: Arc<Offer>) {
        let (source, name) = (offer.source.clone(), offer.from.manifest().name.clone());
        self.switch(Some(source), name, move |keeper| keeper.install(&offer));
    }

    /// Has the model that was in use before answer again, or the app's own.
    pub fn go_to_model(self, before: Option<Before>) {
        let (source, name) = match before {
            Some(before) => (Some(before.source), before.name),
            None => (None, InUse::default().name().into_owned()),
        };
        let digest: Option<Digest> = source.as_ref().map(|source| source.digest);
        self.switch(source, name, move |keeper| keeper.go_to_model(digest).map(Ok));
    }

    /// Puts another model in the place of the present one: once it gave its known answers, `keep` notes it. Whatever fails, the present
    /// one stays, and what went wrong is told.
    fn switch(
        mut self,
        to: Option<Source>,
        name: String,
        keep: impl FnOnce(&mut Keeper) -> Result<Result<(), NotUsed>, KeeperError> + Send + 'static,
    ) {
        *self.keeping.write() += 1;
        spawn_forever(async move {
            let told = self.try_to_switch(to, keep).await;
            self.settle().await;
            self.ask_model().await;
            *self.keeping.write() -= 1;
            self.cancel();
            self.tell(
                told.err().unwrap_or_else(|| self.words.peek().text("model-used", &[("name", name.into())])),
            );
        });
    }

    async fn try_to_switch(
        self,
        to: Option<Source>,
        keep: impl FnOnce(&mut Keeper) -> Result<Result<(), NotUsed>, KeeperError> + Send + 'static,
    ) -> Result<(), String> {
        let words = self.words.peek().clone();
        let broken = |_: WorkError| words.say("broken");
        let models = self.keeper().ask(Keeper::models).await.map_err(broken)?;
        let models: Models = models.ok_or_else(|| words.say("lock-needed"))?;
        let tried = self.looker().try_on(to, models.ledger.clone()).await.map_err(broken)?;
        let before = tried.map_err(|why| words.not_used(&why))?;
        let kept = self.keeper().ask(|keeper| (keep(keeper), keeper.book())).await;
        let told = match kept {
            Ok((kept, book)) => {
                self.turn_to(book);
                match kept {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(why)) => words.not_used(&why),
                    Err(error) => Trouble::from(&error).say(&words),
                }
            }
            Err(WorkError) => words.say("broken"),
        };
        // Nothing was noted: what answered before answers again.
        let _ = self.looker().try_on(before, models.ledger).await;
        Err(told)
    }

    /// Does something with the archive, shows what it looks like after that, and then does `then`; or tells what went wrong. Once
    /// asked for it is done, whatever the user does meanwhile: half of it would be worse.
    pub fn keep<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Keeper) -> Result<T, KeeperError> + Send + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        *self.keeping.write() += 1;
        let done = self.keeper().ask(move |keeper| (work(keeper), keeper.book()));
        spawn_forever(async move {
            let done = done.await;
            *self.keeping.write() -= 1;
            match done {
                Ok((done, book)) => {
                    self.turn_to(book);
                    match done {
                        Ok(value) => then(value),
                        Err(error) => self.tell(Trouble::from(&error).say(&self.words.peek())),
                    }
                }
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// Hands a file over that `make` makes from the archive, and tells where it is, unless the system asks where it should go.
    pub fn hand_over(
        self,
        name: &'static str,
        make: impl FnOnce(&mut Keeper) -> Result<Vec<u8>, KeeperError> + Send + 'static,
    ) {
        let system = self.system;
        let write = move |keeper: &mut Keeper| {
            let bytes = make(keeper)?;
            platform::hand_over(system, name, |mut file| {
                file.write_all(&bytes)?;
                file.sync_all().map_err(KeeperError::from)
            })
        };
        self.keep(write, move |handed| {
            if let Handed::Saved(path) = handed {
                let path = path.display().to_string();
                self.tell(self.words.peek().text("handed-over", &[("path", path.into())]));
            }
        });
    }

    /// The shown answer was kept.
    pub fn kept(mut self, answer: &Rc<Answer>) {
        self.answers.write().retain(|other| !Rc::ptr_eq(other, answer));
        self.shown.set(None);
        self.target.set(None);
    }

    /// Locks the archive.
    pub fn lock(mut self) {
        self.target.set(None);
        self.keep(
            |keeper| {
                keeper.lock();
                Ok(())
            },
            |()| {},
        );
    }

    /// Whether a passphrase protects what is open: the page covers it while nobody sees the app.
    pub fn guarded(self) -> bool {
        matches!(&*self.book.read(), Book::Open(page) if page.protection == Protection::Passphrase)
    }

    /// Whether nobody has touched the app for as long as is set, sleep included.
    fn lapsed(self) -> bool {
        self.idle.peek().lapsed(self.system.clock(), self.settings.peek().auto_lock_minutes)
            && matches!(&*self.book.peek(), Book::Open(page) if page.protection == Protection::Passphrase)
    }

    /// Somebody has touched the app: one who comes too late finds it locked.
    pub fn touched(mut self) {
        self.watch();
        // While something is being written it can't be locked yet; the touch does not save it from that.
        if !self.lapsed() {
            self.idle.set(Idle { touched: self.system.clock() });
        }
    }

    /// Locks the archive when nobody has touched the app for as long as is set, unless something is being written, which takes its time.
    pub fn watch(self) {
        if self.lapsed() && *self.keeping.peek() == 0 {
            self.lock();
        }
    }

    /// The app is seen again. What is to be locked is locked before the page uncovers itself, which it does when it has drawn the beat.
    pub fn seen(mut self) {
        self.ask_languages();
        let lapsed = self.lapsed();
        spawn_forever(async move {
            if lapsed {
                self.target.set(None);
                let locked = self.keeper().ask(|keeper| {
                    keeper.lock();
                    keeper.book()
                });
                self.turn_to(locked.await.unwrap_or(Book::Unusable(Trouble { key: "broken", seconds: 0 })));
            }
            self.look_in();
            let beat = *self.beat.peek() + 1;
            let system = self.system;
            self.pulse.peek().expect(beat, PATIENCE, || system.page_is_gone());
            self.beat.set(beat);
        });
    }

    /// The app is seen no more.
    pub fn unseen(self) {
        self.pulse.peek().rest();
    }

    /// The number that the page is to draw.
    pub fn beat(self) -> u64 {
        *self.beat.read()
    }

    /// The page has drawn it, and with it whatever was to be locked.
    pub fn beaten(self, beat: u64) {
        self.pulse.peek().came(beat);
        // A beat of before the app was left may come late, when the time is over.
        if beat == *self.beat.peek() && !self.lapsed() {
            self.system.uncover();
        }
    }

    /// Whether a backup has arrived and waits for its passphrase.
    pub fn backup_waits(self) -> bool {
        *self.incoming.read() == Incoming::Backup
    }

    /// Takes in the backup that has arrived.
    pub fn import(mut self, passphrase: Passphrase) {
        self.keep(
            move |keeper| {
                let imported = keeper.import(&passphrase);
                Ok((imported, keeper.has_backup()))
            },
            move |(imported, again)| {
                self.incoming.set(if again { Incoming::Backup } else { Incoming::Nothing });
                self.tell(match imported {
                    Ok(imported) => {
                        let counts = [("spots", imported.spots.into()), ("checks", imported.checks.into())];
                        self.words.peek().text("backup-imported", &counts)
                    }
                    Err(error) => Trouble::from(&error).say(&self.words.peek()),
                });
            },
        );
    }

    /// Does something on the keeper's thread that no screen shows, and tells when it fails.
    fn ask(self, work: impl FnOnce(&mut Keeper) -> Result<(), KeeperError> + Send + 'static) {
        let done = self.keeper().ask(work);
        spawn_forever(async move {
            if let Ok(Err(error)) = done.await {
                self.cancel();
                self.tell(Trouble::from(&error).say(&self.words.peek()));
            }
        });
    }

    /// Stops waiting.
    pub fn cancel(mut self) {
        let on_disk = match &*self.incoming.peek() {
            Incoming::Expected(_, kind) => *kind != Kind::Photo,
            Incoming::Arriving(arrival, _) => arrival.kind() != Kind::Photo,
            Incoming::Backup | Incoming::Pack => true,
            Incoming::Nothing => false,
        };
        self.incoming.set(Incoming::Nothing);
        self.examined.set(None);
        if on_disk {
            self.ask(|keeper| {
                keeper.drop_file();
                Ok(())
            });
        }
        let doing = self.doing.write().take();
        if let Some(Some(task)) = doing {
            task.cancel();
        }
    }

    /// Takes the notice away.
    pub fn dismiss(mut self) {
        self.notice.set(None);
    }

    /// Tells the user something.
    pub fn tell(mut self, text: String) {
        self.notice.set(Some(text));
    }

    fn run(mut self, work: impl Future<Output = ()> + 'static) {
        let task = spawn_forever(async move {
            work.await;
            self.doing.set(None);
        });
        self.doing.set(Some(Some(task)));
    }
}

/// Whether what is sealed in the archive is known, if only that there is none.
fn is_known(book: &Book) -> bool {
    matches!(book, Book::Open(_) | Book::Empty { .. })
}

/// Whether something is in hand on this screen that would be lost, or left half done, if another one came.
fn in_hand(at: &Route) -> bool {
    match at {
        #[cfg(feature = "camera")]
        Route::Camera {} => true,
        Route::Frame {} | Route::Result {} | Route::Keep {} | Route::Backup {} | Route::Lock {} => true,
        _ => false,
    }
}

fn language(settings: &Settings, wanted: &[String]) -> Language {
    settings.language.unwrap_or_else(|| Language::best(wanted.iter().cloned()))
}

#[cfg(test)]
mod tests;
