//! Which model answers: one from a pack in the place of the present one, and back.

use std::rc::Rc;
use std::sync::Arc;

use dioxus::core::spawn_forever;
use dioxus::prelude::*;
use spotpack::{ConfirmedKey, Digest, PublicKey};

use super::App;
use super::arrivals::Incoming;
use crate::ui::keeper::{Before, Examined, Keeper, KeeperError, Offer, Trouble};
use crate::ui::model::InUse;
use crate::ui::work::WorkError;
use archive::models::Models;
use archive::shelf::Source;
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
        if let Ok(in_use) = self.looker().in_use().await {
            self.take_model(in_use);
        }
    }

    /// Goes by what is sealed in the archive about models, where that can be read now.
    pub(super) async fn settle(self) {
        if let Ok(Some(models)) = self.keeper().ask(Keeper::models).await
            && let Ok(in_use) = self.looker().settle(models).await
        {
            self.take_model(in_use);
        }
    }

    /// Looks at the model pack that has arrived, with a key that was confirmed for it.
    pub(super) fn examine(mut self, confirmed: Option<ConfirmedKey>) {
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
}
