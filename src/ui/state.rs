//! What can change in the app, and the few actions that change it.

use std::rc::Rc;

use dioxus::core::{Task, spawn_forever};
use dioxus::prelude::*;
use dioxus::router::Navigator;

use super::app::Route;
use super::framing::Framing;
use super::work::{Check, Opened, WorkError, Worker};
use crate::assessment::Look;
use crate::capture::bridge::BridgeError;
use crate::platform;
use crate::settings::{CONSENT, Settings, Store};
use crate::wording::{Language, Wording};

/// A photo that is being framed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The photo.
    pub opened: Opened,
    /// The square on it.
    pub framing: Framing,
}

/// The state of the app. Copies share it.
#[derive(Clone, Copy)]
pub struct App {
    settings: Signal<Settings>,
    words: Signal<Rc<Wording>>,
    draft: Signal<Option<Draft>>,
    checks: Signal<Vec<Rc<Check>>>,
    shown: Signal<Option<Rc<Check>>>,
    doing: Signal<Option<Option<Task>>>,
    notice: Signal<Option<String>>,
    store: Signal<Option<Store>>,
    worker: Signal<Worker>,
}

impl App {
    /// The app as it starts, with what `store` holds. To be called within a component's scope.
    pub fn new(store: Option<Store>) -> Self {
        let settings = store.as_ref().map(Store::load).unwrap_or_default();
        Self {
            words: Signal::new(Rc::new(Wording::new(language(&settings)))),
            settings: Signal::new(settings),
            draft: Signal::new(None),
            checks: Signal::new(Vec::new()),
            shown: Signal::new(None),
            doing: Signal::new(None),
            notice: Signal::new(None),
            store: Signal::new(store),
            worker: Signal::new(Worker::start()),
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

    /// The check that is shown.
    pub fn shown(self) -> Option<Rc<Check>> {
        self.shown.cloned()
    }

    /// The checks since the start, newest first.
    pub fn checks(self) -> Vec<Rc<Check>> {
        self.checks.cloned()
    }

    /// Whether something is waited for.
    pub fn doing(self) -> bool {
        self.doing.read().is_some()
    }

    /// What to tell the user.
    pub fn notice(self) -> Option<String> {
        self.notice.cloned()
    }

    /// Where work is handed in.
    pub fn worker(self) -> Worker {
        self.worker.peek().clone()
    }

    /// Changes settings and keeps them.
    pub fn set(mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.write());
        let settings = self.settings.peek().clone();
        if self.words.peek().language() != language(&settings) {
            self.words.set(Rc::new(Wording::new(language(&settings))));
        }
        let saved = self.store.peek().as_ref().map(|store| store.save(&settings));
        if !matches!(saved, Some(Ok(()))) {
            self.notice.set(Some(self.words.peek().say("settings-not-saved")));
        }
    }

    /// The user agrees to what the welcome screen says.
    pub fn agree(self) {
        self.set(|settings| settings.consent = CONSENT);
    }

    /// Forgets everything, as if the app had just been installed.
    pub fn delete_everything(mut self) {
        let deleted = self.store.peek().as_ref().map(Store::delete);
        match deleted {
            Some(Err(_)) => self.notice.set(Some(self.words.peek().say("not-deleted"))),
            _ => {
                self.draft.set(None);
                self.shown.set(None);
                self.checks.set(Vec::new());
                self.settings.set(Settings::default());
                self.words.set(Rc::new(Wording::new(language(&Settings::default()))));
            }
        }
    }

    /// A file was chosen; its content is on its way.
    pub fn wait_for_file(mut self) {
        self.cancel();
        self.notice.set(None);
        self.doing.set(Some(None));
    }

    /// Decodes a file and goes on to framing.
    pub fn open(mut self, file: Result<Vec<u8>, BridgeError>, navigator: Navigator) {
        self.cancel();
        let words = self.words.peek().clone();
        let bytes = match file {
            Ok(bytes) => bytes,
            Err(BridgeError::Unreadable) => return self.tell(words.say("file-unreadable")),
            Err(BridgeError::TooLarge) => return self.tell(words.say("file-too-many-bytes")),
        };
        self.notice.set(None);
        self.run(async move {
            match self.worker().open(bytes).await {
                Ok(Ok(opened)) => {
                    let framing = Framing::central(opened.photo.size());
                    self.begin(Draft { opened, framing });
                    navigator.push(Route::Frame {});
                }
                Ok(Err(error)) => self.tell(words.decode_error(&error)),
                Err(WorkError::Broken) => self.tell(words.say("broken")),
            }
        });
    }

    /// Goes on to framing with a picture that the camera took.
    #[cfg(feature = "camera")]
    pub fn take(self, pixels: image::RgbImage, navigator: Navigator) {
        let words = self.words.peek().clone();
        self.cancel();
        self.run(async move {
            match self.worker().take(pixels).await {
                Ok(opened) => {
                    let framing = Framing::central(opened.photo.size());
                    self.begin(Draft { opened, framing });
                    navigator.push(Route::Frame {});
                }
                Err(WorkError::Broken) => self.tell(words.say("broken")),
            }
        });
    }

    /// Takes this photo as the one that is being framed.
    pub fn begin(mut self, draft: Draft) {
        self.draft.set(Some(draft));
    }

    /// Shows a new check, and keeps it until the app is closed.
    pub fn remember(mut self, check: Rc<Check>) {
        self.checks.write().insert(0, check.clone());
        self.shown.set(Some(check));
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
            Look { square: draft.framing.square(), views: self.settings.peek().views, despite_quality };
        self.run(async move {
            match self.worker().assess(draft.opened.photo, look).await {
                Ok(check) => {
                    self.remember(Rc::new(check));
                    navigator.push(Route::Result {});
                }
                Err(WorkError::Broken) => self.tell(self.words.peek().say("broken")),
            }
        });
    }

    /// Shows an earlier check.
    pub fn show(mut self, check: Rc<Check>, navigator: Navigator) {
        self.shown.set(Some(check));
        navigator.push(Route::Result {});
    }

    /// Stops waiting.
    pub fn cancel(mut self) {
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
