use super::*;
use crate::data::SETS;
use crate::data::sequences::text::Text;
use std::sync::Arc;

fn named(name: &str) -> DataConfig {
    DataConfig::named(name)
}

fn joined(examples: &Examples, vocabulary: &Vocabulary) -> String {
    let sequences = examples.sequences().unwrap();
    (0..examples.len()).map(|item| vocabulary.decode(sequences.symbols(item))).collect()
}

#[test]
fn the_tale_is_ours_plain_and_has_quotes_and_brackets() {
    let text = include_str!("text.txt");
    assert!((6_000..8_500).contains(&text.len()) && !text.contains('\r'));
    for mark in ["\"", "'", "(", ")", "[", "]", "\n\n"] {
        assert!(text.matches(mark).count() >= 2, "{mark}");
    }
    for [open, close] in [["(", ")"], ["[", "]"]] {
        assert_eq!(text.matches(open).count(), text.matches(close).count());
    }
    assert_eq!(text.matches('"').count() % 2, 0);
}

#[test]
fn windows_of_the_text_follow_one_another_and_the_test_is_its_end() {
    let whole = include_str!("text.txt");
    for length in [None, Some(2), Some(73), Some(500)] {
        let json = serde_json::json!({ "name": "text", "length": length });
        let config: DataConfig = serde_json::from_value(json).unwrap();
        let steps = length.unwrap_or(50);
        assert_eq!(config.samples, (whole.len() - 2) / steps, "all that the text has");
        let data = Data::new(&config, 7).unwrap();
        data.ensure_fits(&config).unwrap();
        let vocabulary = Vocabulary::named(&data.names.symbols).unwrap();
        assert_eq!(vocabulary.len(), config.classes().unwrap());
        assert_eq!(symbols(&config).unwrap(), data.names.classes);
        let (train, test) = (joined(&data.train, &vocabulary), joined(&data.test, &vocabulary));
        assert!(whole.starts_with(&train) && whole[..whole.len() - 1].ends_with(&test));
        assert!(
            train.len() + 1 + test.len() < whole.len(),
            "no character of the test, nor a label, in training"
        );
        for (examples, place) in [(&data.train, 0), (&data.test, whole.len() - test.len() - 1)] {
            let labels: Vec<u16> = examples.all_labels().iter().map(|&label| label as u16).collect();
            assert_eq!(vocabulary.decode(&labels), whole[place + 1..][..labels.len()], "what comes next");
            assert_eq!(examples.labels.shape(), [examples.len(), steps]);
            assert_eq!(examples.input_shape(), [steps], "indices for an embedding");
        }
        assert_eq!(data.test.len(), config.test_items());
    }
    let fewer = DataConfig { samples: 20, encoding: Some(Encoding::OneHot), ..named("text") };
    let data = Data::new(&fewer, 7).unwrap();
    assert_eq!((data.train.len(), data.test.len()), (18, 2));
    assert_eq!(data.train.input_shape(), [50, data.classes]);
    data.ensure_fits(&fewer).unwrap();
}

#[test]
fn what_a_text_cannot_be_is_said() {
    let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
    assert_eq!(
        refused(DataConfig { samples: 122, ..named("text") }),
        "data.samples is 122, but must be from 2 to 121, the number of windows of 50 characters in the text"
    );
    assert!(refused(DataConfig { length: Some(1), ..named("text") }).starts_with("data.length is 1, but"));
    assert_eq!(
        refused(DataConfig { lag: Some(9), ..named("text") }),
        "data.lag is given, but must be left out: text have no lag"
    );
    assert!(refused(DataConfig { symbols: Some(9), ..named("text") }).contains("symbols of their own"));
    assert!(refused(DataConfig { symbols: Some(9), ..named("recall") }).contains("symbols of their own"));
    assert!(refused(DataConfig { symbols: Some(9), ..named("spiral") }).contains("are no sequences"));
    assert!(refused(DataConfig { classes: Some(9), ..named("text") }).contains("are its symbols"));
    assert!(refused(DataConfig { train_on: vec![1], ..named("text") }).contains("at each of several steps"));
    assert_eq!(
        refused(named("own_text")),
        "data.symbols is left out, but must be the number of different characters of the text"
    );
    let own = DataConfig { symbols: Some(257), ..named("own_text") };
    assert_eq!(refused(own), "data.symbols is 257, but must be from 2 to 256");
    assert!(
        refused(DataConfig { symbols: Some(9), ..named("own_text") })
            .contains("where no images, table, text")
    );
    let probed = Data::probe(&named("text"), 1, 5, 9).unwrap_err().to_string();
    assert!(probed.contains("a task over time"), "{probed}");
    assert!(SETS.into_iter().any(|set| set.name == "own_text" && set.is_given()));
}

#[test]
fn a_text_from_outside_is_checked() {
    let said = |bytes: &[u8]| OwnText::read("a.txt", bytes).unwrap_err().to_string();
    assert_eq!(said(b""), "a.txt: it is empty: a text must have at least 102 characters");
    assert_eq!(said("\u{feff}".as_bytes()), said(b""));
    assert_eq!(said(b"x"), "a.txt: it has 1 character, but a text must have at least 102");
    assert_eq!(said(&[b'x'; 101]), "a.txt: it has 101 characters, but a text must have at least 102");
    assert_eq!(said(&[b'x'; 102]), "a.txt: it is one character over and over: there is nothing to tell");
    assert_eq!(said(b"caf\xe9 and more"), "a.txt: it is not text in UTF-8: its byte 4 fits no character");
    assert_eq!(said(&[0; 200]), "a.txt: it is a binary file, not text");
    assert_eq!(said(&vec![b'x'; (20 << 20) + 1]), "a.txt: 21 MB, but a text must be at most 20 MB");
    // Two characters in bytes, but one in the text.
    let short: String = "é".repeat(101);
    assert!(said(short.as_bytes()).contains("it has 101 characters"));
}

#[test]
fn a_text_from_outside_is_learned_from_as_it_says() {
    let text = format!("\u{feff}{}", "one\r\ntwo\rthree\n".repeat(30));
    let mut own = OwnText::read("a.txt", text.as_bytes()).unwrap();
    assert_eq!(own.summary(), "420 characters, 8 of them different");
    let config = own.config();
    config.validate().unwrap();
    assert_eq!((config.samples, config.test_items(), config.symbols, own.set()), (8, 1, Some(8), "own_text"));
    let data = own.data(&config).unwrap();
    data.ensure_fits(&config).unwrap();
    let vocabulary = Vocabulary::named(&data.names.symbols).unwrap();
    assert!(joined(&data.train, &vocabulary).starts_with("one\ntwo\nthree\none\n"));
    assert!(Arc::ptr_eq(&data, &own.data(&config).unwrap()), "made anew");
    let shorter = DataConfig { length: Some(10), samples: 41, test_fraction: 0.2, ..config.clone() };
    assert!(shorter.asks_for(&config));
    let windows = own.data(&shorter).unwrap();
    windows.ensure_fits(&shorter).unwrap();
    assert_eq!((windows.train.len(), windows.test.len()), (33, 8));
    let said = |config: &DataConfig| own.clone().data(config).unwrap_err().to_string();
    assert!(
        said(&DataConfig { samples: 9, ..config.clone() }).contains("from 2 to 8, the number of windows")
    );
    let longer = DataConfig { length: Some(300), samples: 2, ..config.clone() };
    assert!(said(&longer).contains("data.length is 300, but must be shorter"));
    let others = DataConfig { symbols: Some(9), ..config.clone() };
    assert!(!others.asks_for(&config));
    assert_eq!(said(&others), "data.symbols is 9, but must be 8, as the text has them");
}

#[test]
fn the_rarest_characters_of_very_many_are_one_symbol() {
    // 300 characters: the first of Unicode twice, so that of those that occur once the first 250 are known too.
    let all: Vec<char> = ('一'..).take(300).collect();
    let text: String = all.iter().chain(&all[295..]).collect();
    let mut own = OwnText::read("a.txt", text.as_bytes()).unwrap();
    assert_eq!(
        own.summary(),
        "305 characters, 255 of them different; 45 more that are rare are taken as one"
    );
    let config = own.config();
    assert_eq!(config.symbols, Some(256));
    let data = own.data(&config).unwrap();
    data.ensure_fits(&config).unwrap();
    let vocabulary = Vocabulary::named(&data.names.symbols).unwrap();
    assert_eq!((vocabulary.len(), data.names.symbols[255].as_str()), (256, "\u{fffd}"));
    let encoded = vocabulary.encode(&all.iter().collect::<String>());
    let known = |index: usize| encoded.symbols[index] != 255;
    assert!(
        (0..250).chain(295..300).all(known) && !(250..295).any(known),
        "the most frequent, then the first"
    );
    assert_eq!(encoded.unknown, all[250..295]);
    assert_eq!(Text::new(&text).symbols.len(), 305);
}

#[test]
fn a_vocabulary_tells_what_it_does_not_know() {
    let vocabulary = Vocabulary::named(&["a", "b", "é"].map(String::from)).unwrap();
    let encoded = vocabulary.encode("béb~a~!\r\n");
    assert_eq!((encoded.symbols, encoded.unknown), (vec![1, 2, 1, 0], vec!['~', '!', '\n']));
    assert_eq!(vocabulary.decode(&[1, 2, 9, 0]), "béa");
    let with_unknown = Vocabulary::named(&["a", "\u{fffd}"].map(String::from)).unwrap();
    let encoded = with_unknown.encode("axa");
    assert_eq!((encoded.symbols.clone(), encoded.unknown), (vec![0, 1, 0], vec!['x']));
    assert_eq!(with_unknown.decode(&encoded.symbols), "a\u{fffd}a");
    assert_eq!(with_unknown.names(), ["a", "\u{fffd}"]);
    assert!(Vocabulary::named(&["even".to_owned()]).is_none());
    assert_eq!(vocabulary.encode(""), Encoded { symbols: Vec::new(), unknown: Vec::new() });
    let damaged = Vocabulary::of("a\u{fffd}\u{1f30a}");
    assert_eq!(damaged.names(), ["a", "\u{1f30a}", "\u{fffd}"], "what could not be read is unknown");
}
