//! The digits as a whole: what is drawn, what comes of it, and how it compares with MNIST.

use super::*;
use crate::tensor::{Rng, Stream};

/// So many drawings of each class, digit by digit.
fn drawings(each: usize, seed: u64) -> Vec<Drawing> {
    let mut rng = Rng::new(seed, Stream::Drawing);
    (0..10 * each).map(|index| draw((index % 10) as u8, &mut rng)).collect()
}

fn image(drawing: &Drawing) -> Vec<f32> {
    prepare(drawing, &Preparation::default()).image
}

/// Writes pictures for contact sheets and classifiers: `DIGITS=/tmp/digits EACH=2000 cargo test --lib
/// data::digits -- --ignored`.
#[test]
#[ignore = "writes files for the eye"]
fn write_pictures() {
    let folder = std::env::var("DIGITS").expect("a folder to write to");
    let each = std::env::var("EACH").map_or(2000, |each| each.parse().unwrap());
    let bytes =
        |images: &[Vec<f32>]| images.iter().flatten().map(|g| (g * 255.0).round() as u8).collect::<Vec<u8>>();
    let start = std::time::Instant::now();
    let drawn = drawings(each, 1);
    let drawing_time = start.elapsed();
    let images: Vec<_> = drawn.iter().map(image).collect();
    println!("{drawing_time:?} to draw, {:?} to prepare {}", start.elapsed() - drawing_time, 10 * each);
    std::fs::write(format!("{folder}/generated.u8"), bytes(&images)).unwrap();
    if let Ok(scans) = std::fs::read(format!("{folder}/scans.u8")) {
        let start = std::time::Instant::now();
        let traced: Vec<_> = scans.as_chunks().0.iter().map(strokes_of).collect();
        println!("{:?} to trace {}", start.elapsed(), traced.len());
        let images: Vec<_> = traced.iter().map(image).collect();
        std::fs::write(format!("{folder}/traced.u8"), bytes(&images)).unwrap();
    }
}
