//! Looking oneself over, one step after the other.

use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, GetPhoto, Glyph, Icon};
use crate::ui::state::App;

/// The steps in their order: the title and the text of each.
const STEPS: [(&str, &str); 9] = [
    ("look-need", "look-need-text"),
    ("look-front", "look-front-text"),
    ("look-back", "look-back-text"),
    ("look-arms", "look-arms-text"),
    ("look-legs", "look-legs-text"),
    ("look-toes", "look-toes-text"),
    ("look-nails", "look-nails-text"),
    ("look-scalp", "look-scalp-text"),
    ("look-after", "look-after-text"),
];

/// The routine. How far one has got is known only while it is shown.
#[component]
pub fn SelfExamination() -> Element {
    let app = use_context::<App>();
    let mut at = use_signal(|| 0);
    // A photo from here is meant for any spot.
    use_hook(|| app.aim(None));
    rsx! {
        // A list, so that each step begins anew, at its title.
        for at_now in [at()] {
            Step { key: "{at_now}", at: at_now, ongo: move |to| at.set(to) }
        }
    }
}

/// One step, and the ways on and back.
#[component]
fn Step(at: usize, ongo: EventHandler<usize>) -> Element {
    let words = use_context::<App>().words();
    let Some((title, text)) = STEPS.get(at) else { return rsx! {} };
    let (number, count) = (at + 1, STEPS.len());
    let progress = words.text("look-over-step", &[("number", number.into()), ("count", count.into())]);
    rsx! {
        main { class: "screen self-examination",
            Bar { title: progress }
            div { class: "bar-track", "aria-hidden": "true",
                div { class: "bar-fill", style: "width:{number * 100 / count}%" }
            }
            section { class: "card", id: "step",
                h2 { {words.say(title)} }
                p { {words.say(text)} }
            }
            div { class: "actions",
                if number < count {
                    button { class: "button", id: "next-step", onclick: move |_| ongo.call(at + 1), {words.say("look-next")} }
                } else {
                    button { class: "button", id: "first-step", onclick: move |_| ongo.call(0), {words.say("look-first")} }
                }
                if at > 0 {
                    button { class: "button quiet", id: "previous-step", onclick: move |_| ongo.call(at - 1), {words.say("look-previous")} }
                }
            }
            section { class: "card",
                h2 { {words.say("look-found")} }
                p { class: "soft", {words.say("look-found-text")} }
                GetPhoto {}
                Link { class: "button quiet", to: Destination::Spots,
                    Glyph { icon: Icon::Person }
                    {words.say("spots-title")}
                }
                Link { class: "button quiet", to: Destination::Signs, {words.say("signs-title")} }
            }
        }
    }
}
