//! Finding the coin: ellipses whose outline is an edge nearly all the way round.
//!
//! Two points of an ellipse whose tangents are parallel lie on either side of its centre. So, on a small copy of the photo, every two such
//! edges vote for the centre between them, and for half of their distance as a radius. At the best-voted places RANSAC (Fischler & Bolles
//! 1981) fits ellipses to the edges; those that most of the outline speaks for are fitted again, on a larger copy, to parts of a pixel. Of
//! rings within one another the outermost is the coin's edge. None of it is random: the same photo gives the same ellipses.

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::edges::{Contrast, Edge, edges};
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
/// Samples at each.
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
    let mut found = find_on(&fine, Contrast::Colour);
    if found.is_empty() {
        found = find_on(&fine, Contrast::Any);
    }
    for candidate in &mut found {
        candidate.ellipse = candidate.ellipse.scaled(factor);
    }
    found.retain(|candidate| middle.is_none_or(|middle| candidate.ellipse.away(middle) > 1.0));
    found.truncate(4);
    found
}

/// The same in pixels of this picture.
fn find_on(fine: &RgbImage, contrast: Contrast) -> Vec<Candidate> {
    let longer = fine.width().max(fine.height());
    if fine.width().min(fine.height()) < 64 {
        return Vec::new();
    }
    let shrink = (longer as f32 / COARSE_PX as f32).max(1.0);
    let length = |length: u32| ((length as f32 / shrink).round() as u32).max(1);
    let coarse = imageops::resize(fine, length(fine.width()), length(fine.height()), FilterType::Triangle);
    let shrink = fine.width() as f32 / coarse.width() as f32;

    let coarse_edges = edges(&coarse, contrast, MOST_EDGES[0]);
    let rough: Vec<Conic> = places(&coarse_edges, coarse.dimensions())
        .into_iter()
        .flat_map(|place| ellipses_at(&coarse_edges, place, coarse.dimensions()))
        .collect();
    let rough = apart(rough);
    if rough.is_empty() {
        return Vec::new();
    }
    let fine_edges = Grid::new(edges(fine, contrast, MOST_EDGES[1]), fine.dimensions());
    let mut found: Vec<Measured> = Vec::new();
    for conic in rough {
        found.extend(refined(&fine_edges, conic.ellipse().scaled(shrink), fine.dimensions()));
    }
    outermost(found)
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
        let distance = dx.hypot(dy);
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
        let away = dx.hypot(dy);
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

/// The ellipses about a place that edges speak for, the best of each size.
fn ellipses_at(edges: &[Edge], place: Place, size: (u32, u32)) -> Vec<Conic> {
    /// How far an edge may be from the outline, in pixels of the small copy.
    const NEAR_PX: f64 = 1.3;
    let (least, most) = (place.radius * 0.72, place.radius * 1.38);
    let centre = place.centre.map(f64::from);
    let ring: Vec<([f64; 2], [f64; 2])> = edges
        .iter()
        .filter(|edge| {
            let [dx, dy] = [edge.at[0] - place.centre[0], edge.at[1] - place.centre[1]];
            let away = dx.hypot(dy);
            let across = (dx * edge.normal[0] + dy * edge.normal[1]).abs();
            (least..most).contains(&away) && across > 0.75 * away
        })
        .map(|edge| (edge.at.map(f64::from), edge.normal.map(f64::from)))
        .collect();
    if ring.len() < SECTORS / 3 {
        return Vec::new();
    }
    let points: Vec<[f64; 2]> = ring.iter().map(|(at, _)| *at).collect();
    let mut numbers = Numbers(0x9e37_79b9);
    let mut best: Vec<(f32, Conic)> = Vec::new();
    for _ in 0..SAMPLES {
        let sample = [0; 3].map(|_| ring[numbers.below(ring.len())]);
        let Some(conic) = Conic::about(centre, &sample) else { continue };
        if !can_be_coin(&conic.ellipse(), size) {
            continue;
        }
        let support = support(&conic, &ring, 1.8);
        let worst = best.iter().map(|(support, _)| *support).fold(f32::MAX, f32::min);
        if support > 0.3 && (best.len() < 6 || support > worst) {
            best.push((support, conic));
            best.sort_by(|a, b| b.0.total_cmp(&a.0));
            best.truncate(6);
        }
    }
    let closer = best.into_iter().filter_map(|(_, rough)| {
        let conic =
            [4.0, 3.0, 2.0, 2.0, 2.0].iter().try_fold(rough, |conic, reach| conic.closer(&points, *reach))?;
        let supported = support(&conic, &ring, NEAR_PX);
        (supported > 0.55 && can_be_coin(&conic.ellipse(), size)).then_some(conic)
    });
    closer.collect()
}

/// The share of the outline that has an edge within `near` pixels that runs along it.
fn support(conic: &Conic, edges: &[([f64; 2], [f64; 2])], near: f64) -> f32 {
    let mut held = [false; SECTORS];
    for (at, normal) in edges {
        let (distance, outwards) = conic.distance(*at);
        let along = (normal[0] * outwards[0] + normal[1] * outwards[1]).abs();
        if distance.abs() < near && along > 0.92 {
            held[sector(conic.centre, *at)] = true;
        }
    }
    held.iter().filter(|held| **held).count() as f32 / SECTORS as f32
}

/// Which part of the outline a point belongs to, by its direction from the centre.
fn sector(centre: [f64; 2], at: [f64; 2]) -> usize {
    let angle = (at[1] - centre[1]).atan2(at[0] - centre[0]) / std::f64::consts::TAU + 0.5;
    ((angle * SECTORS as f64) as usize).min(SECTORS - 1)
}

/// Without those that are the same.
fn apart(conics: Vec<Conic>) -> Vec<Conic> {
    let mut kept: Vec<Conic> = Vec::new();
    for conic in conics {
        let ellipse = conic.ellipse();
        let is_new = kept.iter().all(|other| !are_alike(&ellipse, &other.ellipse(), 0.04));
        if is_new {
            kept.push(conic);
        }
    }
    kept
}

/// Whether the outlines of two are nowhere further apart than this share of the radius.
fn are_alike(a: &Ellipse, b: &Ellipse, share: f32) -> bool {
    (0..8).all(|step| {
        let at = a.point(step as f32 / 8.0 * std::f32::consts::TAU);
        (b.away(at) - 1.0).abs() < share
    })
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
}

/// An ellipse fitted to the fine edges: begun a little smaller and larger as well, since a rim has an inner edge and an outer one.
fn refined(edges: &Grid, rough: Ellipse, size: (u32, u32)) -> Vec<Measured> {
    let mut found: Vec<Measured> = Vec::new();
    let near = edges.along(&rough, 0.16);
    let points: Vec<[f64; 2]> = near.iter().map(|edge| edge.at.map(f64::from)).collect();
    for factor in [0.93, 0.965, 1.0, 1.035, 1.07] {
        let begin = Ellipse { semi_axes_px: rough.semi_axes_px.map(|axis| axis * factor), ..rough };
        let radius = f64::from(begin.semi_axes_px[1]);
        let wide = (0.03 * radius).max(3.0);
        let reaches = [wide, wide, wide * 0.7, wide * 0.7, wide * 0.5, 2.5, 2.0, 2.0, 2.0];
        let fitted =
            reaches.iter().try_fold(conic_of(&begin), |conic, reach| conic.closer(&points, reach.max(2.0)));
        let Some(conic) = fitted else { continue };
        let ellipse = conic.ellipse();
        if !can_be_coin(&ellipse, size)
            || found.iter().any(|other| are_alike(&ellipse, &other.ellipse, 0.006))
        {
            continue;
        }
        let near_px = (0.008 * radius).max(1.3);
        let (mut strongest, mut nearest) = ([0.0_f32; SECTORS], [near_px; SECTORS]);
        for edge in &near {
            let at = edge.at.map(f64::from);
            let distance = conic.distance(at).0.abs();
            if distance < near_px {
                let sector = sector(conic.centre, at);
                strongest[sector] = strongest[sector].max(edge.strength);
                nearest[sector] = nearest[sector].min(distance);
            }
        }
        let held = strongest.iter().filter(|strength| **strength > 0.0).count();
        let support = held as f32 / SECTORS as f32;
        let closeness = nearest.iter().map(|distance| 1.0 - distance / near_px).sum::<f64>() / SECTORS as f64;
        let strength = strongest.iter().sum::<f32>() / held.max(1) as f32;
        if support >= LEAST_SUPPORT {
            found.push(Measured { ellipse, support, closeness: closeness as f32, strength });
        }
    }
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

/// Of ellipses within one another the outermost that has nearly as much support and strength as the best of them and lies around it evenly;
/// likeliest first.
fn outermost(mut found: Vec<Measured>) -> Vec<Candidate> {
    found.sort_by(|a, b| b.support.total_cmp(&a.support));
    let mut groups: Vec<Vec<Measured>> = Vec::new();
    for one in found {
        let is_near = |other: &Measured| {
            let [dx, dy] = [0, 1].map(|at| one.ellipse.centre_px[at] - other.ellipse.centre_px[at]);
            let radius = one.ellipse.semi_axes_px[1].min(other.ellipse.semi_axes_px[1]);
            dx.hypot(dy) < 0.35 * radius
        };
        match groups.iter_mut().find(|group| is_near(&group[0])) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut candidates: Vec<(f32, Candidate)> = groups
        .iter()
        .filter_map(|group| {
            let quality = |one: &Measured| one.support * one.closeness * one.strength.sqrt();
            let best = group.iter().max_by(|a, b| quality(a).total_cmp(&quality(b)))?;
            let outer = group
                .iter()
                .filter(|one| one.support >= 0.87 * best.support && one.strength >= 0.2 * best.strength)
                .filter(|one| surrounds_evenly(&one.ellipse, &best.ellipse))
                .max_by(|a, b| a.ellipse.semi_axes_px[1].total_cmp(&b.ellipse.semi_axes_px[1]))
                .unwrap_or(best);
            let Measured { ellipse, support, strength, .. } = *outer;
            // A coin's edge is sharp; that of a mole is not.
            Some((support * strength / (strength + 8.0), Candidate { ellipse, support, strength }))
        })
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Whether an outline lies around another at about the same distance everywhere, as the rings of a coin do. That of a coin together with its
/// shadow does not.
fn surrounds_evenly(outer: &Ellipse, inner: &Ellipse) -> bool {
    let gaps = (0..16).map(|step| inner.away(outer.point(step as f32 / 16.0 * std::f32::consts::TAU)) - 1.0);
    let (low, high) = (gaps.clone().fold(f32::MAX, f32::min), gaps.fold(f32::MIN, f32::max));
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
