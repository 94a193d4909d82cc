//! The words for an answer, from the locale files, looked up by the types that the answer is made of.

use assess::assessment::{DespiteRisk, Doubt, Triage};
use assess::evidence::{Among, OfThousand};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use net::diagnosis;
use net::modality::Modality;
use net::person::{Factor, Reason, Remarks, Sex, Site};
use vision::photo::DecodeError;
use vision::photo::quality::{Aspect, Measurement};

mod language;
mod packs;

pub use language::Language;

/// All words in one language.
pub struct Wording {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    /// The words of this language.
    pub fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // The marks that Fluent puts around what it inserts are for mixed scripts and disturb a terminal.
        bundle.set_use_isolating(false);
        for source in language.sources() {
            // What can be parsed is used: a test makes sure that everything can.
            let resource = FluentResource::try_new(source.into()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text for `key`; the key itself where there is none.
    pub fn say(&self, key: &str) -> String {
        self.text(key, &[])
    }

    /// The text for `key`, with `arguments` put in. The key itself where there is none.
    pub fn text(&self, key: &str, arguments: &[(&str, FluentValue)]) -> String {
        self.find(key, arguments).unwrap_or_else(|| key.into())
    }

    fn find(&self, key: &str, arguments: &[(&str, FluentValue)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let arguments: FluentArgs = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
    }

    /// What to do, in a few words.
    pub fn triage(&self, triage: Triage) -> String {
        self.text(triage_key(triage), &[])
    }

    /// What to do, explained.
    pub fn advice(&self, triage: Triage) -> String {
        self.text(&format!("{}-advice", triage_key(triage)), &[])
    }

    /// Why there is no answer.
    pub fn doubt(&self, doubt: Doubt) -> String {
        let key = match doubt {
            Doubt::Quality => "doubt-quality",
            Doubt::NotALesion => "doubt-not-a-lesion",
            Doubt::Unfamiliar => "doubt-unfamiliar",
            Doubt::Untested => "doubt-untested",
        };
        self.text(key, &[])
    }

    /// How the picture was taken and what that means.
    pub fn kind(&self, kind: Modality) -> String {
        let key = match kind {
            Modality::Dermatoscope => "kind-dermatoscope",
            Modality::PlainPhoto => "kind-plain-photo",
        };
        self.text(key, &[])
    }

    /// What was noticed about a spot, by its key in [`net::person::Remarks::all`].
    pub fn remark(&self, key: &str) -> String {
        self.say(match key {
            "itches" => "remark-itches",
            "bleeds" => "remark-bleeds",
            "grows" => "remark-grows",
            _ => "remark-new",
        })
    }

    /// A sex by its name.
    pub fn sex(&self, sex: Sex) -> String {
        self.say(match sex {
            Sex::Female => "person-female",
            Sex::Male => "person-male",
        })
    }

    /// Why it warns although the risk is low.
    pub fn despite_risk(&self, despite: DespiteRisk) -> String {
        self.say(match despite {
            DespiteRisk::Melanoma => "despite-risk-melanoma",
            DespiteRisk::SomethingElse => "despite-risk-something-else",
            DespiteRisk::MostProbable => "despite-risk-most-probable",
        })
    }

    /// A part of the body by its name.
    pub fn site(&self, site: Site) -> String {
        self.say(match site {
            Site::HeadOrNeck => "site-head-or-neck",
            Site::Trunk => "site-trunk",
            Site::Arm => "site-arm",
            Site::Leg => "site-leg",
            Site::Hand => "site-hand",
            Site::Foot => "site-foot",
        })
    }

    /// Why a risk is another than that of the photo: what of the person it is, and what it does.
    pub fn reason(&self, reason: &Reason) -> String {
        let what = match reason.factor {
            Factor::Age(age) => self.text("person-age", &[("age", age.to_string().into())]),
            Factor::Sex(sex) => self.sex(sex),
            Factor::Site(site) => self.site(site),
        };
        let key = if reason.odds > 1.0 { "because-raises" } else { "because-lowers" };
        self.text(key, &[("what", what.into()), ("odds", self.language.number(reason.odds, 2).into())])
    }

    /// That something was noticed, which no photo rules out; nothing where nothing was.
    pub fn noticed(&self, noticed: Remarks) -> Option<String> {
        let what: Vec<String> = noticed.keys().map(|key| self.remark(key)).collect();
        (!what.is_empty()).then(|| self.text("because-noticed", &[("what", what.join(", ").into())]))
    }

    /// Of 1,000 people with an answer, how many have something malignant, in a scenario.
    pub fn of_thousand(&self, found: &OfThousand) -> String {
        let key = match found.among {
            Among::Clinic => "of-thousand-clinic",
            Among::Worried => "of-thousand-worried",
            Among::Everybody => "of-thousand-everybody",
        };
        let count = match found.malignant {
            count if count < 1.0 => self.say("of-thousand-few"),
            count => self.language.number(count, 0),
        };
        let share = self.language.number(1000.0 * found.share, 0);
        self.text(key, &[("count", count.into()), ("share", share.into())])
    }

    /// The name of a diagnosis; its key where a foreign model brought one without a name. Only keys that the app knows are looked
    /// up: of others, one could be that of another text.
    pub fn diagnosis(&self, key: &str) -> String {
        let named = diagnosis::by_key(key).and_then(|_| self.find(&format!("diagnosis-{key}"), &[]));
        named.unwrap_or_else(|| key.into())
    }

    /// What a diagnosis means, where there are words for it.
    pub fn meaning(&self, key: &str) -> Option<String> {
        diagnosis::by_key(key).and_then(|_| self.find(&format!("diagnosis-{key}-meaning"), &[]))
    }

    /// What is wrong with a photo and what to do about it.
    pub fn fault(&self, fault: &Measurement) -> String {
        let key = match fault.aspect {
            Aspect::Size => "quality-size",
            Aspect::Focus => "quality-focus",
            Aspect::Dark => "quality-dark",
            Aspect::Bright => "quality-bright",
            Aspect::Glare => "quality-glare",
            Aspect::Colour => "quality-colour",
        };
        let figure = |value: f32| match fault.aspect {
            Aspect::Size => format!("{value:.0}"),
            Aspect::Focus => self.language.number(value, 3),
            Aspect::Dark | Aspect::Bright | Aspect::Glare | Aspect::Colour => self.percent(value),
        };
        self.text(
            key,
            &[("value", figure(fault.value).into()), ("threshold", figure(fault.threshold).into())],
        )
    }

    /// Why a file is not a photo, and what to do.
    pub fn decode_error(&self, error: &DecodeError) -> String {
        match error {
            DecodeError::Empty => self.say("file-empty"),
            DecodeError::Zeros => self.say("file-zeros"),
            DecodeError::Format { .. } => self.say("file-format"),
            DecodeError::Unsupported { .. } => self.say("file-unsupported"),
            DecodeError::Compression { format, compression } => {
                let what = [("format", (*format).into()), ("compression", (*compression).into())];
                self.text("file-compression", &what)
            }
            DecodeError::TooLarge { width, height } => {
                let size = [("width", (*width).into()), ("height", (*height).into())];
                self.text("file-too-large", &size)
            }
            DecodeError::Truncated(_) => self.say("file-truncated"),
            DecodeError::TooPlain { .. } => self.say("file-too-plain"),
            DecodeError::Missing { percent, .. } => {
                self.text("file-missing", &[("percent", self.percent(f32::from(*percent) / 100.0).into())])
            }
            DecodeError::Damaged { .. } => self.say("file-damaged"),
        }
    }

    /// A share as whole per cents; never a certainty that was not measured.
    pub fn percent(&self, share: f32) -> String {
        match share * 100.0 {
            share if share <= 0.0 => self.text("percent", &[("value", "0".into())]),
            share if share < 1.0 => self.say("percent-under-one"),
            share if share > 99.0 => self.say("percent-over-99"),
            share => self.text("percent", &[("value", format!("{share:.0}").into())]),
        }
    }
}

fn triage_key(triage: Triage) -> &'static str {
    match triage {
        Triage::SeeDoctorSoon => "triage-see-doctor-soon",
        Triage::HaveItLookedAt => "triage-have-it-looked-at",
        Triage::NothingSuspicious => "triage-nothing-suspicious",
        Triage::CannotTell => "triage-cannot-tell",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use assess::evidence;

    fn all() -> impl Iterator<Item = Wording> {
        Language::ALL.into_iter().map(Wording::new)
    }

    /// Every key of a locale file with the arguments that its text takes.
    fn keys(language: Language) -> BTreeSet<(String, BTreeSet<String>)> {
        let text = language.sources().concat();
        let mut keys = BTreeSet::new();
        let mut key = None;
        let mut arguments = BTreeSet::new();
        for line in text.lines().chain(["end ="]) {
            let starts = line.starts_with(|first: char| first.is_ascii_lowercase());
            if let Some((name, _)) = line.split_once(" =").filter(|_| starts) {
                keys.extend(key.replace(name.to_string()).map(|key| (key, std::mem::take(&mut arguments))));
            }
            let inserted = line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
            arguments.extend(inserted.map(String::from));
        }
        keys
    }

    /// Whoever removes the app to install it again deletes their spots. No text says "install" in any of the four languages.
    #[test]
    fn no_text_advises_to_install_the_app_again() {
        for language in Language::ALL {
            let text = language.sources().concat().to_lowercase();
            assert!(!text.contains("instal"), "{language:?}");
        }
    }

    #[test]
    fn the_locale_files_have_no_mistakes() {
        for source in Language::ALL.into_iter().flat_map(Language::sources) {
            let parsed = FluentResource::try_new(source.into());
            assert!(parsed.is_ok(), "{:?}", parsed.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn every_language_has_the_same_keys_with_the_same_arguments() {
        let english = keys(Language::English);
        assert!(english.len() > 100 && english.iter().any(|(key, _)| key == "triage-cannot-tell"));
        for language in Language::ALL {
            let own = keys(language);
            let differing: Vec<_> = english.symmetric_difference(&own).collect();
            assert!(differing.is_empty(), "{language:?}: {differing:#?}");
        }
    }

    #[test]
    fn every_key_is_used() {
        fn sources(folder: &std::path::Path, text: &mut String) {
            for entry in std::fs::read_dir(folder).expect("folder").flatten() {
                match entry.path() {
                    path if path.is_dir() => sources(&path, text),
                    path => text.push_str(&std::fs::read_to_string(path).expect("source")),
                }
            }
        }
        let mut text = String::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for folder in ["src", "crates"] {
            sources(&root.join(folder), &mut text);
        }
        // These are put together from a type's name: tests for each type are below.
        let built = ["diagnosis-", "triage-"];
        let unused: Vec<_> = keys(Language::English)
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| !built.iter().any(|start| key.starts_with(start)))
            .filter(|key| !text.contains(&format!("\"{key}\"")))
            .collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn everything_that_can_be_said_has_words() {
        for wording in all() {
            for triage in
                [Triage::SeeDoctorSoon, Triage::HaveItLookedAt, Triage::NothingSuspicious, Triage::CannotTell]
            {
                assert_ne!(wording.triage(triage), triage_key(triage));
                assert!(wording.advice(triage).ends_with('.'), "{triage:?}");
            }
            for doubt in [Doubt::Quality, Doubt::NotALesion, Doubt::Unfamiliar, Doubt::Untested] {
                assert!(wording.doubt(doubt).ends_with('.'), "{doubt:?}");
            }
            for despite in [DespiteRisk::Melanoma, DespiteRisk::SomethingElse, DespiteRisk::MostProbable] {
                assert!(wording.despite_risk(despite).ends_with('.'), "{despite:?}");
            }
            for kind in Modality::ALL {
                assert!(wording.kind(kind).ends_with('.'), "{kind:?}");
            }
            let sexes = Sex::ALL.map(Factor::Sex);
            for factor in Site::ALL.map(Factor::Site).into_iter().chain(sexes).chain([Factor::Age(84)]) {
                let [raises, lowers] = [1.6, 0.625].map(|odds| wording.reason(&Reason { factor, odds }));
                assert!(!raises.contains('{') && raises != lowers, "{raises}");
            }
            let all = Remarks { itches: true, bleeds: true, grows: true, new: true };
            assert_eq!(wording.noticed(all).expect("words").matches(", ").count(), 3);
            assert_eq!(wording.noticed(Remarks::default()), None);
            for scenario in evidence::SCENARIOS {
                let found = OfThousand { among: scenario.among, share: scenario.share, malignant: 0.4 };
                let [few, many] = [found, OfThousand { malignant: 123.4, ..found }]
                    .map(|found| wording.of_thousand(&found));
                assert!(
                    few.contains(&wording.say("of-thousand-few")) && many.contains("123"),
                    "{few} {many}"
                );
            }
            for diagnosis in diagnosis::HAM10000.iter().chain(&diagnosis::BEYOND_HAM10000) {
                assert_ne!(wording.diagnosis(&diagnosis.key), diagnosis.key);
                assert!(wording.meaning(&diagnosis.key).is_some());
            }
            for aspect in Aspect::ALL {
                let fault = Measurement { aspect, value: 0.123, threshold: 0.456, good: false };
                let text = wording.fault(&fault);
                assert!(text.ends_with('.') && !text.contains('{'), "{text}");
            }
            let errors = [
                DecodeError::Empty,
                DecodeError::Zeros,
                DecodeError::Format { found: String::new(), advice: "" },
                DecodeError::Unsupported { kind: String::new() },
                DecodeError::Compression { format: "DICOM", compression: "JPEG 2000" },
                DecodeError::TooPlain { format: "WebP", width: 5_000, height: 5_000 },
                DecodeError::Missing { format: "JPEG", percent: 48 },
                DecodeError::TooLarge { width: 60_000, height: 60_000 },
                DecodeError::Truncated("JPEG"),
                DecodeError::Damaged { format: "JPEG", reason: String::new() },
            ];
            for error in errors {
                let text = wording.decode_error(&error);
                assert!(text.ends_with('.') && !text.contains('{'), "{text}");
            }
        }
    }

    #[test]
    fn a_foreign_diagnosis_keeps_its_name() {
        assert_eq!(Wording::new(Language::English).diagnosis("eczema"), "eczema");
        assert_eq!(Wording::new(Language::English).meaning("eczema"), None);
        // One that is the key of a sentence of ours.
        assert_eq!(Wording::new(Language::English).diagnosis("nv-meaning"), "nv-meaning");
    }

    #[test]
    fn per_cents_never_round_to_a_certainty() {
        let english = Wording::new(Language::English);
        assert_eq!(english.percent(0.0), "0%");
        assert_eq!(english.percent(0.004), "under 1%");
        assert_eq!(english.percent(0.9951), "over 99%");
        assert_eq!(english.percent(1.0), "over 99%");
        assert_eq!(english.percent(0.496), "50%");
        assert_eq!(Wording::new(Language::German).percent(0.496), "50\u{a0}%");
    }
}
