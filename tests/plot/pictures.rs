//! Figures of a network that reads pictures, to draw.

use super::samples::{Noise, Sample};
use glassbox::labs::*;

pub fn figures() -> Vec<Sample> {
    vec![
        maps("maps", 2),
        maps("maps-one-across", 1),
        scores(),
        matrix(),
        weighted_sum(),
        pooled(),
        normalized(),
        gallery(24),
        gallery(1),
        costs("costs", true),
        costs("costs-no-pooling", false),
        filters("filters-first", [16, 1], [5, 5]),
        filters("filters", [32, 32], [3, 3]),
        filters("filters-matrix", [64, 32], [1, 1]),
        thrown_away("thrown-away", true),
        thrown_away("thrown-away-mean", false),
        sweep(),
        heat(),
        picture_rows(10),
        picture_rows(1),
    ]
}

pub fn sample(name: &str, make: impl FnOnce(&mut Numbers, &mut Noise) -> Figure) -> Sample {
    let mut numbers = Numbers::default();
    let figure = make(&mut numbers, &mut Noise::new(9));
    Sample { name: name.into(), figure, numbers }
}

/// The picture, two convolutions, each pooled, and a dense layer.
fn maps(name: &str, across: usize) -> Sample {
    sample(name, |numbers, noise| {
        let mut column = |layer: Option<usize>, label: &str, [maps, height, width]: [usize; 3]| {
            let is_picture = layer.is_none() || height > 2 * width;
            MapColumn {
                layer,
                label: label.into(),
                shape: format!("{maps} × {height}×{width}"),
                maps,
                across: if is_picture { 1 } else { across },
                of: maps.max(if height > 2 * width { height * width } else { 0 }),
                height,
                width,
                values: numbers.add((0..maps * height * width).map(|_| noise.next())),
                scales: numbers.add((0..maps).map(|_| 1.0)),
                is_signed: layer == Some(0),
                mixes: label.starts_with("conv") || label == "dense",
                is_vector: height > 2 * width,
                field: (layer == Some(0)).then_some([2, 3, 4, 4]),
            }
        };
        let columns = vec![
            column(None, "input", [1, 28, 28]),
            column(Some(0), "conv2d", [8, 26, 26]),
            column(Some(1), "max_pooling2d", [8, 13, 13]),
            column(Some(2), "conv2d_1", [8, 11, 11]),
            column(Some(3), "max_pooling2d_1", [8, 5, 5]),
            column(Some(5), "dense", [1, 32, 2]),
        ];
        Figure::Maps(Maps { columns, focus: Some(Unit { layer: 1, map: 3, row: 2, column: 2 }) })
    })
}

fn scores() -> Sample {
    sample("scores", |numbers, _| {
        let logits = [-3.0, -2.0, 0.5, 4.0, -1.0, 1.0, -6.0, -2.0, 0.0, -0.5_f32];
        let total: f32 = logits.iter().map(|z| z.exp()).sum();
        Figure::Scores(Scores {
            classes: (0..10).map(|class| class.to_string()).collect(),
            probabilities: numbers.add(logits.iter().map(|z| z.exp() / total)),
            logits: numbers.add(logits),
        })
    })
}

fn matrix() -> Sample {
    sample("matrix", |numbers, _| {
        let count = |i: usize| if i.is_multiple_of(11) { 96.0 } else { f32::from(i.is_multiple_of(7)) };
        Figure::Matrix(Matrix {
            classes: (0..10).map(|class| class.to_string()).collect(),
            counts: numbers.add((0..100).map(count)),
            chosen: Some([3, 5]),
        })
    })
}

fn weighted_sum() -> Sample {
    sample("sum", |numbers, noise| {
        Figure::Arithmetic(Arithmetic {
            unit: Unit { layer: 2, map: 1, row: 4, column: 5 },
            rule: Rule::WeightedSum,
            height: 3,
            width: 3,
            inputs: numbers.add((0..9).map(|_| noise.next().abs())),
            weights: numbers.add((0..9).map(|_| noise.next())),
            of_map: [3, 8],
            others: "the other 7 maps".into(),
            terms: [0.86, 0.31, -0.12, 1.05, 1.05],
            activation: "relu".into(),
        })
    })
}

fn pooled() -> Sample {
    sample("pooled", |numbers, noise| {
        Figure::Arithmetic(Arithmetic {
            unit: Unit { layer: 1, map: 1, row: 4, column: 5 },
            rule: Rule::Maximum,
            height: 2,
            width: 2,
            inputs: numbers.add((0..4).map(|_| noise.next())),
            weights: Span::default(),
            of_map: [1, 8],
            others: String::new(),
            terms: [0.0, 0.0, 0.0, 0.9, 0.9],
            activation: "linear".into(),
        })
    })
}

fn normalized() -> Sample {
    sample("normalized", |numbers, noise| {
        Figure::Arithmetic(Arithmetic {
            unit: Unit { layer: 1, map: 1, row: 4, column: 5 },
            rule: Rule::Normalized,
            height: 1,
            width: 1,
            inputs: numbers.add([noise.next()]),
            weights: Span::default(),
            of_map: [1, 8],
            others: String::new(),
            terms: [0.12, 1.9, 1.05, -0.3, 0.4],
            activation: "linear".into(),
        })
    })
}

fn gallery(many: usize) -> Sample {
    sample(&format!("gallery-{many}"), |numbers, noise| {
        Figure::Gallery(Gallery {
            cell: [4, 9],
            classes: (0..10).map(|class| class.to_string()).collect(),
            of: 31,
            height: 28,
            width: 28,
            pictures: numbers.add((0..many * 784).map(|_| noise.next().abs())),
            items: numbers.add((0..many).map(|index| (7 * index) as f32)),
            probabilities: numbers.add((0..many).map(|index| 0.99 - 0.02 * index as f32)),
        })
    })
}
fn costs(name: &str, pools: bool) -> Sample {
    sample(name, |_, _| {
        let layer = |name: &str, shape: &str, counts: [f64; 3], without: [f64; 3]| LayerCost {
            name: name.into(),
            shape: shape.into(),
            counts,
            without: (pools && !name.starts_with("max")).then_some(without),
        };
        Figure::Costs(Costs {
            layers: vec![
                layer("conv2d", "24×24×16", [416.0, 230_400.0, 9216.0], [416.0, 230_400.0, 9216.0]),
                layer("max_pooling2d", "12×12×16", [0.0, 0.0, 2304.0], [0.0; 3]),
                layer("conv2d_1", "12×12×32", [4640.0, 663_552.0, 4608.0], [4640.0, 2_654_208.0, 18_432.0]),
                layer("global_average_pooling2d", "32", [0.0, 0.0, 32.0], [0.0; 3]),
                layer("dense", "10", [5770.0, 5760.0, 10.0], [309_770.0, 309_760.0, 10.0]),
            ],
            total: [10_826.0, 899_712.0, 16_170.0],
            without: pools.then_some([314_826.0, 3_194_368.0, 27_658.0]),
        })
    })
}

fn filters(name: &str, of: [usize; 2], [height, width]: [usize; 2]) -> Sample {
    sample(name, |numbers, noise| {
        Figure::Filters(Filters {
            layer: "conv2d".into(),
            unit: "filter".into(),
            of,
            first: [0, 0],
            drawn: of,
            height,
            width,
            values: numbers.add((0..of[0] * of[1] * height * width).map(|_| noise.next())),
            most: 1.0,
            focus: Some(3),
        })
    })
}

fn thrown_away(name: &str, is_max: bool) -> Sample {
    sample(name, |numbers, noise| {
        Figure::Pooled(Pooled {
            layer: "max_pooling2d".into(),
            map: [2, 8],
            before: [24, 24],
            after: [12, 12],
            inputs: numbers.add((0..576).map(|_| noise.next().max(0.0))),
            outputs: numbers.add((0..144).map(|_| noise.next().abs())),
            kept: numbers.add((0..144).filter(|_| is_max).map(|i| (i / 12 * 48 + i % 12 * 2) as f32)),
            left: [0.25, 0.61],
        })
    })
}

/// Three units side by side in twos leave a place free, which is no unit.
#[test]
fn a_layer_of_few_units_has_no_more_than_those() {
    let few = sample("few", |numbers, _| {
        let column = MapColumn {
            layer: Some(4),
            label: "dense".into(),
            shape: "3 units".into(),
            maps: 1,
            across: 1,
            of: 3,
            height: 2,
            width: 2,
            values: numbers.add([1.0, 2.0, 3.0, 0.0]),
            scales: numbers.add([3.0]),
            is_signed: false,
            mixes: true,
            is_vector: true,
            field: None,
        };
        Figure::Maps(Maps { columns: vec![column], focus: None })
    });
    let table = glassbox::plot::table(&few.figure, &few.numbers);
    assert_eq!(table.rows, [["dense", "1", "1", "2", "3"].map(String::from)]);
    let Figure::Maps(maps) = &few.figure else { unreachable!("maps are maps") };
    let units: Vec<usize> = (0..400)
        .filter_map(|i| {
            let at = (f64::from(i % 20) * 1.2, 36.0 + f64::from(i / 20) * 13.0);
            let unit = glassbox::plot::unit_at(maps, &few.numbers, (200.0, 300.0), at)?;
            assert_eq!((unit.layer, unit.row, unit.column), (4, 0, 0));
            Some(unit.map)
        })
        .collect();
    assert!((0..3).all(|unit| units.contains(&unit)) && units.iter().all(|&unit| unit < 3), "{units:?}");
}

/// Four networks over shifts, one of which has no value at one place.
fn sweep() -> Sample {
    sample("sweep", |numbers, noise| {
        let mut line = |label: &str, weights: usize, width: f32| {
            let mut value = |x: f32| 1.0 / (1.0 + (x.abs() / width).powi(3)) + 0.02 * noise.next();
            let y = (-8..=8).map(|x| value(x as f32).clamp(0.0, 1.0)).collect::<Vec<_>>();
            SweepLine { label: label.into(), weights, y: numbers.add(y) }
        };
        let lines = vec![
            line("this network", 43_498, 5.0),
            line("CNN, pooling", 11_146, 4.0),
            line("CNN, strides", 11_146, 3.0),
            line("dense layers", 11_140, 2.0),
        ];
        Figure::Sweep(Sweep {
            x_label: "Shift →".into(),
            unit: "\u{202f}px".into(),
            y_label: "probability of a 3".into(),
            x: numbers.add((-8..=8).map(|x| x as f32)),
            ticks: vec![-8.0, -4.0, 0.0, 4.0, 8.0],
            at: 3.0,
            lines,
        })
    })
}

/// Items with what came out of each and the difference.
fn picture_rows(many: usize) -> Sample {
    sample(&format!("picture-rows-{many}"), |numbers, noise| {
        let mut row = |label: &str, is_signed: bool| {
            let ink = |value: f32| if is_signed { value } else { value.abs() };
            let values = numbers.add((0..many * 784).map(|_| ink(noise.next())));
            PictureRow { label: label.into(), values, is_signed, most: 1.0 }
        };
        let rows = vec![row("in", false), row("out", false), row("out − in", true)];
        Figure::PictureRows(PictureRows {
            rows,
            names: (0..many).map(|item| item.to_string()).collect(),
            can_choose: true,
            chosen: Some(0),
            marked: None,
            range: [0.0, 1.0],
            kind: "test picture".into(),
            items: numbers.add((0..many).map(|index| (7 * index) as f32)),
            measures: numbers.add((0..many).map(|index| 0.0125 * index as f32)),
            measure: "mean squared error".into(),
            height: 28,
            width: 28,
        })
    })
}

/// A ring of ink under a positive, a missing and a signed map of fewer cells.
fn heat() -> Sample {
    sample("heat", |numbers, noise| {
        let ink = |pixel: usize| {
            let (x, y) = ((pixel % 28) as f32 - 13.5, (pixel / 28) as f32 - 13.5);
            (2.5 - ((x * x + y * y).sqrt() - 8.0).abs()).clamp(0.0, 1.0)
        };
        let map = |label: &str, quantity: &str, [height, width]: [usize; 2], values: Span| HeatMap {
            label: label.into(),
            quantity: quantity.into(),
            height,
            width,
            values,
            most: 1.0,
            is_signed: label == "Occlusion",
            missing: (label == "Grad\u{2011}CAM").then(|| "no convolution".into()),
        };
        let saliency = numbers.add((0..784).map(|_| noise.next().abs()));
        let lost = numbers.add((0..196).map(|_| noise.next()));
        let maps = vec![
            map("Saliency", "|∂logit/∂ink|", [28, 28], saliency),
            map("Grad\u{2011}CAM", "", [0, 0], Span::default()),
            map("Occlusion", "probability lost", [14, 14], lost),
        ];
        Figure::Heat(HeatMaps { ink: numbers.add((0..784).map(ink)), height: 28, width: 28, maps })
    })
}
