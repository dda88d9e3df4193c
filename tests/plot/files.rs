//! What is saved of a figure: an SVG that any program reads, and a CSV whose numbers read back bit for bit.

use super::samples::{self, Sample};
use super::{named, on_paper, style};
use glassbox::labs::Figure;
use glassbox::plot::{HEADING_PX, Style, View, draw, draw_titled, svg, table};

/// As the page saves it.
pub fn as_svg(sample: &Sample, (width, height): (u32, u32), style: &Style, view: &View) -> String {
    svg(&sample.name, (width.into(), height.into()), style, |area, style| {
        draw(area, &sample.figure, &sample.numbers, style, view)
    })
}

#[test]
fn every_figure_is_saved_as_well_formed_svg_with_its_texts_as_text() {
    for sample in samples::figures().iter().chain(&samples::broken()) {
        for size in [(650, 276), (358, 196), (20, 20), (1, 1)] {
            let text = as_svg(sample, size, &style(), &View::default());
            let document = roxmltree::Document::parse(&text)
                .unwrap_or_else(|error| panic!("{} at {size:?}: {error}", sample.name));
            let root = document.root_element();
            assert_eq!(root.attribute("width"), Some(&*size.0.to_string()));
            let texts: Vec<_> = root
                .descendants()
                .filter(|node| node.has_tag_name("text"))
                .map(|node| node.text().unwrap_or_default())
                .collect();
            let paper = on_paper(sample, size, &View::default());
            let wanted: Vec<_> = paper.texts.iter().map(|text| &*text.text).collect();
            assert_eq!(texts, wanted, "{} at {size:?}", sample.name);
            let pictures = root.descendants().filter(|node| node.has_tag_name("image")).count();
            assert_eq!(pictures, paper.bitmaps.len(), "{} at {size:?}", sample.name);
            let name = root.children().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
            assert_eq!(name, Some(&*sample.name));
        }
    }
}

/// Under its title a figure is what it is by itself, lower by the heading.
#[test]
fn a_figure_that_is_saved_stands_under_its_title() {
    let sample = named("curves");
    let (width, height) = (360.0, 200.0);
    let texts = |text: &str| -> Vec<(String, f64)> {
        let document = roxmltree::Document::parse(text).expect("an SVG");
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let place =
            |node: roxmltree::Node| node.attribute("y").and_then(|y| y.parse().ok()).expect("a place");
        texts.map(|node| (node.text().unwrap_or_default().to_owned(), place(node))).collect()
    };
    let plain = texts(&as_svg(&sample, (360, 200), &style(), &View::default()));
    let titled = svg(&sample.name, (width, height + HEADING_PX), &style(), |area, style| {
        let figure = (&sample.figure, &sample.numbers);
        draw_titled(area, ["Loss", "step 11: what it shows"], figure, style, &View::default())
    });
    let titled = texts(&titled);
    assert_eq!(titled[0].0, "Loss");
    assert_eq!(titled[1].0, "step 11: what it shows");
    assert_eq!(titled.len(), plain.len() + 2);
    let down = titled[2].1 - plain[0].1;
    assert!(down > 0.0, "{down}");
    for ((text, y), (other, before)) in titled[2..].iter().zip(&plain) {
        assert!(text == other && (y - before - down).abs() < 1e-6, "{text} at {y}, {other} at {before}");
    }
}

/// Head and rows of what a program for CSV reads.
fn read(sample: &Sample) -> (Vec<String>, Vec<Vec<String>>) {
    let text = table(&sample.figure, &sample.numbers).to_csv();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let head = cells(reader.headers().expect("a head"));
    let rows = reader.records().map(|row| cells(&row.unwrap_or_else(|e| panic!("{}: {e}", sample.name))));
    (head, rows.collect())
}

#[test]
fn every_table_comes_back_from_csv_cell_by_cell() {
    for sample in samples::figures().iter().chain(&samples::broken()) {
        let table = table(&sample.figure, &sample.numbers);
        assert_eq!(read(sample), (table.columns, table.rows), "{}", sample.name);
    }
}

#[test]
fn numbers_read_back_from_csv_bit_for_bit() {
    for name in ["curves", "curves-long", "curves-strips"] {
        let sample = named(name);
        let (head, rows) = read(&sample);
        let column = |index: usize| -> Vec<u32> {
            let cells = rows.iter().map(|row| &row[index]).filter(|cell| !cell.is_empty());
            cells.map(|cell| cell.parse::<f32>().expect("a number").to_bits()).collect()
        };
        let Figure::Curves(curves) = &sample.figure else { unreachable!("curves are curves") };
        let bits = |span| sample.numbers.at(span).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let mut index = 1;
        for line in curves.strips.iter().flat_map(|strip| &strip.lines) {
            if head[index].ends_with(", least") {
                assert_eq!(column(index), bits(line.low), "{name}, {}", head[index]);
                index += 1;
            }
            assert_eq!(column(index), bits(line.high), "{name}, {}", head[index]);
            index += 1;
        }
        assert_eq!(index, head.len());
    }
    let sample = named("map-10");
    let Figure::LayerMap(map) = &sample.figure else { unreachable!("a map is a map") };
    let (_, rows) = read(&sample);
    let cells = rows.iter().flat_map(|row| &row[1..]);
    let values: Vec<u32> = cells.map(|cell| cell.parse::<f32>().expect("a number").to_bits()).collect();
    let wanted: Vec<u32> = sample.numbers.at(map.values).iter().map(|value| value.to_bits()).collect();
    assert_eq!(values, wanted);
}
