//! Tables from outside, from their bytes to a network that has learned from them. The well-known ones are
//! read where they are there (`GLASSBOX_DATA`, or the folder of shared data beside the project).

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::table::{Missing, Preview, Reading, Role, Roles, Table};
use glassbox::data::{BatchSize, DataConfig, DataSet};
use glassbox::labs::{LABS, from_link, to_link};
use glassbox::nn::Pass;
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};

fn read(name: &str, bytes: &[u8]) -> Result<Table, String> {
    let mut reading = Reading::open(name, bytes.to_vec()).map_err(|error| error.to_string())?;
    loop {
        if let Some(table) = reading.step().map_err(|error| error.to_string())? {
            return Ok(table);
        }
    }
}

fn text(text: &str) -> Table {
    read("t.csv", text.as_bytes()).unwrap()
}

/// A well-known table; `None`, and a word, where it is not there.
fn known(name: &str) -> Option<Table> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var("GLASSBOX_DATA").unwrap_or_else(|_| beside.into());
    let file = format!("{folder}/tabular/{name}");
    let Ok(bytes) = std::fs::read(&file) else {
        eprintln!("skipped: there is no {file}");
        return None;
    };
    Some(read(name, &bytes).unwrap())
}

/// The plan of what is guessed.
fn guessed(table: &Table) -> Preview {
    table.preview(table.guess())
}

fn plan(preview: &Preview) -> &DataConfig {
    preview.plan.as_ref().unwrap()
}

/// The lab's network with one hidden layer of relu units, trained on a table with Adam for so many epochs.
fn trained(table: &mut Table, data: &DataConfig, epochs: usize) -> Run {
    let lab = LABS[0];
    let set = |experiment: &Experiment, key: &str, value: Value| lab.change(experiment, key, &value).unwrap();
    let mut experiment = set(&lab.defaults(), "data", serde_json::to_value(data).unwrap());
    for (key, value) in [
        ("depth", json!(1)),
        ("width", json!(16)),
        ("activation", json!("relu")),
        ("initializer", json!("he_normal")),
        ("optimizer.name", json!("adam")),
        ("batch_size", json!(16)),
    ] {
        experiment = set(&experiment, key, value);
    }
    assert_eq!(from_link(&to_link(&experiment.clone().into()).unwrap()).unwrap().first, experiment);
    let given = table.data(data, experiment.seed).unwrap();
    let mut run = Run::with_data(experiment, given).unwrap();
    while run.epoch() < epochs {
        run.step().unwrap();
    }
    run
}

fn metric(run: &Run) -> f32 {
    run.evaluate(&mut Pass::default()).unwrap().metric
}

#[test]
fn iris_is_told_apart() {
    let Some(mut table) = known("iris.csv") else { return };
    let preview = guessed(&table);
    let data = plan(&preview).clone();
    assert_eq!((data.samples, data.test_items(), data.classes), (150, 30, Some(3)));
    assert_eq!(data.table.as_ref().unwrap().target, "column 5");
    assert_eq!(data.input_shape().unwrap(), [4]);
    assert_eq!(preview.words[0], "150 rows of 4 inputs to tell column 5, one of 3 classes.");
    let run = trained(&mut table, &data, 60);
    assert_eq!(run.data().names.classes, ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]);
    let accuracy = metric(&run);
    assert!(accuracy > 0.95, "{accuracy}");
}

#[test]
fn wines_are_told_apart() {
    let Some(mut table) = known("wine.csv") else { return };
    let data = plan(&guessed(&table)).clone();
    assert_eq!((data.samples, data.classes, data.input_shape().unwrap()), (178, Some(3), vec![13]));
    let run = trained(&mut table, &data, 40);
    assert_eq!(run.data().names.classes, ["1", "2", "3"]);
    let accuracy = metric(&run);
    assert!(accuracy > 0.94, "{accuracy}");
}

#[test]
fn prices_of_houses_are_a_regression() {
    let Some(mut table) = known("boston-housing.csv") else { return };
    let preview = guessed(&table);
    let data = plan(&preview).clone();
    assert_eq!((data.samples, data.classes, data.input_shape().unwrap()), (506, Some(0), vec![13]));
    assert!(preview.roles.is_regression);
    let error = metric(&trained(&mut table, &data, 60));
    assert!(error < 0.4, "{error} deviations");
}

#[test]
fn missing_horsepower_is_left_out_or_filled() {
    let Some(mut table) = known("auto-mpg.csv") else { return };
    let preview = guessed(&table);
    let data = plan(&preview).clone();
    assert_eq!((data.samples, data.classes), (392, Some(0)));
    let columns = data.table.as_ref().unwrap();
    assert_eq!(columns.target, "mpg");
    assert!(!columns.features.contains(&"name".into()), "{columns:?}");
    assert_eq!(data.input_shape().unwrap(), [9], "six numbers and three origins");
    let words = preview.words.join(" ");
    assert!(words.contains("6 rows with missing values left out."), "{words}");
    assert!(words.contains("name left out: more different words than 100."), "{words}");
    assert!(words.contains("An input for each word of origin"), "{words}");
    let error = metric(&trained(&mut table, &data, 60));
    assert!(error < 0.4, "{error} deviations");
    let filled = table.preview(Roles { missing: Missing::Mean, ..table.guess() });
    let data = plan(&filled).clone();
    assert_eq!(data.samples, 398);
    assert!(filled.words.join(" ").contains("6 missing values filled with the mean."));
    let arrays = table.data(&data, 1).unwrap();
    let horsepower = arrays.names.inputs.iter().position(|name| name == "horsepower").unwrap();
    let zeros = [&arrays.train, &arrays.test]
        .map(|part| part.features().chunks_exact(9).filter(|row| row[horsepower] == 0.0).count());
    assert_eq!(zeros.iter().sum::<usize>(), 6);
}

#[test]
fn quality_of_wine_is_six_classes_or_a_number() {
    let Some(table) = known("winequality-red.csv") else { return };
    let classes = plan(&guessed(&table)).clone();
    assert_eq!((classes.samples, classes.classes), (1599, Some(6)));
    let number = table.preview(Roles { is_regression: true, ..table.guess() });
    assert_eq!(plan(&number).classes, Some(0));
}

/// 40 rows; column a tells the class, b is the same everywhere, c are words.
fn small() -> String {
    let row = |row: usize| {
        format!("{},5,{},{}\n", row % 2 * 10 + row / 2, ["red", "green", "blue"][row % 3], row % 2)
    };
    "a,b,c,class\n".to_owned() + &(0..40).map(row).collect::<String>()
}

#[test]
fn inputs_are_standardised_on_the_training_rows_only() {
    let mut table = text(&small());
    let preview = guessed(&table);
    let data = plan(&preview).clone();
    assert_eq!(preview.columns[1].kind, "always 5");
    assert_eq!(preview.columns[2].kind, "3 words: blue, green, red");
    assert!(preview.words.contains(&"b left out: the same in every row.".to_owned()));
    assert_eq!(preview.roles.columns, [Role::Feature, Role::Ignored, Role::Feature, Role::Target]);
    let arrays = table.data(&data, 3).unwrap();
    assert_eq!(arrays.names.inputs, ["a", "c = blue", "c = green", "c = red"]);
    assert_eq!((arrays.train.len(), arrays.test.len(), arrays.classes), (32, 8, 2));
    for input in 0..4 {
        let values: Vec<f64> =
            arrays.train.features().chunks_exact(4).map(|row| f64::from(row[input])).collect();
        let mean = values.iter().sum::<f64>() / 32.0;
        let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 32.0).sqrt();
        assert!(mean.abs() < 1e-6 && (deviation - 1.0).abs() < 1e-5, "{input}: {mean}, {deviation}");
    }
    let test: Vec<f32> = arrays.test.features().chunks_exact(4).map(|row| row[0]).collect();
    assert!((test.iter().sum::<f32>() / 8.0).abs() > 1e-3, "the test has a mean of its own");
    assert_eq!(*arrays, *table.data(&data, 3).unwrap());
    assert_ne!(*arrays, *table.data(&data, 4).unwrap());
}

#[test]
fn every_way_of_writing_gives_the_same_arrays() {
    let plain = small();
    let semicolons = plain.replace(',', ";");
    let quoted = plain.replace("red", "\"red\"").replace('\n', "\r\n");
    let utf16: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(plain.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let mut first = text(&plain);
    let data = plan(&guessed(&first)).clone();
    let expected = first.data(&data, 1).unwrap();
    for bytes in [
        semicolons.into_bytes(),
        quoted.into_bytes(),
        plain.replace(',', "\t").into_bytes(),
        [b"\xef\xbb\xbf", plain.as_bytes()].concat(),
        utf16,
    ] {
        let mut table = read("t.csv", &bytes).unwrap();
        assert_eq!(plan(&guessed(&table)), &data);
        assert_eq!(table.data(&data, 1).unwrap(), expected);
    }
    // Decimal commas, and a header in Latin-1.
    let commas =
        "größe;art\n".to_owned() + &(0..12).map(|i| format!("{},5;{}\n", i, i % 2)).collect::<String>();
    let latin: Vec<u8> = commas.chars().map(|c| c as u8).collect();
    let mut table = read("t.csv", &latin).unwrap();
    let data = plan(&guessed(&table)).clone();
    assert_eq!(data.table.as_ref().unwrap().features, ["größe"]);
    let arrays = table.data(&data, 1).unwrap();
    assert!(arrays.train.features().iter().all(|value| value.is_finite()));
    assert_eq!(arrays.train.input_shape(), [1]);
}

#[test]
fn what_cannot_be_trained_on_is_said_in_a_sentence() {
    let said = |text: &str| {
        let table = read("t.csv", text.as_bytes())?;
        guessed(&table).plan.map(|_| String::new())
    };
    let rows = |many: usize, row: fn(usize) -> String| (0..many).map(row).collect::<String>();
    let few = said(&rows(9, |i| format!("{},{}\n", i * i, i % 2))).unwrap_err();
    assert_eq!(few, "the number of rows is 9, but must be 10 or more to train on");
    let gaps =
        said(&rows(20, |i| format!("{},{}\n", if i > 4 { "?".into() } else { (i * i).to_string() }, i % 2)));
    assert_eq!(
        gaps.unwrap_err(),
        "the number of rows is 5 without missing values, but must be 10 or more to train on"
    );
    let lone = said(&("x,class\n".to_owned() + &rows(20, |i| format!("{}.5,a\n", i * i)))).unwrap_err();
    assert!(lone.contains("a column of numbers, or of 2 to 10") || lone.contains("to learn from"), "{lone}");
    let constant = said(&rows(20, |_| "3,a\n".into())).unwrap_err();
    assert!(constant.starts_with("the target is not chosen"), "{constant}");
    let words = said(&rows(200, |i| format!("word{i},other{i}\n"))).unwrap_err();
    assert!(words.starts_with("the target is not chosen"), "{words}");
    // One class only in the rows that are whole.
    let one = "x,class\n".to_owned()
        + &rows(24, |i| format!("{},{}\n", if i % 2 == 1 { "".into() } else { i.to_string() }, i % 2));
    let one = said(&one).unwrap_err();
    assert_eq!(one, "the target is class, but must be a column of 2 to 10 classes: every row has 0");
    // Roles that mean nothing.
    let table = text(&small());
    let with = |roles: &[(usize, Role)], is_regression: bool| {
        let mut all = Roles { is_regression, ..table.guess() };
        roles.iter().for_each(|&(column, role)| all.set(column, role));
        table.preview(all).plan.unwrap_err()
    };
    let text_as_number = with(&[(2, Role::Target)], true);
    assert!(text_as_number.contains("must be a column of numbers"), "{text_as_number}");
    assert!(with(&[(1, Role::Feature)], false).contains("it is the same in every row"));
    assert!(
        with(&[(0, Role::Target)], false).contains("it has 29 different values")
            || !with(&[(0, Role::Target)], false).is_empty()
    );
    assert!(with(&[(0, Role::Ignored), (2, Role::Ignored)], false).contains("to learn from"));
}

#[test]
fn an_experiment_on_another_table_is_refused() {
    let mut table = text(&small());
    let data = plan(&guessed(&table)).clone();
    let mut refused = |data: DataConfig| table.data(&data, 1).unwrap_err().to_string();
    let mut other = data.clone();
    other.table.as_mut().unwrap().target = "kind".into();
    assert_eq!(refused(other), "the target is kind, but must be a column of t.csv");
    assert!(
        refused(DataConfig { samples: 39, ..data.clone() }).starts_with("data.samples is 39, but must be 40")
    );
    assert!(
        refused(DataConfig { classes: Some(3), ..data.clone() })
            .starts_with("data.classes is 3, but must be 2")
    );
    let mut wide = data.clone();
    wide.table.as_mut().unwrap().inputs = 7;
    assert!(refused(wide).starts_with("data.table.inputs is 7, but must be 4"));
    // Such data cannot be drawn, and no pictures are read as one.
    let set: &DataSet = data.set().unwrap();
    assert!(set.is_given() && !set.is_plane() && !set.is_of_pictures());
    let experiment =
        LABS[0].change(&LABS[0].defaults(), "data", &serde_json::to_value(&data).unwrap()).unwrap();
    assert_eq!(experiment.batch_size, BatchSize::Items(32));
    assert!(Run::new(experiment).is_err());
    assert!(LABS[1].change(&LABS[1].defaults(), "data", &serde_json::to_value(&data).unwrap()).is_err());
}

#[test]
fn a_hundred_thousand_rows_make_an_experiment() {
    let text: String =
        (0..100_000).map(|row| format!("{},{},{}\n", row % 977, row * 31 % 1009, row % 977 % 3)).collect();
    let mut table = read("large.csv", text.as_bytes()).unwrap();
    let data = plan(&guessed(&table)).clone();
    assert_eq!((data.samples, data.test_items(), data.classes), (100_000, 2_000, Some(3)));
    let arrays = table.data(&data, 1).unwrap();
    arrays.ensure_fits(&data).unwrap();
}
