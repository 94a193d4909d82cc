//! Which model answers: one from a pack in the place of the present one, and back.

use std::rc::Rc;
use std::sync::Arc;

use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use spotpack::{ConfirmedKey, Digest, PublicKey};

use super::App;
use super::arrivals::Incoming;
use crate::ui::archive_worker::{
    ArchiveState, ArchiveWorker, ArchiveWorkerError, Before, Examined, Offer, Trouble,
};
use crate::ui::model::{InUse, named};
use crate::ui::work::WorkError;
use archive::shelf::Source;
use archive::vault::VaultError;
use assess::packs::NotUsed;

impl App {
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
        if let Ok(in_use) = self.vision_worker().in_use().await {
            self.take_model(in_use);
        }
    }

    /// Goes by what is sealed in the archive about models, where that can be read now.
    pub(super) async fn settle(self) {
        if let Ok(Some(models)) = self.archive_worker().ask(ArchiveWorker::models).await
            && let Ok(in_use) = self.vision_worker().settle(models).await
        {
            self.take_model(in_use);
        }
    }

    /// Whether a model pack has arrived, and somebody is to decide about it.
    pub fn pack_is_here(self) -> bool {
        *self.incoming.read() == Incoming::Pack
    }

    /// Looks again at the model pack that has arrived, once the archive has been unlocked: what was found before may not hold any more.
    pub(super) fn examine_anew(mut self) {
        if *self.incoming.peek() == Incoming::Pack && *self.keeping.peek() == 0 {
            let confirmed = match &*self.examined.peek() {
                Some(Examined::Offer(offer)) => offer.confirmed,
                _ => None,
            };
            self.examined.set(None);
            self.examine(confirmed);
        }
    }

    /// Looks at the model pack that has arrived, with a key that was confirmed for it.
    pub(super) fn examine(mut self, confirmed: Option<ConfirmedKey>) {
        *self.keeping.write() += 1;
        let examined = self
            .archive_worker()
            .ask(move |archive_worker| (archive_worker.examine(confirmed), archive_worker.archive_state()));
        spawn_forever(async move {
            let examined = examined.await;
            *self.keeping.write() -= 1;
            // Given up while it was looked at.
            if *self.incoming.peek() != Incoming::Pack {
                return;
            }
            match examined {
                Ok((Ok(Ok(examined)), _)) => self.consider(examined),
                Ok((Ok(Err(why)), _)) => self.fail(self.words.peek().not_used(&why)),
                // The pack stays, and is looked at again once it is unlocked.
                Ok((Err(ArchiveWorkerError::Vault(VaultError::Locked)), ArchiveState::Locked)) => {
                    self.turn_to(ArchiveState::Locked)
                }
                Ok((Err(error), _)) => self.fail(Trouble::from(&error).say(&self.words.peek())),
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
        // Whoever taps twice means it once.
        if self.doing() {
            return;
        }
        let name = named(&offer.from.manifest().name, offer.from.label.as_deref());
        let source = offer.source.clone();
        self.switch(Some(source), name, move |archive_worker| archive_worker.install(&offer));
    }

    /// Has the model that was in use before answer again, or the app's own.
    pub fn go_to_model(self, before: Option<Before>) {
        if self.doing() {
            return;
        }
        let (source, name) = match before {
            Some(before) => (Some(before.source), before.name),
            None => (None, InUse::default().name().into_owned()),
        };
        let digest: Option<Digest> = source.as_ref().map(|source| source.digest);
        self.switch(source, name, move |archive_worker| archive_worker.go_to_model(digest).map(Ok));
    }

    /// Takes back the trust in a key that was confirmed; the app's own model answers where one of its packs did.
    pub fn distrust(self, key: PublicKey) {
        if self.doing() {
            return;
        }
        let answers = self.model.peek().pack.as_ref().is_some_and(|pack| pack.signed.signer().key == key);
        if answers {
            let name = InUse::default().name().into_owned();
            return self.switch(None, name, move |archive_worker| archive_worker.distrust(key).map(Ok));
        }
        self.keep(
            move |archive_worker| archive_worker.distrust(key),
            move |()| {
                // One of its packs may have been in use, and not answered.
                spawn_forever(self.settle());
                self.tell(self.words.peek().say("model-distrusted"));
            },
        );
    }

    /// Puts another model in the place of the present one: once it gave its known answers, `keep` notes it. Whatever fails, the present
    /// one stays, and what went wrong is told.
    fn switch(
        mut self,
        to: Option<Source>,
        name: String,
        keep: impl FnOnce(&mut ArchiveWorker) -> Result<Result<(), NotUsed>, ArchiveWorkerError> + Send + 'static,
    ) {
        *self.keeping.write() += 1;
        spawn_forever(async move {
            let told = self.try_to_switch(to, keep).await;
            self.settle().await;
            self.ask_model().await;
            *self.keeping.write() -= 1;
            // What could not be decided because it was locked meanwhile is looked at again once it is unlocked. A backup that waits, and
            // whatever was begun since, are none of this.
            if *self.archive_state.peek() != ArchiveState::Locked && *self.incoming.peek() == Incoming::Pack {
                self.put_away();
            }
            self.tell(
                told.err().unwrap_or_else(|| self.words.peek().text("model-used", &[("name", name.into())])),
            );
        });
    }

    async fn try_to_switch(
        self,
        to: Option<Source>,
        keep: impl FnOnce(&mut ArchiveWorker) -> Result<Result<(), NotUsed>, ArchiveWorkerError> + Send + 'static,
    ) -> Result<(), String> {
        let words = self.words.peek().clone();
        let broken = |_: WorkError| words.say("broken");
        let (models, archive_state) = self
            .archive_worker()
            .ask(|archive_worker| (archive_worker.models(), archive_worker.archive_state()))
            .await
            .map_err(broken)?;
        let Some(models) = models else {
            self.turn_to(archive_state);
            return Err(words.say("lock-needed"));
        };
        let tried = self.vision_worker().try_on(to, models.ledger.clone()).await.map_err(broken)?;
        let before = tried.map_err(|why| words.not_used(&why))?;
        let kept = self
            .archive_worker()
            .ask(|archive_worker| (keep(archive_worker), archive_worker.archive_state()))
            .await;
        let told = match kept {
            Ok((kept, archive_state)) => {
                self.turn_to(archive_state);
                match kept {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(why)) => words.not_used(&why),
                    Err(error) => Trouble::from(&error).say(&words),
                }
            }
            Err(WorkError) => words.say("broken"),
        };
        // Nothing was noted: what answered before answers again.
        let _ = self.vision_worker().try_on(before, models.ledger).await;
        Err(told)
    }
}
