//! The visitor as one more user: which films they rated, which the machine recommends for it, and which tastes it found.

use super::chains::machine;
use super::films::{Viewer, rows, scale};
use crate::labs::format::{count, fixed};
use crate::labs::{Figure, Grid, Intervals, Numbers, Panel, Questions, View};
use crate::train::Run;

/// Films that are offered to be rated, and that are recommended.
const OFFERED: usize = 6;
const RECOMMENDED: usize = 6;
/// Hidden units and films of the table of tastes.
const UNITS: usize = 12;
const FILMS: usize = 8;
/// A change of the odds that is not in the strongest colour, whatever the others are.
const FAINT: f32 = 0.3;
/// Users who must have rated a film before it is recommended: of others nothing was learned.
const KNOWN_BY: usize = 5;

/// How often each film is rated in training.
fn counts(run: &Run) -> Vec<usize> {
    let train = rows(run, false);
    let mut counts = vec![0; train.columns()];
    (0..train.len()).for_each(|user| train.row(user).for_each(|(film, _)| counts[film] += 1));
    counts
}

/// Films in the order of how often they are rated, the most first.
fn by_fame(films: &mut [usize], counts: &[usize]) {
    films.sort_by_key(|&film| (std::cmp::Reverse(counts[film]), film));
}

fn title(run: &Run, film: usize) -> String {
    run.data().names.inputs.get(film).cloned().unwrap_or_else(|| format!("film {}", film + 1))
}

/// What the visitor rated, of films and levels that there are.
fn rated<'a>(run: &'a Run, view: &'a View) -> impl Iterator<Item = (usize, usize)> + 'a {
    let (films, levels) = (rows(run, false).columns(), scale(run).levels());
    let all = view.probe.ratings.iter().filter(move |[film, level]| *film < films && *level < levels);
    all.map(|[film, level]| (*film, *level))
}

/// The figure "rated": films to be rated, those that are first.
pub(super) fn questions(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let (scale, counts) = (scale(run), counts(run));
    let mine: Vec<(usize, usize)> = rated(run, view).collect();
    let wanted = view.probe.search.trim().to_lowercase();
    let mut others: Vec<usize> =
        (0..counts.len()).filter(|film| mine.iter().all(|(of, _)| of != film)).collect();
    by_fame(&mut others, &counts);
    // What is looked for, or what was rated among what is known best, each at its place whatever is answered.
    let items: Vec<usize> = if wanted.is_empty() {
        let room = OFFERED.saturating_sub(mine.len()).max(1);
        let mut items: Vec<usize> =
            mine.iter().map(|(film, _)| *film).chain(others.into_iter().take(room)).collect();
        by_fame(&mut items, &counts);
        items
    } else {
        let mut found: Vec<usize> = (0..counts.len()).collect();
        by_fame(&mut found, &counts);
        found.retain(|&film| title(run, film).to_lowercase().contains(&wanted));
        let mut room = OFFERED;
        found.retain(|film| {
            let is_mine = mine.iter().any(|(of, _)| of == film);
            let stays = is_mine || room > 0;
            room -= usize::from(stays && !is_mine);
            stays
        });
        found
    };
    let answers: Vec<Option<usize>> =
        items.iter().map(|film| mine.iter().find(|(of, _)| of == film).map(|(_, level)| *level)).collect();
    let stars = answers.iter().map(|answer| answer.map_or(f32::NAN, |level| scale.stars(level)));
    let stars: Vec<f32> = stars.collect();
    let (means, truth) = (numbers.add(stars.iter().copied()), numbers.add(stars.iter().copied()));
    let rows = Intervals {
        names: items.iter().map(|&film| title(run, film)).collect(),
        means,
        lows: means,
        highs: means,
        truth,
        range: [scale.stars(0), scale.stars(scale.levels() - 1)],
        unit: "star".into(),
        decimals: 1,
        marked: 0,
    };
    let choices = (0..scale.levels()).map(|level| scale.stars(level).to_string()).collect();
    let summary = match mine.len() {
        0 => "You have not rated any film yet.".into(),
        1 => "You have rated one film.".into(),
        many => format!("You have rated {} films.", count(many)),
    };
    let note = if mine.is_empty() { String::new() } else { format!("{} rated", mine.len()) };
    let figure = Questions { rows, items, choices, answers };
    Panel { id: "rated".into(), note, summary, figure: Figure::Questions(figure) }
}

/// The figure "recommended": the films that the visitor would give most stars, with how sure that is.
pub(super) fn recommended(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let (scale, counts) = (scale(run), counts(run));
    let mine: Vec<(usize, usize)> = rated(run, view).collect();
    let mut viewer = Viewer::of(run);
    viewer.take(mine.iter().copied());
    let known =
        (0..counts.len()).filter(|&film| counts[film] >= KNOWN_BY && mine.iter().all(|(of, _)| *of != film));
    let mut expected: Vec<(usize, [f32; 2])> = known.map(|film| (film, viewer.expects(film))).collect();
    expected.sort_by(|(a, [of_a, _]), (b, [of_b, _])| of_b.total_cmp(of_a).then(a.cmp(b)));
    expected.truncate(RECOMMENDED);
    let ends = [scale.stars(0), scale.stars(scale.levels() - 1)];
    let within = |stars: f32| stars.clamp(ends[0], ends[1]);
    let told: Vec<String> = expected
        .iter()
        .take(3)
        .map(|(film, [mean, _])| format!("{} {}", title(run, *film), fixed(f64::from(*mean), 1)))
        .collect();
    let whom = if mine.is_empty() { "For somebody who rated nothing" } else { "For what you rated" };
    let summary = format!("{whom}, expected stars: {}.", told.join(", "));
    let figure = Intervals {
        names: expected.iter().map(|(film, _)| title(run, *film)).collect(),
        means: numbers.add(expected.iter().map(|(_, [mean, _])| *mean)),
        lows: numbers.add(expected.iter().map(|(_, [mean, deviation])| within(mean - deviation))),
        highs: numbers.add(expected.iter().map(|(_, [mean, deviation])| within(mean + deviation))),
        truth: numbers.add([]),
        range: ends,
        unit: "star".into(),
        decimals: 1,
        marked: 2,
    };
    let note = if run.steps() == 0 { "near the film averages until you press Play" } else { "" };
    Panel { id: "recommended".into(), note: note.into(), summary, figure: Figure::Intervals(figure) }
}

/// The figure "tastes": how far each hidden unit moves the expected stars of the films that are rated most: the same films and
/// units whatever the weights, so that nothing changes its place while the machine learns.
pub(super) fn tastes(run: &Run, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let (units, scale, counts) = (rbm.hidden_units(), scale(run), counts(run));
    let levels = scale.levels();
    let mut films: Vec<usize> = (0..counts.len()).collect();
    by_fame(&mut films, &counts);
    films.truncate(FILMS);
    let shown = units.min(UNITS);
    // A unit that is on moves the logit of each level; of those the slope over the stars counts.
    let middle = f32::midpoint(scale.stars(0), scale.stars(levels - 1));
    let squares: f32 =
        (0..levels).map(|level| (scale.stars(level) - middle) * (scale.stars(level) - middle)).sum();
    let slope = |film: usize, unit: usize| {
        let of_level = |level: usize| {
            (scale.stars(level) - middle) * weights.kernel[(film * levels + level) * units + unit]
        };
        (0..levels).map(of_level).sum::<f32>() / squares
    };
    let values: Vec<f32> =
        films.iter().flat_map(|&film| (0..shown).map(move |unit| slope(film, unit))).collect();
    // What is next to nothing stays pale.
    let most = values.iter().fold(FAINT, |most, value| most.max(value.abs()));
    let summary = format!(
        "What {shown} of {units} hidden units add to the odds of one star more, for the {} films that are rated most: at most {most:.2}.",
        films.len()
    );
    let figure = Grid {
        label: "change of the log-odds of a star more".into(),
        sides: [String::new(), "hidden unit".into()],
        rows: films.iter().map(|&film| title(run, film)).collect(),
        columns: (1..=shown).map(|unit| unit.to_string()).collect(),
        values: numbers.add(values),
        most: Some(most),
        chosen: None,
    };
    let note = format!("{shown} of {units} hidden units");
    Panel { id: "tastes".into(), note, summary, figure: Figure::Grid(figure) }
}
