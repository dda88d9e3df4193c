//! The CNN lab: digits are drawn with real pointer events, and read.

use crate::stage::{Stage, VIEWS};
use fantoccini::Locator;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use serde_json::json;
use std::time::Duration;

const PREDICTION: &str = "document.querySelector('[data-testid=prediction]').dataset";

/// Clear digits as pen strokes, in per mille of the pad.
const DIGITS: [(&str, &[&[[i64; 2]]]); 5] = [
    ("1", &[&[[500, 180], [500, 820]]]),
    ("7", &[&[[300, 220], [700, 220], [600, 480], [480, 820]]]),
    ("4", &[&[[420, 180], [300, 560], [720, 560]], &[[600, 360], [600, 840]]]),
    (
        "0",
        &[&[
            [500, 180],
            [360, 270],
            [310, 500],
            [370, 740],
            [500, 820],
            [640, 730],
            [690, 500],
            [630, 260],
            [500, 180],
        ]],
    ),
    (
        "2",
        &[&[[330, 330], [390, 220], [520, 190], [640, 270], [620, 420], [480, 600], [320, 800], [700, 800]]],
    ),
];

/// Draws one stroke on the pad, the pen staying down at its end when `lifts` is false.
pub async fn stroke(stage: &Stage, points: &[[i64; 2]], lifts: bool) {
    let pad = stage.client.find(Locator::Css("[data-testid=pad]")).await.expect("the pad");
    let (_, _, width, height) = pad.rectangle().await.expect("its place");
    let at = |[x, y]: [i64; 2]| ((x as f64 / 1000.0 - 0.5) * width, (y as f64 / 1000.0 - 0.5) * height);
    let to = |point: [i64; 2], ms: u64| {
        let (x, y) = at(point);
        let duration = Some(Duration::from_millis(ms));
        PointerAction::MoveToElement { element: pad.clone(), duration, x, y }
    };
    let mut actions = MouseActions::new("mouse".to_owned())
        .then(to(points[0], 0))
        .then(PointerAction::Down { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
    for &point in &points[1..] {
        actions = actions.then(to(point, 60));
    }
    if lifts {
        actions = actions.then(PointerAction::Up { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
    }
    stage.client.perform_actions(actions).await.expect("a stroke");
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_digits_are_read_and_an_empty_pad_is_not() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    for (digit, strokes) in DIGITS {
        stage.click("[data-testid=clear]").await;
        stage.until(&format!("{PREDICTION}.class === ''"), "an empty pad").await;
        assert_eq!(stage.value(&format!("{PREDICTION}.confidence")).await, "0");
        for points in strokes {
            stroke(&stage, points, true).await;
        }
        stage.until(&format!("{PREDICTION}.class === '{digit}'"), digit).await;
        let sure = stage.value(&format!("Number({PREDICTION}.confidence)")).await;
        assert!(sure.as_f64().is_some_and(|sure| sure > 0.5), "{digit} with {sure}");
    }
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        stage.until("document.querySelector('#figure-maps').width > 0", "a layout").await;
        stage.picture(&format!("cnn-{width}-{scheme}")).await;
    }
    stage.close().await;
}

/// Maps and probabilities change before the pen is lifted.
#[tokio::test(flavor = "multi_thread")]
async fn maps_and_bars_change_while_the_pen_moves() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    stage.click("[data-testid=clear]").await;
    stage.until(&format!("{PREDICTION}.class === ''"), "an empty pad").await;
    let [maps, bars] =
        ["maps", "scores"].map(|id| format!("document.querySelector('#figure-{id}').toDataURL()"));
    let (mut last_maps, mut last_bars) = (stage.value(&maps).await, stage.value(&bars).await);
    // The pen stays down between the two: what changes, changes while it moves.
    for (points, lifts) in [([[300, 220], [700, 220]], false), ([[700, 220], [480, 820]], true)] {
        stroke(&stage, &points, lifts).await;
        stage.until(&format!("{maps} !== {last_maps}"), "other maps").await;
        stage.until(&format!("{bars} !== {last_bars}"), "other bars").await;
        stage.until(&format!("{PREDICTION}.class !== ''"), "an answer").await;
        (last_maps, last_bars) = (stage.value(&maps).await, stage.value(&bars).await);
    }
    stage.until(&format!("{PREDICTION}.class === '7'"), "a 7").await;
    stage.close().await;
}

/// By keys alone a sample is written, moved and taken away; toggling the activation keeps the weights.
#[tokio::test(flavor = "multi_thread")]
async fn the_pad_works_by_keys_and_the_network_trains_on() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let focus = "document.querySelector('#pad').focus()";
    for digit in ["5", "8"] {
        stage.client.execute(focus, Vec::new()).await.expect("the pad");
        stage.type_keys(digit).await;
        stage.until(&format!("{PREDICTION}.class === '{digit}'"), digit).await;
    }
    stage.type_keys("x").await;
    stage.until(&format!("{PREDICTION}.class === ''"), "an empty pad").await;
    stage.client.execute(focus, Vec::new()).await.expect("the pad");
    stage.type_keys("3").await;
    stage.until(&format!("{PREDICTION}.class === '3'"), "a 3").await;
    stage.keys("..").await;
    stage
        .until("document.querySelector('#figure-curves').ariaLabel.includes('after 2 steps')", "2 steps")
        .await;
    let rows = stage.table("curves").await;
    assert!(rows.len() == 2, "a loss for each step: {rows:?}");
    stage.click(".rail a[href='#lab=gradients']").await;
    stage.until("document.querySelector('#figure-network')", "the other lab").await;
    assert_eq!(stage.value("document.querySelector('#pad')").await, json!(null));
    stage.close().await;
}

/// What is on the pad goes to a file and through `glassbox predict-strokes`: the same logits, to the bit.
#[tokio::test(flavor = "multi_thread")]
async fn pad_and_command_line_agree_to_the_bit() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (strokes, said) = (folder.join("pad.ndjson"), folder.join("pad.predictions.ndjson"));
    stage.click("#own summary").await;
    let mut shown = Vec::new();
    for (digit, strokes) in DIGITS {
        stage.client.execute("scrollTo(0, 0)", Vec::new()).await.expect("the top");
        stage.click("[data-testid=clear]").await;
        for points in strokes {
            stroke(&stage, points, true).await;
        }
        stage.until(&format!("{PREDICTION}.class === '{digit}'"), digit).await;
        tokio::time::sleep(Duration::from_millis(500)).await; // until the whole drawing is read
        let rows = stage.table("scores").await;
        let logits = rows.iter().map(|row| row[2].parse::<f32>().expect("a logit").to_bits());
        shown.push(logits.collect::<Vec<_>>());
        stage.click("[data-testid=add-drawing]").await;
    }
    let drawings = stage.value("localStorage.getItem('glassbox-drawings')").await;
    std::fs::write(&strokes, drawings.as_str().expect("drawings")).expect("a file");
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models/digits.safetensors");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_glassbox"))
        .args(["predict-strokes", model, "--input", strokes.to_str().expect("a plain path")])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    let said = std::fs::read_to_string(said).expect("predictions");
    let told: Vec<Vec<u32>> = said
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let logits: Vec<f32> = serde_json::from_value(line["logits"].clone()).expect("logits");
            logits.into_iter().map(f32::to_bits).collect()
        })
        .collect();
    assert_eq!(told, shown);
    stage.close().await;
}
