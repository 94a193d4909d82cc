//! The figures that say how good a set of predictions is.

use net::network::calibration::softmax;

/// The class that each row of probabilities names; the first where several are equal.
pub fn stated(probabilities: &[Vec<f32>]) -> Vec<usize> {
    let best = |row: &Vec<f32>| {
        (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
    };
    probabilities.iter().map(best).collect()
}

/// How often class `row` was taken for class `column`.
pub fn confusion(truth: &[usize], stated: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; classes]; classes];
    truth.iter().zip(stated).for_each(|(&truth, &stated)| table[truth][stated] += 1);
    table
}

/// Share of right answers.
pub fn accuracy(confusion: &[Vec<usize>]) -> f64 {
    let right: usize = (0..confusion.len()).map(|class| confusion[class][class]).sum();
    right as f64 / confusion.iter().flatten().sum::<usize>() as f64
}

/// The recall of each class; none for a class that does not occur.
pub fn recalls(confusion: &[Vec<usize>]) -> Vec<Option<f64>> {
    let recall = |(class, row): (usize, &Vec<usize>)| match row.iter().sum::<usize>() {
        0 => None,
        all => Some(row[class] as f64 / all as f64),
    };
    confusion.iter().enumerate().map(recall).collect()
}

/// Balanced accuracy: the mean of the recalls of the classes that occur.
pub fn balanced_accuracy(confusion: &[Vec<usize>]) -> f64 {
    let recalls: Vec<f64> = recalls(confusion).into_iter().flatten().collect();
    recalls.iter().sum::<f64>() / recalls.len() as f64
}

/// The mean cross-entropy, in nats, with all classes that occur weighted alike (the logarithmic score of Good 1952). It uses
/// each picture's whole answer, and so tells epochs apart that the recalls of rare classes, which jump with every picture, don't.
pub fn cross_entropy(truth: &[usize], probabilities: &[Vec<f32>]) -> f64 {
    let mut sums = vec![(0.0, 0usize); probabilities.first().map_or(0, Vec::len)];
    for (&class, row) in truth.iter().zip(probabilities) {
        sums[class].0 -= f64::from(row[class].max(f32::MIN_POSITIVE)).ln();
        sums[class].1 += 1;
    }
    let means: Vec<f64> =
        sums.iter().filter(|(_, count)| *count > 0).map(|(sum, count)| sum / *count as f64).collect();
    means.iter().sum::<f64>() / means.len() as f64
}

/// The least [`cross_entropy`] that dividing all logits by one temperature allows: how sure an answer is gets set right after
/// training anyway (Guo et al. 2017), so that it says nothing of which weights to keep.
pub fn cross_entropy_at_best_temperature(truth: &[usize], logits: &[Vec<f32>]) -> f64 {
    let at = |temperature: f32| {
        let divided = |row: &Vec<f32>| softmax(&row.iter().map(|z| z / temperature).collect::<Vec<_>>());
        cross_entropy(truth, &logits.iter().map(divided).collect::<Vec<_>>())
    };
    // From a quarter to four; finer makes no difference to the third digit.
    (-16..=16).map(|step| at(2f32.powf(step as f32 / 8.0))).fold(f64::INFINITY, f64::min)
}

/// The area under the ROC curve: how often a positive scores above a negative, ties counting half
/// (Mann and Whitney's U). None where one of the kinds is missing.
pub fn auroc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let positives = positive.iter().filter(|&&positive| positive).count() as f64;
    let negatives = scores.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut rank_sum, mut start) = (0.0, 0);
    while start < order.len() {
        let tied = order[start..]
            .iter()
            .take_while(|&&at| scores[at].total_cmp(&scores[order[start]]).is_eq())
            .count();
        let rank = start as f64 + (tied as f64 + 1.0) / 2.0;
        rank_sum += rank * order[start..start + tied].iter().filter(|&&at| positive[at]).count() as f64;
        start += tied;
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// Expected calibration error of the stated class: the mean gap between confidence and accuracy over
/// `bins` equal bins of confidence, weighted by their share (Guo et al. 2017, section 2).
pub fn calibration_error(confidences: &[f32], right: &[bool], bins: usize) -> f64 {
    reliability(confidences, right, bins)
        .iter()
        .map(|bin| bin.count as f64 * (bin.confidence - bin.accuracy).abs())
        .sum::<f64>()
        / confidences.len() as f64
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Predictions in it.
    pub count: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that was right.
    pub accuracy: f64,
}

/// The filled bins of a reliability diagram.
pub fn reliability(confidences: &[f32], right: &[bool], bins: usize) -> Vec<Bin> {
    let mut sums = vec![(0usize, 0.0f64, 0usize); bins];
    for (&confidence, &right) in confidences.iter().zip(right) {
        let bin = &mut sums[((confidence * bins as f32) as usize).min(bins - 1)];
        bin.0 += 1;
        bin.1 += f64::from(confidence);
        bin.2 += usize::from(right);
    }
    let filled = sums.into_iter().filter(|(count, ..)| *count > 0);
    filled
        .map(|(count, confidence, right)| Bin {
            count,
            confidence: confidence / count as f64,
            accuracy: right as f64 / count as f64,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_accuracy_is_the_mean_of_the_recalls_of_the_classes_there_are() {
        let table = confusion(&[0, 0, 0, 0, 1, 1], &[0, 0, 0, 1, 1, 0], 3);
        assert_eq!(table, [[3, 1, 0], [1, 1, 0], [0, 0, 0]]);
        assert_eq!(recalls(&table), [Some(0.75), Some(0.5), None]);
        assert_eq!(balanced_accuracy(&table), 0.625);
        assert!((accuracy(&table) - 4.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn cross_entropy_weighs_classes_alike() {
        let probabilities =
            [vec![0.5, 0.5, 0.0], vec![0.5, 0.5, 0.0], vec![0.5, 0.5, 0.0], vec![0.75, 0.25, 0.0]];
        let found = cross_entropy(&[0, 0, 0, 1], &probabilities);
        assert!((found - (2f64.ln() + 4f64.ln()) / 2.0).abs() < 1e-6, "{found}");
        assert_eq!(cross_entropy(&[1], &[vec![0.0, 1.0]]), 0.0);
        assert!(cross_entropy(&[0], &[vec![0.0, 1.0]]).is_finite());
    }

    #[test]
    fn how_sure_an_answer_is_changes_no_cross_entropy_at_the_best_temperature() {
        let logits = [vec![1.0, 0.0], vec![0.5, 0.0], vec![0.0, 1.0], vec![1.0, 0.0]];
        let truth = [0, 1, 1, 0];
        let found = cross_entropy_at_best_temperature(&truth, &logits);
        for factor in [0.5, 2.0] {
            let other = logits.clone().map(|row| row.into_iter().map(|z| z * factor).collect::<Vec<f32>>());
            assert!((cross_entropy_at_best_temperature(&truth, &other) - found).abs() < 1e-3, "{factor}");
            let probabilities: Vec<Vec<f32>> = other.iter().map(|row| softmax(row)).collect();
            assert!(cross_entropy(&truth, &probabilities) >= found - 1e-9);
        }
    }

    #[test]
    fn auroc_counts_pairs_and_ties_half() {
        let positive = [true, true, false, false];
        assert_eq!(auroc(&[0.9, 0.8, 0.2, 0.1], &positive), Some(1.0));
        assert_eq!(auroc(&[0.1, 0.2, 0.8, 0.9], &positive), Some(0.0));
        assert_eq!(auroc(&[0.5, 0.5, 0.5, 0.5], &positive), Some(0.5));
        assert_eq!(auroc(&[0.9, 0.3, 0.3, 0.1], &positive), Some(0.875));
        assert_eq!(auroc(&[0.9, 0.3], &[true, true]), None);
        assert_eq!(auroc(&[f32::NAN, 0.3], &[true, false]), Some(1.0), "no number ends, as the highest");
    }

    #[test]
    fn calibration_error_is_the_weighted_gap() {
        // Four at confidence 0.95, three right; two at 0.55, both right.
        let confidences = [0.95, 0.95, 0.95, 0.95, 0.55, 0.55];
        let right = [true, true, true, false, true, true];
        let expected = (4.0 * (0.95 - 0.75) + 2.0 * (1.0 - 0.55)) / 6.0;
        assert!((calibration_error(&confidences, &right, 10) - expected).abs() < 1e-6);
    }

    #[test]
    fn the_first_of_equal_probabilities_is_stated() {
        assert_eq!(stated(&[vec![0.2, 0.4, 0.4], vec![0.5, 0.1, 0.4]]), [1, 0]);
    }
}
