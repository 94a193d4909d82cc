//! Putting the square around the lesion, with a live hint on the photo's quality.

use std::collections::HashMap;

use dioxus::html::geometry::ElementPoint;
use dioxus::html::input_data::keyboard_types::Key;
use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::framing::Framing;
use crate::ui::parts::{Bar, GetPhoto, Glyph, Icon};
use crate::ui::pictures::Picture;
use crate::ui::state::App;
use vision::photo::quality::Quality;

/// Shares of the square that an arrow key moves, and how much a zoom key or button zooms.
const STEP: f64 = 0.05;
const ZOOM_STEP: f64 = 1.15;
const CENTRE: [f64; 2] = [0.5, 0.5];

/// The photo behind its square.
#[component]
pub fn Frame() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let go = move |destination: Destination| {
        navigator.push(destination);
    };
    let quality = use_resource(move || {
        let draft = app.draft();
        async move {
            let draft = draft?;
            app.vision_worker().measure(draft.opened, draft.framing.square()).await.ok()
        }
    });
    let Some(draft) = app.draft() else {
        return rsx! {
            main { class: "screen",
                Bar { title: words.say("frame-title") }
                p { {words.say("frame-empty")} }
                GetPhoto { first: true }
            }
        };
    };
    // Until the first measurement nothing can be tapped that would turn into something else under the finger.
    let waiting = quality.read().is_none();
    let measured: Option<Quality> = quality.read().clone().flatten();
    let suffices = measured.as_ref().is_none_or(Quality::suffices);
    rsx! {
        main { class: "screen frame-screen",
            Bar { title: words.say("frame-title") }
            p { class: "soft", {words.say("frame-lead")} }
            Viewport { preview: draft.opened.preview, framing: draft.framing }
            Zoom { framing: draft.framing }
            div { class: "hint", role: "status",
                if let Some(quality) = measured {
                    if quality.suffices() {
                        p { class: "good",
                            Glyph { icon: Icon::Check, size: 20 }
                            span { {words.say("frame-good")} }
                        }
                    }
                    for fault in quality.faults() {
                        p { class: "fault", key: "{fault.aspect:?}",
                            Glyph { icon: Icon::Warning, size: 20 }
                            span { {words.fault(fault)} }
                        }
                    }
                }
            }
            div { class: "actions",
                if suffices {
                    button { class: "button large", id: "assess", disabled: waiting, onclick: move |_| app.assess(false, go), {words.say("frame-assess")} }
                } else {
                    GetPhoto { first: true }
                    button { class: "button quiet", id: "assess-anyway", onclick: move |_| app.assess(true, go), {words.say("frame-anyway")} }
                }
            }
        }
    }
}

/// What the fingers or the mouse hold: where each pointer is, in pixels from the viewport's top left corner.
type Pointers = HashMap<i32, [f64; 2]>;

/// A point as two numbers.
fn within(point: ElementPoint) -> [f64; 2] {
    [point.x, point.y]
}

#[component]
fn Viewport(preview: Picture, framing: Framing) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut pointers = use_signal(Pointers::new);
    // Side of the square on the screen, in pixels, as the page reports it whenever it changes. Nothing is asked of the page while
    // fingers move: on Android its answers come on another thread than its events.
    let mut side = use_signal(|| 1.0f64);
    let moved = move |event: PointerEvent| {
        let id = event.pointer_id();
        let Some(before) = pointers.peek().get(&id).copied() else { return };
        let now = within(event.element_coordinates());
        let other = pointers.peek().iter().find(|(other, _)| **other != id).map(|(_, place)| *place);
        pointers.write().insert(id, now);
        let side = side();
        match other {
            None => {
                app.frame(|framing| framing.moved((before[0] - now[0]) / side, (before[1] - now[1]) / side))
            }
            Some(other) => {
                let distance = |to: [f64; 2]| (to[0] - other[0]).hypot(to[1] - other[1]).max(1.0);
                let middle = [(now[0] + other[0]) / 2.0 / side, (now[1] + other[1]) / 2.0 / side];
                let half = |axis: usize| (before[axis] - now[axis]) / 2.0 / side;
                app.frame(|framing| {
                    framing.zoomed(distance(now) / distance(before), middle).moved(half(0), half(1))
                });
            }
        }
    };
    let released = use_callback(move |event: PointerEvent| {
        pointers.write().remove(&event.pointer_id());
    });
    let pressed = move |event: KeyboardEvent| {
        let change: Option<fn(Framing) -> Framing> = match event.key() {
            Key::ArrowLeft => Some(|framing| framing.moved(-STEP, 0.0)),
            Key::ArrowRight => Some(|framing| framing.moved(STEP, 0.0)),
            Key::ArrowUp => Some(|framing| framing.moved(0.0, -STEP)),
            Key::ArrowDown => Some(|framing| framing.moved(0.0, STEP)),
            Key::Character(sign) if sign == "+" || sign == "=" => {
                Some(|framing| framing.zoomed(ZOOM_STEP, CENTRE))
            }
            Key::Character(sign) if sign == "-" => Some(|framing| framing.zoomed(1.0 / ZOOM_STEP, CENTRE)),
            _ => None,
        };
        if let Some(change) = change {
            event.prevent_default();
            app.frame(change);
        }
    };
    let [left, top, width, height] = framing.placement().map(|share| share * 100.0);
    rsx! {
        div {
            class: "viewport",
            id: "viewport",
            role: "application",
            tabindex: "0",
            "aria-label": words.say("frame-viewport"),
            onresize: move |event| {
                if let Ok(size) = event.get_border_box_size() {
                    side.set(size.width.max(1.0));
                }
            },
            onpointerdown: move |event: PointerEvent| {
                pointers.write().insert(event.pointer_id(), within(event.element_coordinates()));
            },
            onpointermove: moved,
            onpointerup: released,
            onpointercancel: released,
            onpointerleave: released,
            onwheel: move |event: WheelEvent| {
                event.prevent_default();
                let down = event.delta().strip_units().y;
                let point = within(event.element_coordinates()).map(|at| at / side());
                let factor = if down < 0.0 { ZOOM_STEP } else { 1.0 / ZOOM_STEP };
                app.frame(|framing| framing.zoomed(factor, point));
            },
            onkeydown: pressed,
            img {
                src: preview.address(),
                alt: "",
                draggable: false,
                style: "left:{left:.3}%;top:{top:.3}%;width:{width:.3}%;height:{height:.3}%",
            }
            div { class: "ring", "aria-hidden": "true" }
        }
    }
}

#[component]
fn Zoom(framing: Framing) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    // The slider is even in ratios: each step makes things larger by the same share.
    let (now, most) = (framing.zoom().ln(), framing.most_zoom().ln());
    rsx! {
        div { class: "zoom",
            button { class: "icon-button", "aria-label": words.say("zoom-out"), onclick: move |_| app.frame(|framing| framing.zoomed(1.0 / ZOOM_STEP, CENTRE)),
                Glyph { icon: Icon::ZoomOut }
            }
            input {
                r#type: "range",
                id: "zoom",
                "aria-label": words.say("zoom"),
                min: "0",
                max: "{most:.4}",
                step: "0.01",
                value: "{now:.4}",
                oninput: move |event| {
                    if let Ok(wanted) = event.value().parse::<f64>() {
                        app.frame(|framing| framing.zoomed(wanted.exp() / framing.zoom(), CENTRE));
                    }
                },
            }
            button { class: "icon-button", "aria-label": words.say("zoom-in"), onclick: move |_| app.frame(|framing| framing.zoomed(ZOOM_STEP, CENTRE)),
                Glyph { icon: Icon::ZoomIn }
            }
        }
    }
}
