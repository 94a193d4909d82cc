//! What the card says of answers: what they mean, how lines hold elsewhere, what knowing the person brings, and of a thousand who get one.

use std::fmt::Write;

use assess::assessment::Views;
use assess::evidence::{self, SCENARIOS};
use net::modality::Modality;
use net::network::calibration::Calibration;
use net::network::card::Card;
use net::person::Terms;

use crate::report::figures::Figure;
use crate::report::model_card::tables::write_group;
use crate::report::tables::{OF_GROUPS, Table};

/// A modality as the card names it.
fn name(modality: Modality) -> &'static str {
    match modality {
        Modality::Dermatoscope => "dermatoscopic pictures",
        Modality::PlainPhoto => "plain photos",
    }
}

/// What the numbers of an answer mean.
pub(super) fn meaning(text: &mut String, card: &Card) {
    let _ = writeln!(
        text,
        "## What its numbers mean\n\n\
         Each way to take a picture has numbers of its own, fitted on held-back pictures taken that way; which one applies, a probe of the\n\
         network's features tells. Where that lies within {unsure:.2} of its line (in logits), the picture is judged as either, and the more\n\
         cautious answer counts.\n\n\
         - The network was trained to answer *which of them is it, if all were equally common?*, so that rare, dangerous diagnoses are\n  \
           not drowned by common, harmless ones. Balanced accuracy, recalls and the table of answers are of the diagnosis that would\n  \
           be most probable then; *stated* is the diagnosis that is most probable, which the app names first. Accuracy, AUROC, risk,\n  \
           calibration and prediction sets are of the probabilities, but for AUROC *alike*, which is of what that other answer ranks by;\n  \
           the table that `spotcheck assess --csv` writes holds that answer, and *balanced accuracy of the seven* is of it.\n\
         - *Look* lines, two: anything malignant reaches the one through the risk with a chance of at least 95 %, and a melanoma reaches it\n  \
           or the one through the probability of melanoma with as much, each among all and in each source with 20 of them; of the\n  \
           pairs of lines that keep both, the one with the largest sum of sensitivity to what is malignant and specificity.\n  \
           *Soon* line: what 5 % of the benign lesions reach, each source weighted alike. A picture whose most probable diagnosis is\n  \
           malignant or something else, or whose probability of something else reaches the *refer* line (the same 5 %), is at least to\n  \
           be looked at.\n\
         - Prediction set: split conformal with one threshold a class (Sadinle, Lei & Wasserman 2019), among all and in each source with\n  \
           20 of the class, promised {coverage:.0} %.\n\n\
         Figures that depend on such parameters are cross-fitted: each fifth of the held-back lesions is judged with parameters fitted on\n\
         the others. The epoch was selected on the held-back part too, which flatters its figures a little. Figures are of {views} views (flips),\n\
         as the app looks, but for the tables of views and of quality, and leave \"can't tell\" aside: every picture gets an answer.\n\
         Intervals: 95 % bootstrap over lesions (or patients), 1,000 resamples.\n",
        unsure = card.unsure_modality,
        coverage = 100.0 * card.prediction_set_coverage,
        views = Views::default().count(),
    );
    for modality in Modality::ALL {
        parameters(text, modality, card.calibrations.of(modality), card);
    }
}

fn parameters(text: &mut String, modality: Modality, of: &Calibration, card: &Card) {
    let row = |name: &str, cells: Vec<String>| format!("| {name} | {} |", cells.join(" | "));
    let keys: Vec<String> = card.classes.iter().map(|class| class.key.to_string()).collect();
    let shares = of.prevalence.iter().map(|share| format!("{:.1} %", 100.0 * share)).collect();
    let lines = [
        row("", keys.clone()),
        format!("|---|{}", "---|".repeat(keys.len())),
        row("taken to be so common", shares),
        row("added to the logit", of.bias.iter().map(|bias| format!("{bias:.2}")).collect()),
        row(
            "in the prediction set from",
            of.prediction_set.iter().map(|line| format!("{line:.3}")).collect(),
        ),
    ];
    let promise = match of.triage.calms {
        true => "",
        false => {
            " Too few held-back pictures are malignant to prove a line: nothing is called not suspicious."
        }
    };
    let melanoma = match of.triage.melanoma {
        never if never > 1.0 => String::new(),
        line => format!(" or a melanoma's probability of {line:.3}"),
    };
    let line = |line: f32| match line {
        never if never > 1.0 => "no probability".to_string(),
        line => format!("{line:.3}"),
    };
    let _ = writeln!(
        text,
        "For {}: temperature {:.3}, *look* from a risk of {:.3}{}, *soon* from a risk of {:.3}, *refer* from {}.{promise}\n\n{}\n",
        name(modality),
        of.temperature,
        of.triage.look,
        melanoma,
        of.triage.soon,
        line(of.triage.refer),
        lines.join("\n"),
    );
}

/// How lines hold in a source that they were not fitted on.
pub(super) fn elsewhere(text: &mut String, table: &Table) {
    if table.elsewhere.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "What to expect in another clinic: each source judged by parameters and lines that were fitted on the other sources alone (the weights\n\
         have learnt from pictures of all of them).\n\n| source | pictures | malignant | {} |\n|---|---|---|{}",
        OF_GROUPS.join(" | "),
        "---|".repeat(OF_GROUPS.len())
    );
    for group in &table.elsewhere {
        write_group(text, group);
    }
    let _ = writeln!(text);
}

/// What it brings to know the person.
pub(super) fn persons(text: &mut String, table: &Table, card: &Card) {
    let Some(terms) = &card.calibrations.of(table.modality).person else { return };
    let _ = writeln!(
        text,
        "Who has it: the odds of malignancy are multiplied by terms fitted on held-back pictures whose source tells age, sex or place (logistic\n\
         regression on top of the photo's own odds, a level for each source, shrunken, never falling with age, what lowers a risk taken at\n\
         the careful end of its 90 % interval): {}. Together at most {:.1} times, and no less than {:.2} times. What was noticed (itches, bleeds,\n\
         grows, new) no source tells; it changes no risk, but never is such a spot called not suspicious.\n",
        in_words(terms),
        terms.most_up.exp(),
        (-terms.most_down).exp(),
    );
    let names: Vec<&str> = table
        .persons
        .first()
        .map_or(Vec::new(), |known| known.figures.iter().map(|(name, ..)| name.as_str()).collect());
    let _ = writeln!(
        text,
        "By the photo alone → with the person, cross-fitted:\n\n| source | pictures | {} | warnings that became calm (malignant) | calm that became warnings (malignant) |\n|---|---|{}---|---|",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for known in &table.persons {
        let figure = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
        let cells: Vec<String> = known
            .figures
            .iter()
            .map(|(_, alone, told)| format!("{} → {}", figure(*alone), figure(*told)))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} ({}) | {} ({}) |",
            known.source,
            known.count,
            cells.join(" | "),
            known.calmed,
            known.calmed_malignant,
            known.alarmed,
            known.alarmed_malignant
        );
    }
    let _ = writeln!(text);
}

fn in_words(terms: &Terms) -> String {
    let ages = terms.age.iter().map(|group| format!("age from {} {:.2}", group.from, group.term.exp()));
    let sexes = terms.sex.iter().map(|(sex, term)| format!("{} {:.2}", sex.key(), term.exp()));
    let sites =
        terms.site.iter().map(|(site, term)| format!("{} {:.2}", site.key().replace('_', " "), term.exp()));
    ages.chain(sexes).chain(sites).collect::<Vec<_>>().join(", ")
}

/// Of a thousand people who get an answer, how many have something malignant, by how common that is among those who ask.
pub(super) fn base_rates(text: &mut String, table: &Table) {
    let find = |name: &str| {
        let found: Option<&Figure> = table.figures.iter().find(|figure| figure.name == name);
        found.map(|figure| figure.value as f32)
    };
    let Some(rates) = evidence::AnswerRates::from_figures(find, table.calms) else { return };
    let columns: Vec<String> =
        SCENARIOS.iter().map(|scenario| format!("{:.1} %", 100.0 * scenario.share)).collect();
    let _ = writeln!(
        text,
        "Of 1,000 people who get this answer, so many have something malignant, where so many of those who ask do (scenarios, not\n\
         measurements: 20 % for a skin clinic, 2 % and 0.5 % for people who check a spot themselves):\n\n| answer | {} |\n|---|{}",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for triage in evidence::AnswerRates::TRIAGES {
        let cells: Vec<String> = SCENARIOS
            .iter()
            .map(|scenario| {
                rates.of_thousand(triage, scenario.share).map_or("–".into(), |count| format!("{count:.1}"))
            })
            .collect();
        let _ = writeln!(text, "| {} | {} |", triage.key().replace('_', " "), cells.join(" | "));
    }
    let _ = writeln!(text);
}
