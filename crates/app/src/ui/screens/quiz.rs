//! Testing one's eye on drawn cases: each says at once why its answer is right.

use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, DrawnMole, Glyph, Icon, Mole, Patch, Shade, Skin, Wave};
use crate::ui::state::App;

/// A spot that may be answered.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    /// How it looks; where there are two, earlier and later.
    moles: &'static [Mole],
    /// The text of what is known of it.
    history: Option<&'static str>,
}

/// A case. One of its candidates is right.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Case {
    question: &'static str,
    skin: Skin,
    candidates: &'static [Candidate],
    right: usize,
    /// The text of why that one is right.
    why: &'static str,
}

/// A common mole.
const COMMON: Mole = Mole {
    radius: 2.4,
    waves: &[Wave { count: 2, depth: 0.06, turn: 0.5 }, Wave { count: 3, depth: 0.015, turn: 2.0 }],
    shade: Shade::Brown,
    patches: &[],
    raised: false,
};
const SMALL: Mole = Mole { radius: 1.5, ..COMMON };
const OVAL: Mole = Mole { waves: &[Wave { count: 2, depth: 0.14, turn: 1.2 }], ..COMMON };
const LARGE: Mole = Mole { radius: 4.0, ..OVAL };
const LOPSIDED: Mole = Mole {
    waves: &[
        Wave { count: 2, depth: 0.18, turn: 0.9 },
        Wave { count: 3, depth: 0.15, turn: 2.4 },
        Wave { count: 4, depth: 0.06, turn: 0.0 },
        Wave { count: 5, depth: 0.04, turn: 1.0 },
    ],
    ..COMMON
};
const RAGGED: Mole = Mole {
    waves: &[
        Wave { count: 2, depth: 0.05, turn: 1.0 },
        Wave { count: 6, depth: 0.07, turn: 0.4 },
        Wave { count: 11, depth: 0.06, turn: 1.9 },
        Wave { count: 14, depth: 0.04, turn: 0.2 },
        Wave { count: 19, depth: 0.03, turn: 3.0 },
    ],
    shade: Shade::Black,
    ..COMMON
};
const COLOURFUL: Mole = Mole {
    radius: 2.7,
    patches: &[
        Patch { shade: Shade::Black, at: [-0.32, -0.28], radius: 0.48 },
        Patch { shade: Shade::BlueGrey, at: [0.44, 0.06], radius: 0.38 },
        Patch { shade: Shade::White, at: [-0.24, 0.5], radius: 0.26 },
    ],
    ..COMMON
};
const NODULE: Mole = Mole { shade: Shade::Red, raised: true, ..COMMON };

const fn alone(moles: &'static [Mole]) -> Candidate {
    Candidate { moles, history: None }
}

const fn with_history(moles: &'static [Mole], history: &'static str) -> Candidate {
    Candidate { moles, history: Some(history) }
}

const CASES: [Case; 8] = [
    Case {
        question: "quiz-which",
        skin: Skin::Light,
        candidates: &[alone(&[OVAL]), alone(&[LOPSIDED])],
        right: 1,
        why: "quiz-why-asymmetry",
    },
    Case {
        question: "quiz-odd",
        skin: Skin::Light,
        candidates: &[
            alone(&[SMALL]),
            alone(&[Mole { radius: 1.7, ..OVAL }]),
            alone(&[Mole { radius: 1.6, shade: Shade::Black, ..COMMON }]),
            alone(&[Mole { radius: 1.3, ..COMMON }]),
        ],
        right: 2,
        why: "quiz-why-dark",
    },
    Case {
        question: "quiz-which",
        skin: Skin::Dark,
        candidates: &[alone(&[RAGGED]), alone(&[Mole { shade: Shade::Black, ..OVAL }])],
        right: 0,
        why: "quiz-why-border",
    },
    Case {
        question: "quiz-change",
        skin: Skin::Tan,
        candidates: &[
            alone(&[LARGE, LARGE]),
            alone(&[SMALL, Mole { radius: 2.3, shade: Shade::DarkBrown, ..COMMON }]),
        ],
        right: 1,
        why: "quiz-why-change",
    },
    Case {
        question: "quiz-which",
        skin: Skin::Light,
        candidates: &[alone(&[COLOURFUL]), alone(&[COMMON])],
        right: 0,
        why: "quiz-why-colour",
    },
    Case {
        question: "quiz-odd",
        skin: Skin::Tan,
        candidates: &[
            alone(&[Mole { radius: 3.4, shade: Shade::DarkBrown, ..OVAL }]),
            alone(&[Mole { radius: 1.4, shade: Shade::Red, ..COMMON }]),
            alone(&[Mole { radius: 3.1, shade: Shade::DarkBrown, ..OVAL }]),
            alone(&[Mole { radius: 3.6, shade: Shade::DarkBrown, ..OVAL }]),
        ],
        right: 1,
        why: "quiz-why-red",
    },
    Case {
        question: "quiz-which",
        skin: Skin::Light,
        candidates: &[with_history(&[LARGE], "quiz-always"), with_history(&[NODULE], "quiz-firm")],
        right: 1,
        why: "quiz-why-nodule",
    },
    Case {
        question: "quiz-which",
        skin: Skin::Tan,
        candidates: &[with_history(&[SMALL], "quiz-new"), with_history(&[COMMON], "quiz-always")],
        right: 0,
        why: "quiz-why-new",
    },
];

/// The cases one by one, then how many were answered right. That is known only while the quiz is shown.
#[component]
pub fn Quiz() -> Element {
    let mut at = use_signal(|| 0);
    let mut right = use_signal(|| 0);
    let next = move |was_right: bool| {
        right += usize::from(was_right);
        at += 1;
    };
    let again = move |()| {
        right.set(0);
        at.set(0);
    };
    let number = at();
    rsx! {
        match CASES.get(number) {
            Some(case) => rsx! {
                // A list, so that each case begins anew, at its title.
                for case in [*case] {
                    Asked { key: "{number}", case, number: number + 1, onnext: next }
                }
            },
            None => rsx! { Done { right: right(), onagain: again } },
        }
    }
}

/// A case: its question, and once it is answered, what is right and why.
#[component]
fn Asked(case: Case, number: usize, onnext: EventHandler<bool>) -> Element {
    let words = use_context::<App>().words();
    let mut chosen = use_signal(|| None::<usize>);
    let title = words.text("quiz-case", &[("number", number.into()), ("count", CASES.len().into())]);
    let spot = |place: usize| words.text("quiz-spot", &[("number", (place + 1).into())]);
    let is_right = chosen() == Some(case.right);
    let verdict = if is_right { "quiz-right" } else { "quiz-wrong" };
    rsx! {
        main { class: "screen quiz",
            Bar { title }
            section { class: "card",
                h2 { id: "question", {words.say(case.question)} }
                div { class: "candidates", role: "group", "aria-labelledby": "question",
                    for (place, candidate) in case.candidates.iter().enumerate() {
                        button {
                            key: "{place}",
                            class: if chosen().is_some() && place == case.right { "candidate right" } else { "candidate" },
                            "aria-pressed": "{chosen() == Some(place)}",
                            // It stays, so that the focus does; the first answer counts.
                            "aria-disabled": if chosen().is_some() { "true" },
                            onclick: move |_| {
                                let first = chosen.peek().is_none();
                                if first {
                                    chosen.set(Some(place));
                                }
                            },
                            strong { {spot(place)} }
                            if let Some(history) = candidate.history {
                                span { class: "small", {words.say(history)} }
                            }
                            Looks { moles: candidate.moles, skin: case.skin }
                        }
                    }
                }
                p { class: "soft small", {words.say("drawn-mark")} }
            }
            // Always there, so that a screen reader hears what comes into it.
            div { role: "status", id: "verdict",
                if chosen().is_some() {
                    div { class: if is_right { "triage fine" } else { "triage unsure" },
                        Glyph { icon: if is_right { Icon::Check } else { Icon::Search }, size: 32 }
                        div {
                            h2 { {words.text(verdict, &[("spot", spot(case.right).into())])} }
                            p { {words.say(case.why)} }
                        }
                    }
                }
            }
            if chosen().is_some() {
                button { class: "button", id: "next-case", onclick: move |_| onnext.call(is_right),
                    {words.say(if number < CASES.len() { "quiz-next" } else { "quiz-result" })}
                }
            }
        }
    }
}

/// How a candidate looks, or looked earlier and looks later.
#[component]
fn Looks(moles: &'static [Mole], skin: Skin) -> Element {
    let words = use_context::<App>().words();
    let when = ["compare-earlier", "compare-later"];
    rsx! {
        for (place, mole) in moles.iter().copied().enumerate() {
            span { key: "{place}", class: "look",
                if moles.len() > 1 {
                    span { class: "soft small", {words.say(when[place % when.len()])} }
                }
                DrawnMole { mole, skin }
            }
        }
    }
}

/// How many were answered right, and what that means.
#[component]
fn Done(right: usize, onagain: EventHandler<()>) -> Element {
    let words = use_context::<App>().words();
    let result = words.text("quiz-result-count", &[("right", right.into()), ("count", CASES.len().into())]);
    rsx! {
        main { class: "screen quiz",
            Bar { title: words.say("quiz-result") }
            section { class: "card", id: "quiz-result",
                h2 { "{result}" }
                p { {words.say("quiz-no-test")} }
                p { class: "soft small", {words.say("drawn-explained")} }
            }
            div { class: "actions",
                button { class: "button", id: "quiz-again", onclick: move |_| onagain.call(()), {words.say("quiz-again")} }
                Link { class: "button quiet", to: Destination::Signs, {words.say("signs-title")} }
                Link { class: "button quiet", to: Destination::SelfExamination, {words.say("look-over-title")} }
            }
            p { class: "soft small footer", {words.say("no-medical-device")} }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use wording::{Language, Wording};

    #[test]
    fn each_case_has_one_right_answer_that_looks_unlike_the_others_and_not_always_the_same_place() {
        for Case { candidates, right, why, .. } in CASES {
            assert!(right < candidates.len(), "{why}");
            for (place, candidate) in candidates.iter().enumerate() {
                assert!((1..=2).contains(&candidate.moles.len()));
                assert_eq!(*candidate == candidates[right], place == right, "{why}");
            }
        }
        let places: BTreeSet<usize> = CASES.iter().map(|case| case.right).collect();
        assert!(places.len() > 2, "{places:?}");
    }

    #[test]
    fn each_case_is_told_in_every_language_and_describes_the_right_one_in_words_of_its_own() {
        for words in Language::ALL.map(Wording::new) {
            let why: BTreeSet<String> = CASES.iter().map(|case| words.say(case.why)).collect();
            assert_eq!(why.len(), CASES.len());
            assert!(why.iter().all(|text| text.ends_with('.') && !text.starts_with("quiz-")), "{why:?}");
            for Case { question, candidates, right, why, .. } in CASES {
                assert!(words.say(question).ends_with('?'), "{question}");
                let heard = |candidate: &Candidate| {
                    let looks: Vec<String> =
                        candidate.moles.iter().map(|mole| mole.describe(&words)).collect();
                    let history = candidate.history.map(|history| words.say(history)).unwrap_or_default();
                    assert!(!history.starts_with("quiz-"), "{history}");
                    format!("{history} {}", looks.join(" "))
                };
                let alike =
                    candidates.iter().filter(|candidate| heard(candidate) == heard(&candidates[right]));
                assert_eq!(alike.count(), 1, "{why}");
            }
        }
    }

    #[test]
    fn the_right_one_has_what_its_case_is_about() {
        let right = |why: &str| {
            let case = CASES.iter().find(|case| case.why == why).expect("a case");
            (case.candidates[case.right].moles, case.candidates[usize::from(case.right == 0)].moles)
        };
        let differ = |why: &str, of: fn(&Mole) -> f32| {
            let (one, other) = right(why);
            assert!(of(&one[0]) > of(&other[0]), "{why}: {} and {}", of(&one[0]), of(&other[0]));
        };
        differ("quiz-why-asymmetry", |mole| mole.asymmetry() - 0.06);
        differ("quiz-why-border", |mole| mole.raggedness() - 0.2);
        differ("quiz-why-colour", |mole| mole.shades().len() as f32);
        differ("quiz-why-nodule", |mole| f32::from(u8::from(mole.raised)));
        let dark = CASES[1].candidates.iter().map(|candidate| candidate.moles[0].diameters().0);
        assert_ne!(
            dark.enumerate().max_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at),
            Some(CASES[1].right)
        );
        let (changed, unchanged) = right("quiz-why-change");
        assert!(changed[0] != changed[1] && unchanged[0] == unchanged[1]);
    }

    #[test]
    fn everything_that_is_drawn_can_be_seen() {
        for Case { candidates, skin, .. } in CASES {
            candidates
                .iter()
                .flat_map(|candidate| candidate.moles)
                .for_each(|mole| mole.assert_drawable(skin));
        }
    }
}
