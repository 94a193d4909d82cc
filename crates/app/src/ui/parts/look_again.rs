//! When to look at a spot again.

use dioxus::prelude::*;
use jiff::ZonedDateTime;
use jiff::civil::Date;

use crate::platform;
use crate::ui::state::App;

/// The day on which to look again.
#[component]
pub fn LookAgain(day: Option<Date>, onday: EventHandler<Option<Date>>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let today = ZonedDateTime::now().date();
    rsx! {
        div { class: "field",
            label { r#for: "look-again", {words.say("look-again")} }
            input {
                id: "look-again",
                r#type: "date",
                min: "{today}",
                value: day.map(|day| day.to_string()).unwrap_or_default(),
                // Keyboards send every year that is typed on the way to the one that is meant.
                onchange: move |event| match event.value().parse::<Date>() {
                    Ok(day) if day >= today => onday.call(Some(day)),
                    Err(_) if event.value().is_empty() => onday.call(None),
                    _ => {}
                },
            }
        }
        p { class: "soft small",
            {words.say("look-again-lead")}
            if day.is_some_and(|day| day > today) {
                " "
                {words.say(match (platform::here().reminds(), app.settings().reminders) {
                    (false, _) => "look-again-calendar",
                    (true, false) => "look-again-settings",
                    (true, true) => "look-again-reminder",
                })}
            }
        }
    }
}
