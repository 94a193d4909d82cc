//! Who somebody is: a name, and what may help an answer or a doctor.

use std::ops::RangeInclusive;

use dioxus::prelude::*;
use jiff::ZonedDateTime;

use super::spot_name::MOST_NAME;
use crate::ui::state::App;
use archive::record::{MOST_AGE, Patient, PatientId, SkinType};
use net::person::Sex;

/// How many digits a year has.
const DIGITS: usize = 4;
/// The words for [`SkinType::ALL`].
const SKIN_TYPES: [&str; 6] =
    ["skin-type-1", "skin-type-2", "skin-type-3", "skin-type-4", "skin-type-5", "skin-type-6"];

/// What is known of a patient, to be entered or changed.
#[component]
pub fn PatientForm(patient: Option<Patient>, onsave: EventHandler<Patient>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let years = years(ZonedDateTime::now().year());
    let known = patient.unwrap_or_else(|| Patient {
        id: PatientId::random(),
        name: String::new(),
        birth_year: None,
        sex: None,
        skin_type: None,
    });
    // The same number for as long as the form is shown, so that a second press adds nobody twice.
    let mut entered = use_signal(|| known.clone());
    let mut birth_year = use_signal(|| known.birth_year.map(|year| year.to_string()).unwrap_or_default());
    let mut left = use_signal(|| true);
    // Whether somebody wanted to save what can't be saved: what is missing is said then, and the button is never dead.
    let mut tried = use_signal(|| false);
    let year = of_birth(&birth_year(), &years);
    // Not while somebody is typing: what is on the way to a year is no mistake, and nothing moves under a finger.
    let wrong = year.is_err() && (left() || tried() || birth_year().len() >= DIGITS);
    let nameless = tried() && entered.read().name.trim().is_empty();
    // All is read when it is sent: what is typed last may not have been drawn by then.
    let possible = years.clone();
    let save = move |event: FormEvent| {
        event.prevent_default();
        let year = of_birth(&birth_year.peek(), &possible);
        let patient = entered.peek().clone();
        let name: String = patient.name.trim().chars().take(MOST_NAME).collect();
        match year {
            Ok(birth_year) if !name.is_empty() => onsave.call(Patient { name, birth_year, ..patient }),
            _ => tried.set(true),
        }
    };
    rsx! {
        form { class: "form", onsubmit: save,
            div { class: "field",
                label { r#for: "person-name", {words.say("person-name")} }
                input {
                    id: "person-name",
                    r#type: "text",
                    maxlength: "{MOST_NAME}",
                    "aria-invalid": nameless,
                    "aria-describedby": "person-name-missing",
                    initial_value: known.name.clone(),
                    oninput: move |event| {
                        tried.set(false);
                        entered.write().name = event.value();
                    },
                }
            }
            // Always there, so that a screen reader tells when something comes to stand in it.
            p { class: "warning", id: "person-name-missing", role: "status", hidden: !nameless,
                if nameless {
                    {words.say("person-name-missing")}
                }
            }
            div { class: "field",
                label { r#for: "birth-year", {words.say("person-birth-year")} }
                input {
                    id: "birth-year",
                    r#type: "text",
                    inputmode: "numeric",
                    maxlength: "{DIGITS}",
                    "aria-invalid": wrong,
                    "aria-describedby": "birth-year-wrong",
                    initial_value: birth_year.peek().clone(),
                    oninput: move |event| {
                        left.set(false);
                        tried.set(false);
                        birth_year.set(event.value());
                    },
                    onchange: move |_| left.set(true),
                }
            }
            p { class: "warning", id: "birth-year-wrong", role: "status", hidden: !wrong,
                if wrong {
                    {words.text("person-birth-year-wrong", &[("first", years.start().to_string().into()), ("last", years.end().to_string().into())])}
                }
            }
            div { class: "field",
                label { r#for: "person-sex", {words.say("tell-sex")} }
                select {
                    id: "person-sex",
                    onchange: move |event| entered.write().sex = Sex::ALL.into_iter().find(|sex| sex.key() == event.value()),
                    option { value: "", selected: entered.read().sex.is_none(), {words.say("tell-nothing")} }
                    for sex in Sex::ALL {
                        option { key: "{sex:?}", value: sex.key(), selected: entered.read().sex == Some(sex), {words.sex(sex)} }
                    }
                }
            }
            div { class: "field",
                label { r#for: "skin-type", {words.say("person-skin-type")} }
                select {
                    id: "skin-type",
                    onchange: move |event| entered.write().skin_type = event.value().parse::<u8>().ok().and_then(|number| number.try_into().ok()),
                    option { value: "", selected: entered.read().skin_type.is_none(), {words.say("tell-nothing")} }
                    for (skin_type, key) in SkinType::ALL.into_iter().zip(SKIN_TYPES) {
                        option {
                            key: "{key}",
                            value: "{skin_type.number()}",
                            selected: entered.read().skin_type == Some(skin_type),
                            {words.say(key)}
                        }
                    }
                }
            }
            button { class: "button", id: "save-person", r#type: "submit", {words.say("keep-save")} }
        }
    }
}

/// The years in which somebody who lives in this one may have been born.
fn years(this: i16) -> RangeInclusive<i16> {
    this - i16::from(MOST_AGE)..=this
}

/// The year of birth that was entered, if any was.
///
/// # Errors
/// When it is none in which somebody who lives now was born.
fn of_birth(entered: &str, years: &RangeInclusive<i16>) -> Result<Option<i16>, NoBirthYear> {
    match entered.trim() {
        "" => Ok(None),
        entered => entered.parse().ok().filter(|year| years.contains(year)).map(Some).ok_or(NoBirthYear),
    }
}

/// What was entered is no year of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NoBirthYear;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_birth_may_be_missing_but_not_wrong() {
        let years = years(2026);
        assert_eq!(of_birth(" ", &years), Ok(None));
        assert_eq!(of_birth(" 1962", &years), Ok(Some(1962)));
        assert_eq!(of_birth("2026", &years), Ok(Some(2026)));
        for wrong in ["62", "2027", "1900", "-5", "nineteen", "19620"] {
            assert_eq!(of_birth(wrong, &years), Err(NoBirthYear), "{wrong}");
        }
    }
}
