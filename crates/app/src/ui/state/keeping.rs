//! What is done with the archive, and what the screens know of it.

use std::io::Write;
use std::rc::Rc;

use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use spotpack::Ledger;

use super::App;
use super::handed_over::Waiting;
use super::lock::Idle;
use crate::platform::{self, Handed};
use crate::settings::{Settings, SettingsFile};
use crate::ui::archive_worker::{ArchiveState, ArchiveWorker, ArchiveWorkerError, Sharing, Trouble};
use crate::ui::work::WorkError;
use archive::record::PatientId;
use archive::seal::Passphrase;

impl App {
    /// Asks what there is in the archive.
    pub async fn look_up(self) {
        let archive_state = self.archive_worker().ask(ArchiveWorker::begin);
        // Nobody waits for it: the weights are unpacked first.
        spawn_forever(async move {
            if let Ok(in_use) = self.vision_worker().in_use().await
                && !is_known(&self.archive_state.peek())
            {
                self.take_model(in_use);
            }
        });
        let archive_state = archive_state.await;
        self.turn_to(archive_state.unwrap_or(ArchiveState::Unusable(Trouble { key: "broken", seconds: 0 })));
        // At the very start the system may not have been able to answer yet.
        if self.languages.peek().is_empty() {
            self.ask_languages();
        }
    }

    /// Takes what the archive looks like now.
    pub fn turn_to(mut self, archive_state: ArchiveState) {
        let opened = matches!(archive_state, ArchiveState::Open(_))
            && !matches!(&*self.archive_state.peek(), ArchiveState::Open(_));
        if opened {
            self.idle.set(Idle { touched: self.system.clock() });
        }
        let models_known = is_known(&archive_state) && !is_known(&self.archive_state.peek());
        self.archive_state.set(archive_state);
        if opened {
            // It may have been locked just when a pack was to be taken in, or while somebody looked at one.
            self.look_in();
            self.examine_anew();
        }
        if models_known {
            spawn_forever(self.settle());
        }
    }

    /// Does something with the archive, shows what it looks like after that, and then does `then`; or tells what went wrong. Once
    /// asked for it is done, whatever the user does meanwhile: half of it would be worse.
    pub fn keep<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut ArchiveWorker) -> Result<T, ArchiveWorkerError> + Send + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        *self.keeping.write() += 1;
        let done = self
            .archive_worker()
            .ask(move |archive_worker| (work(archive_worker), archive_worker.archive_state()));
        spawn_forever(async move {
            let done = done.await;
            *self.keeping.write() -= 1;
            match done {
                Ok((done, archive_state)) => {
                    self.turn_to(archive_state);
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
        make: impl FnOnce(&mut ArchiveWorker) -> Result<Vec<u8>, ArchiveWorkerError> + Send + 'static,
    ) {
        let system = self.system;
        let write = move |archive_worker: &mut ArchiveWorker| {
            let bytes = make(archive_worker)?;
            platform::hand_over(system, name, |mut file| {
                file.write_all(&bytes)?;
                file.sync_all().map_err(ArchiveWorkerError::from)
            })
        };
        self.keep(write, move |handed| self.tell_where(handed, 0, "handed-over"));
    }

    /// Hands a backup over, of one patient or of everything, and tells where it is and what could not be saved.
    pub fn export(self, of: Option<PatientId>, passphrase: Passphrase) {
        self.keep(
            move |archive_worker| archive_worker.export(of, &passphrase, "spotcheck.age"),
            move |(handed, incomplete)| self.tell_where(handed, incomplete, "backup-partly"),
        );
    }

    /// Hands a file for others over, and tells where it is and how many pictures it lacks.
    pub fn share(self, sharing: Sharing) {
        let system = self.system;
        self.keep(
            move |archive_worker| archive_worker.share(system, sharing),
            move |(handed, lost)| self.tell_where(handed, lost, "share-partly"),
        );
    }

    /// Tells where a file is, unless the system asks where it should go; and by the text `partly` how much it lacks, if it does.
    fn tell_where(self, handed: Handed, lacks: usize, partly: &str) {
        let (path, saved) = match handed {
            Handed::Saved(path) => (path.display().to_string(), true),
            Handed::Offered(name) => (name, false),
        };
        let words = self.words.peek();
        match lacks {
            0 if saved => self.tell(words.text("handed-over", &[("path", path.into())])),
            0 => {}
            count => self.tell(words.text(partly, &[("path", path.into()), ("count", count.into())])),
        }
    }

    /// Does something on the archive worker's thread that no screen shows, and tells when it fails.
    pub(super) fn ask(
        self,
        work: impl FnOnce(&mut ArchiveWorker) -> Result<(), ArchiveWorkerError> + Send + 'static,
    ) {
        let done = self.archive_worker().ask(work);
        spawn_forever(async move {
            if let Ok(Err(error)) = done.await {
                self.cancel();
                self.tell(Trouble::from(&error).say(&self.words.peek()));
            }
        });
    }

    /// Puts an archive that can't be opened aside, so that a new one can be begun: nothing is deleted.
    pub fn set_aside(self) {
        self.keep(ArchiveWorker::set_aside, move |folder| {
            let path = folder.display().to_string();
            self.tell(self.words.peek().text("archive-set-aside-done", &[("path", path.into())]));
        });
    }

    /// Forgets everything, as if the app had just been installed.
    pub fn delete_everything(mut self) {
        self.cancel();
        let system = self.system;
        let forget = move |archive_worker: &mut ArchiveWorker| {
            platform::refuse_files(system);
            archive_worker.delete_everything()
        };
        self.keep(forget, move |()| {
            self.waiting.set(Waiting::Nothing);
            // First: of what is deleted, nothing answers any more, whatever becomes of the rest.
            self.model.set(Rc::default());
            let delete = |file: &mut Option<SettingsFile>| file.as_ref().map_or(Ok(()), SettingsFile::delete);
            let deleted = self.settings_worker.peek().ask(delete);
            spawn_forever(async move {
                let _ = self.vision_worker().try_on(None, Ledger::default()).await;
                if !matches!(deleted.await, Ok(Ok(()))) {
                    return self.tell(self.words.peek().say("not-deleted"));
                }
                self.draft.set(None);
                self.shown.set(None);
                self.target.set(None);
                self.answers.set(Vec::new());
                self.settings.set(Settings::default());
                self.speak();
            });
        });
    }
}

/// Whether what is sealed in the archive is known, if only that there is none.
fn is_known(archive_state: &ArchiveState) -> bool {
    matches!(archive_state, ArchiveState::Open(_) | ArchiveState::Empty { .. })
}
