//! The languages that Spotcheck speaks, and how each writes numbers.

use serde::{Deserialize, Serialize};
use unic_langid::{LanguageIdentifier, langid};

/// A language with locale files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Portuguese.
    #[serde(rename = "pt")]
    Portuguese,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::Spanish, Self::Portuguese];

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Portuguese => "Português",
        }
    }

    /// The first of these tags that is spoken here, whatever its region; English where none is.
    pub fn best(wanted: impl Iterator<Item = String>) -> Self {
        let spoken = |tag: String| {
            let main = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
            Self::ALL.into_iter().find(|language| language.tag() == main)
        };
        wanted.into_iter().find_map(spoken).unwrap_or_default()
    }

    pub(super) fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::German => langid!("de"),
            Self::Spanish => langid!("es"),
            Self::Portuguese => langid!("pt"),
        }
    }

    /// The texts of its locale files.
    pub(super) fn sources(self) -> [&'static str; 2] {
        macro_rules! files {
            ($tag:literal) => {
                [
                    include_str!(concat!("../../../assets/locales/", $tag, "/assessment.ftl")),
                    include_str!(concat!("../../../assets/locales/", $tag, "/app.ftl")),
                ]
            };
        }
        match self {
            Self::English => files!("en"),
            Self::German => files!("de"),
            Self::Spanish => files!("es"),
            Self::Portuguese => files!("pt"),
        }
    }

    /// A day, as people write it where the language is spoken.
    pub fn date(self, year: i16, month: i8, day: i8) -> String {
        const ENGLISH: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let name = ENGLISH.get((month - 1).clamp(0, 11) as usize).copied().unwrap_or_default();
        match self {
            // Day and month change places between countries that speak it.
            Self::English => format!("{day} {name} {year}"),
            Self::German => format!("{day}.{month}.{year}"),
            Self::Spanish | Self::Portuguese => format!("{day:02}/{month:02}/{year}"),
        }
    }

    /// A number with this many decimals, with the language's own mark before them.
    pub fn number(self, value: f32, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        match self {
            Self::English => text,
            Self::German | Self::Spanish | Self::Portuguese => text.replace('.', ","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_the_language_does_it() {
        assert_eq!(Language::English.date(2026, 3, 9), "9 Mar 2026");
        assert_eq!(Language::German.date(2026, 3, 9), "9.3.2026");
        assert_eq!(Language::Spanish.date(2026, 3, 9), "09/03/2026");
    }

    #[test]
    fn the_first_spoken_tag_wins_whatever_its_region() {
        let best = |tags: &[&str]| Language::best(tags.iter().map(ToString::to_string));
        assert_eq!(best(&["fr-FR", "pt-BR", "de"]), Language::Portuguese);
        assert_eq!(best(&["es_MX.UTF-8"]), Language::Spanish);
        assert_eq!(best(&["DE-at"]), Language::German);
        assert_eq!(best(&["", "C"]), Language::English);
    }

    #[test]
    fn decimals_have_the_languages_mark() {
        assert_eq!(Language::English.number(0.0163, 3), "0.016");
        assert_eq!(Language::German.number(0.0163, 3), "0,016");
    }
}
