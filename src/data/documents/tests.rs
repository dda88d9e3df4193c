use super::words::is_stop_word;
use super::*;
use crate::data::Targets;
use crate::error::Result;
use std::sync::Arc;

fn read(files: &[(&str, &str)]) -> Result<OwnDocuments> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    let mut reading = Reading::open(files.collect())?;
    loop {
        if let Some(own) = reading.step()? {
            return Ok(own);
        }
    }
}

fn said(files: &[(&str, &str)]) -> String {
    read(files).unwrap_err().to_string()
}

/// Every document with its title, training and test together.
fn all(data: &Data) -> Vec<(String, Vec<(String, usize)>)> {
    let of = |examples: &Examples| -> Vec<_> {
        let rows = examples.sparse().unwrap();
        let named = |(word, count): (usize, usize)| (data.names.inputs[word].clone(), count);
        (0..rows.len())
            .map(|item| (examples.titles[item].clone(), rows.row(item).map(named).collect()))
            .collect()
    };
    let mut all = [of(&data.train), of(&data.test)].concat();
    all.sort();
    all
}

/// A dozen notes about tides and kettles.
fn notes() -> Vec<String> {
    (0..12)
        .map(|note| {
            if note % 2 == 0 {
                "The tide, the tide: rising.\nMore rising."
            } else {
                "A kettle boils; rising steam."
            }
        })
        .enumerate()
        .map(|(index, note)| {
            format!(
                "{note} Only{}",
                ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"][index].repeat(3)
            )
        })
        .collect()
}

#[test]
fn the_built_in_documents_are_alike_for_a_seed() {
    let config = DataConfig::named("documents");
    let data = Data::new(&config, 7).unwrap();
    data.ensure_fits(&config).unwrap();
    assert_eq!((data.train.len(), data.test.len(), config.input_shape().unwrap()), (480, 120, vec![240]));
    assert_eq!(data, Data::new(&config, 7).unwrap());
    assert_ne!(data, Data::new(&config, 8).unwrap());
    let mut words = data.names.inputs.clone();
    assert!(words.iter().all(|word| !is_stop_word(word) && super::words::words(word).eq([word.clone()])));
    words.sort();
    words.dedup();
    assert_eq!(words.len(), 240);
    let all = all(&data);
    let many =
        |(_, words): &(String, Vec<(String, usize)>)| words.iter().map(|(_, count)| count).sum::<usize>();
    assert!(all.iter().all(|document| (40..=120).contains(&many(document))));
    assert!(all.iter().all(|(title, _)| title.split(' ').count() == 6));
    // What a document says in its first words stands in it.
    assert!(
        all.iter().all(|(title, words)| title.split(' ').all(|word| words.iter().any(|(of, _)| of == word)))
    );
    let about = |word: &str| all.iter().filter(|(_, words)| words.iter().any(|(of, _)| of == word)).count();
    assert!((60..300).contains(&about("tide")) && about("day") > 300, "{} {}", about("tide"), about("day"));
}

#[test]
fn documents_stand_apart_by_blank_lines_or_line_by_line_or_file_by_file() {
    let notes = notes();
    let paragraphs = notes.join("\n\n  \n") + "\n\n";
    let lines = notes.iter().map(|note| note.replace('\n', " ") + "\r\n").collect::<Vec<String>>().concat();
    let names: Vec<String> = (0..12).map(|index| format!("{index}.txt")).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|name| &**name).zip(notes.iter().map(|note| &**note)).collect();
    for files in [&[("a.txt", &*paragraphs)][..], &[("a.txt", &*lines)], &files] {
        let mut own = read(files).unwrap();
        assert_eq!(
            own.summary(),
            "12 documents of 5 different words; 12 more that stand in one document alone are left out"
        );
        let config = own.config();
        config.validate().unwrap();
        assert_eq!((config.samples, config.vocabulary, own.set()), (12, Some(5), "own_documents"));
        let data = own.data(&config, 3).unwrap();
        data.ensure_fits(&config).unwrap();
        assert_eq!(data.names.inputs, ["rising", "tide", "boils", "kettle", "steam"]);
        assert_eq!((data.train.len(), data.test.len()), (10, 2));
        let all = all(&data);
        assert_eq!(all[0].0, "A kettle boils; rising steam. Onlybbb");
        assert_eq!(all[11].0, "The tide, the tide: rising. More rising. Onlykkk");
        assert_eq!(all[11].1, [("rising".into(), 2), ("tide".into(), 2)]);
        assert!(Arc::ptr_eq(&data, &own.data(&config, 3).unwrap()), "made anew");
        // Fewer words are told apart: of the others nothing is left.
        let fewer = DataConfig { vocabulary: Some(2), ..config.clone() };
        fewer.validate().unwrap();
        assert_eq!(own.data(&fewer, 3).unwrap().names.inputs, ["rising", "tide"]);
        assert!(fewer.asks_for(&config));
        let more = own.data(&DataConfig { vocabulary: Some(6), ..config }, 3).unwrap_err().to_string();
        assert_eq!(
            more,
            "data.vocabulary is 6, but must be at most 5, the words that two of the documents have"
        );
    }
}

/// Twelve documents of four words, as LDA-C has them; one is empty.
fn counted() -> String {
    let row =
        |row: usize| if row == 4 { "0\n".into() } else { format!("2 0:{} {}:1\n", row + 1, 1 + row % 2) };
    (0..12).map(row).collect::<Vec<String>>().concat()
}

#[test]
fn counts_are_read_with_their_words_and_titles() {
    let titles = (0..12).map(|index| format!("{index} Note no. {index}\n")).collect::<Vec<String>>().concat();
    let counted = counted();
    let tokens = "sea\ntide\nwave\ngull\n";
    let files = [("n.titles", &*titles), ("n.ldac", &*counted), ("n.tokens", tokens)];
    let mut own = read(&files).unwrap();
    assert_eq!(
        own.summary(),
        "11 documents of 3 different words; 1 document has none of them and is left out"
    );
    let data = own.data(&own.config(), 1).unwrap();
    assert_eq!(data.names.inputs, ["sea", "wave", "tide"]);
    let all = all(&data);
    let third = all.iter().find(|(title, _)| title == "Note no. 3").unwrap();
    assert_eq!(third.1, [("sea".into(), 4), ("wave".into(), 1)]);
    let untitled = read(&files[1..]).unwrap().data(&own.config(), 1).unwrap();
    assert!(untitled.train.titles.iter().all(|title| title.starts_with("document ")));
    assert_eq!(said(&files[1..2]), "n.ldac: its words are missing: give the file of tokens together with it");
    let few = said(&[("n.titles", "0 One\n1 Two\n"), files[1], files[2]]);
    assert_eq!(few, "n.titles: it has 2 titles, but n.ldac has 12 documents");
    let with = |line: &str| said(&[("n.ldac", &format!("{counted}{line}\n")), files[2]]);
    assert_eq!(with("1 4:1"), "n.ldac: line 13: the word 4 is none of the 4 of n.tokens, which count from 0");
    assert_eq!(with("1 sea:1"), "n.ldac: line 13: sea:1 is no word with its count, as 12:3 is");
    assert_eq!(with("2 1:1"), "n.ldac: line 13: it says 2 words, but has 1");
    assert_eq!(with("2 1:1 1:2"), "n.ldac: line 13: a word stands there twice");
}

/// Twelve documents of two words among twenty, and a last one of this line.
fn ending_with(line: &str) -> Result<OwnDocuments> {
    let tokens: String = (0..20).map(|word| format!("word{word}\n")).collect::<Vec<_>>().concat();
    let text = format!("{}{line}\n", "2 0:1 1:1\n".repeat(12));
    read(&[("n.ldac", &text), ("n.tokens", &tokens)])
}

fn refusal(line: &str) -> String {
    ending_with(line).unwrap_err().to_string()
}

#[test]
fn words_that_stand_there_0_times_are_among_those_of_a_line() {
    let mut own = ending_with("3 0:1 1:0 2:4").unwrap();
    let all = all(&own.data(&own.config(), 1).unwrap());
    let last = all.iter().find(|(title, _)| title == "document 13").unwrap();
    assert_eq!(last.1, [("word0".into(), 1)]);
    assert_eq!(refusal("2 0:1 1:0 2:4"), "n.ldac: line 13: it says 2 words, but has 3");
    assert_eq!(refusal("2 0:1 0:0"), "n.ldac: line 13: a word stands there twice");
}

#[test]
fn a_word_has_a_most_in_a_document() {
    assert!(ending_with("2 0:1 1:65535").is_ok());
    for times in ["65536", "4294967295", "4294967296"] {
        let wanted =
            format!("n.ldac: line 13: the word 1 stands there {times} times, but may at most 65535 times");
        assert_eq!(refusal(&format!("2 0:1 1:{times}")), wanted);
    }
    let often = "tide rises\n".repeat(12) + &"tide ".repeat(65_536);
    assert_eq!(
        said(&[("a.txt", &often)]),
        "a.txt: document 13: the word tide stands there 65536 times, but may at most 65535 times"
    );
}

#[test]
fn a_document_has_a_most_of_words() {
    let rest: String = (1..16).map(|word| format!(" {word}:65500")).collect::<Vec<_>>().concat();
    assert!(ending_with(&format!("16 0:17500{rest}")).is_ok());
    assert_eq!(
        refusal(&format!("16 0:17501{rest}")),
        "n.ldac: line 13: it has 1000001 words, but may have at most 1000000"
    );
}

#[test]
fn what_is_wrong_with_documents_is_told() {
    assert_eq!(said(&[("a.txt", "")]), "a.txt: it is empty: there is nothing to learn from");
    assert_eq!(said(&[("a.txt", " \n \n")]), "a.txt: it is empty: there is nothing to learn from");
    let few =
        "a.txt: 1 document is too few: give at least 10, parted by blank lines, or each on a line of its own";
    assert_eq!(said(&[("a.txt", "one line alone\n")]), few);
    let lone = (0..12)
        .map(|index| format!("word{}\n", char::from(b'a' + index).to_string().repeat(3)))
        .collect::<Vec<String>>()
        .concat();
    assert_eq!(
        said(&[("a.txt", &lone)]),
        "a.txt: no word stands in two of its documents: a vocabulary has at least 2"
    );
    assert_eq!(
        said(&[("a.txt", &"tide\n".repeat(12))]),
        "a.txt: one word alone stands in two of its documents: a vocabulary has at least 2"
    );
    let empty = "tide rising\n".repeat(8) + &"the of and\n".repeat(8);
    assert_eq!(
        said(&[("a.txt", &empty)]),
        "a.txt: 8 of its documents have a word that another has too, but at least 10 are needed"
    );
    let many = "tide rising\n".repeat(20_003) + "the of\n";
    let own = read(&[("a.txt", &many)]).unwrap();
    assert_eq!(own.summary(), "20000 documents of 2 different words; 4 after the first 20000 are not taken");
    own.config().validate().unwrap();
}

#[test]
fn what_documents_cannot_be_is_said_in_words() {
    let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
    let named = || DataConfig::named("documents");
    assert_eq!(
        refused(DataConfig { targets: Targets::Labels, ..named() }),
        "data.targets is labels, but must be inputs: documents have no labels to learn"
    );
    assert!(refused(DataConfig { targets: Targets::Joint, ..named() }).starts_with("data.targets is joint"));
    assert!(refused(DataConfig { vocabulary: Some(9), ..named() }).contains("have words of their own"));
    assert!(refused(DataConfig { films: Some(9), ..named() }).contains("left out: documents are no ratings"));
    let own = || DataConfig { vocabulary: Some(5), ..DataConfig::named("own_documents") };
    assert_eq!(
        refused(DataConfig { vocabulary: Some(1), ..own() }),
        "data.vocabulary is 1, but must be from 2 to 10000"
    );
    assert!(refused(DataConfig { vocabulary: None, ..own() }).starts_with("data.vocabulary is left out"));
    assert!(refused(own()).contains("ratings or documents are given"));
    let ratings = DataConfig { vocabulary: Some(9), ..DataConfig::named("ratings") };
    assert!(refused(ratings).contains("left out: ratings are no documents"));
}

/// News of Reuters, where they are.
#[test]
fn reuters_is_read_as_it_is() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var("GLASSBOX_DATA").unwrap_or_else(|_| beside.into()) + "/docs-reuters";
    let mut files = Vec::new();
    for name in ["reuters.ldac", "reuters.titles", "reuters.tokens"] {
        let Ok(bytes) = std::fs::read(format!("{folder}/{name}")) else {
            return eprintln!("skipped: there is no {folder}/{name}");
        };
        files.push((name.to_owned(), bytes));
    }
    let mut reading = Reading::open(files).unwrap();
    let mut own = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|own| own).unwrap();
    let summary = own.summary();
    assert!(summary.starts_with("395 documents of 2000 different words, the most frequent of "), "{summary}");
    let words = |own: &mut OwnDocuments, vocabulary: usize| {
        let config = DataConfig { vocabulary: Some(vocabulary), ..own.config() };
        let data = own.data(&config, 1).unwrap();
        data.ensure_fits(&config).unwrap();
        let counts = all(&data);
        assert!(counts.iter().any(|(title, _)| title.contains("Historic Dresden church rising")));
        counts.iter().flat_map(|(_, words)| words).map(|(_, count)| count).sum::<usize>()
    };
    assert!(words(&mut own, 2_000) < 84_010);
    let most = summary.rsplit("most frequent of ").next().unwrap().split(';').next().unwrap();
    assert!(words(&mut own, most.parse().unwrap()) <= 84_010);
}
