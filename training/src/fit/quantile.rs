//! Quantiles of what a few pictures gave that hold for the next one.

/// How many of `count` must reach a line so that the next one does with at least this chance: counted among one more than there are. May be
/// more than there are.
pub fn needed(count: usize, share: f64) -> usize {
    (share * (count + 1) as f64).ceil() as usize
}

/// The largest value that the next one like `values` reaches with at least this chance. None where there are too few for that.
pub fn reached_by(values: &[f32], share: f64) -> Option<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.get(needed(sorted.len(), share) - 1).copied()
}

/// The smallest value that at least this share of `values` lies below, where each of the lists counts alike.
pub fn above<'a>(values: impl Iterator<Item = &'a Vec<f32>>, share: f64) -> Option<f32> {
    let lists: Vec<&Vec<f32>> = values.collect();
    let weight = |list: &Vec<f32>| 1.0 / (lists.len() * list.len()) as f64;
    let mut sorted: Vec<(f32, f64)> =
        lists.iter().flat_map(|list| list.iter().map(|&value| (value, weight(list)))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let enough = sorted.iter().find(|(_, weight)| {
        below += weight;
        // As a sum of many, it may fall a hair short.
        below >= share - 1e-9
    });
    enough.map(|(value, _)| value.next_up())
}

/// The value below which about this share of `values` lies.
pub fn quantile(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[((share * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}
