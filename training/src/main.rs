mod fast; mod kernels;
#[global_allocator] static A: mimalloc::MiMalloc = mimalloc::MiMalloc;
use burn::tensor::*; use burn::module::*; use fast::Mode; use spotcheck::network::efficientnet::*;
fn main(){
  let a: Vec<String> = std::env::args().collect();
  let px: usize = a[1].parse().unwrap(); let batch: usize = a[2].parse().unwrap();
  let device = Device::flex().autodiff();
  let net = EfficientNetLite0::new(7, &device);
  for fast in [true, true, true, true, true] {
    let x = Tensor::<4>::random([batch,3,px,px], Distribution::Normal(0.,1.), &device);
    let t = std::time::Instant::now();
    let y = if fast { fast::forward(&net, x, Mode::Train, 0).1 } else { net.forward(x) };
    let loss = y.powi_scalar(2).mean();
    println!("fast {fast} fwd {:?} {}", t.elapsed(), loss.clone().into_scalar::<f32>());
    let g = loss.backward();
    println!("total {:?}", t.elapsed());
    let _ = net.stem.conv.weight.val().grad(&g).map(|g| println!("{}", g.abs().mean().into_scalar::<f32>()));
  }
}
