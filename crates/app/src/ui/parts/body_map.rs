//! The map of the body on which a spot's place is set and shown: a drawing of each side.

use dioxus::prelude::*;

use crate::ui::state::App;
use archive::record::{BodySide, Place};
use archive::region::{Laterality, Region};
use wording::Wording;

/// How far a key moves the mark, as a share of the drawing's height.
const STEP: f32 = 0.02;
/// Height of the drawing over its width.
const TALL: f32 = 2.1;

/// A place in the middle of each part of the body that [`region`] tells apart, as shares of width and height.
const PARTS: [(f32, f32); 13] = [
    (0.5, 0.08),
    (0.5, 0.16),
    (0.5, 0.25),
    (0.5, 0.42),
    (0.22, 0.4),
    (0.78, 0.4),
    (0.19, 0.54),
    (0.81, 0.54),
    (0.5, 0.53),
    (0.42, 0.75),
    (0.58, 0.75),
    (0.4, 0.97),
    (0.6, 0.97),
];

/// A mark on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where it is.
    pub place: Place,
    /// How it stands out: the style of a triage level, or `chosen`.
    pub tone: &'static str,
}

/// Where on the body a place is, in words.
pub fn region(words: &Wording, place: Place) -> String {
    let by_hand = |hand, left, right| if hand == Laterality::Left { left } else { right };
    words.say(match Region::of(place) {
        Region::Face => "region-face",
        Region::Head => "region-head",
        Region::Neck => "region-neck",
        Region::Chest => "region-chest",
        Region::Belly => "region-belly",
        Region::UpperBack => "region-upper-back",
        Region::LowerBack => "region-lower-back",
        Region::Buttocks => "region-buttocks",
        Region::Groin => "region-groin",
        Region::Arm(hand) => by_hand(hand, "region-left-arm", "region-right-arm"),
        Region::Hand(hand) => by_hand(hand, "region-left-hand", "region-right-hand"),
        Region::Leg(hand) => by_hand(hand, "region-left-leg", "region-right-leg"),
        Region::Foot(hand) => by_hand(hand, "region-left-foot", "region-right-foot"),
    })
}

/// The map with its marks. With `onplace`, a tap or the arrow keys set a place, beginning at `chosen`.
#[component]
pub fn BodyMap(marks: Vec<Mark>, chosen: Option<Place>, onplace: Option<EventHandler<Place>>) -> Element {
    let words = use_context::<App>().words();
    let mut side = use_signal(|| match chosen {
        Some(place) => place.side,
        None if !marks.is_empty() && marks.iter().all(|mark| mark.place.side == BodySide::Back) => {
            BodySide::Back
        }
        None => BodySide::Front,
    });
    // Width and height of the drawing, in pixels.
    let mut size = use_signal(|| None::<[f64; 2]>);
    let shown = side();
    let marks: Vec<Mark> = marks
        .into_iter()
        .chain(chosen.map(|place| Mark { place, tone: "chosen" }))
        .filter(|mark| mark.place.side == shown)
        .collect();
    let label = match chosen {
        Some(place) => words.text("map-at", &[("region", region(&words, place).into())]),
        None => words.say("map"),
    };
    let tapped = move |event: MouseEvent| {
        let (Some(onplace), Some([width, height])) = (onplace, size()) else { return };
        let point = event.element_coordinates();
        let share = |at: f64, length: f64| (at / length.max(1.0)).clamp(0.0, 1.0) as f32;
        onplace.call(Place { side: side(), x: share(point.x, width), y: share(point.y, height) });
    };
    let pressed = move |event: KeyboardEvent| {
        let Some(onplace) = onplace else { return };
        let (dx, dy) = match event.key() {
            Key::ArrowLeft => (-STEP * TALL, 0.0),
            Key::ArrowRight => (STEP * TALL, 0.0),
            Key::ArrowUp => (0.0, -STEP),
            Key::ArrowDown => (0.0, STEP),
            _ => return,
        };
        event.prevent_default();
        let from = chosen.filter(|place| place.side == side());
        let Place { x, y, .. } = from.unwrap_or(Place { side: side(), x: 0.5, y: 0.3 });
        onplace.call(Place { side: side(), x: (x + dx).clamp(0.0, 1.0), y: (y + dy).clamp(0.0, 1.0) });
    };
    rsx! {
        div { class: "map",
            div { class: "switch", role: "group", "aria-label": words.say("map-side"),
                button { r#type: "button", id: "map-front", "aria-pressed": "{shown == BodySide::Front}", onclick: move |_| side.set(BodySide::Front), {words.say("map-front")} }
                button { r#type: "button", id: "map-back", "aria-pressed": "{shown == BodySide::Back}", onclick: move |_| side.set(BodySide::Back), {words.say("map-back")} }
            }
            div {
                class: if onplace.is_some() { "body choosing" } else { "body" },
                id: "body",
                role: if onplace.is_some() { "application" } else { "img" },
                tabindex: if onplace.is_some() { "0" },
                "aria-label": "{label}",
                onresize: move |event| {
                    if let Ok(now) = event.get_border_box_size() {
                        size.set(Some([now.width, now.height]));
                    }
                },
                onclick: tapped,
                onkeydown: pressed,
                svg { view_box: "0 0 100 210", "aria-hidden": "true",
                    circle { cx: "50", cy: "16", r: "12.5" }
                    rect { x: "45", y: "24", width: "10", height: "14" }
                    path { d: "M34 36 Q50 31 66 36 Q72 38 73 46 L83 103 Q87 109 86 116 Q84 122 80 121 Q76 119 75.5 113 L73 104 L67 66 L65 96 L65 190 Q70 199 71 203 Q71 206 67 206 L57 206 Q53 206 52.8 199 L51 116 L49 116 L47.2 199 Q47 206 43 206 L33 206 Q29 206 29 203 Q30 199 35 190 L35 96 L33 66 L27 104 L24.5 113 Q24 119 20 121 Q16 122 14 116 Q13 109 17 103 L27 46 Q28 38 34 36 Z" }
                    // The navel, or the spine.
                    path { class: "line", d: if shown == BodySide::Front { "M50 86 v.1" } else { "M50 40 V92" } }
                }
                for (number, mark) in marks.into_iter().enumerate() {
                    span { key: "{number}", class: "dot {mark.tone}", style: "left:{mark.place.x * 100.0:.2}%;top:{mark.place.y * 100.0:.2}%" }
                }
            }
            if let Some(onplace) = onplace {
                // Whoever can't see the drawing chooses the part of the body by its name.
                div { class: "field",
                    label { r#for: "region", {words.say("map-region")} }
                    select {
                        id: "region",
                        onchange: move |event| {
                            let place = event.value().parse().ok().and_then(|at: usize| PARTS.get(at).copied());
                            if let Some((x, y)) = place {
                                onplace.call(Place { side: side(), x, y });
                            }
                        },
                        option { value: "", selected: true, "–" }
                        for (at, (x, y)) in PARTS.into_iter().enumerate() {
                            option { key: "{at}", value: "{at}", {region(&words, Place { side: shown, x, y })} }
                        }
                    }
                }
                p { class: "soft small", role: "status",
                    if let Some(place) = chosen {
                        strong { {region(&words, place)} }
                        ". "
                    }
                    {words.say("map-how")}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use wording::Language;

    #[test]
    fn each_part_of_the_body_has_a_name_of_its_own() {
        let words = Wording::new(Language::English);
        for side in [BodySide::Front, BodySide::Back] {
            let names: BTreeSet<String> =
                PARTS.iter().map(|&(x, y)| region(&words, Place { side, x, y })).collect();
            assert_eq!(names.len(), PARTS.len(), "{names:?}");
        }
        // Seen from the front, the right arm is on the left; from behind it is on the right.
        let arm = |side| region(&words, Place { side, x: 0.2, y: 0.4 });
        assert_eq!(arm(BodySide::Front), "Right arm");
        assert_eq!(arm(BodySide::Back), "Left arm");
        let hip = |side| region(&words, Place { side, x: 0.5, y: 0.54 });
        assert_eq!((hip(BodySide::Front), hip(BodySide::Back)), ("Groin".into(), "Buttocks".into()));
    }
}
