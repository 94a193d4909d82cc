//! Finding the coin: ellipses whose outline is an edge nearly all the way round.
//!
//! Two points of an ellipse whose tangents are parallel lie on either side of its centre. So, on a small copy of the photo, every two such
//! edges vote for the centre between them, and for half of their distance as a radius. At the best-voted places RANSAC (Fischler & Bolles
//! 1981) fits ellipses to the edges; those that most of the outline speaks for are fitted again, on a larger copy, to parts of a pixel. Of
//! rings within one another the outermost is the coin's edge. None of it is random: the same photo gives the same ellipses.

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::edges::{Edge, edges};
use super::ellipse::Ellipse;
use super::fit::Conic;
use crate::photo::{Photo, Square};

/// The longer side of the picture on which edges are measured, in pixels.
pub const FINE_PX: u32 = 1024;
/// The longer side of the one on which they are looked for.
const COARSE_PX: u32 = 320;
/// Edges that are looked at in either.
const MOST_EDGES: [usize; 2] = [5_000, 40_000];

/// A coin's diameter is between these shares of the photo's longer side. Smaller ones can't be measured well, larger ones leave no room for a
/// spot.
const DIAMETERS: [f32; 2] = [0.06, 0.7];
/// The shortest diameter over the longest: what is seen from the side by more than 50 degrees can't be measured.
const LEAST_RATIO: f32 = 0.64;
/// Places that are looked at, and that are looked at closely.
const PLACES: [usize; 2] = [80, 16];
/// Ellipses about different centres that are looked at most closely.
const GROUPS: usize = 6;
/// Samples at each place.
const SAMPLES: usize = 160;
/// The share of the outline that has to be an edge.
const LEAST_SUPPORT: f32 = 0.62;
/// Parts of the outline that are counted.
const SECTORS: usize = 64;

/// An ellipse that may be a coin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// In pixels of the photo.
    pub ellipse: Ellipse,
    /// The share of its outline that is an edge, 0 to 1.
    pub support: f32,
    /// How steep that edge is, in levels of 255 for each pixel of a small copy.
    pub strength: f32,
}

/// What may be a coin on the photo, likeliest first, at most four; empty where nothing is. What lies over the middle of `spot`, where the
/// lesion was framed, is not a coin.
pub fn find(photo: &Photo, spot: Option<Square>) -> Vec<Candidate> {
    let fine = photo.scaled_down(FINE_PX);
    let factor = photo.size().0 as f32 / fine.width() as f32;
    let middle = spot.map(|spot| {
        let half = spot.side as f32 / 2.0;
        [spot.left as f32 + half, spot.top as f32 + half]
    });
    let mut found = find_on(&fine);
    for candidate in &mut found {
        candidate.ellipse = candidate.ellipse.scaled(factor);
    }
    found.retain(|candidate| middle.is_none_or(|middle| candidate.ellipse.away(middle) > 1.0));
    found.truncate(4);
    found
}

/// The same in pixels of this picture.
fn find_on(fine: &RgbImage) -> Vec<Candidate> {
    let longer = fine.width().max(fine.height());
    if fine.width().min(fine.height()) < 64 {
        return Vec::new();
    }
    let shrink = (longer as f32 / COARSE_PX as f32).max(1.0);
    let length = |length: u32| ((length as f32 / shrink).round() as u32).max(1);
    let coarse = imageops::resize(fine, length(fine.width()), length(fine.height()), FilterType::Triangle);
    let shrink = fine.width() as f32 / coarse.width() as f32;

    let coarse_edges = edges(&coarse, MOST_EDGES[0]);
    let rough: Vec<Ellipse> = places(&coarse_edges, coarse.dimensions())
        .into_iter()
        .flat_map(|place| ellipses_at(&coarse_edges, place, coarse.dimensions()))
        .map(|ellipse| ellipse.scaled(shrink))
        .collect();
    let rough = apart(rough);
    if rough.is_empty() {
        return Vec::new();
    }
    let edges = Grid::new(edges(fine, MOST_EDGES[1]), fine.dimensions());
    let rough: Vec<Measured> =
        rough.iter().filter_map(|rough| refined(&edges, *rough, &[*rough], fine.dimensions()).pop()).collect();
    let mut groups = by_centre(rough);
    groups.sort_by(|a, b| score(&b[0]).total_cmp(&score(&a[0])));
    groups.truncate(GROUPS);
    let mut found: Vec<(f32, Candidate)> = groups
        .into_iter()
        .map(|group| {
            let all: Vec<Measured> = group.into_iter().flat_map(|one| rings(&edges, one, fine.dimensions())).collect();
            let Measured { ellipse, support, strength, .. } = coins_edge(&all);
            (support * strength / (strength + 8.0), Candidate { ellipse, support, strength })
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// A place to look at: a centre and a radius, in pixels.
#[derive(Debug, Clone, Copy)]
struct Place {
    centre: [f32; 2],
    radius: f32,
}

/// Where most pairs of edges vote, best first.
fn places(edges: &[Edge], (width, height): (u32, u32)) -> Vec<Place> {
    /// Radii grow by this from one layer to the next.
    const GROWTH: f32 = 1.22;
    /// Directions of edges that count as different, in a half-turn.
    const DIRECTIONS: usize = 72;
    let longer = width.max(height) as f32;
    let [least, most] = DIAMETERS.map(|share| share * longer);
    let least = least * LEAST_RATIO.sqrt();
    let layers = ((most / least).ln() / GROWTH.ln()).ceil() as usize + 1;
    let (columns, rows) = (width as usize, height as usize);
    let mut votes = vec![0.0_f32; columns * rows * layers];

    let mut by_direction: Vec<Vec<&Edge>> = vec![Vec::new(); DIRECTIONS];
    for edge in edges {
        let angle = edge.normal[1].atan2(edge.normal[0]).rem_euclid(std::f32::consts::PI);
        let bin = (angle / std::f32::consts::PI * DIRECTIONS as f32) as usize;
        by_direction[bin.min(DIRECTIONS - 1)].push(edge);
    }
    // An ellipse's diameter stands less than upright on parallel tangents, by no more than this.
    let upright = 2.0 * LEAST_RATIO / (1.0 + LEAST_RATIO * LEAST_RATIO);
    let mut vote = |a: &Edge, b: &Edge| {
        let [dx, dy] = [b.at[0] - a.at[0], b.at[1] - a.at[1]];
        let distance = (dx * dx + dy * dy).sqrt();
        let across = (a.normal[0] * dx + a.normal[1] * dy).abs();
        if distance < least || distance > most || across < (upright - 0.02) * distance {
            return;
        }
        let [x, y] = [(a.at[0] + b.at[0]) / 2.0 - 0.5, (a.at[1] + b.at[1]) / 2.0 - 0.5];
        let layer = (distance / least).ln() / GROWTH.ln();
        let (lower, part) = (layer as usize, layer.fract());
        let (column, row) = (x.round() as usize, y.round() as usize);
        if column < columns && row < rows {
            // A longer outline has more pairs. Most coins are seen from nearly above, most other edges are straight.
            let weight = (across / distance).powi(12) / distance;
            let cell = (lower * rows + row) * columns + column;
            votes[cell] += weight * (1.0 - part);
            if lower + 1 < layers {
                votes[cell + rows * columns] += weight * part;
            }
        }
    };
    for bin in 0..DIRECTIONS {
        let (same, next) = (&by_direction[bin], &by_direction[(bin + 1) % DIRECTIONS]);
        for (at, a) in same.iter().enumerate() {
            same[at + 1..].iter().chain(next.iter()).for_each(|b| vote(a, b));
        }
    }

    let mut best: Vec<(f32, Place)> = Vec::new();
    for layer in 0..layers {
        let radius = least / 2.0 * GROWTH.powi(layer as i32);
        let layer = &votes[layer * rows * columns..(layer + 1) * rows * columns];
        let around = |x: usize, y: usize| {
            let rows = (y - 1..=y + 1).map(|y| &layer[y * columns + x - 1..y * columns + x + 2]);
            rows.map(|row| row[0] + row[1] + row[2]).sum::<f32>()
        };
        let mut of_layer: Vec<(f32, Place)> = Vec::new();
        for y in 1..rows.saturating_sub(1) {
            for x in 1..columns - 1 {
                if layer[y * columns + x] > 0.0 {
                    let sum = around(x, y);
                    let centre = [x as f32 + 0.5, y as f32 + 0.5];
                    of_layer.push((sum, Place { centre, radius }));
                }
            }
        }
        keep_best(&mut of_layer, PLACES[0], |place| place.radius * 0.25);
        best.extend(of_layer);
    }
    keep_best(&mut best, PLACES[0], |place| place.radius * 0.12);
    for (votes, place) in &mut best {
        *votes *= roundness(edges, *place).powi(2);
    }
    keep_best(&mut best, PLACES[1], |place| place.radius * 0.12);
    best.into_iter().map(|(_, place)| place).collect()
}

/// The share of directions from a place in which an edge lies about where the outline should be, and runs around the place: little where lines
/// cross, however many they are.
fn roundness(edges: &[Edge], place: Place) -> f32 {
    let (least, most) = (place.radius * 0.8, place.radius * 1.25);
    let mut held = [false; SECTORS];
    for edge in edges {
        let [dx, dy] = [edge.at[0] - place.centre[0], edge.at[1] - place.centre[1]];
        let away = (dx * dx + dy * dy).sqrt();
        if (least..most).contains(&away) && (dx * edge.normal[0] + dy * edge.normal[1]).abs() > 0.95 * away {
            held[sector(place.centre.map(f64::from), edge.at.map(f64::from))] = true;
        }
    }
    held.iter().filter(|held| **held).count() as f32 / SECTORS as f32
}

/// The `most` best, of which none has a centre nearer to a better one's than `near` says, unless their radii differ.
fn keep_best(places: &mut Vec<(f32, Place)>, most: usize, near: impl Fn(&Place) -> f32) {
    // Few of many are kept: those far behind need no sorting.
    let enough = most * 60;
    if places.len() > enough {
        places.select_nth_unstable_by(enough, |a, b| b.0.total_cmp(&a.0));
        places.truncate(enough);
    }
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(f32, Place)> = Vec::new();
    for (votes, place) in places.drain(..) {
        let is_new = kept.iter().all(|(_, other)| {
            let [dx, dy] = [place.centre[0] - other.centre[0], place.centre[1] - other.centre[1]];
            dx.hypot(dy) > near(&place).max(2.0) || (place.radius / other.radius).ln().abs() > 0.3
        });
        if is_new && kept.len() < most {
            kept.push((votes, place));
        }
    }
    *places = kept;
}

/// Whether an ellipse can be a coin on a picture of this size: by its size, its shape, and because most of it is on the picture.
fn can_be_coin(ellipse: &Ellipse, (width, height): (u32, u32)) -> bool {
    let [a, b] = ellipse.semi_axes_px;
    let longer = width.max(height) as f32;
    let [x, y] = ellipse.centre_px;
    let inside = |at: f32, length: u32| at > 0.0 && at < length as f32;
    ellipse.is_sound()
        && (DIAMETERS[0]..DIAMETERS[1]).contains(&(2.0 * a / longer))
        && b / a > LEAST_RATIO
        && inside(x, width)
        && inside(y, height)
}

/// An edge near a place, and the direction that it lies in.
struct Near {
    at: [f64; 2],
    normal: [f64; 2],
    sector: usize,
}

/// The ellipses about a place that edges speak for, the best of each size.
fn ellipses_at(edges: &[Edge], place: Place, size: (u32, u32)) -> Vec<Ellipse> {
    /// How far an edge may be from the outline, in pixels of the small copy: before the centre is fitted as well, and then.
    const NEAR_PX: [f64; 2] = [1.8, 1.3];
    /// Ellipses that are fitted.
    const BEST: usize = 4;
    let (least, most) = (place.radius * 0.72, place.radius * 1.38);
    let centre = place.centre.map(f64::from);
    let ring: Vec<Near> = edges
        .iter()
        .filter(|edge| {
            let [dx, dy] = [edge.at[0] - place.centre[0], edge.at[1] - place.centre[1]];
            let away = (dx * dx + dy * dy).sqrt();
            let across = (dx * edge.normal[0] + dy * edge.normal[1]).abs();
            (least..most).contains(&away) && across > 0.8 * away
        })
        .map(|edge| {
            let at = edge.at.map(f64::from);
            Near { at, normal: edge.normal.map(f64::from), sector: sector(centre, at) }
        })
        .collect();
    if ring.len() < SECTORS / 3 {
        return Vec::new();
    }
    let points: Vec<[f64; 2]> = ring.iter().map(|near| near.at).collect();
    let mut numbers = Numbers(0x9e37_79b9);
    let mut best: Vec<(f32, Conic)> = Vec::new();
    for _ in 0..SAMPLES {
        let sample = [0; 3].map(|_| &ring[numbers.below(ring.len())]).map(|near| (near.at, near.normal));
        let Some(conic) = Conic::about(centre, &sample) else { continue };
        if !can_be_coin(&conic.ellipse(), size) {
            continue;
        }
        let support = support(&conic, &ring, NEAR_PX[0]);
        let worst = best.last().map_or(0.0, |(support, _)| *support);
        if support > 0.3 && (best.len() < BEST || support > worst) {
            best.push((support, conic));
            best.sort_by(|a, b| b.0.total_cmp(&a.0));
            best.truncate(BEST);
        }
    }
    let closer = best.into_iter().filter_map(|(_, rough)| {
        let conic = [4.0, 3.0, 2.0, 2.0].iter().try_fold(rough, |conic, reach| conic.closer(&points, *reach))?;
        let ellipse = conic.ellipse();
        (support(&conic, &ring, NEAR_PX[1]) > 0.55 && can_be_coin(&ellipse, size)).then_some(ellipse)
    });
    closer.collect()
}

/// The share of the outline that has an edge within `near` pixels that runs along it.
fn support(conic: &Conic, edges: &[Near], near: f64) -> f32 {
    let mut held = [false; SECTORS];
    for edge in edges {
        let (distance, outwards) = conic.distance(edge.at);
        let along = (edge.normal[0] * outwards[0] + edge.normal[1] * outwards[1]).abs();
        if distance.abs() < near && along > 0.92 {
            held[edge.sector] = true;
        }
    }
    held.iter().filter(|held| **held).count() as f32 / SECTORS as f32
}

/// Which part of the directions from a centre a point lies in.
fn sector(centre: [f64; 2], at: [f64; 2]) -> usize {
    let angle = (at[1] - centre[1]).atan2(at[0] - centre[0]) / std::f64::consts::TAU + 0.5;
    ((angle * SECTORS as f64) as usize).min(SECTORS - 1)
}

/// Without those that are the same.
fn apart(ellipses: Vec<Ellipse>) -> Vec<Ellipse> {
    let mut kept: Vec<Ellipse> = Vec::new();
    for ellipse in ellipses {
        if kept.iter().all(|other| !are_alike(&ellipse, other, 0.05)) {
            kept.push(ellipse);
        }
    }
    kept
}

/// Whether the outlines of two are nowhere further apart than this share of the radius.
fn are_alike(a: &Ellipse, b: &Ellipse, share: f32) -> bool {
    around(a, 8).all(|at| (b.away(at) - 1.0).abs() < share)
}

/// Points all around an outline.
fn around(ellipse: &Ellipse, count: usize) -> impl Iterator<Item = [f32; 2]> {
    (0..count).map(move |step| ellipse.point(step as f32 / count as f32 * std::f32::consts::TAU))
}

/// Edges by where they are, for looking up those near an outline.
struct Grid {
    edges: Vec<Edge>,
    /// Those of each cell, row by row.
    cells: Vec<Vec<u32>>,
    columns: usize,
}

impl Grid {
    const CELL_PX: f32 = 16.0;

    fn new(edges: Vec<Edge>, (width, height): (u32, u32)) -> Self {
        let columns = width as usize / Self::CELL_PX as usize + 1;
        let rows = height as usize / Self::CELL_PX as usize + 1;
        let mut cells = vec![Vec::new(); columns * rows];
        for (number, edge) in edges.iter().enumerate() {
            let [column, row] = edge.at.map(|at| (at / Self::CELL_PX) as usize);
            cells[row.min(rows - 1) * columns + column.min(columns - 1)].push(number as u32);
        }
        Self { edges, cells, columns }
    }

    /// The edges that run along the outline within this share of its radius.
    fn along(&self, ellipse: &Ellipse, share: f32) -> Vec<&Edge> {
        let rows = self.cells.len() / self.columns;
        let reach = ellipse.semi_axes_px[0] * (1.0 + share);
        let range = |at: f32, cells: usize| {
            let cell = |at: f32| (at / Self::CELL_PX).max(0.0) as usize;
            cell(at - reach).min(cells)..(cell(at + reach) + 1).min(cells)
        };
        let [x, y] = ellipse.centre_px;
        // A cell reaches a little beyond its middle.
        let slack = Self::CELL_PX / ellipse.semi_axes_px[1] + share;
        let mut found = Vec::new();
        for row in range(y, rows) {
            for column in range(x, self.columns) {
                let middle = [column, row].map(|cell| (cell as f32 + 0.5) * Self::CELL_PX);
                if (ellipse.away(middle) - 1.0).abs() > slack {
                    continue;
                }
                let cell = self.cells[row * self.columns + column].iter();
                found.extend(cell.map(|number| &self.edges[*number as usize]).filter(|edge| {
                    let away = ellipse.away(edge.at);
                    let [ux, uy] = outwards(ellipse, edge.at);
                    (away - 1.0).abs() < share && (edge.normal[0] * ux + edge.normal[1] * uy).abs() > 0.85
                }));
            }
        }
        found
    }
}

/// The direction of an ellipse's outline from inside to outside, near a point of it.
fn outwards(ellipse: &Ellipse, [x, y]: [f32; 2]) -> [f32; 2] {
    let [u, v] = ellipse.in_axes([x - ellipse.centre_px[0], y - ellipse.centre_px[1]]);
    let [u, v] = [u / ellipse.semi_axes_px[0], v / ellipse.semi_axes_px[1]];
    let (sin, cos) = ellipse.angle_rad.sin_cos();
    let length = u.hypot(v).max(1e-9);
    [(u * cos - v * sin) / length, (u * sin + v * cos) / length]
}

/// An ellipse with what speaks for it.
#[derive(Debug, Clone, Copy)]
struct Measured {
    ellipse: Ellipse,
    support: f32,
    /// How near to it that edge is: 1 where it lies on the outline, less where other things than an ellipse were fitted.
    closeness: f32,
    /// The mean of the strongest edge of each part, in levels for each pixel.
    strength: f32,
    /// Whether it is brighter inside (-1) or outside (1), or here so and there so.
    polarity: f32,
}

/// How likely an ellipse is a coin's: all of its outline is an edge, on one line, and a sharp one; that of a mole is not.
fn score(one: &Measured) -> f32 {
    one.support * one.closeness * one.strength.sqrt()
}

/// The ellipses that come of these rough ones near `place`, fitted to the fine edges; each once.
fn refined(edges: &Grid, place: Ellipse, rough: &[Ellipse], size: (u32, u32)) -> Vec<Measured> {
    /// Enough to fit five numbers to.
    const MOST_POINTS: usize = 900;
    let near = edges.along(&place, 0.16);
    let points: Vec<[f64; 2]> =
        near.iter().step_by(near.len() / MOST_POINTS + 1).map(|edge| edge.at.map(f64::from)).collect();
    let mut found: Vec<Measured> = Vec::new();
    for begin in rough {
        let radius = f64::from(begin.semi_axes_px[1]);
        let wide = (0.03 * radius).max(3.0);
        let reaches = [wide, wide, 0.7 * wide, 0.5 * wide, 2.5, 2.0, 2.0];
        let fitted =
            reaches.iter().try_fold(conic_of(begin), |conic, reach| conic.closer(&points, reach.max(2.0)));
        let Some(conic) = fitted else { continue };
        let ellipse = conic.ellipse();
        if !can_be_coin(&ellipse, size) || found.iter().any(|other| are_alike(&ellipse, &other.ellipse, 0.006)) {
            continue;
        }
        let one = judged(&conic, &near);
        if one.support >= LEAST_SUPPORT {
            found.push(one);
        }
    }
    found
}

/// What edges say of an ellipse.
fn judged(conic: &Conic, near: &[&Edge]) -> Measured {
    let ellipse = conic.ellipse();
    let near_px = (0.008 * f64::from(ellipse.semi_axes_px[1])).max(1.3);
    let (mut strongest, mut nearest) = ([0.0_f32; SECTORS], [near_px; SECTORS]);
    for edge in near {
        let at = edge.at.map(f64::from);
        let (distance, outwards) = conic.distance(at);
        if distance.abs() < near_px {
            let sector = sector(conic.centre, at);
            let sign = (edge.normal[0] * outwards[0] as f32 + edge.normal[1] * outwards[1] as f32).signum();
            if edge.strength > strongest[sector].abs() {
                strongest[sector] = edge.strength * sign;
            }
            nearest[sector] = nearest[sector].min(distance.abs());
        }
    }
    let held = strongest.iter().filter(|strength| **strength != 0.0).count().max(1) as f32;
    let sum = |value: fn(f32) -> f32| strongest.iter().map(|strength| value(*strength)).sum::<f32>();
    Measured {
        ellipse,
        support: sum(|strength| if strength == 0.0 { 0.0 } else { 1.0 }) / SECTORS as f32,
        closeness: nearest.iter().map(|distance| 1.0 - distance / near_px).sum::<f64>() as f32 / SECTORS as f32,
        strength: sum(f32::abs) / held,
        polarity: sum(|strength| if strength == 0.0 { 0.0 } else { strength.signum() }) / held,
    }
}

/// Itself and the rings near it: within and around it, and aside, since a coin and its shadow together look like a larger one.
fn rings(edges: &Grid, one: Measured, size: (u32, u32)) -> Vec<Measured> {
    let resized = |factor: f32, aside: [f32; 2]| {
        let ellipse = one.ellipse;
        let radius = ellipse.semi_axes_px[1];
        let centre_px = [0, 1].map(|axis| ellipse.centre_px[axis] + aside[axis] * radius);
        Ellipse { centre_px, semi_axes_px: ellipse.semi_axes_px.map(|axis| axis * factor), ..ellipse }
    };
    let mut begin: Vec<Ellipse> =
        [0.9, 0.93, 0.965, 1.0, 1.035, 1.07].iter().map(|factor| resized(*factor, [0.0; 2])).collect();
    for step in 0..8 {
        let (sin, cos) = (step as f32 / 8.0 * std::f32::consts::TAU).sin_cos();
        begin.push(resized(0.94, [0.05 * cos, 0.05 * sin]));
    }
    let mut found = refined(edges, one.ellipse, &begin, size);
    found.push(one);
    found
}

fn conic_of(ellipse: &Ellipse) -> Conic {
    let (sin, cos) = f64::from(ellipse.angle_rad).sin_cos();
    let [u, v] = ellipse.semi_axes_px.map(|axis| 1.0 / f64::from(axis).powi(2));
    Conic {
        centre: ellipse.centre_px.map(f64::from),
        matrix: [u * cos * cos + v * sin * sin, (u - v) * sin * cos, u * sin * sin + v * cos * cos],
    }
}

/// Ellipses that share a centre, the best one of each group first.
fn by_centre(mut found: Vec<Measured>) -> Vec<Vec<Measured>> {
    found.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let mut groups: Vec<Vec<Measured>> = Vec::new();
    for one in found {
        let is_near = |other: &Measured| {
            let [dx, dy] = [0, 1].map(|at| one.ellipse.centre_px[at] - other.ellipse.centre_px[at]);
            dx.hypot(dy) < 0.35 * one.ellipse.semi_axes_px[1].min(other.ellipse.semi_axes_px[1])
        };
        match groups.iter_mut().find(|group| is_near(&group[0])) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// Of rings about one centre the coin's edge: the outermost that has nearly as much support and strength as the best of them and lies around
/// it evenly, unless there is but a dark line between it and a sharper one, which is the coin's shadow.
fn coins_edge(rings: &[Measured]) -> Measured {
    /// The widest line that is taken for a shadow, as a share of the radius.
    const SHADOW: f32 = 0.08;
    let best = rings.iter().max_by(|a, b| score(a).total_cmp(&score(b))).expect("at least one ring");
    let outer = rings
        .iter()
        .filter(|one| one.support >= 0.87 * best.support && one.strength >= 0.4 * best.strength)
        .filter(|one| surrounds_evenly(&one.ellipse, &best.ellipse))
        .max_by(|a, b| a.ellipse.semi_axes_px[1].total_cmp(&b.ellipse.semi_axes_px[1]))
        .unwrap_or(best);
    let within = |one: &&Measured| {
        let gap = outer.ellipse.semi_axes_px[1] / one.ellipse.semi_axes_px[1] - 1.0;
        (0.0..SHADOW).contains(&gap)
            && one.support >= 0.87 * outer.support
            && one.polarity < -0.5
            && one.strength > 1.2 * outer.strength
            && surrounds_evenly(&outer.ellipse, &one.ellipse)
    };
    let sharper = rings.iter().filter(within).max_by(|a, b| a.strength.total_cmp(&b.strength));
    *sharper.filter(|_| outer.polarity > 0.5).unwrap_or(outer)
}

/// Whether an outline lies around another at about the same distance everywhere, as the rings of a coin do. That of a coin together with its
/// shadow does not.
fn surrounds_evenly(outer: &Ellipse, inner: &Ellipse) -> bool {
    let gaps = around(outer, 16).map(|at| inner.away(at) - 1.0);
    let (low, high) = gaps.fold((f32::MAX, f32::MIN), |(low, high), gap| (low.min(gap), high.max(gap)));
    low > 0.35 * high && high > 0.0
}

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % most
    }
}
