//! Model packs: what is found in one that has arrived, and which model is in use.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use spotpack::{ConfirmedKey, Digest, PublicKey, Refused, decide, still_usable};

use super::{ArchiveWorker, ArchiveWorkerError};
use crate::ui::model::named;
use archive::models::Models;
use archive::shelf::{FromPack, Source};
use archive::vault::{Protection, VaultError};
use assess::packs::{FLOOR, NotUsed, app_version};

/// What was found in a model pack that has arrived.
#[derive(Debug, Clone)]
pub enum Examined {
    /// This key signed it, and nobody has compared its fingerprint yet: nothing else of it was read.
    Stranger(PublicKey),
    /// It may take the place of the model in use.
    Offer(Arc<Offer>),
}

/// A model pack that was accepted, but for its known answers, which its model gives when it is to be used.
#[derive(Debug)]
pub struct Offer {
    /// What goes with its model.
    pub from: FromPack,
    /// Where it lies until then.
    pub source: Source,
    /// The key that was confirmed for it.
    pub confirmed: Option<ConfirmedKey>,
}

/// A pack that was in use before.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// The name of its model, with its label.
    pub name: String,
    /// Where it lies.
    pub source: Source,
}

impl ArchiveWorker {
    /// What is known of models that came in packs; `None` while that can't be read. What stands in the clear follows it, and so do the
    /// packs that lie there: those that nothing knows of any more are deleted.
    pub fn models(&mut self) -> Option<Models> {
        let protection = self.protection();
        let models = match (&self.open, protection) {
            (Some((archive, _)), _) => archive.models(),
            (None, Ok(Protection::None)) => Models::default(),
            _ => return None,
        };
        self.note(&models);
        self.shelf.tidy(&models);
        Some(models)
    }

    /// Notes in the clear which model is in use. Where that fails, the archive still knows, and the next start tries again.
    fn note(&self, models: &Models) {
        if let Err(error) = self.shelf.note(models) {
            tracing::info!("which model is in use could not be noted beside the archive: {error}");
        }
    }

    /// Looks at the model pack that has arrived, with a key that was confirmed for it.
    ///
    /// # Errors
    /// When the archive is locked, or nothing has arrived.
    pub fn examine(
        &mut self,
        confirmed: Option<ConfirmedKey>,
    ) -> Result<Result<Examined, NotUsed>, ArchiveWorkerError> {
        let models = self.models().ok_or(VaultError::Locked)?;
        let path = self.arrived()?;
        Ok(match Self::offer(path, &models, confirmed) {
            Ok(offer) => Ok(Examined::Offer(Arc::new(offer))),
            Err(NotUsed::Refused(Refused::ForeignNotConfirmed(key))) => Ok(Examined::Stranger(key)),
            Err(why) => Err(why),
        })
    }

    fn offer(path: PathBuf, models: &Models, confirmed: Option<ConfirmedKey>) -> Result<Offer, NotUsed> {
        let (digest, trusted) = (Source::digest_at(&path)?, models.trusting(confirmed));
        let source = Source { path, digest, confirmed: trusted };
        let pack = source.open()?;
        decide(pack.signed(), &models.ledger, FLOOR, app_version())?;
        Ok(Offer { from: FromPack::of(&pack, &models.ledger)?, source, confirmed })
    }

    fn arrived(&self) -> Result<PathBuf, ArchiveWorkerError> {
        let arrived = self.arriving.as_ref().map(|file| file.path.clone());
        Ok(arrived.ok_or(io::Error::from(io::ErrorKind::NotFound))?)
    }

    /// Installs the model pack that was offered, whose model has given its known answers: it is noted in one transaction with all that
    /// was seen of its publisher.
    ///
    /// # Errors
    /// When it can't be kept; then the model that was in use stays.
    pub fn install(&mut self, offer: &Offer) -> Result<Result<(), NotUsed>, ArchiveWorkerError> {
        self.create(None)?;
        let models = self.archive()?.models();
        let source = Source { path: self.arrived()?, ..offer.source.clone() };
        let decided =
            source.signed().and_then(|signed| Ok(decide(&signed, &models.ledger, FLOOR, app_version())?));
        let accepted = match decided {
            Ok(accepted) => accepted,
            Err(why) => return Ok(Err(why)),
        };
        self.shelf.take_in(&source.path, &source.digest)?;
        self.arriving = None;
        let models = models.installed(source.digest, &accepted, offer.confirmed);
        self.write(|archive| archive.keep_models(models.clone()))?;
        self.note(&models);
        self.shelf.tidy(&models);
        Ok(Ok(()))
    }

    /// Notes that the model that was in use before, or the app's own, is in use from now on.
    ///
    /// # Errors
    /// When the archive is locked or can't be written; then the model that was in use stays.
    pub fn go_to_model(&mut self, to: Option<Digest>) -> Result<(), ArchiveWorkerError> {
        let models = self.archive()?.models().gone_to(to);
        self.write(|archive| archive.keep_models(models.clone()))?;
        self.note(&models);
        Ok(())
    }

    /// Takes back the trust in a key that was confirmed: of its packs none is in use any more, nor gone back to. What was seen of it stays
    /// seen, so that none of its older packs is taken should it be confirmed again.
    ///
    /// # Errors
    /// When the archive is locked or can't be written; then nothing was changed.
    pub fn distrust(&mut self, key: PublicKey) -> Result<(), ArchiveWorkerError> {
        let mut models = self.archive()?.models();
        models.confirmed.retain(|confirmed| *confirmed.key() != key);
        let trusted = |digest: &Digest| self.shelf.source(*digest, &models.confirmed).signed().is_ok();
        let (in_use, before) = (models.in_use.filter(trusted), models.before.filter(trusted));
        (models.in_use, models.before) = (in_use, before);
        self.write(|archive| archive.keep_models(models.clone()))?;
        self.note(&models);
        self.shelf.tidy(&models);
        Ok(())
    }

    /// The pack that was in use before, where it may still be gone back to.
    pub fn before(&mut self) -> Option<Before> {
        let models = self.models()?;
        let source = self.shelf.source(models.before?, &models.confirmed);
        let signed = source.signed().ok()?;
        let accepted = still_usable(&signed, &models.ledger, FLOOR, app_version()).ok()?;
        Some(Before { name: named(&signed.manifest().name, accepted.label()), source })
    }
}
