//! An assessment as text for people.

use std::fmt::Write;
use std::path::Path;

use super::read::{plain, shown};
use assess::assessment::{Assessment, Doubt, Likelihood, Saliency, Triage};
use assess::evidence::Evidence;
use net::network::card::Card;
use wording::Wording;

/// From least to most.
const SHADES: [&str; 5] = ["  ", "░░", "▒▒", "▓▓", "██"];
/// Width of a full bar, in characters.
const BAR: usize = 20;

/// Everything about one photo: what to do first, then why, and how far what was measured of the model bears that out.
pub(super) fn describe(
    wording: &Wording,
    path: &Path,
    size: (u32, u32),
    assessment: &Assessment,
    saliency: &Saliency,
    evidence: &Evidence,
) -> String {
    let mut lines = vec![shown(path), String::new()];
    lines.push(format!("  {}", wording.triage(assessment.triage).to_uppercase()));
    if let Some(label) = &assessment.foreign_model {
        lines.extend(wrap(&plain(&wording.text("model-foreign", &[("label", label.clone().into())]))));
    }
    lines.extend(wrap(&wording.advice(assessment.triage)));
    lines.extend(assessment.cannot_tell.iter().flat_map(|&doubt| wrap(&wording.doubt(doubt))));
    lines.extend(assessment.quality.faults().flat_map(|fault| wrap(&wording.fault(fault))));
    lines.extend(left_out(wording, size, assessment));
    if assessment.triage != Triage::CannotTell {
        lines.push(String::new());
        lines.extend(wrap(&wording.text("risk", &[("percent", wording.percent(assessment.risk).into())])));
        lines.extend(wrap(&format!("({})", wording.text("risk-basis", &[]))));
        lines.extend(told(wording, assessment));
        if let Some(found) = evidence.of_thousand(assessment) {
            lines.push(String::new());
            lines.extend(wrap(&wording.say("of-thousand")));
            lines.extend(found.iter().map(|found| format!("    {}", wording.of_thousand(found))));
            lines.extend(wrap(&format!("({})", wording.say("of-thousand-basis"))));
        }
        lines.push(String::new());
        let share = wording.percent(evidence.set_coverage(assessment));
        lines.push(format!("  {}", wording.text("one-of", &[("percent", share.into())])));
        lines.extend(assessment.prediction_set.iter().map(|key| format!("    {}", name(wording, key))));
        lines.push(String::new());
        lines.push(format!("  {}", wording.text("all-probabilities", &[])));
        lines.extend(assessment.probabilities.iter().map(|likelihood| bar(wording, likelihood)));
        lines.push(String::new());
        if let Some(explained) = assessment.explained() {
            let diagnosis = diagnosis(wording, &explained.diagnosis);
            lines.push(format!("  {}", wording.text("where-it-looked", &[("diagnosis", diagnosis.into())])));
            lines.extend(map(saliency));
        }
    }
    lines.push(String::new());
    if !assessment.cannot_tell.contains(&Doubt::NotALesion) {
        let kind =
            if assessment.kind_unsure { wording.say("kind-unsure") } else { wording.kind(assessment.kind) };
        lines.extend(wrap(&kind));
        lines.push(String::new());
    }
    lines.join("\n")
}

/// What was told besides the photo, and what it changed.
fn told(wording: &Wording, assessment: &Assessment) -> Vec<String> {
    let mut lines: Vec<String> =
        assessment.despite_risk.iter().flat_map(|&despite| wrap(&wording.despite_risk(despite))).collect();
    if let (false, Some(alone)) = (assessment.because.is_empty(), assessment.risk_of_photo) {
        lines.push(format!("  {}", wording.say("because")));
        lines.extend(assessment.because.iter().map(|reason| format!("    {}", wording.reason(reason))));
        lines.extend(wrap(&wording.text("risk-of-photo", &[("percent", wording.percent(alone).into())])));
    }
    lines.extend(wording.noticed(assessment.person.noticed).iter().flat_map(|noticed| wrap(noticed)));
    lines
}

/// How much of the photo was not looked at, where that is much: a spot at its side may be half in the square, or not at all.
fn left_out(wording: &Wording, (width, height): (u32, u32), assessment: &Assessment) -> Vec<String> {
    const MUCH: f32 = 0.3;
    let side = assessment.crop.side as f32;
    let share = 1.0 - side * side / (width as f32 * height as f32);
    if share < MUCH {
        return Vec::new();
    }
    wrap(&wording.text("sides-left-out", &[("percent", wording.percent(share).into())]))
}

/// The last lines of a run.
pub(super) fn closing(wording: &Wording, card: &Card, assessed: usize, failed: usize) -> String {
    let mut text = wording.text("assessed", &[("count", assessed.into())]);
    if failed > 0 {
        let _ = write!(text, ", {}", wording.text("failed", &[("count", failed.into())]));
    }
    let model = [("version", plain(&card.version).into()), ("licence", plain(&card.licence).into())];
    format!("{text}.\n{}\n{}", wording.text("no-medical-device", &[]), wording.text("model-licence", &model))
}

fn name(wording: &Wording, key: &str) -> String {
    match wording.meaning(key) {
        Some(meaning) => format!("{}: {meaning}", diagnosis(wording, key)),
        None => diagnosis(wording, key),
    }
}

/// A diagnosis by its name; one that only the model knows may be called anything.
fn diagnosis(wording: &Wording, key: &str) -> String {
    plain(&wording.diagnosis(key))
}

fn bar(wording: &Wording, likelihood: &Likelihood) -> String {
    let filled = (likelihood.probability * BAR as f32).round() as usize;
    let mark = match likelihood.malignant {
        true => format!("  ({})", wording.text("malignant", &[])),
        false => String::new(),
    };
    let bar = format!("{}{}", "█".repeat(filled), "·".repeat(BAR - filled.min(BAR)));
    let share = wording.percent(likelihood.probability);
    format!("    {bar} {share:>9}  {}{mark}", diagnosis(wording, &likelihood.diagnosis))
}

fn map(saliency: &Saliency) -> Vec<String> {
    let shade = |&value: &f32| SHADES[((value * SHADES.len() as f32) as usize).min(SHADES.len() - 1)];
    let rows = saliency.values().chunks(saliency.side());
    rows.map(|row| format!("    {}", row.iter().map(shade).collect::<String>())).collect()
}

/// Lines of readable length, indented.
fn wrap(text: &str) -> Vec<String> {
    const WIDTH: usize = 78;
    let mut lines = vec![String::from(" ")];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if lines[last].chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("  {word}"));
        } else {
            lines[last].push(' ');
            lines[last].push_str(word);
        }
    }
    lines
}
