//! Another engine in Rust, timed as `benches/worker.rs` times ours: `peers candle|rten|tract FOLDER`, with the folder that
//! `compare.py` has written the network into.

use std::hint::black_box;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;

type Failure = Box<dyn std::error::Error>;

fn pixels(side: usize) -> Vec<f32> {
    (0..3 * side * side).map(|at| (at % 255) as f32 / 127.0 - 1.0).collect()
}

/// The network layer by layer, for engines that read no graph.
#[derive(Deserialize)]
struct Network {
    side: usize,
    ceiling: Option<f32>,
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    name: String,
    stride: usize,
    groups: usize,
    active: bool,
    padding: [usize; 2],
}

/// Candle has no graph that it could optimise: this is the network as one would write it with it.
fn candle(folder: &Path, network: Network) -> Result<Box<dyn FnMut()>, Failure> {
    use candle_core::{Device, Result, Tensor};
    let weights = candle_core::safetensors::load(folder.join("folded.safetensors"), &Device::Cpu)?;
    let input = Tensor::from_vec(pixels(network.side), (1, 3, network.side, network.side), &Device::Cpu)?;
    let forward = move |network: &Network, weights: &HashMap<String, Tensor>| -> Result<Tensor> {
        let (mut value, mut shortcut) = (input.clone(), None);
        for Layer { name, stride, groups, active, padding: [before, after] } in &network.layers {
            if name.ends_with("expand") || name == "blocks.0.depthwise" {
                shortcut = Some(value.clone());
            }
            let (weight, bias) = (&weights[&format!("{name}.weight")], &weights[&format!("{name}.bias")]);
            let padded =
                value.pad_with_zeros(2, *before, *after)?.pad_with_zeros(3, *before, *after)?;
            value = padded.conv2d(weight, 0, *stride, 1, *groups)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)?;
            value = match (active, network.ceiling) {
                (true, Some(ceiling)) => value.clamp(0f32, ceiling)?,
                (true, None) => value.relu()?,
                (false, _) => match shortcut.take().filter(|shortcut| shortcut.dims() == value.dims()) {
                    Some(shortcut) => (value + shortcut)?,
                    None => value,
                },
            };
        }
        value.mean((2, 3))?.matmul(&weights["classifier.weight"].t()?)?.broadcast_add(&weights["classifier.bias"])
    };
    Ok(Box::new(move || {
        black_box(forward(&network, &weights).expect("it runs"));
    }))
}

fn tract(path: &Path, side: usize) -> Result<Box<dyn FnMut()>, Failure> {
    use tract_onnx::prelude::*;
    let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?.into_runnable()?;
    let input: Tensor = tract_ndarray::Array4::from_shape_vec((1, 3, side, side), pixels(side))?.into();
    Ok(Box::new(move || {
        black_box(model.run(tvec!(input.clone().into())).expect("it runs"));
    }))
}

fn rten(path: &Path, side: usize) -> Result<Box<dyn FnMut()>, Failure> {
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
    let [engine, folder] = &arguments[..] else {
        return Err("peers candle|rten|tract FOLDER".into());
    };
    let folder = Path::new(folder);
    let network: Network = serde_json::from_slice(&fs::read(folder.join("layers.json"))?)?;
    let (graph, side) = (folder.join("spotcheck.onnx"), network.side);
    let mut run = match engine.as_str() {
        "candle" => candle(folder, network)?,
        "rten" => rten(&graph, side)?,
        "tract" => tract(&graph, side)?,
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
