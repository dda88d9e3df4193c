//! For everybody: keyboard alone, screen readers, phones.

use crate::stage::{Stage, VIEWS};
use serde_json::json;

/// axe-core finds nothing, at any size, in any theme, with everything open.
#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing() {
    let Some(stage) = Stage::blank().await else { return };
    for (link, keys, steps) in
        [("", ">m", 11), ("#lab=cnn", "..m", 2), ("#lab=autoencoder", "..m", 2), ("#lab=sequence", "..m", 2)]
    {
        stage.visit(link).await;
        stage.size(1440, 900, "light").await;
        stage.keys(keys).await;
        stage.until_step(steps).await;
        find_nothing(&stage).await;
    }
    stage.close().await;
}

/// axe-core finds nothing in the page as it is now.
pub async fn assert_axe_finds_nothing(stage: &Stage, what: &str) {
    let Ok(path) = std::env::var("GLASSBOX_AXE") else {
        eprintln!(
            "skipped: GLASSBOX_AXE does not name axe.min.js; scripts/test installs it and runs this test"
        );
        return;
    };
    let axe = std::fs::read_to_string(path).expect("axe.min.js");
    stage.client.execute(&axe, Vec::new()).await.expect("axe loads");
    // Colours on their way from one theme to the other are none that anybody reads.
    stage.until("document.getAnimations().length === 0", "an end of every transition").await;
    let run = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] })\
               .then(found => done(found.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html + n.failureSummary)])))";
    let found = stage.client.execute_async(run, Vec::new()).await.expect("axe runs");
    assert_eq!(found, json!([]), "{what}");
}

async fn find_nothing(stage: &Stage) {
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        let states: &[&str] =
            if width < 760 { &["", ".bar__sheet-btn"] } else { &["", "[data-testid=curves] .fig__table"] };
        for open in states {
            if !open.is_empty() {
                stage.click(open).await;
            }
            assert_axe_finds_nothing(stage, &format!("{width} px, {scheme}, {open:?} open")).await;
            if open.starts_with("[data") {
                stage.click("dialog[open] header [aria-label=Close]").await;
            }
        }
    }
}

/// Everything is reached and worked by keys.
#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    let Some(stage) = Stage::open("").await else { return };
    let focused = "document.activeElement";
    let mut seen = Vec::new();
    for _ in 0..60 {
        stage.type_keys("\u{e004}").await; // Tab
        let place = stage
            .value(&format!(
                "{focused}.id || {focused}.name || {focused}.ariaLabel || {focused}.textContent.trim()"
            ))
            .await;
        seen.push(place.as_str().unwrap_or_default().to_owned());
    }
    for id in [
        "play",
        "Step once",
        "speed",
        "seed",
        "theme",
        "depth",
        "data-name",
        "activation",
        "layer",
        "figure-network",
        "figure-activation",
    ] {
        assert!(seen.iter().any(|place| place == id), "{id} is not reached by Tab: {seen:?}");
    }
    stage.client.execute("document.querySelector('#depth').focus()", Vec::new()).await.expect("a slider");
    stage.type_keys("\u{e012}\u{e012}").await; // two to the left
    stage
        .until("document.querySelector('#figure-network').ariaLabel.includes('8 hidden layers')", "8 layers")
        .await;
    stage.keys("]]").await;
    stage
        .until("document.querySelector('[data-testid=activation] h2').textContent === 'Layer 3'", "layer 3")
        .await;
    stage.keys("t").await;
    assert_eq!(stage.value("document.documentElement.dataset.theme").await, "dark");
    stage
        .client
        .execute("document.querySelector('#figure-curves').focus()", Vec::new())
        .await
        .expect("a figure");
    stage.type_keys("\u{e007}").await; // Enter
    stage.until("document.querySelector('dialog[open] table')", "the table").await;
    stage.type_keys("\u{e00c}").await; // Escape
    stage.until("!document.querySelector('dialog[open]')", "no table").await;
    stage.close().await;
}
