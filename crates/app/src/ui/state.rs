//! What can change in the app, and the few actions that change it.
//!
//! The state knows no screens. An action that leads to one takes what goes there, and calls it once it is done.

mod arrivals;
mod earlier;
mod handed_over;
mod keeping;
mod live;
mod lock;
mod model;
mod photos;
mod round;
#[cfg(test)]
mod tests;
mod whose;

pub use live::Live;
pub use photos::Draft;
pub use round::Round;
pub use whose::Whose;

use std::rc::Rc;
use std::time::SystemTime;

use dioxus::core::{Task, spawn_forever};
use dioxus::prelude::*;
use futures_channel::oneshot;

use super::archive_worker::{ArchiveState, ArchiveWorker, Examined, OpenArchive};
use super::model::InUse;
use super::pulse::Pulse;
use super::vision_worker::{Answer, VisionWorker};
use super::work::{WorkError, Worker};
use crate::capture::bridge::MAX_FILE_BYTES;
use crate::platform::{self, System};
use crate::settings::{CONSENT, Settings, SettingsError, SettingsFile};
use archive::record::SpotId;
use archive::shelf::Shelf;
use arrivals::Incoming;
use earlier::Earlier;
use handed_over::Waiting;
use lock::Idle;
use wording::{Language, Wording};

/// What is waited for and can be cancelled.
#[derive(Debug)]
enum Busy {
    /// Nothing.
    Not,
    /// A file, piece by piece.
    Receiving,
    /// What a task works out.
    Working(Task),
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
    whose: Signal<Whose>,
    round: Signal<Option<Round>>,
    archive_state: Signal<ArchiveState>,
    model: Signal<Rc<InUse>>,
    examined: Signal<Option<Examined>>,
    incoming: Signal<Incoming>,
    earlier: Signal<Option<Earlier>>,
    left: Signal<Option<oneshot::Receiver<Option<Vec<u8>>>>>,
    waiting: Signal<Waiting>,
    idle: Signal<Idle>,
    beat: Signal<u64>,
    pulse: Signal<Pulse>,
    languages: Signal<Vec<String>>,
    busy: Signal<Busy>,
    keeping: Signal<usize>,
    notice: Signal<Option<String>>,
    live: Signal<Live>,
    settings_worker: Signal<Worker<Option<SettingsFile>>>,
    vision_worker: Signal<VisionWorker>,
    archive_worker: Signal<Worker<ArchiveWorker>>,
}

impl App {
    /// The app as it starts on this system, with what is in `file`. To be called within a component's scope.
    pub fn new(system: &'static dyn System, file: Option<SettingsFile>) -> Self {
        let settings = file.as_ref().map(SettingsFile::load).unwrap_or_default();
        let folder = file.as_ref().map(|file| file.folder().to_path_buf()).unwrap_or_default();
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
            whose: Signal::new(Whose::default()),
            round: Signal::new(None),
            archive_state: Signal::new(ArchiveState::Opening),
            model: Signal::new(Rc::default()),
            examined: Signal::new(None),
            incoming: Signal::new(Incoming::Nothing),
            earlier: Signal::new(None),
            left: Signal::new(Some(left)),
            waiting: Signal::new(Waiting::NotYet),
            idle: Signal::new(Idle { touched: system.clock() }),
            beat: Signal::new(0),
            pulse: Signal::new(Pulse::default()),
            busy: Signal::new(Busy::Not),
            keeping: Signal::new(0),
            notice: Signal::new(None),
            live: Signal::new(Live::default()),
            settings_worker: Signal::new(Worker::start(move || file)),
            vision_worker: Signal::new(VisionWorker::start(Shelf::in_folder(&folder))),
            archive_worker: Signal::new(Worker::start(move || {
                // On the thread that hands files over: none of this run's can be taken for an earlier one's.
                let _ = found.send(platform::left_photo(system, SystemTime::now(), MAX_FILE_BYTES));
                platform::tidy(system);
                ArchiveWorker::new(&folder, system.key_store())
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
    pub fn archive_state(self) -> ArchiveState {
        self.archive_state.cloned()
    }

    /// The open archive.
    pub fn page(self) -> Option<OpenArchive> {
        match &*self.archive_state.read() {
            ArchiveState::Open(page) => Some(page.clone()),
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
        !matches!(*self.busy.read(), Busy::Not)
    }

    /// What to tell the user.
    pub fn notice(self) -> Option<String> {
        self.notice.cloned()
    }

    /// The thread that looks at photos.
    pub fn vision_worker(self) -> VisionWorker {
        self.vision_worker.peek().clone()
    }

    /// The thread that keeps the archive.
    pub fn archive_worker(self) -> Worker<ArchiveWorker> {
        self.archive_worker.peek().clone()
    }

    /// Changes settings and keeps them.
    pub fn set(mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.write());
        let settings = self.settings.peek().clone();
        self.speak();
        // Writing it safely takes longer than a frame of the screen.
        let save = move |file: &mut Option<SettingsFile>| file.as_ref().map(|file| file.save(&settings));
        let saved = self.settings_worker.peek().ask(save);
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
        let asked = self.archive_worker().ask(move |_| system.languages());
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

    fn run(mut self, work: impl Future<Output = ()> + 'static) {
        let task = spawn_forever(async move {
            work.await;
            self.busy.set(Busy::Not);
        });
        self.busy.set(Busy::Working(task));
    }

    /// Stops waiting.
    pub fn cancel(mut self) {
        self.put_away();
        self.earlier.set(None);
        let busy = std::mem::replace(&mut *self.busy.write(), Busy::Not);
        if let Busy::Working(task) = busy {
            task.cancel();
        }
    }

    /// Drops the file that arrives or has arrived, and what was found in it.
    fn put_away(mut self) {
        let on_disk = self.incoming.peek().is_on_disk();
        self.incoming.set(Incoming::Nothing);
        self.examined.set(None);
        if on_disk {
            self.ask(|archive_worker| {
                archive_worker.drop_file();
                Ok(())
            });
        }
    }

    /// Tells the user something.
    pub fn tell(mut self, text: String) {
        self.notice.set(Some(text));
    }

    /// Takes the notice away.
    pub fn dismiss(mut self) {
        self.notice.set(None);
    }
}

fn language(settings: &Settings, wanted: &[String]) -> Language {
    settings.language.unwrap_or_else(|| Language::best(wanted.iter().cloned()))
}
