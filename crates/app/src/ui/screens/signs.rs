//! What to look for on the skin: the signs of a melanoma, each with a drawn example, and who described them.

use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, DrawnMole, DrawnSkin, Mole, Patch, Shade, Skin, Wave};
use crate::ui::state::App;

/// A common mole.
const COMMON: Mole = Mole {
    radius: 2.4,
    waves: &[Wave { count: 2, depth: 0.06, turn: 0.5 }, Wave { count: 3, depth: 0.015, turn: 2.0 }],
    shade: Shade::Brown,
    patches: &[],
    raised: false,
};

/// A letter of the rule: its texts, what is usual, and what is a reason to have it looked at.
struct Sign {
    letter: char,
    title: &'static str,
    text: &'static str,
    skin: Skin,
    moles: [Mole; 2],
    captions: [&'static str; 2],
}

const SIGNS: [Sign; 5] = [
    Sign {
        letter: 'A',
        title: "sign-asymmetry",
        text: "sign-asymmetry-text",
        skin: Skin::Light,
        moles: [
            COMMON,
            Mole {
                waves: &[
                    Wave { count: 2, depth: 0.2, turn: 0.0 },
                    Wave { count: 3, depth: 0.2, turn: 0.8 },
                    Wave { count: 5, depth: 0.04, turn: 2.0 },
                ],
                ..COMMON
            },
        ],
        captions: JUDGED,
    },
    Sign {
        letter: 'B',
        title: "sign-border",
        text: "sign-border-text",
        skin: Skin::Dark,
        moles: [
            Mole { shade: Shade::DarkBrown, ..COMMON },
            Mole {
                waves: &[
                    Wave { count: 3, depth: 0.06, turn: 0.0 },
                    Wave { count: 7, depth: 0.07, turn: 0.7 },
                    Wave { count: 10, depth: 0.05, turn: 2.9 },
                    Wave { count: 13, depth: 0.05, turn: 1.0 },
                    Wave { count: 19, depth: 0.03, turn: 4.0 },
                ],
                shade: Shade::DarkBrown,
                ..COMMON
            },
        ],
        captions: JUDGED,
    },
    Sign {
        letter: 'C',
        title: "sign-colour",
        text: "sign-colour-text",
        skin: Skin::Light,
        moles: [
            COMMON,
            Mole {
                radius: 2.8,
                patches: &[
                    Patch { shade: Shade::Black, at: [0.36, -0.22], radius: 0.46 },
                    Patch { shade: Shade::BlueGrey, at: [-0.34, 0.3], radius: 0.42 },
                    Patch { shade: Shade::Red, at: [-0.36, -0.4], radius: 0.32 },
                    Patch { shade: Shade::White, at: [0.3, 0.52], radius: 0.22 },
                ],
                ..COMMON
            },
        ],
        captions: JUDGED,
    },
    Sign {
        letter: 'D',
        title: "sign-diameter",
        text: "sign-diameter-text",
        skin: Skin::Tan,
        moles: [Mole { radius: 2.0, ..COMMON }, Mole { radius: 4.4, ..COMMON }],
        captions: JUDGED,
    },
    Sign {
        letter: 'E',
        title: "sign-evolution",
        text: "sign-evolution-text",
        skin: Skin::Light,
        moles: [
            Mole { radius: 1.7, ..COMMON },
            Mole {
                radius: 2.9,
                waves: &[
                    Wave { count: 2, depth: 0.14, turn: 0.5 },
                    Wave { count: 3, depth: 0.12, turn: 1.6 },
                    Wave { count: 5, depth: 0.04, turn: 0.0 },
                ],
                patches: &[Patch { shade: Shade::Black, at: [0.3, 0.15], radius: 0.36 }],
                ..COMMON
            },
        ],
        captions: THEN_AND_NOW,
    },
];

const JUDGED: [&str; 2] = ["sign-usual", "sign-look"];
const THEN_AND_NOW: [&str; 2] = ["compare-earlier", "compare-later"];

/// The moles of one person, of which one is unlike the others.
const DUCKLING: [(Mole, [f32; 2]); 7] = {
    const OTHER: Mole = Mole {
        radius: 2.6,
        waves: &[Wave { count: 2, depth: 0.14, turn: 0.0 }, Wave { count: 3, depth: 0.12, turn: 0.8 }],
        shade: Shade::Black,
        ..COMMON
    };
    [
        (Mole { radius: 1.3, ..COMMON }, [5.0, 5.5]),
        (Mole { radius: 1.6, ..COMMON }, [12.5, 13.5]),
        (Mole { radius: 1.4, ..COMMON }, [18.0, 4.5]),
        (OTHER, [25.0, 11.0]),
        (Mole { radius: 1.5, ..COMMON }, [33.0, 5.0]),
        (Mole { radius: 1.3, ..COMMON }, [34.5, 15.0]),
        (Mole { radius: 1.6, ..COMMON }, [41.0, 8.5]),
    ]
};

/// A nodular melanoma, earlier and later: even, and nothing but raised and growing.
const NODULE: [Mole; 2] = {
    const EARLIER: Mole = Mole { radius: 1.4, shade: Shade::Red, raised: true, ..COMMON };
    [EARLIER, Mole { radius: 2.7, ..EARLIER }]
};

/// Who described what is said here: with their own titles, whatever the language of the app.
const SOURCES: [&str; 4] = [
    "Friedman RJ, Rigel DS, Kopf AW. Early detection of malignant melanoma: the role of physician examination and \
     self-examination of the skin. CA: A Cancer Journal for Clinicians 1985; 35: 130–151. (ABCD)",
    "Abbasi NR, Shaw HM, Rigel DS, et al. Early diagnosis of cutaneous melanoma: revisiting the ABCD criteria. JAMA 2004; \
     292: 2771–2776. (E)",
    "Grob JJ, Bonerandi JJ. The ‘ugly duckling’ sign: identification of the common characteristics of nevi in an individual \
     as a basis for melanoma screening. Archives of Dermatology 1998; 134: 103–104.",
    "Kelly JW, Chamberlain AJ, Staples MP, McAvoy B. Nodular melanoma: no longer as simple as ABC. Australian Family \
     Physician 2003; 32: 706–709. (EFG)",
];

/// The signs, one by one.
#[component]
pub fn Signs() -> Element {
    let words = use_context::<App>().words();
    rsx! {
        main { class: "screen signs",
            Bar { title: words.say("signs-title") }
            p { class: "soft", {words.say("signs-lead")} }
            p { class: "soft small", {words.say("drawn-explained")} }
            for sign in SIGNS {
                section { key: "{sign.letter}", class: "card",
                    h2 { class: "lettered",
                        span { class: "letter", "aria-hidden": "true", "{sign.letter}" }
                        span { {words.say(sign.title)} }
                    }
                    p { {words.say(sign.text)} }
                    Pair { moles: sign.moles, skin: sign.skin, captions: sign.captions }
                }
            }
            section { class: "card",
                h2 { {words.say("duckling-title")} }
                p { {words.say("duckling-text")} }
                DrawnSkin { skin: Skin::Light, field: [46.0, 20.0], moles: DUCKLING.to_vec(), label: words.say("duckling-drawn") }
            }
            section { class: "card",
                h2 { {words.say("nodular-title")} }
                p { {words.say("nodular-text")} }
                Pair { moles: NODULE, skin: Skin::Light, captions: THEN_AND_NOW }
            }
            section { class: "card",
                h2 { {words.say("signs-doctor-title")} }
                p { {words.say("signs-doctor")} }
                p { {words.say("signs-limits")} }
                Link { class: "button quiet", to: Destination::Quiz, {words.say("quiz-title")} }
            }
            section { class: "card",
                h2 { {words.say("signs-sources")} }
                ul { class: "set small", lang: "en",
                    for source in SOURCES {
                        li { key: "{source}", "{source}" }
                    }
                }
            }
            p { class: "soft small footer", {words.say("no-medical-device")} }
        }
    }
}

/// Two drawings beside each other, each with what it stands for.
#[component]
fn Pair(moles: [Mole; 2], skin: Skin, captions: [&'static str; 2]) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        div { class: "two",
            for (mole, caption) in moles.into_iter().zip(captions) {
                figure { key: "{caption}",
                    DrawnMole { mole, skin }
                    figcaption { class: "soft small", {words.say(caption)} }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_drawn_in_what_it_is_about() {
        let [asymmetry, border, colour, diameter, evolution] = SIGNS.map(|sign| sign.moles);
        let ratio = |moles: [Mole; 2], of: fn(&Mole) -> f32| of(&moles[1]) / of(&moles[0]).max(0.001);
        assert!(ratio(asymmetry, Mole::asymmetry) > 4.0, "{}", ratio(asymmetry, Mole::asymmetry));
        assert!(ratio(border, Mole::raggedness) > 1.3, "{}", ratio(border, Mole::raggedness));
        assert_eq!(colour.map(|mole| mole.shades().len()), [1, 5]);
        let across = |mole: &Mole| mole.diameters().0;
        assert!(across(&diameter[0]) < 6.0 && across(&diameter[1]) > 6.0);
        assert!(ratio(evolution, across) > 1.4 && ratio(NODULE, across) > 1.4);
    }

    #[test]
    fn a_nodule_breaks_no_rule_but_to_be_raised_and_to_grow() {
        for mole in NODULE {
            assert!(mole.asymmetry() < COMMON.asymmetry() + 0.001 && mole.shades().len() == 1 && mole.raised);
        }
    }

    #[test]
    fn everything_that_is_drawn_can_be_seen() {
        for sign in SIGNS {
            sign.moles.iter().for_each(|mole| mole.assert_drawable(sign.skin));
        }
        let others = DUCKLING.iter().map(|(mole, _)| mole).chain(&NODULE);
        others.for_each(|mole| mole.assert_drawable(Skin::Light));
    }

    #[test]
    fn one_duckling_is_unlike_all_others() {
        let odd = |mole: &Mole| mole.shade != Shade::Brown;
        assert_eq!(DUCKLING.iter().filter(|(mole, _)| odd(mole)).count(), 1);
    }
}
