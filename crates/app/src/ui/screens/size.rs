//! How large the spot is: a coin is found beside it or marked by hand, or a length on a ruler is.

use dioxus::html::geometry::ElementPoint;
use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Choice, Sized};
use crate::ui::state::{App, Draft};
use vision::photo::Square;
use vision::scale::coins::{COINS, Coin};
use vision::scale::nudge::{self, Handle};
use vision::scale::{Ellipse, Marked, MeasureError, Reference, ScaleError, Size as Measured};

/// How far a finger may be from a handle, in pixels of the screen.
const REACH: f64 = 32.0;
/// How far a key turns the coin's outline, in radians.
const TURN_RAD: f32 = 0.05;
/// Side of a circle that is marked by hand at first, as a share of the photo's shorter side.
const FIRST: f32 = 0.15;

/// Measures the spot on the photo that was assessed last.
#[component]
pub fn Size() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        main { class: "screen size",
            Bar { title: words.say("size-title") }
            match app.measurable() {
                Some(draft) => rsx! { Open { draft } },
                None => rsx! {
                    p { {words.say("size-empty")} }
                    Link { class: "button", to: Destination::Home, {words.say("back")} }
                },
            }
        }
    }
}

/// What is marked on the photo, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mark {
    Coin(Ellipse, Marked),
    /// Both ends, and which of them keys move.
    Ruler([[f32; 2]; 2], usize),
}

#[component]
fn Open(draft: Draft) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let square = draft.framing.square();
    let photo_px = draft.opened.photo.size();
    let mut coin = use_signal(|| None::<&'static Coin>);
    let mut ruler = use_signal(|| false);
    let mut length = use_signal(String::new);
    let mut mark = use_signal(|| None::<Mark>);
    let mut shown = use_signal(|| 0_usize);
    let mut measured = use_signal(|| None::<Result<Measured, MeasureError>>);
    let found = {
        let opened = draft.opened.clone();
        use_resource(move || {
            let opened = opened.clone();
            async move { app.vision_worker().find_coins(opened, square).await.unwrap_or_default() }
        })
    };
    // The likeliest one, until somebody moves it or looks at another.
    use_effect(move || {
        if let Some(found) = found.read().as_ref()
            && !ruler()
            && !matches!(*mark.peek(), Some(Mark::Coin(_, Marked::ByHand)))
        {
            mark.set(
                found.get(shown() % found.len().max(1)).map(|ellipse| Mark::Coin(*ellipse, Marked::Found)),
            );
            measured.set(None);
        }
    });
    let candidates = found.read().as_ref().map(Vec::len);
    let mut by_hand = move || {
        let [width, height] = [photo_px.0 as f32, photo_px.1 as f32];
        let middle = [width / 2.0, height / 2.0];
        mark.set(Some(match ruler() {
            false => Mark::Coin(Ellipse::circle(middle, width.min(height) * FIRST), Marked::ByHand),
            true => Mark::Ruler([[width / 4.0, middle[1]], [width * 0.75, middle[1]]], 0),
        }));
        measured.set(None);
    };
    // Asked anew when it is measured: what was chosen last may not have been drawn by then.
    let reference = move || {
        let length_mm = length().trim().replace(',', ".").parse::<f32>().ok().filter(|length| *length > 0.0);
        match (mark(), coin(), length_mm) {
            (Some(Mark::Coin(ellipse, marked)), Some(coin), _) => {
                Some(Reference::coin(coin, ellipse, marked))
            }
            (Some(Mark::Ruler(ends_px, _)), _, Some(length_mm)) => {
                Some(Reference::Ruler { ends_px, length_mm })
            }
            _ => None,
        }
    };
    let changed = move |new: Mark| {
        mark.set(Some(new));
        measured.set(None);
    };
    rsx! {
        p { class: "soft", {words.say("size-lead")} }
        div { role: "radiogroup", "aria-label": words.say("size-by"),
            for (option, key) in [(false, "size-coin"), (true, "size-ruler")] {
                Choice {
                    key: "{key}",
                    name: "by",
                    label: words.say(key),
                    chosen: ruler() == option,
                    onchoose: move |()| {
                        ruler.set(option);
                        mark.set(None);
                        measured.set(None);
                        if option {
                            by_hand();
                        }
                    },
                }
            }
        }
        Marking { draft: draft.clone(), square, mark, onmark: changed }
        p { class: "soft small", role: "status", id: "size-found",
            {words.say(match (mark(), candidates) {
                (Some(Mark::Ruler(..)), _) => "size-ruler-how",
                (_, None) => "working",
                (None, Some(_)) => "size-none",
                (Some(Mark::Coin(_, Marked::Found)), _) => "size-found",
                (Some(Mark::Coin(_, Marked::ByHand)), _) => "size-coin-how",
            })}
        }
        if !ruler() {
            div { class: "actions",
                if candidates.is_some_and(|count| count > 1) && !matches!(mark(), Some(Mark::Coin(_, Marked::ByHand))) {
                    button { class: "button quiet", id: "other-coin", onclick: move |_| shown += 1, {words.say("size-other")} }
                }
                if candidates.is_some() && !matches!(mark(), Some(Mark::Coin(_, Marked::ByHand))) {
                    button { class: "button quiet", id: "by-hand", onclick: move |_| by_hand(), {words.say("size-by-hand")} }
                }
            }
            div { class: "field",
                label { r#for: "coin", {words.say("size-which")} }
                select {
                    id: "coin",
                    onchange: move |event| {
                        coin.set(COINS.iter().find(|coin| coin.key == event.value()));
                        measured.set(None);
                    },
                    option { value: "", selected: coin().is_none(), {words.say("size-choose")} }
                    for series in COINS.chunk_by(|one, other| one.currency == other.currency) {
                        optgroup { key: "{series[0].currency}", label: series[0].currency,
                            for one in series {
                                option { key: "{one.key}", value: one.key, selected: coin().is_some_and(|coin| coin.key == one.key), {one.label} }
                            }
                        }
                    }
                }
            }
        } else {
            div { class: "field",
                label { r#for: "length", {words.say("size-length")} }
                input {
                    id: "length",
                    r#type: "text",
                    inputmode: "decimal",
                    maxlength: "6",
                    oninput: move |event| {
                        length.set(event.value());
                        measured.set(None);
                    },
                }
            }
        }
        match measured() {
            Some(Ok(size)) => rsx! {
                section { class: "card", id: "measured",
                    Sized { size }
                    button {
                        class: "button",
                        id: "use-size",
                        onclick: move |_| {
                            // Not where something else was chosen since it was drawn.
                            if let Some(Ok(size)) = measured() {
                                app.measured(size);
                                navigator.go_back();
                            }
                        },
                        {words.say("size-use")}
                    }
                }
            },
            Some(Err(error)) => rsx! {
                p { class: "warning", role: "alert", id: "not-measured", {words.say(reason(error))} }
            },
            None => rsx! {},
        }
        button {
            class: "button",
            id: "measure",
            disabled: reference().is_none() || matches!(measured(), Some(Ok(_))),
            onclick: {
                let opened = draft.opened.clone();
                move |_| {
                    let Some(asked) = reference() else { return };
                    let opened = opened.clone();
                    spawn(async move {
                        match app.vision_worker().measure_size(opened, square, asked.clone()).await {
                            // Of something else that is chosen by now it would be wrong.
                            Ok(size) if reference().as_ref() == Some(&asked) => measured.set(Some(size)),
                            Ok(_) => {}
                            Err(_) => app.tell(app.words().say("broken")),
                        }
                    });
                }
            },
            {words.say("size-measure")}
        }
    }
}

/// The words for why nothing was measured.
fn reason(error: MeasureError) -> &'static str {
    match error {
        MeasureError::Scale(ScaleError::CoinTooSmall) => "size-coin-small",
        MeasureError::Scale(ScaleError::TooTilted) => "size-tilted",
        MeasureError::Scale(ScaleError::MarksTooClose) => "size-marks-close",
        MeasureError::Scale(ScaleError::Unsound) => "size-unsound",
        MeasureError::UnclearEdge => "size-unclear",
        MeasureError::CutOff => "size-cut-off",
        MeasureError::CoinInFrame => "size-coin-in-frame",
        MeasureError::TooFar => "size-too-far",
    }
}

/// What a finger holds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Held {
    Coin(Handle),
    End(usize),
}

/// The whole photo with what is marked on it, to be moved with a finger, the mouse or keys.
#[component]
fn Marking(draft: Draft, square: Square, mark: Signal<Option<Mark>>, onmark: EventHandler<Mark>) -> Element {
    let words = use_context::<App>().words();
    let photo_px = draft.opened.photo.size();
    let mut held = use_signal(|| None::<Held>);
    // Pixels of the photo for one of the screen, as the page reports it.
    let mut scale = use_signal(|| 1.0_f64);
    let at = move |point: ElementPoint| [point.x, point.y].map(|at| (at * scale()) as f32);
    let pressed = move |event: PointerEvent| {
        let (at, reach) = (at(event.element_coordinates()), (REACH * scale()) as f32);
        held.set(match mark() {
            Some(Mark::Coin(ellipse, _)) => nudge::handle_at(ellipse, at, reach).map(Held::Coin),
            Some(Mark::Ruler(ends, _)) => {
                let away = |end: &usize| (ends[*end][0] - at[0]).hypot(ends[*end][1] - at[1]);
                let nearer = if away(&0) <= away(&1) { 0 } else { 1 };
                Some(Held::End(nearer))
            }
            None => None,
        });
    };
    let moved = move |event: PointerEvent| {
        let to = at(event.element_coordinates());
        match (held(), mark()) {
            (Some(Held::Coin(handle)), Some(Mark::Coin(ellipse, _))) => {
                onmark.call(Mark::Coin(nudge::dragged(ellipse, handle, to, photo_px), Marked::ByHand));
            }
            (Some(Held::End(end)), Some(Mark::Ruler(mut ends, _))) => {
                ends[end] = within(to, photo_px);
                onmark.call(Mark::Ruler(ends, end));
            }
            _ => {}
        }
    };
    let key = move |event: KeyboardEvent| {
        // What is marked now: the key before may not have been drawn yet.
        let Some(mark) = mark() else { return };
        let step = nudge::step_px(photo_px, event.modifiers().shift());
        let direction = match event.key() {
            Key::ArrowLeft => Some([-step, 0.0]),
            Key::ArrowRight => Some([step, 0.0]),
            Key::ArrowUp => Some([0.0, -step]),
            Key::ArrowDown => Some([0.0, step]),
            _ => None,
        };
        let new = match (mark, direction, event.key()) {
            (Mark::Coin(ellipse, _), Some(by), _) => {
                Some(Mark::Coin(nudge::moved(ellipse, by, photo_px), Marked::ByHand))
            }
            (Mark::Ruler(mut ends, end), Some([dx, dy]), _) => {
                ends[end] = within([ends[end][0] + dx, ends[end][1] + dy], photo_px);
                Some(Mark::Ruler(ends, end))
            }
            (Mark::Coin(ellipse, _), None, Key::Character(sign)) => {
                resized(ellipse, &sign, step, photo_px).map(|ellipse| Mark::Coin(ellipse, Marked::ByHand))
            }
            (Mark::Ruler(ends, end), None, Key::Character(sign)) if sign == "o" => {
                Some(Mark::Ruler(ends, 1 - end))
            }
            _ => None,
        };
        if let Some(new) = new {
            event.prevent_default();
            onmark.call(new);
        }
    };
    let (width, height) = photo_px;
    let Square { left, top, side } = square;
    // Lines keep their width on the screen whatever the photo's size.
    let line = scale() * 2.5;
    rsx! {
        div {
            class: "marking",
            id: "marking",
            role: "application",
            tabindex: "0",
            "aria-label": words.say("size-marking"),
            onresize: move |event| {
                if let Ok(size) = event.get_border_box_size() {
                    scale.set(f64::from(width) / size.width.max(1.0));
                }
            },
            onpointerdown: pressed,
            onpointermove: moved,
            onpointerup: move |_| held.set(None),
            onpointercancel: move |_| held.set(None),
            onpointerleave: move |_| held.set(None),
            onkeydown: key,
            img { src: draft.opened.preview.address(), alt: "", draggable: false }
            svg { view_box: "0 0 {width} {height}", "aria-hidden": "true",
                rect { class: "frame", x: "{left}", y: "{top}", width: "{side}", height: "{side}", "stroke-width": "{line}" }
                match mark() {
                    Some(Mark::Coin(ellipse, _)) => rsx! {
                        ellipse {
                            class: "coin",
                            cx: "{ellipse.centre_px[0]}",
                            cy: "{ellipse.centre_px[1]}",
                            rx: "{ellipse.semi_axes_px[0]}",
                            ry: "{ellipse.semi_axes_px[1]}",
                            transform: "rotate({ellipse.angle_rad.to_degrees()} {ellipse.centre_px[0]} {ellipse.centre_px[1]})",
                            "stroke-width": "{line}",
                        }
                        for end in 0..4 {
                            circle {
                                key: "{end}",
                                class: "handle",
                                cx: "{nudge::end_px(ellipse, end)[0]}",
                                cy: "{nudge::end_px(ellipse, end)[1]}",
                                r: "{scale() * 7.0}",
                            }
                        }
                    },
                    Some(Mark::Ruler(ends, active)) => rsx! {
                        line { class: "coin", x1: "{ends[0][0]}", y1: "{ends[0][1]}", x2: "{ends[1][0]}", y2: "{ends[1][1]}", "stroke-width": "{line}" }
                        for (end, [x, y]) in ends.into_iter().enumerate() {
                            circle { key: "{end}", class: if end == active { "handle active" } else { "handle" }, cx: "{x}", cy: "{y}", r: "{scale() * 9.0}" }
                        }
                    },
                    None => rsx! {},
                }
            }
        }
        if matches!(mark(), Some(Mark::Coin(..))) {
            div { class: "nudges", role: "group", "aria-label": words.say("size-adjust"),
                for (sign, key) in [("-", "size-smaller"), ("+", "size-larger"), ("n", "size-flatter"), ("w", "size-rounder"), ("r", "size-turn")] {
                    button {
                        key: "{sign}",
                        class: "button quiet",
                        r#type: "button",
                        onclick: move |_| {
                            let Some(Mark::Coin(ellipse, _)) = mark() else { return };
                            if let Some(ellipse) = resized(ellipse, sign, nudge::step_px(photo_px, true) / 2.0, photo_px) {
                                onmark.call(Mark::Coin(ellipse, Marked::ByHand));
                            }
                        },
                        {words.say(key)}
                    }
                }
            }
        }
    }
}

/// The coin's outline after a key or button: larger, smaller, flatter, rounder or turned.
fn resized(ellipse: Ellipse, sign: &str, step_px: f32, photo_px: (u32, u32)) -> Option<Ellipse> {
    Some(match sign {
        "+" | "=" => nudge::grown(ellipse, step_px, photo_px),
        "-" => nudge::grown(ellipse, -step_px, photo_px),
        "n" => nudge::stretched(ellipse, 1, -step_px, photo_px),
        "w" => nudge::stretched(ellipse, 1, step_px, photo_px),
        "r" => nudge::turned(ellipse, TURN_RAD),
        _ => return None,
    })
}

fn within([x, y]: [f32; 2], (width, height): (u32, u32)) -> [f32; 2] {
    [x.clamp(0.0, width as f32), y.clamp(0.0, height as f32)]
}
