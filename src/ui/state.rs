//! What can change in the app, and the few actions that change it.

use std::io::Write;
use std::rc::Rc;

use dioxus::core::{Task, spawn_forever};
use dioxus::prelude::*;
use dioxus::router::{Navigator, router};
use jiff::Timestamp;

use super::app::Route;
use super::framing::Framing;
use super::keeper::{Book, Keeper, KeeperError, Page, Trouble};
use super::look::{Answer, Looker, OpenError, Opened};
use super::parts::card;
use super::work::{WorkError, Worker};
use crate::archive::record::{CheckId, Kind, SpotId};
use crate::archive::seal::Passphrase;
use crate::archive::vault::Protection;
use crate::assessment::Look;
use crate::capture::bridge::{self, BridgeError};
use crate::person::{Person, Remarks};
use crate::photo::Square;
use crate::platform::{self, Handed};
use crate::settings::{CONSENT, Settings, SettingsError, Store};
use crate::wording::{Language, Wording};

/// A photo that is being framed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The photo.
    pub opened: Opened,
    /// The square on it.
    pub framing: Framing,
}

/// A backup on its way into the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Incoming {
    Nothing,
    /// Its pieces are arriving.
    Pieces,
    /// It is there, and waits for its passphrase.
    Whole,
}

/// The state of the app. Copies share it.
#[derive(Clone, Copy)]
pub struct App {
    settings: Signal<Settings>,
    words: Signal<Rc<Wording>>,
    draft: Signal<Option<Draft>>,
    answers: Signal<Vec<Rc<Answer>>>,
    shown: Signal<Option<Rc<Answer>>>,
    target: Signal<Option<SpotId>>,
    book: Signal<Book>,
    incoming: Signal<Incoming>,
    doing: Signal<Option<Option<Task>>>,
    keeping: Signal<usize>,
    notice: Signal<Option<String>>,
    settings_keeper: Signal<Worker<Option<Store>>>,
    looker: Signal<Looker>,
    keeper: Signal<Worker<Keeper>>,
}

impl App {
    /// The app as it starts, with what `store` holds. To be called within a component's scope.
    pub fn new(store: Option<Store>) -> Self {
        let settings = store.as_ref().map(Store::load).unwrap_or_default();
        let folder = store.as_ref().map(|store| store.folder().to_path_buf()).unwrap_or_default();
        Self {
            words: Signal::new(Rc::new(Wording::new(language(&settings)))),
            settings: Signal::new(settings),
            draft: Signal::new(None),
            answers: Signal::new(Vec::new()),
            shown: Signal::new(None),
            target: Signal::new(None),
            book: Signal::new(Book::Opening),
            incoming: Signal::new(Incoming::Nothing),
            doing: Signal::new(None),
            keeping: Signal::new(0),
            notice: Signal::new(None),
            settings_keeper: Signal::new(Worker::start(move || store)),
            looker: Signal::new(Looker::start()),
            keeper: Signal::new(Worker::start(move || {
                // On the thread that hands files over: none of this run's can be taken for an earlier one's.
                platform::tidy(platform::here());
                Keeper::new(&folder, platform::here().key_store())
            })),
        }
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
        if self.words.peek().language() != language(&settings) {
            self.words.set(Rc::new(Wording::new(language(&settings))));
        }
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

    /// The user agrees to what the welcome screen says.
    pub fn agree(self) {
        self.set(|settings| settings.consent = CONSENT);
    }

    /// Forgets everything, as if the app had just been installed.
    pub fn delete_everything(mut self) {
        self.cancel();
        self.keep(Keeper::delete_everything, move |()| {
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
                self.words.set(Rc::new(Wording::new(language(&Settings::default()))));
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

    /// A file was chosen; its content is on its way.
    pub fn wait_for_file(mut self) {
        self.cancel();
        self.notice.set(None);
        self.doing.set(Some(None));
    }

    /// Whether a file is on its way that nobody has cancelled.
    pub fn expects_file(self) -> bool {
        matches!(*self.doing.peek(), Some(None))
    }

    /// A backup was chosen; its pieces are on their way.
    pub fn wait_for_backup(mut self) {
        self.wait_for_file();
        self.incoming.set(Incoming::Pieces);
        self.ask(Keeper::expect_backup);
    }

    /// Decodes a file and goes on to framing.
    pub fn open(self, size: u64, base64: String, navigator: Navigator) {
        self.begin_with(navigator, async move { self.looker().open(size, base64).await });
    }

    /// Goes on to framing with a picture that the camera took.
    #[cfg(feature = "camera")]
    pub fn take(self, pixels: image::RgbImage, navigator: Navigator) {
        self.begin_with(navigator, async move { self.looker().take(pixels).await.map(Ok) });
    }

    fn begin_with(
        mut self,
        navigator: Navigator,
        opening: impl Future<Output = Result<Result<Opened, OpenError>, WorkError>> + 'static,
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
                Ok(Err(OpenError::Bridge(error))) => self.refuse(error),
                Ok(Err(OpenError::Decode(error))) => self.tell(self.words.peek().decode_error(&error)),
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// A file did not arrive.
    pub fn refuse(self, error: BridgeError) {
        self.cancel();
        self.looker().forget_taken();
        let key = match error {
            BridgeError::Unreadable => "file-unreadable",
            BridgeError::TooLarge => "file-too-many-bytes",
        };
        self.tell(self.words.peek().say(key));
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
        let Some(assessment) = card().and_then(|card| shown.of_photo.with_person(card, person)) else {
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

    /// Assesses the kept photo of a check with the present model, and notes the answer beside those that were given before. `square`
    /// is what was looked at, in pixels of that photo; where it is not known, the kept crop is looked at.
    pub fn look_again(self, check: CheckId, square: Option<Square>) {
        self.cancel();
        let views = self.settings.peek().views;
        let kind = if square.is_some() { Kind::Photo } else { Kind::Crop };
        let page = self.page();
        let known = page.as_ref().and_then(|page| page.contents.check(check));
        let person = known.map(|check| check.assessment.person).unwrap_or_default();
        self.run(async move {
            let jpeg = match self.keeper().ask(move |keeper| keeper.picture(check, kind)).await {
                Ok(Ok(jpeg)) => jpeg,
                Ok(Err(error)) => return self.tell(Trouble::from(&error).say(&self.words.peek())),
                Err(WorkError) => return self.tell(self.words.peek().say("broken")),
            };
            match self.looker().assess_again(jpeg, square, views, person).await {
                Ok(Some(assessment)) => {
                    let now = Timestamp::now();
                    self.keep(move |keeper| keeper.add_answer(check, now, assessment), |()| {});
                }
                Ok(None) => self.tell(self.words.peek().say("archive-lost")),
                Err(WorkError) => self.tell(self.words.peek().say("broken")),
            }
        });
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
        self.book.set(book);
    }

    /// Asks what there is in the archive.
    pub async fn look_up(self) {
        let book = self.keeper().ask(Keeper::begin).await;
        self.turn_to(book.unwrap_or(Book::Unusable(Trouble { key: "broken", seconds: 0 })));
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
        let write = move |keeper: &mut Keeper| {
            let bytes = make(keeper)?;
            platform::hand_over(platform::here(), name, |mut file| {
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

    /// Locks the archive when nobody has touched the app for as long as is set.
    pub fn idle(self, seconds: u64) {
        let limit = u64::from(self.settings.peek().auto_lock_minutes) * 60;
        let by_passphrase =
            matches!(&*self.book.peek(), Book::Open(page) if page.protection == Protection::Passphrase);
        if by_passphrase && seconds >= limit && *self.keeping.peek() == 0 {
            self.lock();
        }
    }

    /// A piece of a backup came from the bridge.
    pub fn append(self, base64: String) {
        if *self.incoming.peek() == Incoming::Pieces {
            self.ask(move |keeper| keeper.append(&bridge::piece(&base64)?));
        }
    }

    /// All pieces of a backup were sent.
    pub fn arrived(mut self) {
        if *self.incoming.peek() != Incoming::Pieces {
            return;
        }
        self.keep(
            |keeper| Ok(keeper.has_backup()),
            move |whole| {
                self.doing.set(None);
                self.incoming.set(if whole { Incoming::Whole } else { Incoming::Nothing });
            },
        );
    }

    /// Whether a backup has arrived and waits for its passphrase.
    pub fn backup_waits(self) -> bool {
        *self.incoming.read() == Incoming::Whole
    }

    /// Takes in the backup that has arrived.
    pub fn import(mut self, passphrase: Passphrase) {
        self.keep(
            move |keeper| {
                let imported = keeper.import(&passphrase);
                Ok((imported, keeper.has_backup()))
            },
            move |(imported, again)| {
                self.incoming.set(if again { Incoming::Whole } else { Incoming::Nothing });
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
        if *self.incoming.peek() != Incoming::Nothing {
            self.incoming.set(Incoming::Nothing);
            self.ask(|keeper| {
                keeper.drop_backup();
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

fn language(settings: &Settings) -> Language {
    settings.language.unwrap_or_else(|| Language::best(platform::languages()))
}
