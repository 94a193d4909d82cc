//! One engine, to be timed beside others, with the app's model or that of a folder: reads `run COUNT` from its input, looks at one
//! picture that often, and writes the nanoseconds that each time took on one line. `benches/peers/compare.py` asks all engines in turn.

use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;

use burn::tensor::Device;
use image::{Rgb, RgbImage};
use spotcheck::engine::Engine;
use spotcheck::network::input::to_tensor;
use spotcheck::network::model::Model;

#[allow(deprecated, reason = "the comparison with the backend that flex succeeds is the point")]
fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let device = match wanted.as_str() {
        "engine" | "engine-by-two" | "flex" => Device::flex(),
        "ndarray" => Device::ndarray(),
        // Cargo runs every benchmark it knows with flags of its own: there is nothing to do then.
        _ => return,
    };
    let model = match std::env::args().nth(2) {
        Some(folder) => Model::load(Path::new(&folder), &device),
        None => Model::embedded(&device),
    };
    let model = model.expect("model");
    let side = model.card().input_side_px;
    let crop = RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y / 9) as u8]));
    let engine = wanted.starts_with("engine").then(|| Engine::new(&model));
    let run = || match &engine {
        Some(engine) if wanted == "engine-by-two" => drop(black_box(engine.infer_by_two(black_box(&crop)))),
        Some(engine) => drop(black_box(engine.infer(black_box(&crop)))),
        None => {
            let crops = black_box(std::slice::from_ref(&crop));
            let input = to_tensor(crops, model.card().normalisation, &device);
            drop(black_box(model.weights().network.forward(input).into_data()));
        }
    };
    for line in stdin().lock().lines().map_while(Result::ok) {
        let count = line.strip_prefix("run ").and_then(|count| count.parse().ok()).unwrap_or(0);
        let times = (0..count).map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_nanos().to_string()
        });
        let times: Vec<_> = times.collect();
        let mut output = stdout().lock();
        writeln!(output, "{}", times.join(" ")).and_then(|()| output.flush()).expect("somebody listens");
    }
}
