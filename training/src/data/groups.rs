//! Joins groups that are one lesion or one picture under several names, and keeps each of them on one side of the split.

use std::collections::HashMap;

use crate::data::sample::{Sample, Source};
use crate::data::split::Split;

/// Joins the groups of samples that name each other in [`Sample::same_as`], or that `pairs` of ids name. Each joined group
/// takes one name and lies on one side: where one of its pictures is of HAM10000, whose folds are given, on the side of that
/// one, and held back if those disagree; else on the side of its first.
pub fn join(samples: &mut [Sample], pairs: &[[String; 2]]) {
    let mut number: HashMap<String, usize> = HashMap::new();
    let group_of: Vec<usize> = samples
        .iter()
        .map(|sample| {
            let next = number.len();
            *number.entry(sample.group.clone()).or_insert(next)
        })
        .collect();
    let by_id: HashMap<&str, usize> =
        samples.iter().zip(&group_of).map(|(sample, &group)| (sample.id.as_str(), group)).collect();
    let mut sets = Sets((0..number.len()).collect());
    for (sample, &group) in samples.iter().zip(&group_of) {
        for other in sample.same_as.iter().filter_map(|id| by_id.get(id.as_str())) {
            sets.unite(group, *other);
        }
    }
    for [one, other] in pairs {
        if let (Some(&one), Some(&other)) = (by_id.get(one.as_str()), by_id.get(other.as_str())) {
            sets.unite(one, other);
        }
    }
    let roots: Vec<usize> = group_of.iter().map(|&group| sets.root(group)).collect();
    let mut of_root: HashMap<usize, (String, Split, bool)> = HashMap::new();
    for (sample, &root) in samples.iter().zip(&roots) {
        let given = sample.source == Source::Ham10000;
        let (_, split, split_given) =
            of_root.entry(root).or_insert_with(|| (sample.group.clone(), sample.split, given));
        if given && (!*split_given || sample.split == Split::Validation) {
            (*split, *split_given) = (sample.split, true);
        }
    }
    for (sample, root) in samples.iter_mut().zip(roots) {
        (sample.group, sample.split, _) = of_root[&root].clone();
    }
}

/// Disjoint sets of numbers: each points to another of its set, the last to itself.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, of: usize) -> usize {
        let mut root = of;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
