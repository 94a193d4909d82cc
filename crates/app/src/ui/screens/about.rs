//! Documents that come with the app: the model's card, where weights and data come from, licences, privacy.

use dioxus::prelude::*;

use crate::ui::parts::Bar;
use crate::ui::state::App;
use wording::Language;

/// One of the documents.
#[component]
pub fn About(page: String) -> Element {
    let words = use_context::<App>().words();
    let title = match page.as_str() {
        "model" => words.say("about-model"),
        "notices" => words.say("about-notices"),
        "privacy" => words.say("about-privacy"),
        _ => words.say("about-licences"),
    };
    // The others are in English alone.
    let language = if page == "privacy" { words.language() } else { Language::English };
    let html = use_memo(use_reactive!(|(page, language)| match page.as_str() {
        "model" => html(include_str!("../../../../../models/MODEL_CARD.md")),
        "notices" => html(include_str!("../../../../../NOTICES.md")),
        "privacy" => html(privacy(language)),
        _ => html(&licences()),
    }));
    rsx! {
        main { class: "screen about",
            Bar { title }
            // Written by us or our own tools, never by what comes from outside.
            article { class: "card document", lang: language.tag(), tabindex: "0", dangerous_inner_html: "{html}" }
        }
    }
}

/// What becomes of the user's data: the same text that stores link to.
fn privacy(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../../../../docs/privacy/en.md"),
        Language::German => include_str!("../../../../../docs/privacy/de.md"),
        Language::Spanish => include_str!("../../../../../docs/privacy/es.md"),
        Language::Portuguese => include_str!("../../../../../docs/privacy/pt.md"),
    }
}

/// The libraries' licences, which `build.rs` has packed.
fn licences() -> String {
    let packed = include_bytes!(concat!(env!("OUT_DIR"), "/licences.deflate"));
    let text = miniz_oxide::inflate::decompress_to_vec(packed).unwrap_or_default();
    String::from_utf8(text).unwrap_or_default()
}

/// Markdown as HTML. Pictures, which lie beside the document and not in the app, are left out; links, which would leave
/// the app, become plain text.
fn html(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter(|event| {
        !matches!(
            event,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image)
        )
    });
    let mut text = String::new();
    html::push_html(&mut text, events);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_kept_and_nothing_points_outside() {
        let text =
            html("# A\n\n| a | b |\n|---|---|\n| 1 | [two](https://example.org) |\n\n![curve](plots/a.svg)");
        assert!(text.contains("<table>") && text.contains("two"));
        assert!(!text.contains("href") && !text.contains("<img"), "{text}");
    }

    #[test]
    fn the_privacy_policy_has_the_same_parts_in_every_language() {
        let parts = |language| html(privacy(language)).matches("<h2>").count();
        for language in Language::ALL {
            assert_eq!((parts(language), parts(Language::English)), (6, 6), "{language:?}");
        }
    }

    #[test]
    fn the_licences_come_out_as_they_went_in() {
        assert_eq!(licences(), include_str!("../../../../../assets/licences.md"));
    }
}
