//! Another engine in Rust, timed as `benches/worker.rs` times ours: `peers tract|rten MODEL.onnx SIDE`.

use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn pixels(side: usize) -> Vec<f32> {
    (0..3 * side * side).map(|at| (at % 255) as f32 / 127.0 - 1.0).collect()
}

fn tract(path: &str, side: usize) -> Result<Box<dyn FnMut()>, Failure> {
    use tract_onnx::prelude::*;
    let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?.into_runnable()?;
    let input: Tensor = tract_ndarray::Array4::from_shape_vec((1, 3, side, side), pixels(side))?.into();
    Ok(Box::new(move || {
        black_box(model.run(tvec!(input.clone().into())).expect("it runs"));
    }))
}

fn rten(path: &str, side: usize) -> Result<Box<dyn FnMut()>, Failure> {
    use rten_tensor::NdTensor;
    use rten_tensor::prelude::*;
    let model = rten::Model::load_file(path)?;
    let input = NdTensor::from_data([1, 3, side, side], pixels(side));
    Ok(Box::new(move || {
        let options = rten::RunOptions::default();
        black_box(model.run_one(input.view().into(), Some(options)).expect("it runs"));
    }))
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [engine, path, side] = &arguments[..] else {
        return Err("peers tract|rten MODEL.onnx SIDE".into());
    };
    let side = side.parse()?;
    let mut run = match engine.as_str() {
        "tract" => tract(path, side)?,
        "rten" => rten(path, side)?,
        other => return Err(format!("no engine is called {other}").into()),
    };
    for line in stdin().lock().lines() {
        let count: usize = line?.strip_prefix("run ").and_then(|count| count.parse().ok()).unwrap_or(0);
        let times: Vec<String> = (0..count)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed().as_nanos().to_string()
            })
            .collect();
        let mut output = stdout().lock();
        writeln!(output, "{}", times.join(" "))?;
        output.flush()?;
    }
    Ok(())
}
