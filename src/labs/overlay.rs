//! Figures of several lanes as one figure: their curves on the same axes, their bars side by side. So
//! whatever draws, reads or lists a figure needs to know of no lanes.

use super::{
    Curves, Deal, DealRow, Fan, Fans, Figure, Grid, Inked, InkedBlock, LANE_LETTERS, LayerBars, Line,
    LineScale, Lines, MemoryBar, MemoryBars, Numbers, Panel, PlacedDot, PlacedLine, Race, Runner, Span,
    Strip, SurfaceFigure, SurfacePath, TimeGroup, TimeMap, TimeMaps,
};

/// What a lane shows: its place in [`LANE_LETTERS`], a panel and the numbers of that.
pub type Shown<'a> = (usize, &'a Panel, &'a Numbers);

/// The name of a lane, as people write it.
#[must_use]
pub fn lane_name(lane: usize) -> String {
    LANE_LETTERS[lane].to_uppercase().to_string()
}

/// The panels of all lanes in one, `selected` first among those that share a place; `None` where the figures
/// are of a kind that is not overlaid.
#[must_use]
pub fn overlaid(lanes: &[Shown], selected: usize) -> Option<(Panel, Numbers)> {
    let mut numbers = Numbers::default();
    let (_, of_selected, _) = lanes.iter().find(|(lane, ..)| *lane == selected)?;
    let figure = match &of_selected.figure {
        Figure::Curves(_) => Figure::Curves(curves(lanes, selected, &mut numbers)),
        Figure::LayerBars(bars) => Figure::LayerBars(layer_bars(lanes, selected, bars, &mut numbers)),
        Figure::Grid(grid) => Figure::Grid(grids(lanes, grid, &mut numbers)),
        Figure::Lines(first) => Figure::Lines(lines(lanes, first, &mut numbers)),
        Figure::TimeMaps(first) => Figure::TimeMaps(time_maps(lanes, first, &mut numbers)),
        Figure::Inked(_) => Figure::Inked(inked(lanes, &mut numbers)),
        Figure::Deal(first) => Figure::Deal(deals(lanes, first, &mut numbers)),
        Figure::MemoryBars(first) => Figure::MemoryBars(memory_bars(lanes, first)),
        Figure::Fans(first) => Figure::Fans(fans(lanes, first, &mut numbers)),
        Figure::Surface(first) => {
            Figure::Surface(surfaces(lanes, first, (of_selected, selected), &mut numbers))
        }
        Figure::Race(first) => Figure::Race(races(lanes, first, &mut numbers)),
        _ => return None,
    };
    let said = |(lane, panel, _): &Shown| format!("Lane {}: {}", lane_name(*lane), panel.summary);
    let summary = lanes.iter().map(said).collect::<Vec<_>>().join(" ");
    Some((Panel { summary, figure, ..(*of_selected).clone() }, numbers))
}

fn copied(span: Span, from: &Numbers, to: &mut Numbers) -> Span {
    to.add(from.at(span).iter().copied())
}

/// The strips of the selected lane with every lane's lines of the same measure.
fn curves(lanes: &[Shown], selected: usize, numbers: &mut Numbers) -> Curves {
    let (mut joined, mut axis) = (Curves::default(), None);
    let order = lanes.iter().filter(|(lane, ..)| *lane == selected);
    for (lane, panel, own) in order.chain(lanes.iter().filter(|(lane, ..)| *lane != selected)) {
        let Figure::Curves(of_lane) = &panel.figure else { continue };
        joined.steps = joined.steps.max(of_lane.steps);
        joined.at = joined.at.or(of_lane.at);
        joined.axis = *axis.get_or_insert(of_lane.axis);
        if of_lane.axis != joined.axis {
            continue; // on its way to the axis that was chosen
        }
        joined.end = joined.end.into_iter().chain(of_lane.end).reduce(f32::max);
        joined.target = joined.target.into_iter().chain(of_lane.target).reduce(f32::min);
        joined.is_race |= of_lane.is_race;
        if joined.axes.is_empty() {
            joined.axes.clone_from(&of_lane.axes);
        }
        for strip in &of_lane.strips {
            let place = joined.strips.iter().position(|other| other.label == strip.label);
            let place = place.unwrap_or_else(|| {
                joined.strips.push(Strip { lines: Vec::new(), ..strip.clone() });
                joined.strips.len() - 1
            });
            let top = &mut joined.strips[place].top;
            *top = top.zip(strip.top).map(|(a, b)| a.max(b)).or(*top).or(strip.top);
            let has_train = strip.lines.iter().any(|line| line.is_train);
            joined.strips[place].lines.extend(strip.lines.iter().map(|line| Line {
                // Thin lines of a strip that has thick ones go with those: their names would fill the margin.
                label: if has_train && !line.is_train { String::new() } else { lane_name(*lane) },
                lane: *lane,
                x: copied(line.x, own, numbers),
                low: copied(line.low, own, numbers),
                high: copied(line.high, own, numbers),
                is_train: line.is_train,
            }));
        }
        joined.changes.extend(of_lane.changes.iter().map(|change| {
            let words = format!("{}: {}", lane_name(*lane), change.words);
            super::Change { step: change.step, words }
        }));
    }
    for strip in &mut joined.strips {
        strip.lines.sort_by_key(|line| line.lane);
    }
    joined.changes.sort_by_key(|change| change.step);
    joined
}

/// The bars of every lane in the columns of the selected one: layers from the input on, the output last.
fn layer_bars(lanes: &[Shown], selected: usize, first: &LayerBars, numbers: &mut Numbers) -> LayerBars {
    let columns = first.series.first().map_or(0, |series| series.values.len);
    let mut joined = LayerBars { series: Vec::new(), ..first.clone() };
    for (lane, panel, own) in lanes {
        let Figure::LayerBars(bars) = &panel.figure else { continue };
        joined.decades[0] = joined.decades[0].min(bars.decades[0]);
        joined.decades[1] = joined.decades[1].max(bars.decades[1]);
        for series in &bars.series {
            let values = own.at(series.values);
            let values = numbers.add(fitted(values, columns));
            // Nothing where nothing is predicted.
            let predicted = own.at(series.predicted);
            let columns = if predicted.is_empty() { 0 } else { columns };
            let predicted = numbers.add(fitted(predicted, columns));
            let finding = series.finding.clone().filter(|_| *lane == selected);
            joined.series.push(super::BarSeries { lane: *lane, values, predicted, finding });
        }
    }
    joined
}

/// The rows of every lane with its letter; the first row, which is of the data alone, once where it is the same for all.
fn grids(lanes: &[Shown], first: &Grid, numbers: &mut Numbers) -> Grid {
    let row = |grid: &Grid, own: &Numbers, index: usize| -> Vec<u32> {
        let values = own.at(grid.values).chunks(grid.columns.len().max(1)).nth(index).unwrap_or(&[]);
        values.iter().map(|value| value.to_bits()).collect()
    };
    let of_lanes: Vec<(usize, &Grid, &Numbers)> = lanes
        .iter()
        .filter_map(|(lane, panel, own)| match &panel.figure {
            Figure::Grid(grid) if grid.columns == first.columns => Some((*lane, grid, *own)),
            _ => None,
        })
        .collect();
    let is_shared = of_lanes.windows(2).all(|pair| {
        pair[0].1.label == pair[1].1.label && row(pair[0].1, pair[0].2, 0) == row(pair[1].1, pair[1].2, 0)
    });
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for (place, (lane, grid, own)) in of_lanes.into_iter().enumerate() {
        let skipped = usize::from(is_shared && place > 0);
        rows.extend(grid.rows.iter().enumerate().skip(skipped).map(|(index, row)| {
            if index == 0 && is_shared { row.clone() } else { format!("{} {row}", lane_name(lane)) }
        }));
        values.extend_from_slice(own.at(grid.values).get(skipped * grid.columns.len()..).unwrap_or(&[]));
    }
    Grid { rows, values: numbers.add(values), ..first.clone() }
}

/// The lines of every lane on the axes of the selected one, theirs widened so that all have room. What they share stands
/// once.
fn lines(lanes: &[Shown], first: &Lines, numbers: &mut Numbers) -> Lines {
    let mut joined = Lines { lines: Vec::new(), dots: Vec::new(), ..first.clone() };
    let of_lanes = || {
        lanes.iter().filter_map(|(lane, panel, own)| match &panel.figure {
            Figure::Lines(of_lane) => Some((*lane, of_lane, *own)),
            _ => None,
        })
    };
    let shared = |of_lane: &Lines, own: &Numbers| -> Vec<(Vec<u32>, Vec<u32>)> {
        let bits = |span| own.at(span).iter().map(|value| value.to_bits()).collect();
        of_lane.lines.iter().filter(|line| line.is_shared).map(|line| (bits(line.x), bits(line.y))).collect()
    };
    // A lane that has measured nothing yet does not part them.
    let is_number = |bits: &u32| f32::from_bits(*bits).is_finite();
    let is_measured = |lines: &[(Vec<u32>, Vec<u32>)]| lines.iter().any(|(_, y)| y.iter().any(is_number));
    let all: Vec<_> = of_lanes().map(|(_, of_lane, own)| shared(of_lane, own)).collect();
    let holder = all.iter().position(|lines| is_measured(lines)).unwrap_or(0);
    let is_same = all.iter().all(|lines| !is_measured(lines) || *lines == all[holder]);
    let now = |of_lane: &Lines| -> Vec<PlacedDot> {
        of_lane.dots.iter().filter(|dot| dot.is_shared).cloned().collect()
    };
    let dots: Vec<_> = of_lanes().map(|(_, of_lane, _)| now(of_lane)).collect();
    let is_same_now = is_same && dots.windows(2).all(|pair| pair[0] == pair[1]);
    for (place, (lane, of_lane, own)) in of_lanes().enumerate() {
        if let (LineScale::Decades(all), LineScale::Decades(one)) = (&mut joined.scale, of_lane.scale) {
            *all = [all[0].min(one[0]), all[1].max(one[1])];
        }
        if let (LineScale::Linear(all), LineScale::Linear(one)) = (&mut joined.scale, of_lane.scale) {
            *all = all.max(one);
        }
        let drawn = of_lane.lines.iter().filter(|line| place == holder || !(line.is_shared && is_same));
        joined.lines.extend(drawn.map(|line| PlacedLine {
            lane,
            // Which line it is is said by its lane; what is computed is named once.
            label: match line {
                line if line.is_shared && is_same => line.label.clone(),
                line if line.is_theory => String::new(),
                _ => lane_name(lane),
            },
            x: copied(line.x, own, numbers),
            y: copied(line.y, own, numbers),
            is_shared: line.is_shared && is_same,
            is_theory: line.is_theory,
        }));
        let drawn = of_lane.dots.iter().filter(|dot| place == holder || !(dot.is_shared && is_same_now));
        joined.dots.extend(drawn.map(|dot| match dot {
            dot if dot.is_shared && is_same_now => dot.clone(),
            // The words of a place that lanes do not share go with their line.
            dot if dot.is_shared => PlacedDot { lane, label: String::new(), is_shared: false, ..dot.clone() },
            _ => PlacedDot { lane, label: lane_name(lane), ..dot.clone() },
        }));
    }
    joined
}

/// The groups of every lane below the sequence of the selected one, as far as it is the same for all.
fn time_maps(lanes: &[Shown], first: &TimeMaps, numbers: &mut Numbers) -> TimeMaps {
    let mut joined = TimeMaps { groups: Vec::new(), ..first.clone() };
    for (lane, panel, own) in lanes {
        let Figure::TimeMaps(of_lane) = &panel.figure else { continue };
        if of_lane.symbols.len() != first.symbols.len() {
            continue;
        }
        joined.groups.extend(of_lane.groups.iter().map(|group| {
            TimeGroup {
                lane: *lane,
                name: format!("{} {}", lane_name(*lane), group.name),
                maps: group
                    .maps
                    .iter()
                    // Gates over another sequence would stand under letters that they did not read.
                    .filter(|map| of_lane.symbols == first.symbols || map.row_name != "unit")
                    .map(|map| TimeMap { values: copied(map.values, own, numbers), ..map.clone() })
                    .collect(),
                ..group.clone()
            }
        }));
    }
    joined
}

/// The ways of every lane over the surface of the selected one, as far as they are in the same plane.
fn surfaces(
    lanes: &[Shown],
    first: &SurfaceFigure,
    (of_selected, selected): (&Panel, usize),
    numbers: &mut Numbers,
) -> SurfaceFigure {
    let mut joined = SurfaceFigure { paths: Vec::new(), ..first.clone() };
    let has_all = first.paths.len() > 1; // the ways of other lanes were given to it
    for (lane, panel, own) in lanes {
        let Figure::Surface(of_lane) = &panel.figure else { continue };
        if *lane == selected && std::ptr::eq(*panel, of_selected) {
            joined.values = copied(of_lane.values, own, numbers);
        } else if has_all || of_lane.plane != first.plane {
            continue;
        }
        joined.paths.extend(of_lane.paths.iter().map(|path| SurfacePath {
            lane: if has_all { path.lane } else { *lane },
            places: copied(path.places, own, numbers),
            ..path.clone()
        }));
    }
    joined
}

/// The texts of every lane, one after another.
fn inked(lanes: &[Shown], numbers: &mut Numbers) -> Inked {
    let mut blocks = Vec::new();
    for (lane, panel, own) in lanes {
        let Figure::Inked(of_lane) = &panel.figure else { continue };
        blocks.extend(of_lane.blocks.iter().map(|block| InkedBlock {
            lane: *lane,
            title: format!("{} {}", lane_name(*lane), block.title),
            ink: copied(block.ink, own, numbers),
            ..block.clone()
        }));
    }
    Inked { blocks }
}

/// The epoch of every lane, row by row.
fn deals(lanes: &[Shown], first: &Deal, numbers: &mut Numbers) -> Deal {
    let mut joined = Deal { rows: Vec::new(), ..first.clone() };
    for (lane, panel, own) in lanes {
        let Figure::Deal(of_lane) = &panel.figure else { continue };
        joined.rows.extend(of_lane.rows.iter().map(|row| {
            // Classes of other data would have other colours than those that are named.
            let labels = if of_lane.classes == first.classes { row.labels } else { Span::default() };
            DealRow { lane: *lane, labels: copied(labels, own, numbers), ..row.clone() }
        }));
    }
    joined
}

/// The bytes of every lane; what one batch of all items would take is the selected one's.
fn memory_bars(lanes: &[Shown], first: &MemoryBars) -> MemoryBars {
    let mut joined = MemoryBars { bars: Vec::new(), ..first.clone() };
    for (lane, panel, _) in lanes {
        let Figure::MemoryBars(of_lane) = &panel.figure else { continue };
        joined.bars.extend(of_lane.bars.iter().map(|bar| MemoryBar { lane: *lane, ..bar.clone() }));
    }
    joined
}

/// The angles of every lane, side by side.
fn fans(lanes: &[Shown], first: &Fans, numbers: &mut Numbers) -> Fans {
    let mut joined = Fans { fans: Vec::new(), ..first.clone() };
    for (lane, panel, own) in lanes {
        let Figure::Fans(of_lane) = &panel.figure else { continue };
        joined.fans.extend(of_lane.fans.iter().map(|fan| Fan {
            lane: *lane,
            angles: copied(fan.angles, own, numbers),
            ..fan.clone()
        }));
    }
    joined
}

/// The learning curves of every lane that is tested by the same measure.
fn races(lanes: &[Shown], first: &Race, numbers: &mut Numbers) -> Race {
    let mut joined = Race { runners: Vec::new(), ..first.clone() };
    for (lane, panel, own) in lanes {
        let Figure::Race(of_lane) = &panel.figure else { continue };
        if of_lane.metric != first.metric {
            continue;
        }
        joined.runners.extend(of_lane.runners.iter().map(|runner| Runner {
            lane: *lane,
            updates: copied(runner.updates, own, numbers),
            examples: copied(runner.examples, own, numbers),
            seconds: copied(runner.seconds, own, numbers),
            loss: copied(runner.loss, own, numbers),
            metric: copied(runner.metric, own, numbers),
            ..runner.clone()
        }));
    }
    joined
}

/// `values` in so many columns, the last in the last; where there are fewer, no number stands between.
fn fitted(values: &[f32], columns: usize) -> impl Iterator<Item = f32> + '_ {
    let hidden = values.len().saturating_sub(1);
    (0..columns).map(move |column| match column {
        _ if column + 1 == columns => values.last().copied().unwrap_or(f32::NAN),
        _ if column < hidden => values[column],
        _ => super::BarSeries::NO_LAYER,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{BarSeries, Change, CurveAxis, Finding};

    fn panel(figure: Figure) -> Panel {
        Panel { id: "x".into(), note: String::new(), summary: "said.".into(), figure }
    }

    #[test]
    fn lines_of_all_lanes_share_a_strip_and_keep_their_numbers() {
        let of_lane = |values: &[f32]| {
            let mut numbers = Numbers(vec![9.0; 3]); // others stand before them
            let span = numbers.add(values.iter().copied());
            let line = |label: &str, is_train| Line {
                label: label.into(),
                is_train,
                lane: 0,
                x: span,
                low: span,
                high: span,
            };
            let strip = Strip {
                label: "loss".into(),
                lines: vec![line("train", true), line("test", false)],
                marks: vec![(0.7, "guessing".into())],
                ..Strip::default()
            };
            let changes = vec![Change { step: values.len(), words: "Tanh".into() }];
            (
                panel(Figure::Curves(Curves {
                    steps: values.len(),
                    at: None,
                    strips: vec![strip],
                    changes,
                    ..Curves::default()
                })),
                numbers,
            )
        };
        let (a, b) = (of_lane(&[1.0, 2.0]), of_lane(&[3.0, 4.0, 5.0]));
        let (joined, numbers) = overlaid(&[(0, &a.0, &a.1), (2, &b.0, &b.1)], 0).unwrap();
        let Figure::Curves(curves) = joined.figure else { panic!("curves stay curves") };
        assert_eq!((curves.steps, curves.strips.len(), curves.strips[0].marks.len()), (3, 1, 1));
        let lines: Vec<_> =
            curves.strips[0].lines.iter().map(|l| (l.lane, l.label.as_str(), numbers.at(l.low))).collect();
        let (one, two): (&[f32], &[f32]) = (&[1.0, 2.0], &[3.0, 4.0, 5.0]);
        assert_eq!(lines, [(0, "A", one), (0, "", one), (2, "C", two), (2, "", two)]);
        assert_eq!(curves.changes[1].words, "C: Tanh");
        assert_eq!(joined.summary, "Lane A: said. Lane C: said.");
    }

    #[test]
    fn a_row_that_all_grids_share_stands_once() {
        let of_lane = |label: &str, values: [f32; 4]| {
            let mut numbers = Numbers::default();
            let grid = Grid {
                label: label.into(),
                sides: ["trained".into(), "tested".into()],
                rows: vec!["as they come".into(), "0.5".into()],
                columns: vec!["0".into(), "1".into()],
                values: numbers.add(values),
                most: None,
                chosen: None,
            };
            (panel(Figure::Grid(grid)), numbers)
        };
        let joined = |b: (Panel, Numbers)| {
            let a = of_lane("noise", [0.0, 0.2, 0.1, 0.3]);
            let (joined, numbers) = overlaid(&[(0, &a.0, &a.1), (1, &b.0, &b.1)], 0).unwrap();
            let Figure::Grid(grid) = joined.figure else { panic!("a grid stays a grid") };
            (grid.rows.join(", "), numbers.at(grid.values).to_vec())
        };
        let (rows, values) = joined(of_lane("noise", [0.0, 0.2, 0.4, 0.5]));
        assert_eq!(
            (rows.as_str(), values.as_slice()),
            ("as they come, A 0.5, B 0.5", &[0.0, 0.2, 0.1, 0.3, 0.4, 0.5][..])
        );
        let (rows, values) = joined(of_lane("a patch", [0.0, 0.1, 0.4, 0.5]));
        assert_eq!((rows.as_str(), values.len()), ("A as they come, A 0.5, B as they come, B 0.5", 8));
    }

    #[test]
    fn bars_stand_in_the_columns_of_the_selected_lane() {
        let of_lane = |values: &[f32], finding: &str| {
            let mut numbers = Numbers::default();
            let values = numbers.add(values.iter().copied());
            let series = vec![BarSeries {
                lane: 0,
                values,
                predicted: Span::default(),
                finding: Some(Finding { layer: 1, text: finding.into(), is_fault: false }),
            }];
            let bars = LayerBars { label: "g".into(), series, decades: [-2, 0], ..LayerBars::default() };
            (panel(Figure::LayerBars(bars)), numbers)
        };
        let (a, b) = (of_lane(&[1.0, 2.0, 3.0, 4.0], "of a"), of_lane(&[5.0, 6.0], "of b"));
        let lanes = [(0, &a.0, &a.1), (1, &b.0, &b.1)];
        let values = |selected: usize| {
            let (joined, numbers) = overlaid(&lanes, selected).unwrap();
            let Figure::LayerBars(bars) = joined.figure else { panic!("bars stay bars") };
            let told: Vec<_> = bars.series.iter().filter_map(|s| Some(s.finding.clone()?.text)).collect();
            (bars.series.iter().map(|s| numbers.at(s.values).to_vec()).collect::<Vec<_>>(), told)
        };
        let none = BarSeries::NO_LAYER;
        assert_eq!(
            values(0),
            (vec![vec![1.0, 2.0, 3.0, 4.0], vec![5.0, none, none, 6.0]], vec!["of a".into()])
        );
        assert_eq!(values(1), (vec![vec![1.0, 4.0], vec![5.0, 6.0]], vec!["of b".into()]));
    }

    /// Two lanes with these panels in one.
    fn both(a: &(Panel, Numbers), b: &(Panel, Numbers)) -> (Figure, Numbers) {
        let (joined, numbers) = overlaid(&[(0, &a.0, &a.1), (2, &b.0, &b.1)], 0).unwrap();
        (joined.figure, numbers)
    }

    #[test]
    fn what_lines_share_stands_once_and_what_they_do_not_has_its_lane() {
        let of_lane = |rate: f32, batch: f32| {
            let mut numbers = Numbers::default();
            let line = PlacedLine {
                label: "constant".into(),
                x: numbers.add([1.0, 64.0]),
                y: numbers.add([rate, rate]),
                is_shared: true,
                ..PlacedLine::default()
            };
            let now = PlacedDot { label: "now".into(), x: 64.0, y: rate, is_shared: true, lane: 0 };
            let own = PlacedDot { label: "here".into(), x: batch, is_shared: false, ..now.clone() };
            let lines = Lines { lines: vec![line], dots: vec![now, own], ..Lines::default() };
            (panel(Figure::Lines(lines)), numbers)
        };
        let told = |b: f32| {
            let (figure, _) = both(&of_lane(0.1, 1.0), &of_lane(b, 32.0));
            let Figure::Lines(lines) = figure else { panic!("lines stay lines") };
            let names = |shared: bool, lane: usize, label: &str| format!("{shared} {lane} {label}");
            let drawn: Vec<_> = lines.lines.iter().map(|l| names(l.is_shared, l.lane, &l.label)).collect();
            let dots: Vec<_> = lines.dots.iter().map(|d| names(d.is_shared, d.lane, &d.label)).collect();
            (drawn.join(", "), dots.join(", "))
        };
        let same = ("true 0 constant".into(), "true 0 now, false 0 A, false 2 C".into());
        assert_eq!(told(0.1), same);
        // What one lane alone has measured is of no lane, too.
        let (mut none, own) = of_lane(0.1, 1.0);
        let Figure::Lines(lines) = &mut none.figure else { panic!("lines") };
        (lines.lines[0].x, lines.lines[0].y) = (Span::default(), Span::default());
        let (Figure::Lines(lines), numbers) = both(&(none, own), &of_lane(0.1, 32.0)) else {
            panic!("lines stay lines")
        };
        assert_eq!((lines.lines.len(), lines.lines[0].is_shared), (1, true));
        assert_eq!(numbers.at(lines.lines[0].x), [1.0, 64.0]);
        let apart = ("false 0 A, false 2 C".into(), "false 0 , false 0 A, false 2 , false 2 C".into());
        assert_eq!(told(0.2), apart);
    }

    #[test]
    fn curves_over_seconds_reach_as_far_as_the_longest() {
        let of_lane = |axis, end, is_race| {
            let axes = if is_race { vec![axis] } else { Vec::new() };
            let curves = Curves { axis, end: Some(end), is_race, axes, ..Curves::default() };
            (panel(Figure::Curves(curves)), Numbers::default())
        };
        let seconds = CurveAxis::Seconds;
        let (figure, _) = both(&of_lane(seconds, 2.0, false), &of_lane(seconds, 3.0, true));
        let Figure::Curves(curves) = figure else { panic!("curves stay curves") };
        assert_eq!((curves.axis, curves.end, curves.is_race), (seconds, Some(3.0), true));
        assert_eq!(curves.axes, [seconds], "it can still be chosen");
        let (figure, _) = both(&of_lane(seconds, 2.0, false), &of_lane(CurveAxis::Examples, 900.0, true));
        let Figure::Curves(curves) = figure else { panic!("curves stay curves") };
        assert_eq!((curves.axis, curves.end, curves.is_race), (seconds, Some(2.0), false));
    }

    #[test]
    fn deals_memory_fans_and_races_keep_a_row_for_each_lane() {
        let own = |values: [f32; 2]| {
            let mut numbers = Numbers(vec![9.0; 3]); // others stand before them
            let span = numbers.add(values);
            (span, numbers)
        };
        let joined = |make: &dyn Fn(Span) -> Figure| {
            let [a, b] = [[1.0, 2.0], [3.0, 4.0]].map(|values| {
                let (span, numbers) = own(values);
                (panel(make(span)), numbers)
            });
            both(&a, &b)
        };
        let row = |labels| DealRow { items: 2, batch: 1, labels, ..DealRow::default() };
        let (figure, numbers) =
            joined(&|span| Figure::Deal(Deal { rows: vec![row(span)], ..Deal::default() }));
        let Figure::Deal(deal) = figure else { panic!("a deal stays a deal") };
        let rows: Vec<_> = deal.rows.iter().map(|row| (row.lane, numbers.at(row.labels))).collect();
        assert_eq!(rows, [(0, &[1.0, 2.0][..]), (2, &[3.0, 4.0])]);

        let (figure, numbers) = joined(&|angles| {
            Figure::Fans(Fans { fans: vec![Fan { angles, ..Fan::default() }], ..Fans::default() })
        });
        let Figure::Fans(fans) = figure else { panic!("fans stay fans") };
        let rows: Vec<_> = fans.fans.iter().map(|fan| (fan.lane, numbers.at(fan.angles))).collect();
        assert_eq!(rows, [(0, &[1.0, 2.0][..]), (2, &[3.0, 4.0])]);

        let (figure, numbers) = joined(&|loss| {
            Figure::Race(Race { runners: vec![Runner { loss, ..Runner::default() }], ..Race::default() })
        });
        let Figure::Race(race) = figure else { panic!("a race stays a race") };
        let rows: Vec<_> = race.runners.iter().map(|runner| (runner.lane, numbers.at(runner.loss))).collect();
        assert_eq!(rows, [(0, &[1.0, 2.0][..]), (2, &[3.0, 4.0])]);
        assert_eq!(race.target(&numbers), Some(3.0), "the second lane reached it");

        let bars = MemoryBars {
            bars: vec![MemoryBar::default()],
            whole: Some(MemoryBar::default()),
            ..MemoryBars::default()
        };
        let (figure, _) = joined(&|_| Figure::MemoryBars(bars.clone()));
        let Figure::MemoryBars(bars) = figure else { panic!("bars stay bars") };
        assert_eq!(bars.bars.iter().map(|bar| bar.lane).collect::<Vec<_>>(), [0, 2]);
        assert!(bars.whole.is_some());
    }
}
