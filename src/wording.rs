//! The words for an answer, from the locale files, looked up by the types that the answer is made of.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use crate::assessment::{Doubt, Kind, Triage};
use crate::photo::quality::{Aspect, Measurement};

const ENGLISH: &str = include_str!("../assets/locales/en/assessment.ftl");

/// All words in one language.
pub struct Wording {
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    /// English, the only language so far.
    pub fn english() -> Self {
        // What can be parsed is used: a test makes sure that everything can.
        let resource = FluentResource::try_new(ENGLISH.into()).unwrap_or_else(|(resource, _)| resource);
        let mut bundle = FluentBundle::new_concurrent(vec![langid!("en")]);
        // The marks that Fluent puts around what it inserts are for mixed scripts and disturb a terminal.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle }
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
        };
        self.text(key, &[])
    }

    /// How the picture was taken and what that means.
    pub fn kind(&self, kind: Kind) -> String {
        let key = match kind {
            Kind::Dermatoscope => "kind-dermatoscope",
            Kind::PlainPhoto => "kind-plain-photo",
        };
        self.text(key, &[])
    }

    /// The name of a diagnosis; its key where a foreign model brought one without a name.
    pub fn diagnosis(&self, key: &str) -> String {
        self.find(&format!("diagnosis-{key}"), &[]).unwrap_or_else(|| key.into())
    }

    /// What a diagnosis means, where there are words for it.
    pub fn meaning(&self, key: &str) -> Option<String> {
        self.find(&format!("diagnosis-{key}-meaning"), &[])
    }

    /// What is wrong with a photo and what to do about it.
    pub fn fault(&self, fault: &Measurement) -> String {
        let key = match fault.aspect {
            Aspect::Size => "quality-size",
            Aspect::Focus => "quality-focus",
            Aspect::Dark => "quality-dark",
            Aspect::Bright => "quality-bright",
            Aspect::Glare => "quality-glare",
        };
        let figure = |value: f32| match fault.aspect {
            Aspect::Size => format!("{value:.0}"),
            Aspect::Focus => format!("{value:.3}"),
            Aspect::Dark | Aspect::Bright | Aspect::Glare => percent(value),
        };
        self.text(
            key,
            &[("value", figure(fault.value).into()), ("threshold", figure(fault.threshold).into())],
        )
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

/// A share as whole per cents; never a certainty that was not measured.
pub fn percent(share: f32) -> String {
    match share * 100.0 {
        share if share <= 0.0 => "0 %".into(),
        share if share < 1.0 => "under 1 %".into(),
        share if share > 99.0 => "over 99 %".into(),
        share => format!("{share:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis;

    #[test]
    fn the_locale_file_has_no_mistakes() {
        let parsed = FluentResource::try_new(ENGLISH.into());
        assert!(parsed.is_ok(), "{:?}", parsed.err().map(|(_, errors)| errors));
    }

    #[test]
    fn everything_that_can_be_said_has_words() {
        let wording = Wording::english();
        for triage in
            [Triage::SeeDoctorSoon, Triage::HaveItLookedAt, Triage::NothingSuspicious, Triage::CannotTell]
        {
            assert_ne!(wording.triage(triage), triage_key(triage));
            assert!(wording.advice(triage).ends_with('.'), "{triage:?}");
        }
        for doubt in [Doubt::Quality, Doubt::NotALesion, Doubt::Unfamiliar] {
            assert!(wording.doubt(doubt).ends_with('.'), "{doubt:?}");
        }
        for kind in [Kind::Dermatoscope, Kind::PlainPhoto] {
            assert!(wording.kind(kind).ends_with('.'), "{kind:?}");
        }
        for diagnosis in &diagnosis::HAM10000 {
            assert_ne!(wording.diagnosis(&diagnosis.key), diagnosis.key);
            assert!(wording.meaning(&diagnosis.key).is_some());
        }
        for aspect in Aspect::ALL {
            let fault = Measurement { aspect, value: 0.123, threshold: 0.456, good: false };
            let text = wording.fault(&fault);
            assert!(text.ends_with('.') && !text.contains('{'), "{text}");
        }
    }

    #[test]
    fn a_foreign_diagnosis_keeps_its_name() {
        assert_eq!(Wording::english().diagnosis("eczema"), "eczema");
        assert_eq!(Wording::english().meaning("eczema"), None);
    }

    #[test]
    fn per_cents_never_round_to_a_certainty() {
        assert_eq!(percent(0.004), "under 1 %");
        assert_eq!(percent(0.9951), "over 99 %");
        assert_eq!(percent(1.0), "over 99 %");
        assert_eq!(percent(0.496), "50 %");
    }
}
