//! Documents that come with the app: the model's card, where weights and data come from, licences.

use dioxus::prelude::*;

use crate::ui::parts::Bar;
use crate::ui::state::App;

/// One of the documents.
#[component]
pub fn About(page: String) -> Element {
    let words = use_context::<App>().words();
    let (title, text) = match page.as_str() {
        "model" => (words.say("about-model"), include_str!("../../../models/MODEL_CARD.md")),
        "notices" => (words.say("about-notices"), include_str!("../../../NOTICES.md")),
        _ => (words.say("about-licences"), include_str!("../../../assets/licences.md")),
    };
    let html = use_memo(use_reactive!(|text| html(text)));
    rsx! {
        main { class: "screen about",
            Bar { title }
            // Written by us or our own tools, never by what comes from outside.
            article { class: "card document", lang: "en", tabindex: "0", dangerous_inner_html: "{html}" }
        }
    }
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
}
