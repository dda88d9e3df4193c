use super::*;
use crate::data::SETS;

const TASKS: [&str; 7] = ["recall", "adding", "temporal_order", "copy", "brackets", "parity", "wave"];

fn config(name: &str, lag: usize) -> DataConfig {
    DataConfig { lag: Some(lag), samples: 400, ..DataConfig::named(name) }
}

/// Every item with its labels, as numbers where it is of numbers.
fn items(config: &DataConfig) -> Vec<(Vec<u16>, Vec<f32>, Vec<f32>)> {
    let data = Data::new(config, 3).unwrap();
    data.ensure_fits(config).unwrap();
    let of = |examples: &Examples| {
        let sequences = examples.sequences().unwrap().clone();
        let (size, steps) = (examples.labels_per_item(), examples.to_tensor());
        let item = |item: usize| {
            let numbers = steps.index_axis(ndarray::Axis(0), item).iter().copied().collect();
            let labels = examples.all_labels()[size * item..][..size].to_vec();
            (sequences.symbols(item).to_vec(), numbers, labels)
        };
        (0..examples.len()).map(item).collect::<Vec<_>>()
    };
    [of(&data.train), of(&data.test)].concat()
}

fn text(config: &DataConfig, symbols: &[u16]) -> String {
    let names = symbols_of(config);
    symbols.iter().filter(|symbol| **symbol != PADDING).map(|&s| names[usize::from(s)].as_str()).collect()
}

fn symbols_of(config: &DataConfig) -> Vec<String> {
    symbols(config).unwrap()
}

fn class<'a>(config: &DataConfig, label: f32) -> &'a str {
    config.set().unwrap().class_names()[label as usize]
}

#[test]
fn every_task_is_listed_split_and_the_same_for_the_same_seed() {
    let listed: Vec<&str> =
        SETS.into_iter().filter(|set| set.is_of_sequences() && !set.is_given()).map(|set| set.name).collect();
    assert!(TASKS.iter().all(|name| listed.contains(name)), "{listed:?}");
    for name in TASKS {
        for lag in [2, 3, 7, 20, 200] {
            let config = config(name, lag);
            let data = Data::new(&config, 7).unwrap();
            data.ensure_fits(&config).unwrap();
            assert_eq!((data.train.len(), data.test.len()), (320, 80), "{name}");
            assert_eq!(data, Data::new(&config, 7).unwrap(), "{name}");
            assert_ne!(data, Data::new(&config, 8).unwrap(), "{name}");
            assert_eq!(data.train.to_tensor().shape()[1..], config.input_shape().unwrap(), "{name} {lag}");
        }
        let classes = config(name, 20).classes().unwrap();
        assert_eq!(classes, config(name, 20).set().unwrap().class_names().len());
        for class in 0..classes {
            let first = |(_, _, labels): &(_, _, Vec<f32>)| labels[0] as usize == class;
            let count = items(&config(name, 20)).iter().filter(|item| first(item)).count();
            assert_eq!(count, 400 / classes, "{name}: {class}");
        }
    }
}

#[test]
fn recall_asks_for_the_symbol_the_lag_before_its_end() {
    let config = config("recall", 12);
    let mut others = [0; 8];
    for (symbols, numbers, labels) in items(&config) {
        assert_eq!((symbols.len(), symbols[12]), (13, 8));
        assert_eq!(symbols[0], labels[0] as u16);
        symbols[1..12].iter().for_each(|&symbol| others[usize::from(symbol)] += 1);
        for (step, &symbol) in symbols.iter().enumerate() {
            let row: Vec<f32> = (0..9).map(|place| f32::from(u8::from(place == symbol))).collect();
            assert_eq!(numbers[9 * step..][..9], row, "one-hot");
        }
    }
    assert!(others.iter().all(|&count| (450..650).contains(&count)), "all distract alike: {others:?}");
}

#[test]
fn adding_marks_one_number_in_each_half() {
    for lag in [2, 15, 40] {
        let mut squares = 0.0;
        for (_, steps, labels) in items(&config("adding", lag)) {
            let marked: Vec<usize> = (0..lag).filter(|step| steps[2 * step + 1] == 1.0).collect();
            assert_eq!(steps.chunks(2).map(|step| step[1]).sum::<f32>(), 2.0);
            assert!(marked[0] < lag / 2 && marked[1] >= lag / 2, "{marked:?} of {lag}");
            assert_eq!(labels, [steps[2 * marked[0]] + steps[2 * marked[1]]]);
            assert!(steps.chunks(2).all(|step| (0.0..1.0).contains(&step[0])));
            squares += (labels[0] - 1.0) * (labels[0] - 1.0) / 400.0;
        }
        assert!((squares - 1.0 / 6.0).abs() < 0.03, "{squares}: the error of who says 1");
    }
}

#[test]
fn temporal_order_tells_two_letters_in_their_places() {
    for lag in [2, 20, 105] {
        let config = config("temporal_order", lag);
        for (symbols, _, labels) in items(&config) {
            let all = text(&config, &symbols);
            assert!(all.ends_with('?') && all.len() == lag + 1);
            let letters: Vec<(usize, char)> = all.char_indices().filter(|(_, c)| "XY".contains(*c)).collect();
            let said: String = letters.iter().map(|(_, letter)| letter).collect();
            assert_eq!(said, class(&config, labels[0]), "{all}");
            let within =
                |place: usize, tenths: usize| (lag * tenths / 10..=lag * (tenths + 1) / 10).contains(&place);
            assert!(within(letters[0].0, 1) && within(letters[1].0, 5), "{all}");
        }
    }
}

#[test]
fn copy_asks_for_five_symbols_after_the_blanks() {
    let config = config("copy", 9);
    assert_eq!((config.label_steps().unwrap(), config.input_shape().unwrap()), (Some(5), vec![19, 10]));
    for (symbols, _, labels) in items(&config) {
        let all = text(&config, &symbols);
        assert_eq!(all.chars().skip(5).collect::<String>(), "·········?????");
        let given: String = labels.iter().map(|&label| class(&config, label)).collect();
        assert!(all.starts_with(&given) && given.len() == 5, "{all}: {given}");
    }
}

fn balances(brackets: &str) -> bool {
    let mut open = Vec::new();
    let fits = |bracket: char| match bracket {
        '(' | '[' => {
            open.push(bracket);
            true
        }
        ')' => open.pop() == Some('('),
        _ => open.pop() == Some('['),
    };
    brackets.chars().all(fits) && open.is_empty()
}

#[test]
fn brackets_balance_or_are_spoiled_in_one_place() {
    assert!(balances("([])") && !balances("([)]") && !balances("(("));
    for lag in [2, 9, 30] {
        let config = config("brackets", lag);
        let mut deepest = 0_i32;
        for (symbols, _, labels) in items(&config) {
            let all = text(&config, &symbols);
            assert_eq!(all.len(), lag / 2 * 2);
            assert_eq!(balances(&all), class(&config, labels[0]) == "balanced", "{all}");
            let one_place = (0..all.len()).any(|place| {
                let other = |bracket| format!("{}{bracket}{}", &all[..place], &all[place + 1..]);
                ["(", ")", "[", "]"].into_iter().any(|bracket| balances(&other(bracket)))
            });
            assert!(one_place, "{all}: balanced, or with one bracket changed");
            let depth = all.chars().scan(0, |depth, bracket| {
                *depth += if "([".contains(bracket) { 1 } else { -1 };
                Some(*depth)
            });
            deepest = deepest.max(depth.max().unwrap());
        }
        assert!(deepest as usize >= lag / 4, "{deepest} deep at {lag}");
    }
}

#[test]
fn parity_is_that_of_the_ones() {
    let config = config("parity", 11);
    for (symbols, _, labels) in items(&config) {
        let ones = text(&config, &symbols).matches('1').count();
        assert_eq!((symbols.len(), ones % 2), (11, labels[0] as usize));
    }
}

/// Two sines without noise follow a rule of four steps: x(t) = a (x(t−1) + x(t−3)) + b x(t−2) − x(t−4).
#[test]
fn a_wave_goes_on_as_two_sines_do() {
    let clean = DataConfig { noise: 0.0, ..config("wave", 40) };
    for (_, mut wave, labels) in items(&clean) {
        wave.push(labels[0]);
        assert!(wave.iter().all(|x| x.abs() <= 1.0));
        let row = |t: usize| {
            let x = |back: usize| f64::from(wave[t - back]);
            [x(1) + x(3), x(2), x(0) + x(4)]
        };
        // Least squares for a and b over the steps, told on the last.
        let mut sums = [0.0_f64; 5];
        for [p, q, y] in (4..40).map(row) {
            sums.iter_mut().zip([p * p, p * q, q * q, p * y, q * y]).for_each(|(sum, x)| *sum += x);
        }
        let [pp, pq, qq, py, qy] = sums;
        let determinant = pp * qq - pq * pq;
        if determinant < 1e-2 * pp * qq {
            continue; // two frequencies that are nearly one
        }
        let (a, b) = ((py * qq - qy * pq) / determinant, (qy * pp - py * pq) / determinant);
        let [p, q, y] = row(40);
        assert!((a * p + b * q - y).abs() < 1e-3, "{y} is not what follows");
    }
    let (mut clean, mut noisy) = (Vec::new(), Vec::new());
    for (wave, noise) in [(&mut clean, 0.0), (&mut noisy, 0.2)] {
        wave.extend(items(&DataConfig { noise, ..config("wave", 40) }).into_iter().flat_map(|item| item.1));
    }
    let squares = clean.iter().zip(&noisy).take(40).map(|(a, b)| (a - b) * (a - b)).sum::<f32>() / 40.0;
    assert!((0.1..0.3).contains(&squares.sqrt()), "{squares}");
}

#[test]
fn shorter_lags_are_padded_in_front() {
    let varied = DataConfig { min_lag: Some(4), ..config("recall", 12) };
    let mut seen = [0; 13];
    for (symbols, numbers, labels) in items(&varied) {
        assert_eq!(symbols.len(), 13);
        let padding = symbols.iter().take_while(|symbol| **symbol == PADDING).count();
        assert!(symbols[padding..].iter().all(|symbol| *symbol != PADDING));
        assert_eq!(symbols[padding], labels[0] as u16);
        assert!(numbers[..9 * padding].iter().all(|number| *number == 0.0));
        seen[12 - padding] += 1;
    }
    assert!(
        seen[..4].iter().all(|count| *count == 0) && seen[4..].iter().all(|count| *count > 20),
        "{seen:?}"
    );

    let long = DataConfig { length: Some(30), encoding: Some(Encoding::Index), ..config("parity", 10) };
    assert_eq!((long.input_shape().unwrap(), long.index_count().unwrap()), (vec![30], 3));
    for (symbols, numbers, _) in items(&long) {
        assert!(symbols[..20].iter().all(|symbol| *symbol == PADDING));
        assert!(numbers[..20].iter().all(|index| *index == 2.0), "the index after the last symbol");
        assert_eq!(numbers[20..], symbols[20..].iter().map(|&symbol| f32::from(symbol)).collect::<Vec<_>>());
    }
    assert_eq!(config("parity", 10).index_count().unwrap(), 2);
    for (_, steps, _) in items(&DataConfig { length: Some(30), ..config("adding", 10) }) {
        assert!(steps.len() == 60 && steps[..40].iter().all(|number| *number == 0.0));
    }
}

#[test]
fn a_network_is_probed_at_any_lag() {
    let config = config("recall", 20);
    for lag in [2, 20, 150] {
        let items = Data::probe(&config, 7, lag, 60).unwrap();
        assert_eq!((items.len(), items.input_shape()), (60, vec![lag + 1, 9]));
        let sequences = items.sequences().unwrap();
        assert!((0..60).all(|item| sequences.symbols(item)[0] == items.all_labels()[item] as u16));
        assert_eq!(items, Data::probe(&config, 7, lag, 60).unwrap());
    }
    let trained = Data::new(&config, 7).unwrap().train;
    let (probed, trained) = (Data::probe(&config, 7, 20, 60).unwrap().to_tensor(), trained.to_tensor());
    let is_trained_on = |item: usize| {
        let probed = probed.index_axis(ndarray::Axis(0), item);
        trained.outer_iter().any(|trained| trained == probed)
    };
    assert!(!(0..60).any(is_trained_on), "others than those trained on");
    let padded = DataConfig { min_lag: Some(2), ..config.clone() };
    assert_eq!(Data::probe(&padded, 7, 5, 3).unwrap().input_shape(), [21, 9]);
    assert_eq!(Data::probe(&padded, 7, 50, 3).unwrap().input_shape(), [51, 9]);
    let said = |config: &DataConfig, lag| Data::probe(config, 7, lag, 3).unwrap_err().to_string();
    assert_eq!(said(&config, 201), "data.lag is 201, but must be from 2 to 200");
    assert_eq!(
        said(&DataConfig::default(), 5),
        "data.name is spiral, but must be a task over time, which has a lag"
    );
}

#[test]
fn what_sequences_cannot_be_is_said_in_words() {
    let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
    assert_eq!(refused(config("recall", 1)), "data.lag is 1, but must be from 2 to 200");
    assert_eq!(
        refused(DataConfig { length: Some(40), ..config("recall", 50) }),
        "data.lag is 50, but must be from 2 to 39, as data.length is 40"
    );
    DataConfig { length: Some(40), ..config("recall", 39) }.validate().unwrap();
    assert!(refused(DataConfig { length: Some(40), ..config("copy", 31) }).contains("from 2 to 30"));
    assert_eq!(
        refused(DataConfig { length: Some(501), ..config("recall", 5) }),
        "data.length is 501, but must be from 3 to 500"
    );
    assert_eq!(
        refused(DataConfig { min_lag: Some(13), ..config("recall", 12) }),
        "data.min_lag is 13, but must be from 2 to 12, the value of data.lag"
    );
    assert!(refused(DataConfig { min_lag: Some(1), ..config("recall", 12) }).contains("from 2 to 12"));
    assert_eq!(
        refused(DataConfig { encoding: Some(Encoding::Index), ..config("wave", 12) }),
        "data.encoding is given, but must be left out: the steps of wave are numbers"
    );
    assert_eq!(
        refused(DataConfig { samples: 60_000, ..config("recall", 199) }),
        "data.samples is 60000, but must be at most 40000 sequences of 200 steps, which are 8000000 in all"
    );
    let spiral = DataConfig { lag: Some(5), ..DataConfig::default() };
    assert_eq!(refused(spiral), "data.lag is given, but must be left out: spiral are no sequences");
    assert!(refused(DataConfig { noise: 0.1, ..config("recall", 5) }).starts_with("data.noise is 0.1"));
    let inputs = DataConfig { targets: crate::data::Targets::Inputs, ..config("recall", 5) };
    assert_eq!(
        refused(inputs),
        "data.targets is inputs, but must be labels or left out: recall are sequences"
    );
    assert!(
        refused(DataConfig { train_on: vec![1], ..config("copy", 5) }).contains("at each of several steps")
    );
    assert!(refused(DataConfig { classes: Some(4), ..config("recall", 5) }).starts_with("data.classes is 4"));
    let some = DataConfig { train_on: vec![1, 2], ..config("recall", 5) };
    let data = std::sync::Arc::new(Data::new(&some, 1).unwrap()).trained_on(&some.train_on).unwrap();
    assert!(data.train.all_labels().iter().all(|label| [1.0, 2.0].contains(label)) && data.train.len() < 100);
}

#[test]
fn only_what_differs_is_written() {
    let plain = serde_json::to_value(DataConfig::named("recall")).unwrap();
    assert_eq!(
        plain,
        serde_json::json!({ "name": "recall", "samples": 5000, "noise": 0.0, "test_fraction": plain["test_fraction"] })
    );
    let text = r#"{"name": "recall", "lag": 30, "min_lag": 4, "length": 60, "encoding": "index"}"#;
    let read: DataConfig = serde_json::from_str(text).unwrap();
    assert_eq!((read.lag(), read.steps().unwrap(), read.input_shape().unwrap()), (30, 60, vec![60]));
    assert_eq!(serde_json::from_value::<DataConfig>(serde_json::to_value(&read).unwrap()).unwrap(), read);
}
