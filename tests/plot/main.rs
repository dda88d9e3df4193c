//! Every figure draws at every size, whatever its numbers; labels stay inside and apart; tables and
//! read-outs give the exact numbers.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

mod batches;
mod codes;
mod files;
mod machines;
mod paper;
mod pictures;
mod samples;
mod surfaces;
mod time;

use glassbox::labs::*;
use glassbox::plot::{
    NeuronAt, Palette, ReadOut, Style, View, columns, draw, height_of, plane_square, read_out, table,
};
use paper::{FINE, Paper};
use plotters::prelude::{IntoDrawingArea, SVGBackend};
use samples::{Sample, VANISHING};
use std::cell::RefCell;
use std::rc::Rc;

/// The style of the page's canvas: in eighths of a pixel, at one pixel for each CSS pixel.
fn style() -> Style {
    Style { grain: FINE, ..Style::new(Palette::default(), FINE, "sans-serif") }
}

/// Draws as the page does, `width`·`height` CSS pixels.
fn on_paper(sample: &Sample, (width, height): (u32, u32), view: &View) -> Paper {
    onto(Paper::new(width * FINE as u32, height * FINE as u32), sample, &style(), view)
}

fn onto(paper: Paper, sample: &Sample, style: &Style, view: &View) -> Paper {
    let paper = Rc::new(RefCell::new(paper));
    draw(&(&paper).into(), &sample.figure, &sample.numbers, style, view).expect("paper takes everything");
    Rc::into_inner(paper).expect("the drawing area is gone").into_inner()
}

/// Sizes from the design and such as come up while a page is laid out.
const SIZES: [(u32, u32); 9] =
    [(650, 276), (650, 148), (358, 196), (280, 164), (132, 132), (60, 400), (20, 20), (1, 1), (3, 1)];

fn views(size: (u32, u32)) -> [View; 5] {
    let at = |x: f64, y: f64| Some((f64::from(size.0) * x, f64::from(size.1) * y));
    [
        View::default(),
        View { selected_layer: 3, hover: at(0.4, 0.5), ..View::default() },
        View { selected_layer: usize::MAX - 1, hover: at(1.0, 1.0), ..View::default() },
        View { selected_layer: 1, hover: Some((f64::NAN, f64::NEG_INFINITY)), ..View::default() },
        View { chosen: Some(NeuronAt { column: 1, unit: 0, from: Some(usize::MAX) }), ..View::default() },
    ]
}

#[test]
fn every_figure_draws_at_every_size_whatever_its_numbers() {
    for sample in samples::figures().iter().chain(&samples::broken()) {
        for size in SIZES {
            for view in views(size) {
                let paper = on_paper(sample, size, &view);
                for text in paper.texts {
                    assert!(!text.text.contains("-"), "{}: a hyphen for a minus in {text:?}", sample.name);
                }
            }
            let _ = table(&sample.figure, &sample.numbers);
        }
    }
}

#[test]
fn every_figure_draws_to_plotters_svg() {
    for sample in samples::figures() {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (320, 160)).into_drawing_area();
            let style = Style::new(Palette::default(), 1.0, "sans-serif");
            draw(&area, &sample.figure, &sample.numbers, &style, &View::default()).expect("SVG");
            area.present().expect("SVG");
        }
        assert!(svg.ends_with("</svg>\n"), "{}", sample.name);
        let least = if sample.name == "normalized" { 700 } else { 1000 }; // one cell and a line of text
        assert!(svg.len() > least, "{} is nearly empty: {svg}", sample.name);
    }
}

/// As plotters' own SVG, whose colours are in lower case here.
fn colours(sample: &Sample, view: &View) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (640, 320)).into_drawing_area();
        let style = Style::new(Palette::default(), 1.0, "sans-serif");
        draw(&area, &sample.figure, &sample.numbers, &style, view).expect("SVG");
        area.present().expect("SVG");
    }
    svg.to_lowercase()
}

#[test]
fn a_figure_of_one_lane_has_its_colour() {
    let [first, last] = ["#14564a", "#7a3fe4"];
    let mut seen = 0;
    for sample in samples::figures() {
        let of_one = match &sample.figure {
            Figure::Histograms(_)
            | Figure::LayerLines(_)
            | Figure::Bench(_)
            | Figure::Products(_)
            | Figure::Costs(_) => true,
            Figure::Deal(deal) => deal.rows.len() == 1,
            Figure::MemoryBars(bars) => bars.bars.len() == 1,
            Figure::Fans(fans) => fans.fans.len() == 1,
            Figure::Race(race) => race.runners.len() == 1,
            Figure::Unrolled(figure) => figure.symbols.len() < 100,
            Figure::TimeMaps(maps) => maps.groups.len() == 1,
            Figure::Inked(inked) => inked.blocks.iter().all(|block| block.lane == 0),
            _ => false,
        };
        // Several lanes in one figure keep their colours, whichever is selected.
        if matches!(&*sample.name, "time-maps-lanes" | "inked-lanes") {
            let svg = colours(&sample, &View { lane: 3, ..View::default() });
            assert!(svg.contains(first) && !svg.contains(last), "{}", sample.name);
            seen += 1;
        }
        if of_one {
            let svg = colours(&sample, &View { lane: 3, ..View::default() });
            assert!(svg.contains(last) && !svg.contains(first), "{}", sample.name);
            let svg = colours(&sample, &View::default());
            assert!(svg.contains(first) && !svg.contains(last), "{}", sample.name);
            seen += 1;
        }
    }
    assert!(seen >= 11, "{seen}");
}

#[test]
fn the_bar_of_a_fault_is_marked() {
    let bad = "#a3182b";
    let bars = |sample: &Sample| {
        let svg = colours(sample, &View::default());
        svg.lines().filter(|line| line.contains("<polygon") && line.contains(bad)).count()
    };
    assert_eq!(bars(&samples::check(4)), 1);
    assert_eq!(bars(&samples::bars("bars", &VANISHING, "less")), 0);
}

#[test]
fn a_prediction_that_is_far_off_is_read_with_what_it_rests_on() {
    for (factor, is_off) in [(1.0, false), (3.0, false), (50.0, true), (0.02, true)] {
        let mut numbers = Numbers::default();
        let values = numbers.add([0.5; 4]);
        let predicted = numbers.add([0.5 * factor; 4]);
        let series = vec![BarSeries { lane: 0, values, predicted, finding: None }];
        let figure = Figure::LayerBars(LayerBars {
            label: "g".into(),
            series,
            decades: [-3, 2],
            ..LayerBars::default()
        });
        let at = (columns(400.0, 4).center(2), 80.0);
        let lines = read_out(&figure, &numbers, (400.0, 160.0), at).unwrap().lines;
        assert_eq!(lines.iter().any(|line| line == PREMISE), is_off, "{factor}: {lines:?}");
    }
}

#[test]
fn labels_stay_inside_and_apart() {
    for sample in samples::figures() {
        for size in [(650, 276), (650, 148), (358, 276), (358, 148), (280, 164), (280, 196), (132, 132)] {
            assert_labels_stay(&sample, size);
        }
    }
}

fn assert_labels_stay(sample: &Sample, size: (u32, u32)) {
    let paper = on_paper(sample, size, &View { selected_layer: 3, hover: None, ..View::default() });
    let (width, height) = (f64::from(size.0) * FINE, f64::from(size.1) * FINE);
    let at = format!("{} at {size:?}", sample.name);
    for text in &paper.texts {
        let half = text.size * 0.45;
        assert!(text.left >= -FINE && text.right <= width + FINE, "{at}: {text:?} leaves the sides");
        assert!(text.middle >= half && text.middle + half <= height, "{at}: {text:?} is cut off");
    }
    for (i, a) in paper.texts.iter().enumerate() {
        for b in &paper.texts[..i] {
            let is_beside = a.right <= b.left + FINE || b.right <= a.left + FINE;
            let is_above = (a.middle - b.middle).abs() >= (a.size + b.size) * 0.4;
            assert!(is_beside || is_above, "{at}: {:?} covers {:?}", a, b);
        }
    }
}

#[test]
fn axes_are_named() {
    let texts = |sample: &Sample| {
        let paper = on_paper(sample, (400, 200), &View::default());
        paper.texts.into_iter().map(|text| text.text).collect::<Vec<_>>().join("|")
    };
    let wanted: [(&str, &[&str]); 11] = [
        ("curves", &["step 0", "loss", "train 0.0", "test 0.1", "coin flip"]),
        ("curves-long", &["1M"]),
        ("bars", &["‖∂L/∂W‖", "10⁻⁴", "10⁻⁸"]),
        ("map-10", &["step 0", "960"]),
        ("distribution-Sigmoid", &["z = −8", "σ(z)", "σ′(z)", "saturated"]),
        ("distribution-Relu", &["ReLU(z)", "ReLU′(z)"]),
        ("plane-2", &["x", "y", "−3", "3"]),
        ("plane-named", &["sepal length in centimetres", "↑ sepal width"]),
        ("sweep", &["probability of a 3", "50\u{202f}%", "−8\u{202f}px", "CNN, pooling, 11,146"]),
        ("picture-rows-10", &["in", "out", "out − in", "0.013"]),
        ("heat", &["Saliency", "|∂logit/∂ink|", "probability lost", "−1", "no convolution"]),
    ];
    let figures = samples::figures();
    for (name, words) in wanted {
        let sample = figures.iter().find(|sample| sample.name == name).expect("a sample of this name");
        let texts = texts(sample);
        for word in words {
            assert!(texts.contains(word), "{name} lacks {word:?}: {texts}");
        }
    }
}

#[test]
fn a_finding_stands_by_the_bar_of_its_layer() {
    for size in [(650, 176), (509, 176), (358, 176)] {
        for layer in [1, 6, 11] {
            let paper = on_paper(&named(&format!("check-{layer}")), size, &View::default());
            let wanted = "layer"; // in one line or more
            let finding = paper.texts.iter().find(|text| text.text.starts_with(wanted));
            let finding = finding.unwrap_or_else(|| panic!("{wanted} is not told at {size:?}"));
            let columns = columns(f64::from(size.0), 11);
            let (left, right) = (columns.start(layer) * FINE, (columns.start(layer) + columns.width) * FINE);
            // Over it, or beside it.
            let is_there =
                finding.left < right + columns.width * FINE && finding.right > left - columns.width * FINE;
            assert!(is_there, "{wanted} at {size:?} stands from {} to {}", finding.left, finding.right);
            let numbers: Vec<&str> = paper.texts.iter().map(|text| text.text.as_str()).collect();
            assert!(["1", "6", "out"].iter().all(|number| numbers.contains(number)), "{numbers:?}");
        }
    }
}

#[test]
fn lines_are_named_by_their_steps() {
    let named = |factors: &[f32]| {
        let paper = on_paper(&samples::lines(factors), (509, 232), &View::default());
        let steps = paper.texts.into_iter().map(|text| text.text).filter(|text| text.starts_with("step"));
        steps.collect::<Vec<_>>()
    };
    assert_eq!(named(&[1.0]), ["step 40"]);
    assert_eq!(named(&[1.0, 1e4]), ["steps 40 to 41, the last thick"]);
}

/// Texts of a figure of curves.
fn written(name: &str, size: (u32, u32)) -> Vec<String> {
    on_paper(&named(name), size, &View::default()).texts.into_iter().map(|text| text.text).collect()
}

#[test]
fn a_spike_is_cut_off_and_told_and_the_rest_keeps_its_axis() {
    for size in [(316, 180), (358, 180), (240, 176)] {
        let texts = written("curves-spike", size);
        assert!(texts.iter().any(|text| text == "loss, spikes to 1,094 cut off"), "{texts:?}");
        let ticks: Vec<f32> =
            texts.iter().filter_map(|text| text.parse().ok()).filter(|y| *y <= 1.0).collect();
        assert!(ticks.len() >= 2, "the axis has the ticks {ticks:?} of {texts:?}");
    }
    assert!(written("curves", (316, 180)).contains(&"loss".to_owned()), "no spike, nothing cut");
}

#[test]
fn recorded_changes_stand_on_the_step_axis() {
    let texts = written("curves-strips", (316, 180));
    assert!(texts.contains(&"Tanh".to_owned()), "{texts:?}");
    assert!(!texts.contains(&"later".to_owned()), "a change that is still to come: {texts:?}");
}

#[test]
fn what_is_no_number_never_looks_like_zero() {
    let no_number = Palette::default().no_number();
    let bytes = [no_number.0, no_number.1, no_number.2];
    for name in ["plane-2", "plane-0", "plane-6", "diagram"] {
        let good = named(name);
        let broken = Sample { numbers: Numbers(vec![f32::NAN; good.numbers.0.len()]), ..good };
        let paper = on_paper(&broken, (276, 276), &View::default());
        let is_marked = paper.pixels.chunks_exact(3).any(|pixel| pixel == bytes);
        assert!(is_marked, "{name} hides that there are no numbers");
        if name.starts_with("plane") {
            assert!(paper.texts.iter().any(|text| text.text == "no number"), "{name} says nothing");
        }
    }
}

#[test]
fn bitmaps_stay_inside() {
    for sample in samples::figures() {
        for size in [(650, 276), (358, 196), (132, 132)] {
            let paper = on_paper(&sample, size, &View::default());
            for [x, y, width, height] in paper.bitmaps {
                let (right, bottom) = (f64::from(size.0) * FINE, f64::from(size.1) * FINE);
                let fits = x >= 0.0 && y >= 0.0 && x + width <= right + 0.5 && y + height <= bottom + 0.5;
                assert!(fits, "{} at {size:?}: {x}, {y}, {width}, {height}", sample.name);
            }
        }
    }
}

fn cells(sample: &Sample) -> (Vec<String>, Vec<Vec<String>>) {
    let table = table(&sample.figure, &sample.numbers);
    for row in &table.rows {
        assert_eq!(row.len(), table.columns.len(), "{}", sample.name);
    }
    (table.columns, table.rows)
}

fn named(name: &str) -> Sample {
    samples::figures().into_iter().find(|sample| sample.name == name).expect("a sample of this name")
}

#[test]
fn tables_read_back_to_the_same_bits() {
    let (columns, rows) = cells(&named("bars"));
    assert_eq!(columns, ["layer", "‖∂L/∂W‖", "‖∂L/∂W‖, predicted"]);
    let values: Vec<f32> = rows.iter().map(|row| row[1].parse().expect("a number")).collect();
    assert_eq!(values, VANISHING);

    let sample = named("curves");
    let (columns, rows) = cells(&sample);
    assert_eq!(columns, ["step", "loss, train", "loss, test"]);
    let Figure::Curves(curves) = &sample.figure else { unreachable!("curves are curves") };
    for (i, line) in curves.strips[0].lines.iter().enumerate() {
        let values: Vec<f32> = rows.iter().filter_map(|row| row[i + 1].parse().ok()).collect();
        assert_eq!(values, sample.numbers.at(line.low), "every value of {}", line.label);
    }
    let (columns, _) = cells(&named("curves-long"));
    assert!(columns[1].ends_with(", least") && columns[2].ends_with(", most"), "{columns:?}");

    let (columns, rows) = cells(&named("map-10"));
    assert_eq!((columns.len(), rows.len()), (11, 16));
    assert_eq!([&*rows[0][0], &*rows[1][0], &*rows[15][0]], ["0", "60", "900"]);

    let (_, rows) = cells(&named("distribution-Tanh"));
    assert_eq!(rows[0][..2], ["-8", "-7.6"]);
    let (_, rows) = cells(&named("plane-2"));
    assert_eq!((rows.len(), &*rows[4][3]), (400, "yes"));
    let (columns, rows) = cells(&named("plane-named"));
    let [across, upwards] = ["sepal length in centimetres", "sepal width"];
    assert_eq!(columns[..4], [across, upwards, "label", "test"]);
    assert_eq!(columns[4..], [across, upwards].map(|name| format!("−∂L/∂{name}")));
    assert_eq!([&rows[0][4..], &rows[1][4..], &rows[2][4..]], [["0.25", "-0.5"], ["-0.125", "1"], ["", ""]]);
    let (_, rows) = cells(&named("diagram"));
    assert_eq!(rows.len(), 2 * 5 + 9 * 25 + 5);
    assert_eq!(rows[0][..2], ["input x", "layer 1, neuron 1"]);
    assert_eq!(rows[rows.len() - 1][..2], ["layer 10, neuron 5", "output"]);
}

fn read(name: &str, size: (f64, f64), at: (f64, f64)) -> Option<ReadOut> {
    let sample = named(name);
    read_out(&sample.figure, &sample.numbers, size, at)
}

#[test]
fn the_pointer_reads_exact_values() {
    let size = (652.0, 160.0);
    let third = columns(size.0, 11).center(3);
    let bar = read("bars", size, (third, 80.0)).expect("a bar");
    assert_eq!(bar.lines, ["layer 3", "‖∂L/∂W‖ 9.6×10⁻⁷", "predicted 2.88×10⁻⁶"]);
    assert!(read("bars", size, (10.0, 80.0)).is_none(), "the gutter says nothing");

    let curve = read("curves", size, (0.0, 80.0)).expect("the first step");
    let sample = named("curves");
    let Figure::Curves(curves) = &sample.figure else { unreachable!("curves are curves") };
    let first = |line: usize| sample.numbers.at(curves.strips[0].lines[line].low)[0];
    assert_eq!(curve.lines, ["step 0".into(), format!("train {}", first(0)), format!("test {}", first(1))]);
    assert_eq!((curve.crosshair.plumbs.len(), curve.crosshair.dots.len()), (1, 2));

    let cell = read("map-10", size, (columns(size.0, 10).center(10), 155.0)).expect("a cell");
    assert_eq!(cell.lines[..2], ["output", "step 900"]);
    let sample = named("map-10");
    let Figure::LayerMap(map) = &sample.figure else { unreachable!("a map is a map") };
    let newest = sample.numbers.at(map.values)[159];
    let value = cell.lines[2].strip_prefix("‖∂L/∂W‖ ").expect("the quantity");
    assert_eq!(value.parse::<f32>().expect("a number"), newest);

    let z = read("distribution-Sigmoid", (300.0, 200.0), (295.0, 50.0)).expect("inside");
    assert!(z.lines[1].contains("from 7.6"), "{:?}", z.lines);
    assert!(z.lines.iter().any(|line| line.starts_with("σ(z) = ")), "{:?}", z.lines);

    let corner = read("plane-2", (200.0, 198.0), (23.0, 1.0)).expect("the corner");
    assert!(corner.lines[0].starts_with("x −2.9") && corner.lines[1].contains("probability"), "{corner:?}");
    assert!(read("plane-2", (200.0, 198.0), (5.0, 5.0)).is_none());
}

#[test]
fn few_weights_and_few_lanes_take_little_height() {
    let height = |name: &str| height_of(&named(name).figure, 232.0);
    assert_eq!(["weights-9", "weights-65", "curves"].map(height), [216.0, 232.0, 232.0]);
    assert_eq!(["deal", "deal-one"].map(height), [176.0, 44.0], "a row for each lane");
    let [one, four] = ["memory-bars-one", "memory-bars"].map(height);
    assert!(one < four && four <= 232.0, "{one} {four}");
}

#[test]
fn the_pointer_reads_every_item_at_a_place() {
    let size = (216.0, 216.0);
    let sample = named("plane-named");
    let Figure::Plane(plane) = &sample.figure else { unreachable!("a plane is a plane") };
    let (left, top, side) = plane_square(plane, size);
    let at = |x: f64, y: f64| (left + side * (0.5 + x / 4.0), top + side * (0.5 - y / 4.0));
    let here = read("plane-named", size, at(0.5, 0.5)).expect("items");
    let words = [
        "5 items at one place",
        "sepal length in centimetres 0.5",
        "sepal width 0.5",
        "training item, class a",
        "−∂L/∂sepal length in centimetres 0.25",
        "−∂L/∂sepal width −0.5",
        "training item, class b",
        "−∂L/∂sepal length in centimetres −0.12",
        "−∂L/∂sepal width 1",
        "test item, class b",
        "test item, class b",
        "and 1 more",
    ];
    assert_eq!(here.lines, words);
    let alone = read("plane-named", size, at(-0.5, 0.0)).expect("an item");
    let words = ["training item", "sepal length in centimetres −0.5", "sepal width 0", "class a"];
    assert_eq!(alone.lines, words);
}

#[test]
fn the_pointer_reads_neurons_and_links() {
    let (width, height) = (652.0, 276.0);
    let columns = columns(width, 11);
    let tile = read("diagram", (width, height), (columns.center(3), height / 2.0)).expect("a tile");
    assert_eq!(tile.lines[0], "layer 3, neuron 3");
    // What the neuron gives, and what the colours of its own column mean.
    let sample = named("diagram");
    let Figure::Diagram(diagram) = &sample.figure else { unreachable!("a diagram is a diagram") };
    let cells = diagram.side * diagram.side;
    let cell = (2 + 2 * 5 + 2) * cells + cells / 2 + diagram.side / 2;
    let value = sample.numbers.at(diagram.tiles)[cell];
    let said: f32 = tile.lines[1].replace('−', "-").split(' ').nth(1).unwrap().parse().expect("a number");
    assert_eq!(said, value, "{:?}", tile.lines);
    assert_eq!(tile.lines[2], "colours from −1 to 1");
    let output = read("diagram", (width, height), (columns.center(11), height / 2.0)).expect("the output");
    assert_eq!((&*output.lines[0], &*output.lines[2]), ("output", "colours from 0 to 1"));
    assert_eq!(tile.anchor, (columns.center(3), height / 2.0));
    // Straight across between the middle neurons of two columns runs one link.
    let link = read("diagram", (width, height), (columns.start(4), height / 2.0)).expect("a link");
    assert!(link.lines[0].starts_with("weight "), "{:?}", link.lines);
    assert!(!link.crosshair.trace.is_empty());
}

#[test]
fn the_pointer_reads_units_scores_and_mistakes() {
    let size = (736.0, 400.0);
    let sample = named("maps");
    let Figure::Maps(maps) = &sample.figure else { unreachable!("maps are maps") };
    let found: Vec<_> = (0..736)
        .flat_map(|x| (0..400).map(move |y| (f64::from(x), f64::from(y))))
        .filter_map(|at| glassbox::plot::unit_at(maps, &sample.numbers, size, at))
        .collect();
    for (layer, map, row, column) in [(0, 7, 25, 25), (1, 0, 0, 0), (3, 4, 4, 1), (5, 63, 0, 0)] {
        let unit = Unit { layer, map, row, column };
        assert!(found.contains(&unit), "{unit:?} is nowhere under the pointer");
    }
    let first = read("scores", (200.0, 260.0), (60.0, 3.5 * 26.0)).expect("the fourth row");
    assert_eq!(first.lines[0], "class 3");
    assert_eq!(first.lines[2], "logit 4");
    let mistake = read("matrix", (218.0, 218.0), (18.0 + 70.0, 18.0 + 10.0)).expect("a cell");
    assert_eq!(mistake.lines[0], "0 read as 3");
    let cell = read("sum", (390.0, 190.0), (1.0, 21.0)).expect("the first input");
    assert_eq!(cell.lines[0], "input, map 4 of 8, row 0, column 0");
    let (_, rows) = cells(&named("sum"));
    assert_eq!((rows.len(), &*rows[13][0], &*rows[13][4]), (14, "output", "1.05"));
    assert_eq!(cells(&named("matrix")).1[3][4], "96");
    let pixel = read("picture-rows-10", (509.0, 264.0), (484.0, 40.0)).expect("the last item");
    assert!(pixel.lines[0].starts_with("test picture 63, row "), "{pixel:?}");
    assert!(
        pixel.lines[3].starts_with("out − in ") && pixel.lines[4].starts_with("mean squared error 0.1125"),
        "{pixel:?}"
    );
    let (heads, rows) = cells(&named("picture-rows-10"));
    assert_eq!((heads.join(", ").as_str(), &*rows[8][1]), ("test picture, mean squared error", "0.1"));
}

/// `cargo test --test plot pictures -- --ignored` writes every sample as SVG into `target/plots`, light
/// and, with the tokens of `TOKENS` (a CSS file whose last `:root` wins), as it says.
#[test]
#[ignore = "writes pictures to look at"]
fn pictures() {
    let tokens = std::env::var("TOKENS").ok().and_then(|path| std::fs::read_to_string(path).ok());
    let token = |name: &str| {
        let text = tokens.as_deref()?;
        let at = text.rfind(&format!("{name}: "))? + name.len() + 2;
        Some(text[at..].split(';').next()?.trim().to_owned())
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/plots");
    std::fs::create_dir_all(&folder).expect("a folder in target");
    let mut page = String::new();
    let style = Style { palette: Palette::from_tokens(token), font: "Arial, sans-serif".into(), ..style() };
    for sample in samples::figures() {
        let sizes: &[(u32, u32)] = match &sample.figure {
            Figure::Diagram(_) => &[(650, 276), (358, 276)],
            Figure::LayerBars(bars) if bars.band.is_some() => &[(676, 176), (358, 176)],
            Figure::LayerBars(_) => &[(650, 148), (358, 148)],
            Figure::LayerMap(_) => &[(650, 112), (358, 112)],
            Figure::Plane(_) => &[(280, 280), (140, 140)],
            Figure::Distribution(_) => &[(290, 196), (358, 196)],
            Figure::Curves(curves) if curves.is_race => &[(676, 220), (358, 220), (676, 220)],
            Figure::Curves(_) => &[(290, 164), (358, 260), (290, 164)],
            Figure::Maps(_) => &[(736, 400), (358, 300), (736, 400)],
            Figure::Scores(_) => &[(190, 260), (358, 260)],
            Figure::Matrix(_) => &[(190, 190), (240, 240), (190, 190)],
            Figure::Arithmetic(_) => &[(390, 190), (330, 180), (390, 190)],
            Figure::Gallery(_) => &[(350, 212), (358, 212), (350, 212)],
            Figure::Costs(_) | Figure::Filters(_) | Figure::Pooled(_) => {
                &[(340, 300), (358, 300), (340, 300)]
            }
            Figure::Sweep(_) | Figure::Scatter(_) => &[(509, 264), (358, 264), (509, 264)],
            Figure::Heat(_)
            | Figure::PictureRows(_)
            | Figure::LatentMap(_)
            | Figure::Errors(_)
            | Figure::Roc(_)
            | Figure::Grid(_)
            | Figure::Weights(_)
            | Figure::Histograms(_)
            | Figure::LayerLines(_) => &[(509, 264), (358, 264), (509, 264)],
            Figure::Bench(_) | Figure::Products(_) => &[(600, 320), (358, 320), (509, 320)],
            Figure::TimeMaps(_) => &[(900, 470), (358, 470), (800, 330)],
            Figure::Unrolled(_) => &[(650, 96), (358, 96)],
            Figure::Working(_) => &[(390, 210), (358, 210)],
            Figure::Lines(lines) if !lines.dots.is_empty() => &[(322, 152), (358, 152), (292, 120)],
            Figure::Lines(_) => &[(300, 176), (358, 176), (300, 150)],
            Figure::Inked(_) => &[(900, 196), (358, 400)],
            Figure::Intervals(_) | Figure::NamedBars(_) | Figure::Questions(_) => {
                &[(320, 380), (358, 196), (180, 300)]
            }
            Figure::TwoLayers(_) => &[(675, 228), (358, 228), (430, 228)],
            Figure::WordLists(_) => &[(900, 220), (358, 400), (180, 300)],
            Figure::Deal(_) => &[(676, 148), (358, 148), (676, 148)],
            Figure::MemoryBars(_) | Figure::Race(_) => &[(292, 262), (358, 262), (292, 262)],
            Figure::Fans(_) => &[(322, 152), (358, 152), (322, 152)],
            Figure::Surface(_) => &[(680, 380), (358, 300)],
        };
        for (i, &size) in sizes.iter().enumerate() {
            let hover = (i == 2).then_some((120.0, 60.0));
            let view = View { selected_layer: 3, hover, ..View::default() };
            let svg = files::as_svg(&sample, size, &style, &view);
            page += &format!("<figure>{svg}<figcaption>{}</figcaption></figure>", sample.name);
        }
    }
    let (surface, ink) = (style.palette.surface, style.palette.ink_3);
    let css = |c: plotters::style::RGBColor| format!("rgb({} {} {})", c.0, c.1, c.2);
    let head = format!(
        "<!doctype html><meta charset=utf-8><body style='background:{};color:{};display:flex;flex-wrap:wrap;gap:8px;font:11px Arial'><style>figure{{margin:0}}</style>",
        css(surface),
        css(ink)
    );
    std::fs::write(folder.join("all.html"), head + &page).expect("a file in target");
}

/// `CARGO_PROFILE_DEV_OPT_LEVEL=3 cargo test --test plot timings -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn timings() {
    for sample in samples::figures() {
        let view = View { selected_layer: 3, hover: Some((200.0, 100.0)), ..View::default() };
        let mut best = f64::INFINITY;
        for _ in 0..40 {
            let (paper, style) = (Paper::new(650 * FINE as u32, 276 * FINE as u32), style());
            let start = std::time::Instant::now();
            onto(paper, &sample, &style, &view);
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("{:28} {best:.3} ms", sample.name);
    }
}
