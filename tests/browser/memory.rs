//! The sequence lab: three networks beside each other, one cell looked into step by step, texts that are written, and
//! texts of the visitor's own.

use crate::own::{NOTICE, bring, file, until_notice};
use crate::stage::{Stage, VIEWS};
use crate::widely::assert_axe_finds_nothing;
use glassbox::labs::{Lanes, from_link};
use serde_json::json;

/// Keys as the driver writes them.
const LEFT: &str = "\u{E012}";
const UP: &str = "\u{E013}";
const RIGHT: &str = "\u{E014}";
const DOWN: &str = "\u{E015}";
const END: &str = "\u{E010}";
const HOME: &str = "\u{E011}";

pub fn label(figure: &str) -> String {
    format!("document.querySelector('#figure-{figure}').ariaLabel")
}

pub async fn said(stage: &Stage, figure: &str) -> String {
    stage.value(&label(figure)).await.as_str().unwrap_or_default().to_owned()
}

pub async fn until_said(stage: &Stage, figure: &str, words: &str) {
    stage.until(&format!("{}.includes({})", label(figure), json!(words)), words).await;
}

pub async fn until_other(stage: &Stage, figure: &str, before: &str) {
    stage.until(&format!("{} !== {}", label(figure), json!(before)), "something else").await;
}

async fn text(stage: &Stage, expression: &str) -> String {
    stage.value(expression).await.as_str().unwrap_or_default().to_owned()
}

/// What the address says.
async fn lanes(stage: &Stage) -> Lanes {
    from_link(&stage.hash().await).expect("an address")
}

fn cells(lanes: &Lanes) -> Vec<String> {
    let all = std::iter::once(&lanes.first).chain(lanes.others.iter().map(|(_, experiment)| experiment));
    let cell = |experiment: &glassbox::train::Experiment| {
        let layers = serde_json::to_value(&experiment.network.layers).unwrap();
        let kinds = layers.as_array().unwrap().iter().map(|layer| layer["type"].as_str().unwrap().to_owned());
        kinds.into_iter().find(|kind| ["simple_rnn", "lstm", "gru"].contains(&kind.as_str())).expect("a cell")
    };
    all.map(cell).collect()
}

/// Trains so many steps more, by the key for one.
pub async fn train(stage: &Stage, steps: usize) {
    let from = stage.step().await;
    stage.keys(&".".repeat(steps)).await;
    stage.rests_at(from + steps).await;
}

/// Moves the thumb of a bar.
async fn slide(stage: &Stage, id: &str, value: usize) {
    let script = format!(
        "const bar = document.querySelector('{id}'); bar.value = {value};\
         bar.dispatchEvent(new Event('input', {{ bubbles: true }})); bar.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    stage.run(&script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_networks_read_the_same_sequences() {
    let Some(stage) = Stage::open("#lab=sequence").await else { return };
    stage.until("document.querySelectorAll('.lanes .lane').length === 3", "three lanes").await;
    for words in ["Lane A: RNN: ", "Lane B: LSTM: ", "Lane C: GRU: "] {
        until_said(&stage, "story", words).await;
    }
    assert_eq!(stage.hash().await, "#lab=sequence");
    let mut networks: Vec<String> = stage.table("story").await.iter().map(|row| row[0].clone()).collect();
    networks.dedup();
    assert_eq!(networks, ["A RNN", "B LSTM", "C GRU"]);
    // One distance for all of them, and fewer steps for the rest of this test.
    stage.focus("#data-lag").await;
    stage.type_keys(&LEFT.repeat(8)).await;
    until_said(&stage, "story", "right at 4").await;
    let now = lanes(&stage).await;
    let lags: Vec<_> = now.others.iter().map(|(_, lane)| lane.data.lag).chain([now.first.data.lag]).collect();
    assert_eq!(lags, [Some(4); 3]);
    // Played, curves of all three grow, and a row of gradient is there for each moment.
    stage.click("#play").await;
    stage.until_step(12).await;
    stage.click("#play").await;
    stage.until("document.querySelector('#play').textContent.includes('Play')", "a pause").await;
    let curves = stage.table("curves").await;
    assert!(curves.len() >= 12 && curves[5].len() >= 4, "{:?}", curves[5]);
    let story = stage.table("story").await;
    for network in ["A RNN", "B LSTM", "C GRU"] {
        let rows = story.iter().filter(|row| row[0] == network && row[1] == "gradient");
        assert!(rows.count() >= 12, "{network}");
    }
    stage.picture("memory-duel-1440-light").await;
    // What a cell is belongs to its lane alone.
    assert_eq!(cells(&lanes(&stage).await), ["simple_rnn", "lstm", "gru"]);
    stage.keys("2").await;
    stage.choose_radio("cell", "RNN").await;
    until_said(&stage, "story", "Lane B: RNN: ").await;
    assert_eq!(cells(&lanes(&stage).await), ["simple_rnn", "simple_rnn", "gru"]);
    stage.close().await;
}

/// Nothing comes back over sixty steps: the verdict says so, and its remedy stands beside the problem.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_memory_is_told_and_its_remedy_opens_a_lane() {
    let Some(stage) = Stage::open("#lab=sequence&lanes=a").await else { return };
    until_said(&stage, "story", "RNN: ").await;
    assert!(lanes(&stage).await.others.is_empty());
    train(&stage, 32).await;
    let verdict = "document.querySelector('[data-testid=verdict]').innerText";
    stage.until(&format!("{verdict}.includes('Short memory.')"), "a verdict").await;
    let remedy = "[...document.querySelectorAll('.verdict__fix button')].map(b => b.textContent)[0]";
    assert_eq!(stage.value(remedy).await, "Use an LSTM with open gates");
    stage.click(".verdict__fix button").await;
    stage.until("document.querySelectorAll('.lanes .lane').length === 2", "a second lane").await;
    until_said(&stage, "story", "Lane B: LSTM: ").await;
    assert_eq!(cells(&lanes(&stage).await), ["simple_rnn", "lstm"]);
    // Once both are trained the verdict sets one beside the other.
    train(&stage, 32).await;
    stage.until(&format!("{verdict}.includes('In A (RNN) ')"), "what comes back in the other lane").await;
    stage.until(&format!("{verdict}.includes(' times less comes back.')"), "by how much less").await;
    stage.close().await;
}

/// Step, steps and unit of the theatre, as its figures say.
async fn looked_at(stage: &Stage) -> (usize, usize) {
    let of = |figure: &str, pattern: &str| format!("Number({}.match(/{pattern}/)[1])", label(figure));
    let number =
        async |expression: String| stage.value(&expression).await.as_u64().expect("a number") as usize;
    (number(of("theatre", "step (\\d+) of")).await, number(of("cell", "Unit (\\d+) at")).await)
}

async fn until_looked_at(stage: &Stage, step: usize, unit: usize) {
    until_said(stage, "theatre", &format!("step {step} of 9")).await;
    until_said(stage, "cell", &format!("Unit {unit} at step {step}:")).await;
    until_said(stage, "unrolled", &format!("at step {step} it reads")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_a_cell_is_worked_out() {
    let Some(stage) = Stage::open("#lab=sequence&data.lag=8").await else { return };
    stage.choose_radio("cell", "LSTM").await;
    until_said(&stage, "story", "LSTM: ").await;
    train(&stage, 3).await;
    stage.show("[data-testid=theatre]").await;
    until_said(
        &stage,
        "theatre",
        "LSTM reading test item 0, step 9 of 9: forget, input, output, candidate, cell, hidden",
    )
    .await;
    stage.show("[data-testid=unrolled]").await;
    until_looked_at(&stage, 9, 0).await;
    // A cell of the first map is clicked: the fourth of nine columns, then a lower row of the sixth.
    let width = stage
        .value("document.querySelector('#figure-theatre').getBoundingClientRect().width")
        .await
        .as_f64()
        .unwrap();
    let left = if width < 560.0 { 62.0 } else { 196.0 };
    let column = |step: f64| left + (step + 0.5) * (width - 1.0 - left) / 9.0;
    stage.press("#figure-theatre", [column(3.0), 42.0], [column(3.0), 42.0]).await;
    until_said(&stage, "theatre", "step 4 of 9").await;
    let (step, upper) = looked_at(&stage).await;
    stage.until_still().await;
    stage.press("#figure-theatre", [column(5.0), 66.0], [column(5.0), 66.0]).await;
    until_said(&stage, "theatre", "step 6 of 9").await;
    stage.until(&format!("!{}.includes('Unit {upper} at')", label("cell")), "another unit").await;
    let (_, lower) = looked_at(&stage).await;
    assert!(step == 4 && lower > upper + 5, "{step}: {upper} {lower}");
    assert_eq!(stage.table("cell").await.len(), 6);
    // By keys: to the side through time, up and down through units.
    stage.focus("#figure-theatre").await;
    stage.type_keys(RIGHT).await;
    until_looked_at(&stage, 7, lower).await;
    stage.type_keys(DOWN).await;
    until_looked_at(&stage, 7, lower + 1).await;
    stage.type_keys(UP).await;
    until_looked_at(&stage, 7, lower).await;
    stage.type_keys(&LEFT.repeat(2)).await;
    until_looked_at(&stage, 5, lower).await;
    // By its slider, to both ends.
    stage.focus("#theatre-step").await;
    stage.type_keys(END).await;
    until_looked_at(&stage, 9, lower).await;
    stage.type_keys(HOME).await;
    until_looked_at(&stage, 1, lower).await;
    // Another symbol at the first step: what it changes travels, until it is as it was.
    let read = text(&stage, "document.querySelector('#theatre-symbol').selectedOptions[0].textContent").await;
    let other = if read == "a" { "b" } else { "a" };
    let before = stage.table("theatre").await;
    stage.choose("#theatre-symbol", other).await;
    until_said(&stage, "theatre", "hidden, change").await;
    until_said(&stage, "unrolled", &format!("it reads {other}")).await;
    let rows = stage.table("theatre").await;
    let change = |row: &&Vec<String>| row[1] == "change";
    assert!(rows.iter().filter(change).count() > 0 && rows.len() > before.len());
    assert!(rows.iter().filter(change).any(|row| row[11].parse::<f32>().unwrap() > 0.0), "at the end, too");
    stage.picture("memory-theatre-1440-light").await;
    stage
        .client
        .find(fantoccini::Locator::XPath("//button[.='As it was']"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    stage.until(&format!("!{}.includes('change')", label("theatre")), "no change").await;
    assert_eq!(stage.table("theatre").await, before);
    // Another sequence.
    let reads = said(&stage, "theatre").await;
    stage.choose("#theatre-item", "5").await;
    until_said(&stage, "theatre", "reading test item 5").await;
    assert_ne!(said(&stage, "theatre").await, reads);
    // The play head goes through it and stays at its end.
    stage.click("[data-testid=play-through]").await;
    until_looked_at(&stage, 9, lower).await;
    stage
        .until(
            "document.querySelector('[data-testid=play-through]').textContent === 'Play through'",
            "an end",
        )
        .await;
    // Looking changed nothing of the run.
    assert_eq!(stage.step().await, 3);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_written_on() {
    let Some(stage) = Stage::open("#lab=sequence&lanes=a").await else { return };
    stage.choose("#data-name", "A short tale").await;
    stage.until("location.hash.includes('data.name=text')", "another task").await;
    train(&stage, 4).await;
    stage.show("[data-testid=written]").await;
    until_said(&stage, "written", "RNN writes: The ").await;
    let first = said(&stage, "written").await;
    stage.click("[data-testid=write-again]").await;
    until_other(&stage, "written", &first).await;
    // At temperature 0 it is always the likeliest.
    stage.focus("#temperature").await;
    let warm = said(&stage, "written").await;
    stage.type_keys(HOME).await;
    until_other(&stage, "written", &warm).await;
    let cold = said(&stage, "written").await;
    stage.click("[data-testid=write-again]").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(said(&stage, "written").await, cold);
    stage.focus("#temperature").await;
    stage.type_keys(END).await;
    until_other(&stage, "written", &cold).await;
    // From the likeliest alone it is the same as cold.
    stage.choose("#top-k", "the 1 likeliest").await;
    stage.until(&format!("{} === {}", label("written"), json!(cold)), "the likeliest again").await;
    // It begins as it is told to, and what comes next follows from that.
    stage.show("[data-testid=next]").await;
    until_said(&stage, "next", "After “The ” it expects ").await;
    assert_eq!(stage.table("next").await.len(), 10);
    stage.focus("#prime").await;
    stage.type_keys("old w").await;
    until_said(&stage, "written", "RNN writes: old w").await;
    until_said(&stage, "next", "After “old w” it expects ").await;
    let note = "document.querySelector('[data-testid=written] .key').textContent";
    assert_eq!(text(&stage, note).await, "");
    stage.type_keys("β").await;
    stage.until(&format!("{note}.includes('“β” is not in the text')"), "a word on the character").await;
    until_said(&stage, "next", "After “old w” it expects ").await;
    stage.picture("memory-text-1440-light").await;
    // A letter of the page is looked at.
    stage.show("[data-testid=page]").await;
    until_said(&stage, "page", "A page of the test text, coloured by unit ").await;
    stage.until_still().await;
    let before = said(&stage, "page").await;
    stage.press("#figure-page", [60.0, 34.0], [60.0, 34.0]).await;
    until_other(&stage, "page", &before).await;
    stage.close().await;
}

/// Pastes a text into its field, and has it learned.
async fn learn(stage: &Stage, text: &str) {
    let script = "document.querySelector('#own-text').value = arguments[0]";
    stage.client.execute(script, vec![json!(text)]).await.expect("a field");
    stage.click("[data-testid=read-text]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_ones_own_is_learned_by_all_lanes() {
    let Some(stage) = Stage::open("#lab=sequence").await else { return };
    until_said(&stage, "story", "Lane C: GRU: ").await;
    train(&stage, 2).await;
    stage.click("#own summary").await;
    // What cannot be learned from gets a sentence, and the runs at hand stay.
    let not_utf8: Vec<u8> = "straße ".repeat(60).chars().map(|letter| letter as u32 as u8).collect();
    let large = "const data = new DataTransfer(); data.items.add(new File([new Uint8Array(21 << 20).fill(97)], 'large.txt'));\
        const input = document.querySelector('[data-testid=file-input]'); input.files = data.files;\
        input.dispatchEvent(new Event('change', { bubbles: true }))";
    learn(&stage, "").await;
    until_notice(&stage, "it is empty").await;
    learn(&stage, "a").await;
    until_notice(&stage, "it has 1 character").await;
    learn(&stage, &"a".repeat(5000)).await;
    until_notice(&stage, "one character").await;
    bring(&stage, "drop", json!([file("latin.txt", &not_utf8)])).await;
    until_notice(&stage, "latin.txt: it is not text in UTF-8").await;
    stage.run(large).await;
    until_notice(&stage, "large.txt: 21 MB, but a text must be at most 20 MB").await;
    bring(&stage, "drop", json!([file("empty.txt", b"")])).await;
    until_notice(&stage, "empty.txt: it is empty").await;
    assert_eq!((stage.step().await, stage.hash().await.as_str()), (2, "#lab=sequence"));
    stage.keys(".").await;
    stage.rests_at(3).await;

    learn(&stage, &"ha ho hi, said the owl (twice).\n".repeat(60)).await;
    stage.until("location.hash.includes('data.name=own_text')", "a run on the text").await;
    stage.show("[data-testid=written]").await;
    for words in ["Lane A: RNN writes: ", "Lane B: LSTM writes: ", "Lane C: GRU writes: "] {
        until_said(&stage, "written", words).await;
    }
    let now = lanes(&stage).await;
    let data: Vec<_> = now.others.iter().map(|(_, lane)| lane.data.clone()).collect();
    assert_eq!(data, [now.first.data.clone(), now.first.data.clone()]);
    assert_eq!(cells(&now), ["simple_rnn", "lstm", "gru"]);
    stage.until(&format!("!{NOTICE}"), "no complaint").await;
    train(&stage, 2).await;
    stage.picture("memory-own-1440-light").await;
    // Another, dropped as a file, takes its place.
    let symbols = now.first.data.symbols;
    let tale = "Once upon a time: a sly fox.\n".repeat(80);
    bring(&stage, "drop", json!([file("tale.txt", tale.as_bytes())])).await;
    stage
        .until(&format!("!location.hash.includes('data.symbols={}')", symbols.unwrap_or(0)), "another text")
        .await;
    stage.rests_at(0).await;
    let now = lanes(&stage).await;
    assert!(now.others.iter().all(|(_, lane)| lane.data == now.first.data), "{now:?}");
    assert_eq!(text(&stage, &format!("{NOTICE} ?? ''")).await, "");
    train(&stage, 1).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_go_back_in_time_together_and_a_link_opens_them() {
    let Some(stage) = Stage::open("#lab=sequence").await else { return };
    stage.focus("#data-lag").await;
    stage.type_keys(&LEFT.repeat(6)).await;
    until_said(&stage, "story", "right at 8").await;
    train(&stage, 3).await;
    let (then, words) = (stage.table("story").await, said(&stage, "story").await);
    train(&stage, 4).await;
    let (end, last_words) = (stage.table("story").await, said(&stage, "story").await);
    assert_ne!(end, then);
    slide(&stage, "[data-testid=scrub]", 3).await;
    stage.rests_at(3).await;
    stage.until(&format!("{} === {}", label("story"), json!(words)), "the story of then").await;
    assert_eq!(stage.table("story").await, then);
    stage.click("[data-testid=to-end]").await;
    stage.rests_at(7).await;
    stage.until(&format!("{} === {}", label("story"), json!(last_words)), "the story of now").await;
    assert_eq!(stage.table("story").await, end);
    // A link opens the same three, and the same steps give the same numbers.
    let (link, open) = (stage.hash().await, lanes(&stage).await);
    stage.visit_anew(&link).await;
    until_said(&stage, "story", "Lane C: GRU: ").await;
    assert_eq!(lanes(&stage).await, open);
    train(&stage, 7).await;
    stage.until(&format!("{} === {}", label("story"), json!(last_words)), "the same story").await;
    assert_eq!(stage.table("story").await, end);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_every_view() {
    let Some(stage) = Stage::open("#lab=sequence").await else { return };
    until_said(&stage, "story", "Lane C: GRU: ").await;
    train(&stage, 2).await;
    let of_lags: &[&str] = &["story", "recall", "memory", "curves", "theatre", "unrolled", "cell"];
    let of_texts: &[&str] = &["story", "memory", "written", "next", "page", "theatre"];
    for (task, figures) in [("Recall", of_lags), ("A short tale", of_texts)] {
        stage.size(1440, 900, "light").await;
        stage.choose("#data-name", task).await;
        for (width, height, scheme) in VIEWS {
            stage.size(width, height, scheme).await;
            for figure in figures {
                stage.show(&format!("[data-testid={figure}]")).await;
                stage.until(&format!("{} !== 'Not measured yet.'", label(figure)), figure).await;
            }
            stage.run("document.querySelectorAll('details').forEach(fold => fold.open = true)").await;
            stage.assert_fits(&format!("{task}, {width} px")).await;
            assert_axe_finds_nothing(&stage, &format!("{task}, {width} px, {scheme}")).await;
            stage.run("scrollTo(0, 0)").await;
            stage.until_still().await;
            stage.picture(&format!("memory-{}-{width}-{scheme}", figures.len())).await;
        }
    }
    stage.close().await;
}
