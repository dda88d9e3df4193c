//! Digits of our own generator, prepared as a pad's are: pictures of 28 by 28 pixels, like those of MNIST.

use super::digits::{self, Preparation};
use super::{DataSet, Picture, SIDE, Source, Task};
use crate::tensor::Rng;

pub(super) const SET: DataSet =
    DataSet { name: "digits", label: "Digits", task: Task::Classes(10..=10), source: Source::Pictures(draw) };

fn draw(rng: &mut Rng, class: usize) -> Picture {
    let prepared = digits::prepare(&digits::draw(class as u8, rng), &Preparation::default());
    let mut picture = [0; SIDE * SIDE];
    for (pixel, grey) in picture.iter_mut().zip(prepared.image) {
        *pixel = (grey * 255.0 + 0.5) as u8;
    }
    picture
}
