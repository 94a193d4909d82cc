//! Two checks of a spot beside each other or one over the other, and what has changed between them.

use std::ops::Range;
use std::sync::Arc;

use dioxus::prelude::*;

use crate::size::in_words;
use crate::ui::archive_worker::ArchiveState;
use crate::ui::parts::{Bar, Closed, day_of, title};
use crate::ui::state::App;
use crate::ui::vision_worker::Compared;
use archive::record::{Check, CheckId, RecordKind, SpotId};
use vision::change::shape::{Measured, Shape, Trend};
use vision::scale::Size;
use wording::Wording;

/// Compares checks of the spot of this number.
#[component]
pub fn Compare(id: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let spot = id.parse::<SpotId>().ok();
    let found = match app.archive_state() {
        ArchiveState::Open(page) => spot.and_then(|id| {
            let checks: Vec<Arc<Check>> = page.contents.timeline(id).cloned().collect();
            Some((page.contents.spot(id)?.clone(), checks))
        }),
        _ => None,
    };
    rsx! {
        main { class: "screen compare",
            match found {
                Some((spot, checks)) if checks.len() > 1 => rsx! {
                    Bar { title: words.text("compare-title", &[("spot", title(&words, &spot).into())]) }
                    Open { checks }
                },
                _ => rsx! {
                    Bar { title: words.say("compare") }
                    Closed {}
                    if app.page().is_some() {
                        p { {words.say("spot-gone")} }
                    }
                },
            }
        }
    }
}

#[component]
fn Open(checks: Vec<Arc<Check>>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let last = checks.len() - 1;
    let mut earlier = use_signal(|| last - 1);
    let mut later = use_signal(|| last);
    let mut sliding = use_signal(|| false);
    let mut share = use_signal(|| 50u32);
    let ids: Vec<CheckId> = checks.iter().map(|check| check.id).collect();
    let compared = use_resource(use_reactive!(|(ids,)| async move {
        let pair = [ids.get(earlier())?, ids.get(later())?].map(|id| *id);
        let crops = app
            .archive_worker()
            .ask(move |archive_worker| pair.map(|id| archive_worker.picture(id, RecordKind::Crop).ok()))
            .await;
        let Ok([Some(before), Some(after)]) = crops else { return Some((pair, None)) };
        Some((pair, app.vision_worker().compare(before, after).await.ok().flatten()))
    }));
    // What was compared before others were chosen is no answer.
    let wanted = [earlier(), later()].map(|at| checks.get(at).map(|check| check.id));
    let compared: Option<Option<Compared>> = compared
        .cloned()
        .flatten()
        .filter(|(pair, _)| pair.map(Some) == wanted)
        .map(|(_, compared)| compared);
    let day = |at: usize| checks.get(at).map(|check| day_of(&words, check.at)).unwrap_or_default();
    rsx! {
        div { class: "two",
            Which { id: "earlier", label: words.say("compare-earlier"), checks: checks.clone(), among: 0..later(), chosen: earlier(), onchoose: move |at| earlier.set(at) }
            Which { id: "later", label: words.say("compare-later"), checks: checks.clone(), among: earlier() + 1..checks.len(), chosen: later(), onchoose: move |at| later.set(at) }
        }
        match compared {
            None => rsx! {
                p { class: "soft", {words.say("working")} }
            },
            Some(None) => rsx! {
                p { {words.say("archive-lost")} }
            },
            Some(Some(compared)) => rsx! {
                section { class: "card",
                    if sliding() {
                        div { class: "over", id: "over",
                            img { src: compared.earlier.address(), alt: words.text("compare-picture", &[("day", day(earlier()).into())]) }
                            img { src: compared.later.address(), alt: words.text("compare-picture", &[("day", day(later()).into())]), style: "clip-path: inset(0 0 0 {share}%)" }
                            span { class: "edge", "aria-hidden": "true", style: "left:{share}%" }
                        }
                        input {
                            r#type: "range",
                            id: "slide",
                            "aria-label": words.say("compare-slide"),
                            min: "0",
                            max: "100",
                            value: "{share}",
                            oninput: move |event| share.set(event.value().parse().unwrap_or(50)),
                        }
                    } else {
                        div { class: "two", id: "beside",
                            figure {
                                img { src: compared.earlier.address(), alt: "" }
                                figcaption { class: "small", {day(earlier())} }
                            }
                            figure {
                                img { src: compared.later.address(), alt: "" }
                                figcaption { class: "small", {day(later())} }
                            }
                        }
                    }
                    div { class: "switch", role: "group", "aria-label": words.say("compare-how"),
                        button { "aria-pressed": "{!sliding()}", onclick: move |_| sliding.set(false), {words.say("compare-beside")} }
                        button { "aria-pressed": "{sliding()}", id: "sliding", onclick: move |_| sliding.set(true), {words.say("compare-over")} }
                    }
                    p { class: "soft small", {words.say("compare-aligned")} }
                }
                Changes { shapes: compared.shapes, sizes: [earlier(), later()].map(|at| checks.get(at).and_then(|check| check.size.clone())) }
            },
        }
    }
}

/// Chooses one of the checks.
#[component]
fn Which(
    id: String,
    label: String,
    checks: Vec<Arc<Check>>,
    among: Range<usize>,
    chosen: usize,
    onchoose: EventHandler<usize>,
) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        div { class: "field",
            label { r#for: "{id}", "{label}" }
            select { id: "{id}", onchange: move |event| onchoose.call(event.value().parse().unwrap_or(0)),
                for (at, check) in checks.iter().enumerate().filter(|(at, _)| among.contains(at)) {
                    option { key: "{at}", value: "{at}", selected: at == chosen, {format!("{}. {}", at + 1, day_of(&words, check.at))} }
                }
            }
        }
    }
}

/// What two photos of the same spot differ by anyway, as a share of each figure: the same spot, framed by hand again.
const ANYWAY: f32 = 0.15;

#[component]
fn Changes(shapes: Option<[Shape; 2]>, sizes: [Option<Size>; 2]) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        section { class: "card", id: "changes",
            h2 { {words.say("changes-title")} }
            match shapes {
                None => rsx! {
                    p { {words.say("changes-no-outline")} }
                },
                Some([before, after]) => rsx! {
                    dl { class: "figures",
                        // Zooming changes it too: no reason to worry by itself.
                        Row { name: "measure-area", before: before.area, after: after.area, decimals: 2, plain: true }
                        Row { name: "measure-asymmetry", before: before.asymmetry, after: after.asymmetry, decimals: 2, plain: false }
                        Row { name: "measure-border", before: before.border, after: after.border, decimals: 2, plain: false }
                        Row { name: "measure-colours", before: before.colours, after: after.colours, decimals: 0, plain: false }
                    }
                    p { class: "soft small", {words.say("changes-explained")} }
                },
            }
            match sizes {
                [Some(before), Some(after)] => rsx! {
                    h3 { {words.say("size-title")} }
                    p { id: "sizes",
                        {format!("{} → {} ", in_words(&words, &before), in_words(&words, &after))}
                        strong { {trend_words(&words, trend(&before, &after))} }
                    }
                },
                _ => rsx! {
                    p { class: "soft small", {words.say("measure-no-size")} }
                },
            }
        }
    }
}

/// How a size has changed: it is the same where the two intervals share a length.
fn trend(before: &Size, after: &Size) -> Trend {
    let ([low, high], [from, to]) = (before.longest().interval, after.longest().interval);
    match () {
        () if from > high => Trend::More,
        () if to < low => Trend::Less,
        () => Trend::Same,
    }
}

#[component]
fn Row(name: &'static str, before: Measured, after: Measured, decimals: usize, plain: bool) -> Element {
    let words = use_context::<App>().words();
    let trend = before.trend(after, ANYWAY);
    let figure = |measured: Measured| words.language().number(measured.value, decimals);
    rsx! {
        div {
            dt { {words.say(name)} }
            dd {
                span { {format!("{} → {}", figure(before), figure(after))} }
                strong { class: if plain || trend == Trend::Same { "soft" } else { "fault" }, {trend_words(&words, trend)} }
            }
        }
    }
}

fn trend_words(words: &Wording, trend: Trend) -> String {
    words.say(match trend {
        Trend::Less => "trend-less",
        Trend::Same => "trend-same",
        Trend::More => "trend-more",
    })
}
