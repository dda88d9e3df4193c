//! The autoencoder lab: it trains, draws what is drawn, decodes where the cursor is, restores what is spoiled and tells
//! what is odd.

use crate::stage::{Stage, VIEWS};

/// The right and the up arrow key, as the driver writes them.
const RIGHT: &str = "\u{E014}";
const UP: &str = "\u{E013}";
const END: &str = "\u{E010}";
const HOME: &str = "\u{E011}";

fn label(figure: &str) -> String {
    format!("document.querySelector('#figure-{figure}').ariaLabel")
}

async fn until_said(stage: &Stage, figure: &str, words: &str) {
    stage.until(&format!("{}.includes({})", label(figure), serde_json::json!(words)), words).await;
}

/// Trains so many steps more, by the key for one.
async fn train(stage: &Stage, steps: usize) {
    let from = stage.step().await;
    stage.keys(&".".repeat(steps)).await;
    stage.rests_at(from + steps).await;
}

async fn number(stage: &Stage, expression: &str) -> f64 {
    let value = stage.value(expression).await;
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{expression}: {value}"))
}

/// The errors of the items that stand side by side, without what is on the pad.
async fn errors(stage: &Stage) -> Vec<f64> {
    let rows = stage.table("reconstructions").await;
    let of_items = rows.iter().filter(|row| row[0] != "-1");
    of_items.map(|row| row.last().unwrap().parse().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_trains_and_draws_what_comes_back() {
    let Some(stage) = Stage::open("#lab=autoencoder").await else { return };
    until_said(&stage, "reconstructions", "10 test pictures above what the network gives back").await;
    let before = errors(&stage).await;
    assert_eq!(before.len(), 10);
    // Played until a step, faster than by keys.
    stage.click("#play").await;
    stage.until_step(150).await;
    stage.click("#play").await;
    let after = errors(&stage).await;
    let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
    assert!(mean(&after) < 0.5 * mean(&before), "{before:?} {after:?}");
    let verdict = stage.value("document.querySelector('.verdict').textContent").await;
    assert!(verdict.as_str().unwrap().contains("784 numbers pass through 2"), "{verdict}");
    // What is drawn is given back as well: another digit, another error.
    let pad = "[...document.querySelectorAll('#figure-reconstructions')][0].ariaLabel.match(/on the pad: ([0-9.]*[0-9])/)[1]";
    let of_sample = number(&stage, pad).await;
    stage.focus("#pad").await;
    stage.type_keys("x").await;
    stage.until(&format!("!{}.includes('on the pad')", label("reconstructions")), "an empty pad").await;
    stage.press("#pad", [60.0, 60.0], [150.0, 160.0]).await;
    until_said(&stage, "reconstructions", "on the pad").await;
    assert_ne!(number(&stage, pad).await, of_sample);
    // The worst first: sorted by error, and as bad as any of those by class.
    stage.choose("#item-order", "Worst").await;
    stage
        .until(&format!("!{}.includes({:?})", label("reconstructions"), format!("{:.4}", after[0])), "others")
        .await;
    let worst = errors(&stage).await;
    assert!(worst.is_sorted_by(|a, b| a >= b), "{worst:?}");
    assert!(worst[0] >= after.iter().copied().fold(0.0, f64::max), "{worst:?} {after:?}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cursor_decodes_wherever_it_is() {
    let Some(stage) = Stage::open("#lab=autoencoder").await else { return };
    train(&stage, 20).await;
    until_said(&stage, "map", "At the cursor:").await;
    let at = [1, 2].map(|axis| format!("document.querySelector('#cursor-{axis}').value"));
    // Dragged: both numbers change with the pointer, and what is drawn with them.
    let canvas = "document.querySelector('#figure-map').toDataURL()";
    let before = stage.value(canvas).await;
    stage.show("[data-testid=map]").await;
    stage.press("#figure-map", [40.0, 40.0], [250.0, 200.0]).await;
    stage.until(&format!("{canvas} !== {before}"), "another picture at the cursor").await;
    let dragged = [number(&stage, &at[0]).await, number(&stage, &at[1]).await];
    assert!(dragged[0] > 60.0 && dragged[1] < 140.0, "{dragged:?}");
    // By keys a step of the slider each, ten with Shift.
    stage.focus("#figure-map").await;
    stage.type_keys(&RIGHT.repeat(3)).await;
    stage.until(&format!("{} === '{}'", at[0], dragged[0] + 3.0), "three steps to the right").await;
    stage.type_keys(UP).await;
    stage.until(&format!("{} === '{}'", at[1], dragged[1] + 1.0), "one step up").await;
    // By the sliders beside it.
    stage.focus("#cursor-1").await;
    stage.type_keys(RIGHT).await;
    stage.until(&format!("{} === '{}'", at[0], dragged[0] + 4.0), "one more by the slider").await;
    // An item that is clicked is followed: the cursor goes to its code, and it passes through every layer.
    stage.run("scrollTo(0, 0)").await;
    stage.press("#figure-reconstructions", [560.0, 40.0], [560.0, 40.0]).await;
    stage.until(&format!("{} !== '{}'", at[0], dragged[0] + 4.0), "the code of the item").await;
    stage.choose_radio("map-shows", "Decoded").await;
    let points = stage.value(canvas).await;
    stage.until(&format!("{canvas} !== {points}"), "what every place decodes to").await;
    stage.show("[data-testid=layers]").await;
    until_said(&stage, "layers", "What every layer makes of picture").await;
    assert!(stage.value(&label("layers")).await.as_str().unwrap().contains("2 units"));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spoiled_pictures_are_restored() {
    let Some(stage) = Stage::open("#lab=autoencoder").await else { return };
    stage.choose_radio("use", "Denoise").await;
    until_said(&stage, "reconstructions", "10 test pictures").await;
    stage.until("document.querySelector('.verdict').textContent.includes('Press Play')", "a new run").await;
    assert!(stage.hash().await.contains("data.corruption"), "{}", stage.hash().await);
    stage.click("#play").await;
    stage.until_step(200).await;
    stage.click("#play").await;
    stage
        .until(
            "document.querySelector('.verdict').textContent.includes('Gaussian at level 0.5 takes')",
            "how much is restored",
        )
        .await;
    // The grid: as many levels, and less error than noise at the level that was trained with.
    stage.show("[data-testid=noise]").await;
    until_said(&stage, "noise", "Gaussian at level 0.5").await;
    let grid = stage.table("noise").await;
    let value = |row: usize, column: usize| grid[row][column].parse::<f64>().expect("a number");
    assert_eq!((grid.len(), grid[0].len()), (2, 7));
    assert!(value(1, 4) < 0.6 * value(0, 4), "{grid:?}");
    assert!(value(0, 1) == 0.0 && value(0, 1) < value(0, 2) && value(0, 4) < value(0, 5), "{grid:?}");
    // A level is clicked, and everything above is spoiled so.
    stage.choose("#shown-level", "spoiled by 1").await;
    until_said(&stage, "noise", "Gaussian at level 1").await;
    // A second lane, trained with less noise, adds its row.
    stage.keys("l").await;
    stage.until("document.querySelectorAll('.lanes .lane').length === 2", "a lane").await;
    stage.focus("#noise").await;
    stage.type_keys("\u{E012}\u{E012}\u{E012}").await;
    stage.show("[data-testid=noise]").await;
    until_said(&stage, "noise", "Lane B").await;
    assert_eq!(stage.table("noise").await.len(), 3);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_is_told() {
    let Some(stage) = Stage::open("#lab=autoencoder").await else { return };
    stage.choose_radio("use", "Detect").await;
    stage.until("location.hash.includes('train_on')", "a class to train on").await;
    stage.click("#play").await;
    stage.until_step(800).await; // enough of them however slow it is
    stage.click("#play").await;
    until_said(&stage, "errors", "of class 0 and").await;
    // Another digit is odder than a 0, and an alarm tells them apart by where it is set.
    let of_pad =
        "document.querySelector('#figure-errors').ariaLabel.match(/on the pad comes to ([0-9.]+),/)[1]";
    stage.focus("#pad").await;
    stage.type_keys("0").await;
    until_said(&stage, "errors", "What is on the pad comes to").await;
    // Half drawn either may come to anything: 0s came to 0.016 and 0.020 once they were whole, 4s to 0.053 and 0.084.
    stage.until(&format!("Number({of_pad}) < 0.04"), "the error of a 0").await;
    stage.type_keys("4").await;
    stage.until(&format!("Number({of_pad}) > 0.04"), "that of a 4").await;
    stage.focus("#threshold").await;
    stage.type_keys(END).await;
    until_said(&stage, "errors", "below it: normal").await;
    stage.type_keys(HOME).await;
    until_said(&stage, "errors", "above it: abnormal").await;
    stage.type_keys(&RIGHT.repeat(20)).await;
    stage.until("document.querySelector('#threshold').value === '20'", "a threshold").await;
    // The threshold, moved by keys and dragged.
    let threshold = "document.querySelector('#threshold').value";
    let before = number(&stage, threshold).await;
    stage.show("[data-testid=errors]").await;
    stage.focus("#figure-errors").await;
    stage.type_keys(&RIGHT.repeat(4)).await;
    stage.until(&format!("{threshold} === '{}'", before + 4.0), "four steps").await;
    // Shares of both kinds that are above it: "At the threshold 98 % are found at 3 % false alarms."
    let alarms = |text: &str| -> f64 {
        let (_, told) = text.split_once("At the threshold ").expect("shares");
        let shares = told.split('\u{202f}').filter_map(|part| part.split(' ').next_back());
        shares.filter_map(|share| share.parse::<f64>().ok()).sum()
    };
    stage.until_still().await;
    let said = stage.value(&label("roc")).await;
    stage.press("#figure-errors", [300.0, 80.0], [300.0, 80.0]).await;
    stage.until(&format!("{} !== {said}", label("roc")), "another point of the curve").await;
    stage.until_still().await;
    let now = stage.value(&label("roc")).await;
    assert!(alarms(now.as_str().unwrap()) < alarms(said.as_str().unwrap()), "{said} {now}");
    // With dearer misses another cost.
    stage.choose("#cost-of-a-miss", "10 ×").await;
    // One class more to train on is a new run.
    stage.click("#more > summary").await;
    stage.choose_radio("train_on", "4").await;
    until_said(&stage, "errors", "of class 0, 4").await;
    stage.rests_at(0).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_every_view() {
    let Some(stage) = Stage::open("#lab=autoencoder").await else { return };
    train(&stage, 10).await;
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        for figure in ["reconstructions", "map", "roc", "noise", "walk", "layers"] {
            stage.show(&format!("[data-testid={figure}]")).await;
            stage.until(&format!("{} !== 'Not measured yet.'", label(figure)), figure).await;
        }
        stage.assert_fits(&format!("{width} px")).await;
        stage.run("scrollTo(0, 0)").await;
        stage.until_still().await;
        stage.picture(&format!("autoencoder-{width}-{scheme}")).await;
    }
    stage.close().await;
}
