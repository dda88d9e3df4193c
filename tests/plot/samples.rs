//! Figures to draw: as the gradients lab fills them, and broken in every way that comes to mind.

use glassbox::labs::*;
use glassbox::nn::Activation;
use glassbox::tensor::{Rng, Stream};

/// A figure with its numbers.
pub struct Sample {
    pub name: String,
    pub figure: Figure,
    pub numbers: Numbers,
}

fn sample(name: &str, make: impl FnOnce(&mut Numbers) -> Figure) -> Sample {
    let mut numbers = Numbers::default();
    let figure = make(&mut numbers);
    Sample { name: name.into(), figure, numbers }
}

/// Evenly spread −1…1, the same on every run.
pub struct Noise(Rng);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(Rng::new(seed, Stream::Data))
    }

    pub fn next(&mut self) -> f32 {
        self.0.between(-1.0, 1.0)
    }

    fn normal(&mut self) -> f32 {
        self.0.normal()
    }
}

/// Mean gradients of ten sigmoid layers and the output.
pub const VANISHING: [f32; 11] =
    [3e-8, 2.1e-7, 9.6e-7, 6.1e-6, 3.8e-5, 2.2e-4, 1.5e-3, 9.4e-3, 0.088, 0.31, 1.0];

/// A neuron with so many weights, the last of them its bias.
fn weights(count: usize) -> Sample {
    sample(&format!("weights-{count}"), |numbers| {
        let mut noise = Noise::new(3);
        let weight = |index: usize| Weight {
            label: if index + 1 == count { "bias".into() } else { format!("layer 2, neuron {}", index + 1) },
            key: format!("weights.dense_2.kernel.{index}.4"),
        };
        Figure::Weights(Weights {
            unit: [2, 4],
            units: 8,
            weights: (0..count).map(weight).collect(),
            values: numbers.add((0..count).map(|_| 2.0 * noise.next())),
            grads: numbers.add((0..count).map(|_| noise.next() * 1e-3)),
        })
    })
}

fn histograms() -> Sample {
    sample("histograms", |numbers| {
        let parts = [("w", -1.5, 1.2), ("∂L/∂w", -3e-6, 2e-6), ("log₁₀ |Δw / w|", -9.0, -2.0)];
        let part = |(label, low, high): (&str, f32, f32)| HistogramPart {
            label: label.into(),
            low,
            high,
            counts: numbers.add((0..40).map(|bin: i32| (20 - (bin - 20).abs()) as f32)),
        };
        Figure::Histograms(Histograms { parts: parts.map(part).into() })
    })
}

/// What a network gives for forty numbers, and for one nothing.
fn scatter() -> Sample {
    sample("scatter", |numbers| {
        let mut noise = Noise::new(5);
        let pair = |item: i32| [item as f32 / 20.0 - 1.0, item as f32 / 22.0 - 0.9 + 0.2 * noise.next()];
        let pairs = (0..40).map(pair).chain([[0.5, f32::NAN]]).flatten().collect::<Vec<f32>>();
        Figure::Scatter(Scatter {
            labels: ["true", "predicted"].map(String::from),
            pairs: numbers.add(pairs),
        })
    })
}

/// Gradients that grow by these factors from step to step.
pub fn lines(factors: &[f32]) -> Sample {
    sample("lines", |numbers| {
        Figure::LayerLines(LayerLines {
            label: "‖∂L/∂W‖".into(),
            layers: VANISHING.len(),
            steps: numbers.add((0..factors.len()).map(|step| (40 + step) as f32)),
            values: numbers.add(factors.iter().flat_map(|factor| VANISHING.map(|norm| norm * factor))),
            decades: [-8, 10],
        })
    })
}

/// Every kind of figure with sensible numbers.
pub fn figures() -> Vec<Sample> {
    let mut figures = vec![
        curves("curves", 600),
        curves("curves-long", 1_200_000),
        vanishing_curves(),
        spiky_curves(),
        two_strips(),
        bars("bars", &VANISHING, "33 million times less"),
        bars("bars-exploding", &VANISHING.map(|v| 1e-6 / v), "30 million times more"),
        bars("bars-zero", &[0.0, 0.0, 1e-3, 0.02], "nothing arrives"),
        check(1),
        check(6),
        check(11),
        map(10, 16),
        map(1, 3),
        distribution(Activation::Sigmoid),
        distribution(Activation::Tanh),
        distribution(Activation::Relu),
        distribution(Activation::Gelu),
        distribution(Activation::HardSigmoid),
        weights(9),
        weights(65),
        histograms(),
        scatter(),
        lines(&[1.0, 1e4, 1e9, f32::INFINITY]),
        plane(2),
        plane(0),
        plane(6),
        named_plane(),
        diagram("diagram", &[2, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1], 0),
        diagram("diagram-wide", &[2, 8, 8, 8, 1], 56),
        diagram("diagram-flat", &[2, 1], 0),
        bench(),
        products("products", 0.22),
        products("products-dead", 0.0),
    ];
    figures.extend(super::pictures::figures());
    figures.extend(super::codes::figures());
    figures.extend(super::time::figures());
    figures.extend(super::machines::figures());
    figures.extend(super::batches::figures());
    figures.extend(super::surfaces::figures());
    figures
}

fn line(numbers: &mut Numbers, label: &str, is_train: bool, points: &[(f32, f32, f32)]) -> Line {
    let mut add = |pick: fn(&(f32, f32, f32)) -> f32| numbers.add(points.iter().map(pick));
    Line { label: label.into(), is_train, lane: 0, x: add(|p| p.0), low: add(|p| p.1), high: add(|p| p.2) }
}

fn curves(name: &str, steps: usize) -> Sample {
    sample(name, |numbers| {
        let mut noise = Noise::new(8);
        let joined = if steps > 100_000 { 0.03 } else { 0.0 };
        let at = |i: usize| i as f32 / 600.0;
        let fall = |u: f32| 0.08 + 0.62 / (1.0 + ((u - 0.3) * 15.0).exp());
        let mut point = |i: usize, rise: f32| {
            let value = fall(at(i)) + rise * at(i) + 0.012 * noise.normal();
            (at(i) * steps as f32, value - joined, value + joined)
        };
        let train: Vec<_> = (0..=600).map(|i| point(i, 0.0)).collect();
        let test: Vec<_> = (0..=600).step_by(20).map(|i| point(i, 0.05)).collect();
        let lines = vec![line(numbers, "train", true, &train), line(numbers, "test", false, &test)];
        let marks = vec![(std::f32::consts::LN_2, "coin flip, ln 2".into())];
        Figure::Curves(Curves {
            steps,
            at: Some(steps / 3),
            strips: vec![Strip { label: "loss".into(), lines, marks, ..Strip::default() }],
            ..Curves::default()
        })
    })
}

fn vanishing_curves() -> Sample {
    sample("curves-flat", |numbers| {
        let mut noise = Noise::new(3);
        let mut flat = |noisy: f32| -> Vec<_> {
            (0..=120)
                .map(|i| (i as f32 * 103.0, 0.693 + noisy * noise.normal()))
                .map(|(x, y)| (x, y, y))
                .collect()
        };
        let (train, test) = (flat(0.004), flat(0.001));
        let lines = vec![line(numbers, "train", true, &train), line(numbers, "test", false, &test)];
        let marks = vec![(std::f32::consts::LN_2, "coin flip, ln 2".into())];
        Figure::Curves(Curves {
            steps: 12_360,
            at: None,
            strips: vec![Strip { label: "loss".into(), lines, marks, ..Strip::default() }],
            ..Curves::default()
        })
    })
}

/// A quiet loss with one spike far above it.
fn spiky_curves() -> Sample {
    sample("curves-spike", |numbers| {
        let at = |i: usize| if i == 40 { 1094.0 } else { 0.7 - i as f32 * 1e-3 };
        let train: Vec<_> = (0..=300).map(|i| (i as f32, at(i), at(i))).collect();
        let lines = vec![line(numbers, "train", true, &train)];
        let marks = vec![(std::f32::consts::LN_2, "guessing, ln 2".into())];
        let steps = numbers.add([0.0, 40.0, 80.0, f32::NAN, 400.0]);
        let past = vec![[steps, numbers.add([0.9, 0.5, 0.3, 0.2, 0.1])]];
        let strips = vec![Strip { label: "loss".into(), lines, marks, past, ..Strip::default() }];
        Figure::Curves(Curves { steps: 300, at: None, strips, ..Curves::default() })
    })
}

fn two_strips() -> Sample {
    let Sample { figure, mut numbers, .. } = curves("", 40_000);
    let Figure::Curves(mut curves) = figure else { unreachable!("curves are curves") };
    let rise = |i: usize| (i as f32 * 400.0, 97.0 - 47.0 * (-(i as f32) / 20.0).exp());
    let train: Vec<_> = (0..=100).map(rise).map(|(x, y)| (x, y, y)).collect();
    let test: Vec<_> = (0..=100).map(rise).map(|(x, y)| (x, y - 1.5, y - 1.5)).collect();
    let lines = vec![line(&mut numbers, "train", true, &train), line(&mut numbers, "test", false, &test)];
    curves.strips.push(Strip {
        label: "accuracy (%)".into(),
        range: Some([40.0, 100.0]),
        lines,
        marks: vec![(50.0, "chance".into())],
        ..Strip::default()
    });
    let change = |step: usize, words: &str| Change { step, words: words.into() };
    curves.changes =
        vec![change(12_000, "Tanh"), change(12_100, "learning rate 0.3"), change(90_000, "later")];
    Sample { name: "curves-strips".into(), figure: Figure::Curves(curves), numbers }
}

pub fn bars(name: &str, values: &[f32], finding: &str) -> Sample {
    sample(name, |numbers| {
        let decades = if values[0] > 1.0 { [-6, 2] } else { [-9, 0] };
        let predicted = numbers.add(values.iter().map(|norm| norm * 3.0));
        let values = numbers.add(values.iter().copied());
        let finding = Some(Finding { layer: 1, text: finding.into(), is_fault: false });
        let series = vec![BarSeries { lane: 0, values, predicted, finding }];
        Figure::LayerBars(LayerBars {
            label: "‖∂L/∂W‖".into(), series, decades, ..LayerBars::default()
        })
    })
}

/// A gradient check of ten layers and the output that finds this one to lie: all before it are wrong, too.
pub fn check(layer: usize) -> Sample {
    sample(&format!("check-{layer}"), |numbers| {
        let values = numbers.add((1..=11).map(|at| if at <= layer { 0.4 } else { 3e-7 }));
        let finding = Some(Finding { layer, text: format!("layer {layer} lies"), is_fault: true });
        let series = vec![BarSeries { lane: 0, values, predicted: Span::default(), finding }];
        let label = "relative error".into();
        Figure::LayerBars(LayerBars {
            label,
            series,
            decades: [-8, 0],
            is_numbered: true,
            ..LayerBars::default()
        })
    })
}

pub fn map(layers: usize, rows: usize) -> Sample {
    sample(&format!("map-{layers}"), |numbers| {
        let mut noise = Noise::new(5);
        let mut cell = |i: usize| {
            let base = VANISHING[i % layers].log10();
            let age = 0.82 + 0.18 * (i / layers) as f32 / rows as f32;
            10f32.powf(base * age + 0.1 * noise.normal())
        };
        Figure::LayerMap(LayerMap {
            values: numbers.add((0..layers * rows).map(&mut cell)),
            layers,
            steps_per_row: 60,
            last_step: rows * 60,
            at: Some(rows * 20),
            decades: [-8, 0],
        })
    })
}

pub fn distribution(activation: Activation) -> Sample {
    sample(&format!("distribution-{activation:?}"), |numbers| {
        let mut noise = Noise::new(24);
        let mut counts = [0.0_f32; 40];
        for _ in 0..1600 {
            let z = noise.normal() * 1.5 + if noise.next() < 0.24 { 4.0 } else { -2.6 };
            counts[((z + 8.0) / 0.4).clamp(0.0, 39.0) as usize] += 1.0;
        }
        Figure::Distribution(Distribution {
            activation,
            low: -8.0,
            high: 8.0,
            counts: numbers.add(counts),
            saturated_below: 0.05,
        })
    })
}

pub fn plane(classes: usize) -> Sample {
    sample(&format!("plane-{classes}"), |numbers| {
        const SIDE: usize = 50;
        let mut noise = Noise::new(3);
        let arms = classes.max(2);
        let spiral = |i: usize, noise: &mut Noise| {
            let (t, arm) = (i as f32 / 400.0, i % arms);
            let angle = t * 5.0 + arm as f32 * std::f32::consts::TAU / arms as f32;
            let (r, jitter) = (0.3 + t * 2.2, 0.08);
            (r * angle.sin() + jitter * noise.normal(), r * angle.cos() + jitter * noise.normal(), arm)
        };
        let items: Vec<_> = (0..400).map(|i| spiral(i, &mut noise)).collect();
        let cell = |i: usize| {
            let at = |k: usize| (k as f32 + 0.5) / SIDE as f32 * 6.0 - 3.0;
            let (x, y) = (at(i % SIDE), -at(i / SIDE));
            let mut near = vec![1e-9_f32; arms];
            for (px, py, arm) in &items {
                near[*arm] += (-((px - x).powi(2) + (py - y).powi(2)) / 0.15).exp();
            }
            let sum: f32 = near.iter().sum();
            if classes > 2 {
                let best = (0..arms).max_by(|&a, &b| near[a].total_cmp(&near[b])).unwrap_or(0);
                best as f32 + near[best] / sum * 0.999
            } else {
                (near[1] - near[0]) / sum
            }
        };
        let values = numbers.add((0..SIDE * SIDE).map(cell));
        let label = |arm: usize| if classes == 0 { arm as f32 * 2.0 - 1.0 } else { arm as f32 };
        let item = |(i, (x, y, arm)): (usize, &(f32, f32, usize))| {
            [*x, *y, label(*arm), f32::from(u8::from(i % 5 == 4))]
        };
        let points = numbers.add(items.iter().enumerate().flat_map(item));
        let mut scale = 1.0;
        let arrow = |(index, (x, y, _)): (usize, &(f32, f32, usize))| {
            scale *= 0.9;
            [index as f32, -y * scale, x * scale]
        };
        let arrows: Vec<f32> = items.iter().enumerate().step_by(7).flat_map(arrow).collect();
        let extent = if classes == 0 { 2.6 } else { 3.0 }; // a label with a decimal, too
        let classes = (0..classes).map(|class| class.to_string()).collect();
        let axes = ["x".into(), "y".into()];
        Figure::Plane(Plane {
            extent,
            side: SIDE,
            values,
            is_probability: true,
            classes,
            axes,
            inputs: Vec::new(),
            points,
            arrows: numbers.add(arrows),
            of_neuron: None,
        })
    })
}

/// A plane through the columns of a table, five of whose items lie at one place, with an arrow for the first two.
pub fn named_plane() -> Sample {
    let axes = ["sepal length in centimetres", "sepal width"].map(String::from);
    sample("plane-named", |numbers| {
        let items = [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 1.0, 0.0], [0.5, 0.5, 1.0, 1.0]];
        let items = [&items[..], &[items[2]; 2], &[[-0.5, 0.0, 0.0, 0.0]]].concat();
        Figure::Plane(Plane {
            extent: 2.0,
            side: 2,
            values: numbers.add([-1.0, 1.0, 0.5, 0.0]),
            is_probability: true,
            classes: ["a", "b"].map(Into::into).to_vec(),
            inputs: axes.iter().cloned().chain(["petal length".into()]).collect(),
            axes,
            points: numbers.add(items.into_iter().flatten()),
            arrows: numbers.add([0.0, 0.25, -0.5, 1.0, -0.125, 1.0]),
            of_neuron: None,
        })
    })
}

/// The bench of a sigmoid layer whose `z` lie left of 0.
fn bench() -> Sample {
    sample("bench", |numbers| {
        let ranges = numbers.add([-3.1, 0.4, -3.6, 2.2]);
        Figure::Bench(Bench { used: Activation::Sigmoid, layer: 3, extent: 4.0, ranges })
    })
}

/// Slopes such as the activations have about 0, the one in use with this.
fn products(name: &str, factor: f32) -> Sample {
    sample(name, |numbers| {
        let factors = [factor, 0.7, 0.5, 0.6, 0.75, 1.2, 0.52, 0.5, 0.5, 0.45, 1.0 / 6.0, 1.0];
        let factors = numbers.add(factors);
        Figure::Products(Products { used: Activation::Sigmoid, factors, most: 10, decades: [-8, 2] })
    })
}

/// A random tanh network, so that the tiles look like what neurons compute.
pub fn diagram(name: &str, sizes: &[usize], hidden_units: usize) -> Sample {
    sample(name, |numbers| {
        const SIDE: usize = 24;
        let mut noise = Noise::new(11);
        let mut links = Vec::new();
        let mut tiles: Vec<Vec<f32>> = Vec::new();
        let at = |k: usize| (k as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0;
        let mut layer: Vec<Vec<f32>> = vec![
            (0..SIDE * SIDE).map(|i| at(i % SIDE)).collect(),
            (0..SIDE * SIDE).map(|i| -at(i / SIDE)).collect(),
        ];
        tiles.extend(layer.iter().cloned());
        for (column, pair) in sizes.windows(2).enumerate() {
            let mut next = Vec::new();
            for to in 0..pair[1] {
                let weights: Vec<f32> = (0..pair[0]).map(|_| 1.1 * noise.normal()).collect();
                let bias = 0.3 * noise.normal();
                links.extend(
                    weights
                        .iter()
                        .enumerate()
                        .flat_map(|(from, &weight)| [(column + 1) as f32, from as f32, to as f32, weight]),
                );
                let give = |i: usize| {
                    let sum: f32 = weights.iter().zip(&layer).map(|(w, tile)| w * tile[i]).sum();
                    (1.6 * sum + bias).tanh()
                };
                next.push((0..SIDE * SIDE).map(give).collect());
            }
            tiles.extend(next.iter().cloned());
            layer = next;
        }
        let last = sizes.len() - 1;
        let column = |(i, &tiles): (usize, &usize)| Column {
            label: if i == 0 {
                "in".into()
            } else if i == last {
                "out".into()
            } else {
                i.to_string()
            },
            tiles,
            units: if i == 0 || i == last { tiles } else { tiles + hidden_units },
            ends: if i == last { [0.0, 1.0] } else { [-1.0, 1.0] },
        };
        Figure::Diagram(Diagram {
            columns: sizes.iter().enumerate().map(column).collect(),
            inputs: vec!["x".into(), "y".into()],
            side: SIDE,
            tiles: numbers.add(tiles.into_iter().flatten()),
            strongest: links.chunks(4).map(|link| link[3].abs()).fold(0.0, f32::max),
            links: numbers.add(links),
        })
    })
}

fn finding_at(layer: usize) -> Option<Finding> {
    Some(Finding { layer, text: "x".into(), is_fault: false })
}

/// Numbers that no lab should send, but a diverging run does.
pub fn broken() -> Vec<Sample> {
    let mut samples = Vec::new();
    for good in figures() {
        // Every span empty.
        samples.push(Sample {
            name: format!("{}, empty", good.name),
            figure: good.figure.clone(),
            numbers: Numbers::default(),
        });
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e30, f32::MAX, 0.0] {
            let numbers = Numbers(vec![value; good.numbers.0.len()]);
            let name = format!("{}, all {value}", good.name);
            samples.push(Sample { name, figure: good.figure.clone(), numbers });
            // Every seventh number broken.
            let mut numbers = good.numbers.clone();
            numbers.0.iter_mut().step_by(7).for_each(|number| *number = value);
            let name = format!("{}, some {value}", good.name);
            samples.push(Sample { name, figure: good.figure.clone(), numbers });
        }
        // Half of the numbers missing.
        let half = good.numbers.0[..good.numbers.0.len() / 2].to_vec();
        samples.push(Sample {
            name: format!("{}, cut", good.name),
            figure: good.figure,
            numbers: Numbers(half),
        });
    }
    samples.extend(super::time::sparse());
    samples
        .push(sample("no strips", |_| Figure::Curves(Curves { steps: 0, at: Some(0), ..Curves::default() })));
    samples.push(sample("no columns", |_| {
        Figure::Diagram(Diagram {
            columns: Vec::new(),
            inputs: Vec::new(),
            side: 0,
            tiles: Span::default(),
            links: Span::default(),
            strongest: f32::NAN,
        })
    }));
    samples.push(sample("no layers", |numbers| {
        Figure::LayerMap(LayerMap {
            values: numbers.add([1.0; 5]),
            layers: 0,
            steps_per_row: 0,
            last_step: 0,
            at: Some(7),
            decades: [0, 0],
        })
    }));
    samples.push(sample("crossed ends", |numbers| {
        Figure::Distribution(Distribution {
            activation: Activation::Elu,
            low: 3.0,
            high: f32::NAN,
            counts: numbers.add([1.0, 2.0]),
            saturated_below: f32::NAN,
        })
    }));
    samples.push(sample("no extent", |numbers| {
        Figure::Plane(Plane {
            is_probability: true,
            extent: 0.0,
            side: 0,
            values: Span::default(),
            classes: ["0", "1", "2"].map(Into::into).to_vec(),
            axes: Default::default(),
            inputs: Vec::new(),
            points: numbers.add([0.0; 8]),
            arrows: numbers.add([1.0, 1.0, 1.0]),
            of_neuron: None,
        })
    }));
    samples.push(sample("crossed decades", |numbers| {
        let values = numbers.add([1.0, -1.0, f32::MIN_POSITIVE]);
        let series = vec![BarSeries { lane: 0, values, predicted: Span::default(), finding: finding_at(2) }];
        Figure::LayerBars(LayerBars {
            label: String::new(),
            series,
            decades: [5, -5],
            is_numbered: true,
            ..LayerBars::default()
        })
    }));
    samples.push(sample("findings of no layer", |numbers| {
        let values = numbers.add([1.0, 0.1]);
        let series = [0, 3].map(|layer| BarSeries {
            lane: 0,
            values,
            predicted: Span::default(),
            finding: finding_at(layer),
        });
        let (label, series) = (String::new(), series.to_vec());
        Figure::LayerBars(LayerBars {
            label,
            series,
            decades: [-2, 0],
            is_numbered: true,
            ..LayerBars::default()
        })
    }));
    samples
}
