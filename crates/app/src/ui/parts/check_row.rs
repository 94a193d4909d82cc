//! A check in a list.

use std::sync::Arc;

use dioxus::prelude::*;

use super::labels::{Foreign, day_of, tone};
use super::picture::Thumbnail;
use crate::size::in_short;
use crate::ui::destination::Destination;
use crate::ui::state::App;
use archive::record::Check;

/// A check in a list: with its risk among others of the same spot, with the spot's name among all.
#[component]
pub fn CheckRow(check: Arc<Check>, spot: Option<String>) -> Element {
    let words = use_context::<App>().words();
    let assessment = &check.assessment;
    let noticed: Vec<String> = check.remarks.keys().map(|id| words.remark(id)).collect();
    rsx! {
        Link { class: "check {tone(assessment.triage)}", to: Destination::Check(check.id),
            Thumbnail { check: check.id }
            span {
                strong { {words.triage(assessment.triage)} }
                span { class: "soft",
                    if let Some(spot) = &spot {
                        "{spot}, "
                    }
                    {day_of(&words, check.at)}
                    if spot.is_none() && assessment.cannot_tell.is_empty() {
                        ", "
                        {words.text("risk-short", &[("percent", words.percent(assessment.risk).into())])}
                    }
                }
                if let Some(size) = &check.size {
                    span { class: "soft", {in_short(&words, size)} }
                }
                if !noticed.is_empty() {
                    span { class: "due", {noticed.join(", ")} }
                }
                Foreign { label: assessment.foreign_model.clone() }
            }
        }
    }
}
