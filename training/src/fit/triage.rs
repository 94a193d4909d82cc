//! The lines of triage: from which risk on it warns, so that what is promised of melanomas and of everything malignant holds.

use std::collections::BTreeMap;

use assess::assessment::{risk, triage};
use net::diagnosis::Diagnosis;
use net::network::calibration::TriageThresholds;

use crate::fit::case::{
    Case, LEAST_IN_SOURCE, MALIGNANT_SENSITIVITY, MELANOMA_SENSITIVITY, by_source, melanoma,
};
use crate::fit::quantile::{above, needed};

/// Share of benign lesions that triage does not send to a doctor soon, and not for what it looks like but for no class it knows well.
pub const SOON_SPECIFICITY: f64 = 0.95;
/// A line that no probability reaches.
pub const NEVER: f32 = 2.0;
/// `look` and `melanoma`: see [`WarningThresholds::fit`]. `soon` and `refer`: the lowest lines that the specificity allows, where each source
/// counts alike. Where too few are malignant, nothing is promised.
pub fn thresholds(cases: &[Case], probabilities: &[Vec<f32>], classes: &[Diagnosis]) -> TriageThresholds {
    let risks: Vec<f32> = probabilities.iter().map(|row| risk(row, classes)).collect();
    let above = |values: &[f32]| {
        let benign = by_source(cases, values, &|case| case.truth.malignant == Some(false));
        above(benign.values(), SOON_SPECIFICITY)
    };
    let shares = |row: &Vec<f32>| {
        row.iter().zip(classes).filter(|(_, class)| class.refer).map(|(p, _)| p).sum::<f32>()
    };
    let refers = classes.iter().any(|class| class.refer);
    let refer = refers
        .then(|| above(&probabilities.iter().map(shares).collect::<Vec<f32>>()))
        .flatten()
        .unwrap_or(NEVER);
    let only_refer = TriageThresholds { look: NEVER, soon: NEVER, melanoma: NEVER, refer, calms: false };
    let seen: Vec<Seen> = (0..cases.len())
        .map(|at| Seen {
            risk: risks[at],
            melanoma: melanoma(classes).map_or(0.0, |class| probabilities[at][class]),
            referred: triage(&only_refer, &probabilities[at], classes).warns(),
        })
        .collect();
    let of_malignant = promises(cases, &|case| case.truth.malignant == Some(true), MALIGNANT_SENSITIVITY);
    let of_melanomas = melanoma(classes)
        .map(|class| promises(cases, &|case| case.truth.class == Some(class), MELANOMA_SENSITIVITY));
    let calms = of_malignant.is_some() && of_melanomas.as_ref().is_none_or(Option::is_some);
    let [of_malignant, of_melanomas] =
        [of_malignant, of_melanomas.flatten()].map(|promises| promises.unwrap_or_default());
    let WarningThresholds { look, melanoma } =
        WarningThresholds::fit(cases, &seen, &of_malignant, &of_melanomas);
    let soon = above(&risks).map_or(look, |line| line.max(look));
    TriageThresholds { look, soon, melanoma, refer, calms }
}

/// What triage sees of a case.
struct Seen {
    risk: f32,
    melanoma: f32,
    /// Whether it warns for what the case resembles, whatever the lines.
    referred: bool,
}

/// The lines through risk and probability of melanoma from which on triage warns.
#[derive(Debug, Clone, Copy)]
struct WarningThresholds {
    look: f32,
    melanoma: f32,
}

impl WarningThresholds {
    /// So many lines through the risk are tried.
    const TRIED: usize = 200;

    /// The line through the risk keeps the promises of malignant lesions alone, so that none is left out for the sake of a harmless one
    /// while its risk is high; the line through the probability of melanoma then finds the melanomas that are still missing. Of the pairs
    /// that do so, the one with the largest sum of sensitivity to what is malignant and specificity (Youden 1950), where each source counts
    /// alike.
    fn fit(cases: &[Case], seen: &[Seen], of_malignant: &[Promise], of_melanomas: &[Promise]) -> Self {
        let highest =
            of_malignant.iter().map(|promise| promise.threshold(seen, &|_| false, &|seen| seen.risk));
        let highest = highest.fold(1.0, f32::min);
        let places: Vec<usize> = (0..cases.len()).collect();
        let [benign, malignant] = [false, true]
            .map(|wanted| by_source(cases, &places, &|case| case.truth.malignant == Some(wanted)));
        let share = |of: &Vec<usize>, right: &dyn Fn(&Seen) -> bool| {
            of.iter().filter(|&&at| right(&seen[at])).count() as f64 / of.len() as f64
        };
        let mean = |of: &BTreeMap<&str, Vec<usize>>, right: &dyn Fn(&Seen) -> bool| {
            of.values().map(|of| share(of, right)).sum::<f64>() / of.len().max(1) as f64
        };
        let worth = |lines: &Self| -> f64 {
            mean(&benign, &|seen| !lines.warn(seen)) + mean(&malignant, &|seen| lines.warn(seen))
        };
        let mut risks: Vec<f32> = seen.iter().map(|seen| seen.risk).filter(|&risk| risk < highest).collect();
        risks.sort_by(f32::total_cmp);
        let below = (0..Self::TRIED.min(risks.len()))
            .map(|step| risks[step * risks.len() / Self::TRIED.min(risks.len())]);
        let pair = |look: f32| {
            let warned = |seen: &Seen| seen.referred || seen.risk >= look;
            let lines =
                of_melanomas.iter().map(|promise| promise.threshold(seen, &warned, &|seen| seen.melanoma));
            Self { look, melanoma: lines.fold(NEVER, f32::min) }
        };
        let first = pair(highest);
        // The first of equals: the highest line through the risk.
        let (_, best) = below.map(pair).fold((worth(&first), first), |(most, best), lines| {
            let worth = worth(&lines);
            if worth > most { (worth, lines) } else { (most, best) }
        });
        best
    }

    fn warn(&self, seen: &Seen) -> bool {
        seen.referred || seen.risk >= self.look || seen.melanoma >= self.melanoma
    }
}

/// Cases of which this many must be warned of.
struct Promise {
    of: Vec<usize>,
    needed: usize,
}

impl Promise {
    /// The highest line through `value` that keeps the promise beside what is `warned` of already.
    fn threshold(&self, seen: &[Seen], warned: &dyn Fn(&Seen) -> bool, value: &dyn Fn(&Seen) -> f32) -> f32 {
        let left = self.of.iter().map(|&at| &seen[at]).filter(|seen| !warned(seen));
        let mut left: Vec<f32> = left.map(value).collect();
        let lacking = self.needed.saturating_sub(self.of.len() - left.len());
        left.sort_by(|a, b| b.total_cmp(a));
        if lacking == 0 { NEVER } else { left[lacking - 1] }
    }
}

/// The promise of this sensitivity among all wanted cases and in each source that has enough of them; counted among one more than there
/// are, as for prediction sets. None where all together are too few for that.
fn promises(cases: &[Case], wanted: &dyn Fn(&Case) -> bool, sensitivity: f64) -> Option<Vec<Promise>> {
    let sources = by_source(cases, &(0..cases.len()).collect::<Vec<_>>(), wanted);
    let promise = |of: Vec<usize>| {
        let needed = needed(of.len(), sensitivity);
        (needed <= of.len()).then_some(Promise { of, needed })
    };
    let all = promise(sources.values().flatten().copied().collect())?;
    let large = sources.into_values().filter(|of| of.len() >= LEAST_IN_SOURCE);
    Some(large.filter_map(promise).chain([all]).collect())
}
