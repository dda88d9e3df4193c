//! The RBM lab: pictures that go up and come back, halves held fast, dreams; digits told by free energy; numbers predicted;
//! films rated and recommended; topics of documents; and data of the visitor's own for each.

use crate::memory::{label, said, train, until_other, until_said};
use crate::own::{bring, file, until_notice};
use crate::stage::{Stage, VIEWS};
use crate::widely::assert_axe_finds_nothing;
use glassbox::labs::from_link;
use serde_json::json;

/// Takes up a job, which begins another run.
async fn begin(stage: &Stage, job: &str) {
    stage.choose("#job", job).await;
    stage.until("document.querySelector('[data-testid=counter]').dataset.step === '0'", job).await;
}

/// What the verdict says.
async fn verdict(stage: &Stage) -> String {
    let words = stage.value("document.querySelector('.verdict').innerText").await;
    words.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn pictures_go_up_and_come_back() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    until_said(&stage, "two_layers", "Your drawing goes up").await;
    assert!(verdict(&stage).await.contains("Untrained."));
    train(&stage, 60).await;
    stage
        .until(
            "document.querySelector('.verdict').innerText.includes('free energy of held-out')",
            "a verdict",
        )
        .await;
    // A held-out picture by its number, and the drawing again.
    stage.run("const at = document.querySelector('#followed'); at.value = 4; at.dispatchEvent(new Event('change', { bubbles: true }))").await;
    until_said(&stage, "two_layers", "A held-out").await;
    stage.choose_radio("held", "Top").await;
    until_said(&stage, "two_layers", "Held fast: one half of a held-out").await;
    stage.click("[data-testid=look-at-drawing]").await;
    until_said(&stage, "two_layers", "Held fast: one half of your drawing").await;
    stage.choose_radio("held", "Nothing").await;
    until_said(&stage, "two_layers", "Your drawing goes up").await;
    // Dreams: another begins with other noise.
    stage.show("[data-testid=dream]").await;
    until_said(&stage, "dream", "after 1,000 steps of Gibbs sampling").await;
    let before = said(&stage, "dream").await;
    stage.click("[data-testid=dream-again]").await;
    until_other(&stage, "dream", &before).await;
    // One looks on while it dreams, and stops it.
    stage.click("[data-testid=look-on]").await;
    let step = format!("Number({}.match(/after ([0-9,]+) steps/)?.[1].replace(',', ''))", label("dream"));
    stage.until(&format!("{step} > 9 && {step} < 900"), "a dream that goes on").await;
    stage.click("[data-testid=look-on]").await;
    stage.until("document.querySelector('[data-testid=look-on]').ariaPressed === 'false'", "a stop").await;
    stage.click("[data-testid=dream-again]").await;
    until_said(&stage, "dream", "after 1,000 steps of Gibbs sampling").await;
    for (figure, words) in [
        ("filters", "hidden units, as pictures"),
        ("map", "two principal components of their hidden means"),
        ("pixel_map", "two principal components of their pixels"),
        ("likelihood", "ln Z is"),
        ("linear", "by the hidden units"),
        ("weights", "weights between 784 visible"),
        ("referee", "."),
    ] {
        stage.show(&format!("[data-testid={figure}]")).await;
        until_said(&stage, figure, words).await;
    }
    // What can be changed while it runs goes on from the step.
    stage.run("scrollTo(0, 0)").await;
    stage.until_still().await;
    let step = stage.step().await;
    stage.choose_radio("gibbs_steps", "10").await;
    train(&stage, 2).await;
    assert_eq!(stage.step().await, step + 2);
    let link = from_link(&stage.hash().await).expect("an address");
    assert_eq!(link.first.edits.len(), 1, "{}", stage.hash().await);
    stage.close().await;
}

/// Any pixels are held: by pointer, by keys on the picture, by numbers beneath it; none of it touches the run.
#[tokio::test]
async fn any_pixels_are_held_while_the_rest_is_dreamt() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    until_said(&stage, "two_layers", "Your drawing goes up").await;
    train(&stage, 20).await;
    let (step, link) = (stage.step().await, stage.hash().await);
    // The picture has 28 pixels to a side, from the left edge of the figure on.
    stage.press("#figure-two_layers", [20.0, 60.0], [100.0, 120.0]).await;
    until_said(&stage, "two_layers", "of 784 pixels of your drawing").await;
    let chosen = "document.querySelector('[data-testid=held] label:last-child input').checked";
    stage.until(chosen, "that pixels were chosen").await;
    let dragged = said(&stage, "two_layers").await;
    assert!(!dragged.contains("Held fast: 1 of"), "{dragged}");
    // A click on a pixel that is held lets go of it.
    stage.press("#figure-two_layers", [60.0, 90.0], [60.0, 90.0]).await;
    until_other(&stage, "two_layers", &dragged).await;
    // By keys: space holds what is marked, Shift with an arrow marks one more line of one pixel, and another space lets go.
    stage.choose_radio("held", "Nothing").await;
    until_said(&stage, "two_layers", "Your drawing goes up").await;
    stage.focus("#figure-two_layers").await;
    stage.type_keys(" ").await;
    until_said(&stage, "two_layers", "Held fast: 1 of 784 pixels").await;
    stage.type_keys("\u{E015}").await; // down, from a pixel that is held to one that is not
    stage
        .until(
            "document.querySelector('#figure-two_layers').ariaLabel.includes('Held fast: 1 of')",
            "what is held",
        )
        .await;
    stage.type_keys(" ").await;
    until_said(&stage, "two_layers", "Held fast: 2 of 784 pixels").await;
    stage.shift_key("\u{E014}").await;
    stage.shift_key("\u{E014}").await;
    stage.type_keys(" ").await; // it begins with one that is held
    until_said(&stage, "two_layers", "Held fast: 1 of 784 pixels").await;
    stage.type_keys(" ").await;
    until_said(&stage, "two_layers", "Held fast: 4 of 784 pixels").await;
    // By numbers.
    for (field, value) in [("first-row", 2), ("last-row", 3), ("first-column", 0), ("last-column", 27)] {
        stage.run(&format!("const at = document.getElementById('{field}'); at.value = {value}; at.dispatchEvent(new Event('change', {{ bubbles: true }}))")).await;
    }
    stage.click("[data-testid=hold-marked]").await;
    until_said(&stage, "two_layers", "Held fast: 60 of 784 pixels").await;
    assert_axe_finds_nothing(&stage, "pixels that are held").await;
    stage.click("[data-testid=let-go-marked]").await;
    until_said(&stage, "two_layers", "Held fast: 4 of 784 pixels").await;
    stage.choose_radio("held", "Ink").await;
    until_said(&stage, "two_layers", "Held fast: the ink of your drawing").await;
    assert_eq!((stage.step().await, stage.hash().await), (step, link), "what is held is no part of the run");
    // With its label: of nothing but that, the picture is dreamt.
    begin(&stage, "Classify").await;
    train(&stage, 20).await;
    stage.choose_radio("held", "Nothing").await;
    stage.choose("#held-label", "4").await;
    until_said(&stage, "two_layers", "Held fast: the label 4;").await;
    stage.close().await;
}

/// The first weights, two steps on the way, and now; gone back in time, those of then.
#[tokio::test]
async fn filters_are_seen_to_form() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    train(&stage, 70).await;
    stage.show("[data-testid=forming]").await;
    until_said(&stage, "forming", "at step 0, ").await;
    for words in ["at step 16,", "at step 64,", "at step 70."] {
        until_said(&stage, "forming", words).await;
    }
    let then = said(&stage, "forming").await;
    train(&stage, 230).await;
    until_said(&stage, "forming", "at step 256,").await;
    stage.run("const at = document.querySelector('[data-testid=scrub]'); at.value = 70; at.dispatchEvent(new Event('input', { bubbles: true })); at.dispatchEvent(new Event('change', { bubbles: true }))").await;
    stage.until_step(70).await;
    stage
        .until(
            &format!("document.querySelector('#figure-forming').ariaLabel === {}", json!(then)),
            "the filters of then",
        )
        .await;
    stage.close().await;
}

/// Plays as fast as it can until the verdict says so.
async fn play_until_said(stage: &Stage, words: &str) {
    stage.choose("#speed", "Max").await;
    stage.click("[data-testid=play]").await;
    stage.until(&format!("document.querySelector('.verdict').innerText.includes('{words}')"), words).await;
    stage.click("[data-testid=play]").await;
}

/// Back to where a machine had not learned by heart yet, another rule in a lane beside it, and a figure to do something in.
#[tokio::test]
async fn remedies_do_what_they_say() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3&data.samples=100").await else { return };
    play_until_said(&stage, "Overfitting.").await;
    let step = stage.step().await;
    stage.click("[data-testid=back-to]").await;
    stage
        .until("!document.querySelector('.verdict').innerText.includes('Overfitting.')", "a step before it")
        .await;
    assert!((1..step).contains(&stage.step().await));
    stage.click(".verdict__fix .btn").await;
    stage
        .until(
            "document.querySelector('[data-testid=lane-b]').innerText.includes('CD-10')",
            "a lane by its rule",
        )
        .await;
    stage
        .until(
            "document.querySelector('[data-testid=lane-a]').innerText.includes('CD-1')",
            "the first by its",
        )
        .await;
    stage.visit_anew("#lab=rbm&seed=3").await;
    begin(&stage, "Recommend films").await;
    play_until_said(&stage, "Better than guessing.").await;
    stage.click(".verdict__fix .btn").await;
    stage.until("document.activeElement.closest('[data-testid=rates] li')", "the focus on a film").await;
    stage.type_keys(" ").await;
    until_said(&stage, "rated", "one film").await;
    stage.close().await;
}

#[tokio::test]
async fn digits_are_told_by_free_energy() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    begin(&stage, "Classify").await;
    until_said(&stage, "answer", "Your drawing is taken for a").await;
    train(&stage, 120).await;
    stage
        .until(
            "document.querySelector('.verdict').innerText.includes('of the held-out pictures')",
            "a verdict",
        )
        .await;
    let before = said(&stage, "answer").await;
    stage.press("[data-testid=pad]", [40.0, 30.0], [40.0, 120.0]).await;
    until_other(&stage, "answer", &before).await;
    let rows = stage.table("answer").await;
    assert_eq!(rows.len(), 10, "{rows:?}");
    stage.close().await;
}

#[tokio::test]
async fn numbers_are_predicted_with_their_spread() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    begin(&stage, "Predict a number").await;
    train(&stage, 50).await;
    until_said(&stage, "predicted", "with one deviation to each side").await;
    stage.until("document.querySelector('.verdict').innerText.includes('R²')", "a verdict").await;
    // A table of one's own.
    let rows: String =
        (0..60).map(|row| format!("{},{},{}\n", row, row * 7 % 11, 2 * row + row * 7 % 11)).collect();
    bring(&stage, "drop", json!([file("sums.csv", format!("a,b,sum\n{rows}").as_bytes())])).await;
    stage
        .until(
            "document.querySelector('[data-testid=columns]')?.textContent.includes('60 rows')",
            "the columns",
        )
        .await;
    stage.click("[data-testid=train-on-table]").await;
    stage.until("location.hash.includes('data.name=table')", "a run on it").await;
    train(&stage, 20).await;
    until_said(&stage, "predicted", "with one deviation to each side").await;
    assert_eq!(from_link(&stage.hash().await).unwrap().first.data.targets, glassbox::data::Targets::Joint);
    stage.close().await;
}

#[tokio::test]
async fn films_are_rated_and_recommended() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    begin(&stage, "Recommend films").await;
    train(&stage, 60).await;
    stage.until("document.querySelector('.verdict').innerText.includes('stars')", "a verdict").await;
    until_said(&stage, "recommended", "somebody who rated nothing").await;
    let before = said(&stage, "recommended").await;
    stage.click("[data-testid=rates] li:nth-child(1) label:nth-child(5)").await;
    until_said(&stage, "rated", "one film").await;
    until_said(&stage, "recommended", "For what you rated").await;
    stage.click("[data-testid=rates] li:nth-child(2) label:nth-child(1)").await;
    until_said(&stage, "rated", "2 films").await;
    until_other(&stage, "recommended", &before).await;
    // By keys: from one star to two.
    stage.focus("[data-testid=rates] li:nth-child(2) input:checked").await;
    stage.type_keys("\u{E014}").await;
    stage
        .until(
            "document.querySelector('[data-testid=rates] li:nth-child(2) input:checked').value === '1'",
            "two stars",
        )
        .await;
    // What is looked for stands first.
    stage.focus("#find-film").await;
    stage.type_keys("robots").await;
    stage
        .until(
            "document.querySelector('[data-testid=rates] legend').textContent === 'Robots at Dusk'",
            "the film",
        )
        .await;
    stage.type_keys(" of the moon").await;
    stage.until("document.querySelector('[data-testid=no-film]')", "that there is none").await;
    until_said(&stage, "rated", "2 films").await;

    // Ratings of one's own, and those that are none.
    let bad = "1\t1\t9\t0\n";
    bring(&stage, "drop", json!([file("u.data", bad.as_bytes())])).await;
    until_notice(&stage, "9").await;
    let rows: String = (0..20)
        .flat_map(|user| (0..6).map(move |film| format!("{user},{film},{}\n", 1 + (user + film) % 5)))
        .collect();
    bring(&stage, "drop", json!([file("mine.csv", format!("user,film,rating\n{rows}").as_bytes())])).await;
    stage.until("location.hash.includes('own_ratings')", "a run on them").await;
    // What was looked for among the films before is none of these.
    until_said(&stage, "rated", "not rated any").await;
    stage.until("document.querySelector('#find-film').value === ''", "no search").await;
    train(&stage, 5).await;
    stage
        .until(
            "document.querySelector('[data-testid=rates]').textContent.includes('film ')",
            "films without names",
        )
        .await;
    // Nor among those of another file, of as many films by as many users.
    stage.click("[data-testid=rates] li:nth-child(1) label:nth-child(5)").await;
    until_said(&stage, "rated", "one film").await;
    let rows = rows.replace(",1\n", ",5\n");
    bring(&stage, "drop", json!([file("other.csv", format!("user,film,rating\n{rows}").as_bytes())])).await;
    until_said(&stage, "rated", "not rated any").await;
    stage.close().await;
}

#[tokio::test]
async fn topics_are_found_in_documents() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    begin(&stage, "Find topics").await;
    train(&stage, 60).await;
    until_said(&stage, "topics", "makes likelier").await;
    stage.show("[data-testid=near]").await;
    until_said(&stage, "near", "Held-out document 1 of").await;
    stage.run("const at = document.querySelector('#followed'); at.value = 5; at.dispatchEvent(new Event('change', { bubbles: true }))").await;
    until_said(&stage, "near", "Held-out document 5 of").await;
    let words = ["boat sea wave harbour sail", "bread oven flour salt dough"];
    let text: String =
        (0..40).map(|item| format!("{} {} {item}\n\n", words[item % 2], words[item % 2])).collect();
    bring(&stage, "drop", json!([file("notes.txt", text.as_bytes())])).await;
    stage.until("location.hash.includes('own_documents')", "a run on them").await;
    train(&stage, 5).await;
    until_said(&stage, "topics", "makes likelier").await;
    bring(&stage, "drop", json!([file("one.txt", b"only only only\n\nonly only\n\nonly\n")])).await;
    until_notice(&stage, "one.txt").await;
    stage.close().await;
}

/// Every job at every width, light and dark.
#[tokio::test]
async fn the_lab_looks_as_it_should() {
    let Some(stage) = Stage::open("#lab=rbm&seed=3").await else { return };
    for (job, figures) in [
        ("Features and map", &["two_layers", "dream", "phases", "filters", "energy", "referee"][..]),
        ("Classify", &["two_layers", "answer", "score"]),
        ("Predict a number", &["predicted", "score"]),
        ("Recommend films", &["recommended", "beside", "tastes", "score"]),
        ("Find topics", &["topics", "near", "score"]),
    ] {
        if job != "Features and map" {
            begin(&stage, job).await;
        }
        train(&stage, 30).await;
        for (width, height, scheme) in VIEWS {
            stage.size(width, height, scheme).await;
            for figure in figures {
                stage.show(&format!("[data-testid={figure}]")).await;
                until_said(&stage, figure, ".").await;
            }
            stage.run("document.querySelectorAll('details').forEach(fold => fold.open = true)").await;
            stage.assert_fits(&format!("{job}, {width} px")).await;
            assert_axe_finds_nothing(&stage, &format!("{job}, {width} px, {scheme}")).await;
            stage.run("document.querySelectorAll('details').forEach(fold => fold.open = false)").await;
            stage.run("scrollTo(0, 0)").await;
            stage.until_still().await;
            stage
                .picture(&format!("rbm-{}-{width}-{scheme}", job.split(' ').next().unwrap().to_lowercase()))
                .await;
        }
    }
    stage.close().await;
}
