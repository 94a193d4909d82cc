//! A spot's risk over time as a small picture.

use std::sync::Arc;

use dioxus::prelude::*;

use super::labels::day_of;
use crate::ui::state::App;
use archive::record::Check;
use assess::assessment::{SCHEMA, Triage};

const WIDTH: f32 = 320.0;
const HEIGHT: f32 = 140.0;
/// Room for marks at the edges.
const MARGIN: f32 = 12.0;

/// Where each check is from left to right, 0 to 1: by date, unless a clock ran backwards or all are of one moment; then evenly.
fn positions(seconds: &[i64]) -> Vec<f32> {
    let last = seconds.len().saturating_sub(1).max(1) as f32;
    let (first, end) = (seconds.first().copied().unwrap_or(0), seconds.last().copied().unwrap_or(0));
    match seconds.is_sorted() && end > first {
        true => seconds.iter().map(|at| (at - first) as f32 / (end - first) as f32).collect(),
        false => (0..seconds.len()).map(|at| at as f32 / last).collect(),
    }
}

/// Whether two checks were answered by different models.
pub fn another_model(one: &Check, other: &Check) -> bool {
    let model = |check: &Check| (check.assessment.model.clone(), check.assessment.foreign_model.clone());
    model(one) != model(other)
}

/// The risk at each check that has an answer, oldest first, as a line with how far the views of each photo disagree. Nothing for
/// fewer than two.
#[component]
pub fn RiskChart(checks: Vec<Arc<Check>>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    // Risks of another schema mean something else: they don't belong on one line with these.
    let comparable = |check: &&Arc<Check>| {
        check.assessment.triage != Triage::CannotTell && check.assessment.schema == SCHEMA
    };
    let answered: Vec<&Arc<Check>> = checks.iter().filter(comparable).collect();
    if answered.len() < 2 {
        return rsx! {};
    }
    let seconds: Vec<i64> = answered.iter().map(|check| check.at.as_second()).collect();
    let x = |share: f32| MARGIN + share * (WIDTH - 2.0 * MARGIN);
    let y = |risk: f32| HEIGHT - MARGIN - risk * (HEIGHT - 2.0 * MARGIN);
    let points: Vec<(f32, f32, f32, f32)> = positions(&seconds)
        .into_iter()
        .zip(&answered)
        .map(|(share, check)| {
            let [low, high] = check.assessment.risk_range;
            (x(share), y(check.assessment.risk), y(low), y(high))
        })
        .collect();
    let line = points.iter().map(|(x, y, ..)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ");
    let all =
        answered.iter().map(|check| words.percent(check.assessment.risk)).collect::<Vec<_>>().join(", ");
    // Pictures of a spot are mostly taken alike; the lines are those for the last one.
    let lines = answered.last().and_then(|check| app.model().lines_of(&check.assessment));
    let changes =
        points.windows(2).zip(answered.windows(2)).filter(|(_, pair)| another_model(pair[0], pair[1]));
    let changes: Vec<f32> = changes.map(|(points, _)| f32::midpoint(points[0].0, points[1].0)).collect();
    rsx! {
        section { class: "card",
            h2 { {words.say("chart-title")} }
        svg {
            class: "chart",
            view_box: "0 0 {WIDTH} {HEIGHT}",
            role: "img",
            "aria-label": words.text("chart-label", &[("risks", all.into())]),
            if let Some(lines) = lines {
                rect { class: "zone soon", x: "0", y: "{y(1.0)}", width: "{WIDTH}", height: "{y(lines.soon) - y(1.0)}" }
                rect { class: "zone look", x: "0", y: "{y(lines.soon)}", width: "{WIDTH}", height: "{y(lines.look) - y(lines.soon)}" }
                rect { class: "zone fine", x: "0", y: "{y(lines.look)}", width: "{WIDTH}", height: "{y(0.0) - y(lines.look)}" }
            }
            for x in changes {
                line { key: "{x}", class: "changed", x1: "{x}", x2: "{x}", y1: "{MARGIN}", y2: "{HEIGHT - MARGIN}" }
            }
            for (number, (x, _, low, high)) in points.iter().copied().enumerate() {
                line { key: "{number}", class: "spread", x1: "{x}", x2: "{x}", y1: "{low}", y2: "{high}" }
            }
            polyline { points: "{line}" }
            for (number, (x, y, ..)) in points.iter().copied().enumerate() {
                circle { key: "{number}", cx: "{x}", cy: "{y}", r: "5" }
            }
        }
            div { class: "ends",
                for check in [answered.first(), answered.last()].into_iter().flatten() {
                    span { key: "{check.id}", {day_of(&words, check.at)} }
                }
            }
            p { class: "soft small", {words.say("chart-explained")} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_stand_by_date_unless_the_clock_ran_backwards() {
        assert_eq!(positions(&[0, 10, 100]), [0.0, 0.1, 1.0]);
        assert_eq!(positions(&[50, 10, 100]), [0.0, 0.5, 1.0]);
        assert_eq!(positions(&[7, 7]), [0.0, 1.0]);
    }
}
