use super::*;
use crate::data::Targets;
use std::sync::Arc;

fn read(files: &[(&str, &str)]) -> crate::error::Result<OwnRatings> {
    let contents = files.iter().map(|(name, text)| {
        let mut reading = Reading::open(name, text.as_bytes().to_vec())?;
        loop {
            if let Some(content) = reading.step()? {
                return Ok(((*name).to_owned(), content));
            }
        }
    });
    OwnRatings::new(contents.collect::<crate::error::Result<_>>()?)
}

fn said(text: &str) -> String {
    read(&[("u.data", text)]).unwrap_err().to_string()
}

/// Ten users who rate three films each, as `u.data` has them, ids from 11 and 5.
fn small() -> String {
    let line =
        |user: usize, film: usize| format!("{}\t{}\t{}\t88125\n", user + 11, film + 5, (user + film) % 5 + 1);
    (0..10).flat_map(|user| (0..3).map(move |film| line(user, film))).collect::<Vec<String>>().concat()
}

/// All that is known of each user, training and test together.
fn known(data: &Data) -> Vec<Vec<(usize, usize)>> {
    let (train, test) = (data.train.sparse().unwrap(), data.test.sparse().unwrap());
    let of_user = |user: usize| {
        let held_out: Vec<_> = test.row(user).collect();
        assert!(train.row(user).all(|(film, _)| held_out.iter().all(|(other, _)| *other != film)), "{user}");
        let mut all: Vec<_> = train.row(user).chain(held_out).collect();
        all.sort_unstable();
        all
    };
    (0..train.len()).map(of_user).collect()
}

#[test]
fn the_built_in_ratings_are_alike_for_a_seed() {
    let config = DataConfig::named("ratings");
    let data = Data::new(&config, 7).unwrap();
    data.ensure_fits(&config).unwrap();
    assert_eq!(
        (data.train.len(), data.test.len(), config.training_items(), config.test_items()),
        (400, 400, 400, 400)
    );
    assert_eq!(config.input_shape().unwrap(), [40, 5]);
    assert_eq!(data, Data::new(&config, 7).unwrap());
    assert_ne!(data, Data::new(&config, 8).unwrap());
    let known = known(&data);
    assert!(known.iter().all(|films| (8..=30).contains(&films.len())));
    let (held_out, all) = (data.test.sparse().unwrap().known(), known.iter().map(Vec::len).sum::<usize>());
    assert_eq!(held_out, (all as f32 * 0.2).round() as usize);
    let stars: Vec<usize> = known.iter().flatten().map(|&(_, level)| level).collect();
    let share = |level: usize| stars.iter().filter(|of| **of == level).count() as f32 / all as f32;
    assert!((0..5).all(|level| (0.02..0.4).contains(&share(level))), "{:?}", [0, 1, 2, 3, 4].map(share));
    let seen = |film: usize| known.iter().flatten().filter(|(of, _)| *of == film).count();
    let counts: Vec<usize> = (0..FILMS).map(seen).collect();
    assert!(counts.iter().max() > counts.iter().min().map(|least| 3 * least).as_ref(), "{counts:?}");
    let mut titles = data.names.inputs.clone();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), FILMS);
}

#[test]
fn who_is_held_out_follows_from_the_seed_and_nothing_is_lost() {
    let all = known(&Data::new(&DataConfig::named("ratings"), 7).unwrap());
    for test_fraction in [0.1, 0.5] {
        let config = DataConfig { test_fraction, ..DataConfig::named("ratings") };
        assert_eq!(known(&Data::new(&config, 7).unwrap()), all, "{test_fraction}");
    }
    let config = DataConfig { test_fraction: 0.0, ..DataConfig::named("ratings") };
    let data = Data::new(&config, 7).unwrap();
    data.ensure_fits(&config).unwrap();
    assert!(data.test.is_empty());
    assert_eq!(data.train.sparse().unwrap().known(), all.iter().map(Vec::len).sum::<usize>());
}

#[test]
fn u_data_is_read_with_its_titles() {
    let titles =
        "5|The Moss Engine (1901)|01-Jan-1901||x\n7|Harbour: \"Nineteen\"|01-Jan-1901||x\n99|Unseen|||\n";
    let text = small();
    for files in [[("u.data", &*text), ("u.item", titles)], [("u.item", titles), ("u.data", &*text)]] {
        let mut own = read(&files).unwrap();
        assert_eq!(
            own.summary(),
            "30 ratings of 3 films by 10 users, 1 to 5 stars; 1 film is without a title"
        );
        let config = own.config();
        config.validate().unwrap();
        assert_eq!(
            (config.samples, config.films, config.levels, own.set()),
            (10, Some(3), Some(5), "own_ratings")
        );
        let data = own.data(&config, 3).unwrap();
        data.ensure_fits(&config).unwrap();
        assert_eq!(data.names.inputs, ["The Moss Engine (1901)", "film 6", "Harbour: \"Nineteen\""]);
        assert_eq!(known(&data)[4], [(0, 4), (1, 0), (2, 1)]);
        assert!(Arc::ptr_eq(&data, &own.data(&config, 3).unwrap()), "made anew");
        assert_ne!(*data, *own.data(&config, 4).unwrap());
    }
    assert_eq!(
        read(&[("u.item", titles)]).unwrap_err().to_string(),
        "u.item: it holds titles of films: give the file of ratings together with it"
    );
    let two = read(&[("a", &*text), ("b", &*text)]).unwrap_err().to_string();
    assert_eq!(two, "b: of ratings one file at a time is taken, with one of titles beside it");
}

#[test]
fn columns_are_told_by_their_names_in_any_order() {
    let row = |user: usize, film: usize| format!("{}.5,\"film, {film}\",user {user}\n", (user + film) % 5);
    let rows =
        (0..10).flat_map(|user| (0..2).map(move |film| row(user, film))).collect::<Vec<String>>().concat();
    let mut own = read(&[("r.csv", &format!("rating,movieId,userId\n{rows}"))]).unwrap();
    assert_eq!(own.summary(), "20 ratings of 2 films by 10 users, 0.5 to 5 stars");
    let data = own.data(&own.config(), 1).unwrap();
    assert_eq!(
        (data.names.inputs.as_slice(), data.train.input_shape()),
        (&["film, 0".into(), "film, 1".into()][..], vec![2, 10])
    );
    assert_eq!(known(&data)[3], [(0, 6), (1, 8)]);
    assert_eq!(Scale::of(10).unwrap().stars(6), 3.5);
    // Without names user, film and rating; of MovieLens with pairs of colons.
    let plain = small().replace('\t', ",");
    let colons = small().replace('\t', "::");
    let titles = "movieId,title,genres\n6,\"Oars, Two Left\",Comedy\n";
    for text in [plain, colons] {
        let mut own = read(&[("r", &text), ("t", titles)]).unwrap();
        let data = own.data(&own.config(), 3).unwrap();
        assert_eq!(data.names.inputs, ["film 5", "Oars, Two Left", "film 7"]);
        assert_eq!(known(&data)[4], [(0, 4), (1, 0), (2, 1)]);
    }
}

#[test]
fn the_last_of_several_ratings_counts() {
    let text = small() + "12\t6\t1\t0\n12\t6\t5\t0\n";
    let mut own = read(&[("u.data", &text)]).unwrap();
    assert_eq!(
        own.summary(),
        "30 ratings of 3 films by 10 users, 1 to 5 stars; 2 were given anew, and the last counts"
    );
    let data = own.data(&own.config(), 1).unwrap();
    assert_eq!(known(&data)[1][1], (1, 4));
}

#[test]
fn of_very_many_the_most_active_are_taken() {
    // Users 0 to 5,009 rate films 0 and 1; films 2 to 2,004 are rated by the last user alone.
    let mut text = String::from("user,item,rating\n");
    (0..5_010).for_each(|user| text += &format!("{user},0,3\n{user},1,4\n"));
    (2..2_005).for_each(|film| text += &format!("5009,{film},5\n"));
    let own = read(&[("r.csv", &text)]).unwrap();
    assert_eq!(
        own.summary(),
        "11998 ratings of 2000 films by 5000 users, 1 to 5 stars; of 2005 films the 2000 with the most ratings are taken; of 5010 users the 5000 with the most ratings are taken"
    );
    own.config().validate().unwrap();
}

#[test]
fn what_is_wrong_with_ratings_is_told_with_its_line() {
    let with = |line: &str| said(&format!("1\t1\t5\n2\t1\t4\n\n1\t2\t5\n{line}\n"));
    assert_eq!(with("3\t1\t9"), "u.data: line 5: the rating 9 is outside of 1 to 5 stars");
    assert_eq!(with("3\t1\t0"), "u.data: line 5: the rating 0 is outside of 1 to 5 stars");
    assert_eq!(with("3\t1\t-1"), "u.data: line 5: the rating -1 is outside of 1 to 5 stars");
    assert_eq!(with("3\t1\t0.5\n3\t2\t5.5"), "u.data: line 6: the rating 5.5 is outside of 0.5 to 5 stars");
    assert_eq!(with("3\t1\t3.7"), "u.data: line 5: the rating 3.7 is neither whole stars nor a half");
    assert_eq!(with("3\t1\tgood"), "u.data: line 5: the rating good is not a number");
    assert_eq!(with("3\t1"), "u.data: line 5: a user, a film and a rating must stand there");
    assert_eq!(with("3\t\t4"), "u.data: line 5: a user, a film and a rating must stand there");
    assert_eq!(said(""), "u.data: it is empty: give user, film and rating on each line");
    assert_eq!(said("user,item,rating\n"), "u.data: 0 users are too few: at least 10 are needed");
    assert_eq!(said("1\t1\t5\n"), "u.data: 1 user is too few: at least 10 are needed");
    let one = (0..12).map(|user| format!("{user}\t1\t5\n")).collect::<Vec<String>>().concat();
    assert_eq!(said(&one), "u.data: 1 film is too few: at least 2 are needed");
    assert!(
        said("Wer,Was,Note\na,b,c\n")
            .starts_with("u.data: its first line does not say which column is which")
    );
}

#[test]
fn what_ratings_cannot_be_is_said_in_words() {
    let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
    let named = || DataConfig::named("ratings");
    assert_eq!(
        refused(DataConfig { targets: Targets::Labels, ..named() }),
        "data.targets is labels, but must be inputs: ratings have no labels to learn"
    );
    assert!(refused(DataConfig { targets: Targets::Joint, ..named() }).starts_with("data.targets is joint"));
    assert!(refused(DataConfig { classes: Some(5), ..named() }).contains("left out: ratings have no labels"));
    assert!(
        refused(DataConfig { films: Some(9), ..named() })
            .contains("left out: ratings have films of their own")
    );
    assert!(refused(DataConfig { train_on: vec![1], ..named() }).contains("ratings have no classes"));
    assert!(refused(DataConfig { samples: 5_001, ..named() }).contains("from 10 to 5000"));
    let own =
        || DataConfig { films: Some(3), levels: Some(5), samples: 10, ..DataConfig::named("own_ratings") };
    assert!(refused(DataConfig { films: None, ..own() }).starts_with("data.films is left out"));
    assert!(refused(DataConfig { levels: Some(6), ..own() }).contains("5 for whole stars, or 10 for halves"));
    assert!(refused(own()).contains("where no images, table, text, ratings"), "{}", refused(own()));
    assert!(
        refused(DataConfig { films: Some(3), ..DataConfig::default() })
            .contains("left out: spiral are no ratings")
    );
    let mut given = read(&[("u.data", &small())]).unwrap();
    let mut other = |config: DataConfig| given.data(&config, 1).unwrap_err().to_string();
    assert_eq!(
        other(DataConfig { films: Some(4), ..own() }),
        "data.films is 4, but must be 3, the number of films that were given"
    );
    assert!(other(DataConfig { samples: 12, ..own() }).starts_with("data.samples is 12, but must be 10"));
}

/// The hundred thousand ratings of MovieLens, where they are.
#[test]
fn movielens_is_read_as_it_is() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var("GLASSBOX_DATA").unwrap_or_else(|_| beside.into()) + "/ratings-ml-100k";
    let read = |name: &str| {
        let Ok(bytes) = std::fs::read(format!("{folder}/{name}")) else {
            eprintln!("skipped: there is no {folder}/{name}");
            return None;
        };
        let mut reading = Reading::open(name, bytes).unwrap();
        loop {
            if let Some(content) = reading.step().unwrap() {
                return Some((name.to_owned(), content));
            }
        }
    };
    let (Some(ratings), Some(titles)) = (read("u.data"), read("u.item")) else { return };
    let mut own = OwnRatings::new(vec![ratings, titles]).unwrap();
    assert_eq!(own.summary(), "100000 ratings of 1682 films by 943 users, 1 to 5 stars");
    let data = own.data(&own.config(), 1).unwrap();
    assert_eq!(data.names.inputs[241], "Kolya (1996)");
    assert_eq!(data.test.sparse().unwrap().known(), 20_000);
    let known = known(&data);
    assert_eq!(known[195].iter().find(|(film, _)| *film == 241), Some(&(241, 2)), "user 196 gave it 3 stars");
    let mean = known.iter().flatten().map(|&(_, level)| level + 1).sum::<usize>() as f64 / 100_000.0;
    assert!((mean - 3.52986).abs() < 1e-9, "{mean}");
}
