//! Drawn photos of a mole and a coin on skin, whose true size is known: in perspective, tilted, on a bent surface, with shadow, hairs, blur,
//! grain and JPEG. They belong to nobody.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage, imageops};
use rayon::prelude::*;
use vision::photo::{Photo, Square};
use vision::scale::coins::{COINS, Coin};

type V3 = [f32; 3];

/// A drawn photo, and what is true of it.
pub struct Scene {
    pub photo: Photo,
    pub coin: Option<&'static Coin>,
    /// The frame that a person would draw around the mole.
    pub square: Square,
    /// The mole's longest diameter, along the skin.
    pub longest_mm: f32,
    /// Its area, along the skin.
    pub area_mm2: f32,
    /// Points of the coin's upper edge, in pixels of the photo.
    pub edge_px: Vec<[f32; 2]>,
}

/// Numbers that look random and are the same each time (SplitMix64, Steele et al. 2014).
pub struct Numbers(pub u64);

impl Numbers {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[(self.bits() % all.len() as u64) as usize]
    }
}

fn add(a: V3, b: V3) -> V3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn times(a: V3, factor: f32) -> V3 {
    a.map(|value| value * factor)
}

fn dot(a: V3, b: V3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: V3, b: V3) -> V3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit(a: V3) -> V3 {
    times(a, 1.0 / dot(a, a).sqrt())
}

/// From 0 to 1 between two values.
fn smooth(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9e37_79b1)
        ^ (y as u32).wrapping_mul(0x85eb_ca77)
        ^ seed.wrapping_mul(0xc2b2_ae3d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2c1b_3c6d);
    h ^= h >> 12;
    (h & 0xffff) as f32 / 32_768.0 - 1.0
}

/// Even noise between the points of a grid, -1 to 1.
fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (smooth(0.0, 1.0, x - left), smooth(0.0, 1.0, y - top));
    let get = |dx: i32, dy: i32| hash(left as i32 + dx, top as i32 + dy, seed);
    let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
    mix(mix(get(0, 0), get(1, 0), fx), mix(get(0, 1), get(1, 1), fx), fy)
}

/// Skin bent about one direction; the coin lies on its top, at the origin, and z points to the camera.
struct Skin {
    radius: f32,
    along: [f32; 2],
}

impl Skin {
    /// From millimetres along the skin, along the bend's axis and across it, to a place.
    fn place(&self, [s, w]: [f32; 2]) -> V3 {
        let (sin, cos) = (w / self.radius).sin_cos();
        let [ux, uy] = self.along;
        let across = self.radius * sin;
        [s * ux - across * uy, s * uy + across * ux, self.radius * (cos - 1.0)]
    }

    /// Where a ray meets the skin, as millimetres along it.
    fn hit(&self, eye: V3, ray: V3) -> Option<[f32; 2]> {
        let [ux, uy] = self.along;
        let side = |v: V3| [-v[0] * uy + v[1] * ux, v[2]];
        let ([px, pz], [dx, dz]) = (side(eye), side(ray));
        let pz = pz + self.radius;
        let (a, b) = (dx * dx + dz * dz, px * dx + pz * dz);
        let c = px * px + pz * pz - self.radius * self.radius;
        let root = b * b - a * c;
        if root <= 0.0 {
            return None;
        }
        let t = (-b - root.sqrt()) / a;
        let at = add(eye, times(ray, t));
        let [across, height] = side(at);
        Some([at[0] * ux + at[1] * uy, self.radius * across.atan2(height + self.radius)])
    }
}

struct Mole {
    at: [f32; 2],
    radius: f32,
    waves: [(f32, f32); 4],
    soft: f32,
    colour: V3,
    seed: u32,
}

impl Mole {
    fn edge(&self, angle: f32) -> f32 {
        let waves = self
            .waves
            .iter()
            .enumerate()
            .map(|(at, (size, turn))| size * ((at as f32 + 2.0) * angle + turn).cos());
        self.radius * (1.0 + waves.sum::<f32>())
    }

    /// How much pigment there is, 0 to 1.
    fn pigment(&self, [s, w]: [f32; 2]) -> f32 {
        let (dx, dy) = (s - self.at[0], w - self.at[1]);
        let away = dx.hypot(dy);
        if away > 2.5 * self.radius {
            return 0.0;
        }
        let gap = (self.edge(dy.atan2(dx)) - away) / self.soft;
        let spots = 0.86 + 0.14 * noise(s * 1.7, w * 1.7, self.seed);
        spots / (1.0 + (-gap).exp())
    }

    /// Its outline, as experts draw it: where it begins to stand out from the skin, at a quarter of its pigment.
    fn outline(&self) -> Vec<[f32; 2]> {
        let turns = (0..180).map(|step| step as f32 / 180.0 * std::f32::consts::TAU);
        turns
            .map(|turn| {
                let away = self.edge(turn) + self.soft * 3.0_f32.ln();
                [self.at[0] + away * turn.cos(), self.at[1] + away * turn.sin()]
            })
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Metal {
    Plain(V3),
    Ring(V3, V3),
}

const SILVER: V3 = [178.0, 178.0, 174.0];
const GOLD: V3 = [196.0, 164.0, 96.0];
const COPPER: V3 = [172.0, 112.0, 84.0];

struct Disc {
    radius: f32,
    height: f32,
    metal: Metal,
    turn: f32,
    shine: f32,
    wear: f32,
    seed: u32,
}

impl Disc {
    /// The colour of its upper face.
    fn face(&self, x: f32, y: f32) -> V3 {
        let (away, angle) = (x.hypot(y) / self.radius, y.atan2(x));
        let base = match self.metal {
            Metal::Plain(colour) => colour,
            Metal::Ring(inner, outer) => {
                if away < 0.71 {
                    inner
                } else {
                    outer
                }
            }
        };
        // Relief: a rim, letters around, a head in the middle.
        let relief = match () {
            () if away > 0.93 => 0.5 * ((away - 0.965) * 60.0).sin(),
            () if (0.74..0.88).contains(&away) => {
                if noise(angle * 9.0, away * 14.0, self.seed) > 0.1 {
                    0.7
                } else {
                    -0.2
                }
            }
            () => 1.1 * noise(x * 0.55, y * 0.55, self.seed) + 0.5 * noise(x * 1.6, y * 1.6, self.seed + 1),
        };
        let shade = 1.0
            + self.wear * relief
            + self.shine * (angle - self.turn).cos() * away
            + 0.5 * self.shine * (2.0 * (angle - self.turn)).cos();
        times(base, shade.clamp(0.3, 1.5))
    }
}

/// Draws the scene of this seed; without a coin where `with_coin` is false.
pub fn drawn(seed: u64, with_coin: bool) -> Scene {
    let mut n = Numbers(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let coin = n.one_of(COINS);
    let coin = COINS.iter().find(|known| known.key == coin.key).expect("one of them");
    let radius = coin.diameter_mm / 2.0;

    let bend = n.between(0.0, std::f32::consts::TAU);
    // From a forearm along which the coin lies to a back.
    let skin = Skin { radius: 1.0 / n.between(0.0005, 0.012), along: [bend.cos(), bend.sin()] };
    // Along a limb rather than around it, where it is thin.
    let spread = if skin.radius < 130.0 { 0.7 } else { std::f32::consts::PI };
    let direction = n.between(-spread, spread) + n.one_of(&[0.0, std::f32::consts::PI]);
    let size = n.between(1.6, 7.0);
    let away = radius + size * 1.3 + n.between(2.0, 14.0);
    let mole = Mole {
        at: [away * direction.cos(), away * direction.sin()],
        radius: size,
        waves: [0.12, 0.06, 0.04, 0.02]
            .map(|most| (n.between(0.0, most), n.between(0.0, std::f32::consts::TAU))),
        soft: n.between(0.06, 0.2) * size.sqrt(),
        colour: [n.between(0.35, 0.62), n.between(0.26, 0.5), n.between(0.22, 0.46)],
        seed: n.bits() as u32,
    };
    let metal = match n.between(0.0, 5.0) as u32 {
        0 => Metal::Plain(SILVER),
        1 => Metal::Plain(GOLD),
        2 => Metal::Plain(COPPER),
        3 => Metal::Ring(SILVER, GOLD),
        _ => Metal::Ring(GOLD, SILVER),
    };
    let disc = Disc {
        radius,
        height: coin.diameter_mm * n.between(0.07, 0.1),
        metal,
        turn: n.between(0.0, std::f32::consts::TAU),
        shine: n.between(0.05, 0.35),
        wear: n.between(0.06, 0.22),
        seed: n.bits() as u32,
    };

    // The camera, above a place between coin and mole. Held by hand: mostly within fifteen degrees, at times thirty.
    let (width, height) = n.one_of(&[(1000_u32, 750_u32), (750, 1000), (1100, 825)]);
    let tilt = (0.14 * n.normal().abs() + 0.02).min(0.5);
    let (towards, roll) = (n.between(0.0, std::f32::consts::TAU), n.between(0.0, std::f32::consts::TAU));
    let focal = 1100.0_f32.min(width.max(height) as f32) * n.one_of(&[0.72, 0.76, 0.9, 1.44]);
    // So near that the coin takes a tenth to a third of the picture.
    let coin_px = width.max(height) as f32 * n.between(0.1, 0.3);
    let distance = (focal * coin.diameter_mm / coin_px).max(70.0);
    let of_mole = skin.place(mole.at);
    let share = n.between(0.3, 0.8);
    let target = [of_mole[0] * share, of_mole[1] * share, 0.0];
    let back = [tilt.sin() * towards.cos(), tilt.sin() * towards.sin(), tilt.cos()];
    let eye = add(target, times(back, distance));
    let forward = times(back, -1.0);
    let any = [roll.cos(), roll.sin(), 0.1];
    let right = unit(cross(forward, any));
    let down = cross(forward, right);
    let middle = [width as f32 / 2.0, height as f32 / 2.0];
    let project = |at: V3| {
        let step = add(at, times(eye, -1.0));
        let depth = dot(step, forward);
        [middle[0] + focal * dot(step, right) / depth, middle[1] + focal * dot(step, down) / depth]
    };

    let tone = n.between(0.0, 1.0);
    let skin_colour = [232.0 - 110.0 * tone, 188.0 - 118.0 * tone, 166.0 - 116.0 * tone];
    let (light, steep) = (n.between(0.0, std::f32::consts::TAU), n.between(0.6, 1.4));
    let shadow_mm = disc.height / f32::tan(steep);
    let shadow = [shadow_mm * light.cos(), shadow_mm * light.sin()];
    let (dark, penumbra) = (n.between(0.15, 0.55), n.between(0.2, 1.2));
    let fall = [n.between(-0.25, 0.25), n.between(-0.25, 0.25)];
    let (grain, seed) = (n.between(2.0, 9.0), n.bits() as u32);

    let colour_of_skin = |at: [f32; 2]| -> V3 {
        let [x, y, _] = skin.place(at);
        let texture = noise(at[0] * 2.1, at[1] * 2.1, seed)
            + 0.7 * noise(at[0] * 0.5, at[1] * 0.5, seed + 1)
            + 0.5 * noise(at[0] * 6.0, at[1] * 6.0, seed + 2);
        let pigment = mole.pigment(at);
        let mut colour: V3 = std::array::from_fn(|c| {
            let clean = skin_colour[c] + grain * texture * 0.5;
            clean * (1.0 - pigment * (1.0 - mole.colour[c]))
        });
        if with_coin {
            // The shadow is what the coin's height sweeps.
            let along = ((x * shadow[0] + y * shadow[1]) / (shadow_mm * shadow_mm)).clamp(0.0, 1.0);
            let gap = (x - along * shadow[0]).hypot(y - along * shadow[1]) - disc.radius;
            let near = 1.0 - smooth(-0.3, penumbra, gap);
            let contact = 0.25 * (-gap.max(0.0) / 0.8).exp();
            colour = times(colour, (1.0 - dark * near) * (1.0 - contact));
        }
        colour
    };
    let ray_colour = |x: f32, y: f32| -> V3 {
        let (u, v) = ((x - middle[0]) / focal, (y - middle[1]) / focal);
        let ray = add(forward, add(times(right, u), times(down, v)));
        if with_coin {
            let at = add(eye, times(ray, (disc.height - eye[2]) / ray[2]));
            if at[0].hypot(at[1]) < disc.radius {
                return disc.face(at[0], at[1]);
            }
            // Its side: an upright cylinder.
            let (a, b) = (ray[0] * ray[0] + ray[1] * ray[1], eye[0] * ray[0] + eye[1] * ray[1]);
            let c = eye[0] * eye[0] + eye[1] * eye[1] - disc.radius * disc.radius;
            let root = b * b - a * c;
            if root > 0.0 && a > 0.0 {
                let at = add(eye, times(ray, (-b - root.sqrt()) / a));
                if (0.0..disc.height).contains(&at[2]) {
                    let notch = if (at[1].atan2(at[0]) * 60.0).sin() > 0.0 { 0.75 } else { 0.5 };
                    let (Metal::Plain(colour) | Metal::Ring(_, colour)) = disc.metal;
                    return times(colour, notch);
                }
            }
        }
        skin.hit(eye, ray).map_or([40.0; 3], colour_of_skin)
    };
    let mut rows = vec![[0.0_f32; 3]; (width * height) as usize];
    rows.par_chunks_mut(width as usize).enumerate().for_each(|(y, row)| {
        for (x, pixel) in row.iter_mut().enumerate() {
            let parts = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
            let sum = parts
                .iter()
                .fold([0.0; 3], |sum, (dx, dy)| add(sum, ray_colour(x as f32 + dx, y as f32 + dy)));
            let (fx, fy) = (x as f32 / middle[0] - 1.0, y as f32 / middle[1] - 1.0);
            *pixel =
                times(sum, 0.25 * (1.0 + fall[0] * fx + fall[1] * fy) * (1.0 - 0.08 * (fx * fx + fy * fy)));
        }
    });
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb(rows[(y * width + x) as usize].map(|value| value.round().clamp(0.0, 255.0) as u8))
    });
    for _ in 0..(n.between(-10.0, 30.0).max(0.0)) as u32 {
        hair(&mut picture, &mut n, &skin, focal / distance, &project);
    }
    let picture = imageops::blur(&picture, n.between(0.4, 1.8));
    let picture = grainy(&picture, &mut n);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, n.between(68.0, 96.0) as u8)
        .encode_image(&picture)
        .expect("JPEG");
    let photo = Photo::decode(&jpeg).expect("photo");

    let outline = mole.outline();
    let on_photo: Vec<[f32; 2]> = outline.iter().map(|at| project(skin.place(*at))).collect();
    Scene {
        square: framed(&on_photo, &mut n, &photo),
        longest_mm: longest(&outline),
        area_mm2: area(&outline),
        edge_px: (0..48)
            .map(|step| step as f32 / 48.0 * std::f32::consts::TAU)
            .map(|turn| project([disc.radius * turn.cos(), disc.radius * turn.sin(), disc.height]))
            .collect(),
        coin: with_coin.then_some(coin),
        photo,
    }
}

/// A frame as a person draws it: skin all around, not quite in the middle.
fn framed(outline: &[[f32; 2]], n: &mut Numbers, photo: &Photo) -> Square {
    let range = |axis: usize| {
        let values = outline.iter().map(|at| at[axis]);
        [values.clone().fold(f32::MAX, f32::min), values.fold(f32::MIN, f32::max)]
    };
    let ([left, right], [top, bottom]) = (range(0), range(1));
    let side = (right - left).max(bottom - top) * n.between(1.6, 2.6);
    let aside = [n.between(-0.08, 0.08) * side, n.between(-0.08, 0.08) * side];
    let corner = |low: f32, high: f32, aside: f32| ((low + high - side) / 2.0 + aside).max(0.0) as u32;
    photo.fit(Square {
        left: corner(left, right, aside[0]),
        top: corner(top, bottom, aside[1]),
        side: side.max(1.0) as u32,
    })
}

fn longest(outline: &[[f32; 2]]) -> f32 {
    let pairs = outline.iter().flat_map(|a| outline.iter().map(move |b| (a[0] - b[0]).hypot(a[1] - b[1])));
    pairs.fold(0.0, f32::max)
}

fn area(outline: &[[f32; 2]]) -> f32 {
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f32>().abs() / 2.0
}

/// A dark, bent line on the skin.
fn hair(
    picture: &mut RgbImage,
    n: &mut Numbers,
    skin: &Skin,
    px_per_mm: f32,
    project: &impl Fn(V3) -> [f32; 2],
) {
    let (mut at, mut angle) =
        ([n.between(-30.0, 40.0), n.between(-35.0, 35.0)], n.between(0.0, std::f32::consts::TAU));
    let (bend, length) = (n.between(-0.08, 0.08), n.between(5.0, 18.0));
    let (radius_px, dark) = ((0.04 * px_per_mm).max(0.35), n.between(0.25, 0.6));
    for _ in 0..(length * px_per_mm) as u32 {
        let step = 1.0 / px_per_mm;
        at = [at[0] + step * angle.cos(), at[1] + step * angle.sin()];
        angle += bend * step;
        let [x, y] = project(skin.place(at));
        let reach = radius_px.ceil() as i32 + 1;
        for (dx, dy) in (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy))) {
            let (column, row) = (x as i32 + dx, y as i32 + dy);
            if column < 0 || row < 0 || column >= picture.width() as i32 || row >= picture.height() as i32 {
                continue;
            }
            let away = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            let cover = (radius_px + 0.5 - away).clamp(0.0, 1.0) * dark;
            let pixel = picture.get_pixel_mut(column as u32, row as u32);
            pixel.0 = pixel.0.map(|value| (f32::from(value) * (1.0 - cover) + 45.0 * cover) as u8);
        }
    }
}

fn grainy(picture: &RgbImage, n: &mut Numbers) -> RgbImage {
    let (level, seed) = (n.between(0.5, 5.0), n.bits() as u32);
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let pixel = picture.get_pixel(x, y).0;
        Rgb(std::array::from_fn(|c| {
            let sum: f32 =
                (0..3).map(|part| hash(x as i32, y as i32, seed.wrapping_add(c as u32 * 3 + part))).sum();
            (f32::from(pixel[c]) + level * sum).round().clamp(0.0, 255.0) as u8
        }))
    })
}
