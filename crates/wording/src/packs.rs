//! The words for why a model pack isn't used.

use fluent_bundle::FluentValue;
use spotpack::{PackError, Refused};

use super::Wording;
use assess::packs::{NotUsed, Unfit};
use net::network::error::ModelError;

impl Wording {
    /// Why a pack isn't used, and what to do.
    pub fn not_used(&self, why: &NotUsed) -> String {
        match why {
            NotUsed::Refused(why) => self.refused(why),
            NotUsed::Unfit(why) => self.unfit(why),
            NotUsed::Another => self.say("pack-another"),
            NotUsed::Unnoted => self.say("pack-unnoted"),
            NotUsed::Ended => self.say("pack-ended"),
            NotUsed::Failed => self.say("pack-failed"),
        }
    }

    fn refused(&self, why: &Refused) -> String {
        let with = |key: &str, name: &str, value: FluentValue<'static>| self.text(key, &[(name, value)]);
        match why {
            Refused::Pack(error) => self.pack_error(error),
            Refused::UnknownSigner(_) => self.say("pack-unknown-signer"),
            Refused::ForeignNotConfirmed(_) => self.say("pack-not-confirmed"),
            Refused::RetiredKey => self.say("pack-retired-key"),
            Refused::TestKey => self.say("pack-test-key"),
            Refused::Impostor(_) => self.say("pack-impostor"),
            Refused::Imitation => self.say("pack-imitation"),
            Refused::RevokesOthers => self.say("pack-revokes-others"),
            Refused::Revoked(version) => with("pack-revoked", "version", (*version).into()),
            Refused::BelowFloor { version, floor } => {
                self.text("pack-below-floor", &[("version", (*version).into()), ("floor", (*floor).into())])
            }
            Refused::OlderThanSeen { version, seen } => {
                self.text("pack-older", &[("version", (*version).into()), ("seen", (*seen).into())])
            }
            Refused::SameVersion(version) => with("pack-same-version", "version", (*version).into()),
            Refused::NeedsNewerApp { needed, app } => {
                let facts = [("needed", needed.to_string().into()), ("app", app.to_string().into())];
                self.text("pack-newer-app", &facts)
            }
        }
    }

    fn pack_error(&self, error: &PackError) -> String {
        self.say(match error {
            PackError::Read(_) => "pack-unreadable",
            PackError::NotAPack => "pack-none",
            PackError::NewerFormat(_) => "pack-newer-format",
            PackError::Length { .. } => "pack-cut-off",
            PackError::Tampered(_) => "pack-tampered",
            PackError::TooLarge { .. } => "pack-too-large",
            PackError::Manifest(_) | PackError::Answers(_) => "pack-invalid",
        })
    }

    fn unfit(&self, why: &Unfit) -> String {
        self.say(match why {
            Unfit::Architecture(_) => "pack-architecture",
            Unfit::Model(ModelError::Newer) => "pack-newer-model",
            Unfit::Differs(_)
            | Unfit::Diagnosis(_)
            | Unfit::Model(_)
            | Unfit::NotFinite
            | Unfit::Picture { .. } => "pack-invalid",
            Unfit::Disagreement(_) => "pack-disagrees",
        })
    }
}

#[cfg(test)]
mod tests {
    use spotpack::{Digest, Disagreement, Part};

    use super::*;
    use crate::Language;
    use assess::packs::app_version;
    use net::network::architecture::Architecture;

    #[test]
    fn no_stranger_can_be_called_what_the_apps_own_model_is_said_to_be_by() {
        for language in Language::ALL {
            let own = Wording::new(language).say("model-own");
            assert!(spotpack::imitates(&own), "{own}");
        }
    }

    #[test]
    fn every_reason_has_words_of_its_own_in_every_language() {
        let key = "0123456789ABCDEF".to_string().try_into().expect("an id");
        let refused = [
            Refused::UnknownSigner(Digest::of(b"a")),
            Refused::RetiredKey,
            Refused::TestKey,
            Refused::Impostor(key),
            Refused::Imitation,
            Refused::RevokesOthers,
            Refused::Revoked(7),
            Refused::BelowFloor { version: 7, floor: 9 },
            Refused::OlderThanSeen { version: 7, seen: 9 },
            Refused::SameVersion(7),
            Refused::NeedsNewerApp { needed: "99.0.0".parse().expect("a version"), app: app_version() },
        ];
        let broken = [
            PackError::Read(std::io::ErrorKind::NotFound.into()),
            PackError::NotAPack,
            PackError::NewerFormat(2),
            PackError::Length { expected: 9, found: 7 },
            PackError::Tampered(Part::Weights),
            PackError::TooLarge { part: Part::Weights, length: 9, most: 7 },
            PackError::Manifest(String::new()),
        ];
        let unfit = [
            Unfit::Architecture(Architecture { width: 2.0, depth: 1.0 }),
            Unfit::Model(ModelError::Newer),
            Unfit::Disagreement(Disagreement { picture: 1, class: 1, expected: 0.0, found: 1.0 }),
        ];
        let all: Vec<NotUsed> = refused
            .into_iter()
            .chain(broken.into_iter().map(Refused::from))
            .map(NotUsed::from)
            .chain(unfit.into_iter().map(NotUsed::from))
            .chain([NotUsed::Another, NotUsed::Unnoted, NotUsed::Ended, NotUsed::Failed])
            .collect();
        for words in Language::ALL.map(Wording::new) {
            let mut said: Vec<String> = all.iter().map(|why| words.not_used(why)).collect();
            for text in &said {
                assert!(text.ends_with('.') && text.contains(' ') && !text.contains('{'), "{text}");
            }
            assert!(said.iter().any(|text| text.contains('7') && text.contains('9')), "{said:?}");
            said.sort();
            said.dedup();
            assert_eq!(said.len(), all.len(), "{said:#?}");
        }
    }
}
