//! The network of the CNN lab: built layer by layer with keys and clicks, its mistakes told where they are, its window
//! set sliding, its maps on other scales.

use crate::stage::Stage;
use serde_json::{Value, json};
use std::time::Duration;

const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';
const SPACE: char = ' ';

/// Kinds of the layers in the list, in order.
async fn kinds(stage: &Stage) -> Vec<String> {
    let kinds = "[...document.querySelectorAll('[data-testid=layer]')].map(row => row.dataset.kind)";
    serde_json::from_value(stage.value(kinds).await).expect("kinds")
}

/// The words of what is wrong, with the place of their layer, from 1.
async fn mistakes(stage: &Stage) -> Vec<(usize, String)> {
    let rows = "[...document.querySelectorAll('[data-testid=layer]')].map((row, i) => [i + 1, row.querySelector('.list__bad')?.textContent ?? '']).filter(([, words]) => words)";
    serde_json::from_value(stage.value(rows).await).expect("words")
}

/// Waits until the run has so many layers, as its costs tell: a row for each and one for all.
async fn run_has(stage: &Stage, layers: usize) {
    let mut costs = Vec::new();
    for _ in 0..20 {
        centre(stage, "#figure-costs").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        costs = stage.table("costs").await;
        if costs.len() == layers + 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the run has not {layers} layers: {costs:?}");
}

/// Clicks on what may lie far down the page, away from the bar that stays on top.
async fn press(stage: &Stage, selector: &str) {
    centre(stage, selector).await;
    stage.click(selector).await;
}

async fn centre(stage: &Stage, selector: &str) {
    let scroll = format!("document.querySelector(\"{selector}\").scrollIntoView({{ block: 'center' }})");
    stage.client.execute(&scroll, Vec::new()).await.expect("a place");
}

async fn focus(stage: &Stage, selector: &str) {
    stage
        .client
        .execute(&format!("document.querySelector('{selector}').focus()"), Vec::new())
        .await
        .expect("it");
}

async fn focused(stage: &Stage) -> String {
    stage.value("document.activeElement.ariaLabel ?? document.activeElement.id").await.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_built_by_keys_and_a_mistake_leaves_the_run_alone() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    focus(&stage, "[data-testid=network-layers] summary").await;
    stage.type_keys(&ENTER.to_string()).await;
    let shipped = kinds(&stage).await;
    assert_eq!(shipped.len(), 8);
    stage.until("document.querySelector('#figure-costs')", "the costs").await;
    run_has(&stage, 8).await;

    // A second convolution is added, by keys: it goes before the flatten, and a new run has it.
    focus(&stage, "#new-layer").await;
    // From another kind, since a letter goes on from the one that is chosen, and a list forgets letters after a second.
    stage.type_keys("dense").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    stage.type_keys("conv2d").await;
    stage.type_keys(&format!("{TAB}{ENTER}")).await;
    stage.until("location.hash.includes('network.layers=')", "a link with the network").await;
    let more = kinds(&stage).await;
    assert_eq!((more.len(), more[6].as_str(), more[7].as_str()), (9, "conv2d", "flatten"));
    assert_eq!(mistakes(&stage).await, []);
    assert!(stage.value("document.activeElement.ariaLabel").await.to_string().contains("layer 7"));

    // One too low is refused at its row; the run keeps what it had.
    let before = stage.hash().await;
    focus(&stage, "[data-testid=layer]:nth-child(7) [title=Down]").await;
    stage.type_keys(&SPACE.to_string()).await;
    stage.until("document.querySelector('.list__bad')", "a mistake").await;
    let found = mistakes(&stage).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == 8 && found[0].1.contains("conv2d takes images"), "{found:?}");
    assert!(
        focused(&stage).await.contains("Move layer 8, conv2d up"),
        "the focus follows: {}",
        focused(&stage).await
    );
    assert_eq!(stage.hash().await, before);
    stage.picture("network-mistake-1440").await;
    run_has(&stage, 9).await;
    press(&stage, "[data-testid=discard-layers]").await;
    assert_eq!((mistakes(&stage).await, kinds(&stage).await), (vec![], more.clone()));

    // A number that cannot be is told too, and mended.
    let filters = "[data-testid=layer]:nth-child(1) input[type=number]";
    focus(&stage, filters).await;
    stage.client.execute(&format!("document.querySelector('{filters}').select()"), Vec::new()).await.unwrap();
    stage.type_keys(&format!("0{TAB}")).await;
    stage.until("document.querySelector('.list__bad')", "a mistake").await;
    assert_eq!(mistakes(&stage).await, [(1, "filters is 0, but must be from 1 to 4096".to_owned())]);
    focus(&stage, filters).await;
    stage.client.execute(&format!("document.querySelector('{filters}').select()"), Vec::new()).await.unwrap();
    stage.type_keys(&format!("4{TAB}")).await;
    stage.until("!document.querySelector('.list__bad')", "no mistake").await;

    // A pool less.
    press(&stage, "[data-testid=layer]:nth-child(2) [data-testid=remove-layer]").await;
    stage.until("document.querySelectorAll('[data-testid=layer]').length === 8", "a layer less").await;
    run_has(&stage, 8).await;
    let hash = stage.hash().await;
    assert!(!hash.contains("initial_weights=digits"), "{hash}");

    // The link gives the same network back.
    let built = kinds(&stage).await;
    stage.visit(&hash).await;
    press(&stage, "[data-testid=network-layers] summary").await;
    assert_eq!(kinds(&stage).await, built);

    // An activation changes the running network, a small one.
    stage.choose("#network-preset", "Small (8, 16)").await;
    stage.until("document.querySelectorAll('[data-testid=layer]').length === 6", "the small network").await;
    run_has(&stage, 6).await;
    stage.keys("...").await;
    stage.until_step(3).await;
    stage.choose("[data-testid=layer]:nth-child(1) select[aria-label^=activation]", "Tanh").await;
    stage.until("document.querySelector('[data-testid=changes]')", "a recorded change").await;
    assert_eq!(stage.step().await, 3);
    stage.until("[...document.querySelectorAll('#activation-all option')].some(o => o.selected && o.textContent === 'mixed')", "mixed activations").await;

    // A unit of this network is none of another, however alike its numbers are.
    stage.run("scrollTo(0, 0)").await;
    tokio::time::sleep(Duration::from_millis(500)).await; // until the figures of that change are there
    stage.choose(".pick select", "conv2d_1").await;
    let focused = "document.querySelector('.pick select').selectedOptions[0].textContent";
    stage.until(&format!("{focused} === 'conv2d_1'"), "a chosen unit").await;
    stage.choose("#network-preset", "Without pooling").await;
    stage.until(&format!("{focused} === 'conv2d'"), "the first layer of another network").await;

    // And back to the trained one.
    stage.choose("#network-preset", "Shipped").await;
    stage.until("document.querySelectorAll('[data-testid=layer]').length === 8", "the shipped network").await;
    assert_eq!(kinds(&stage).await, shipped);
    stage.until("!location.hash.includes('network')", "a short link").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_slides_over_the_map_and_its_field_over_the_pad() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let cell = "['row', 'column'].map(name => [...document.querySelectorAll('.pick label')].find(label => label.textContent.trim() === name).querySelector('input').value).join()";
    stage.until("document.querySelector('.sees .field-frame')", "the field on the picture").await;
    assert_eq!(stage.value("document.querySelector('.pad .field-frame')").await, Value::Null);
    let before = stage.value(cell).await;
    press(&stage, "[data-testid=slide]").await;
    let moved = |before: &Value| format!("({cell}) !== {before}");
    stage.until(&moved(&before), "a cell further").await;
    let next = stage.value(cell).await;
    stage.until(&moved(&next), "another cell further").await;
    stage.until("document.querySelector('.pad .field-frame')", "the field on the pad").await;
    stage.picture("network-sliding-1440").await;
    press(&stage, "[data-testid=slide]").await;
    stage.until("document.querySelector('[data-testid=slide]').ariaPressed === 'false'", "a stop").await;
    tokio::time::sleep(Duration::from_millis(1500)).await; // what was under way
    let stopped = stage.value(cell).await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert_eq!(stage.value(cell).await, stopped, "it slides on");

    // It stops by itself when another layer is chosen, whose units have no rows.
    press(&stage, "[data-testid=slide]").await;
    stage.choose(".pick select", "conv2d_1").await;
    stage
        .until("document.querySelector('[data-testid=slide]').ariaPressed === 'false'", "a stop by itself")
        .await;
    stage
        .until(
            "document.querySelector('.pick select').selectedOptions[0].textContent === 'conv2d_1'",
            "the layer",
        )
        .await;

    // Without motion each press is one step.
    let features = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    stage.devtools("Emulation.setEmulatedMedia", features).await;
    let before = stage.value(cell).await;
    press(&stage, "[data-testid=slide]").await;
    stage.until(&moved(&before), "one step").await;
    let next = stage.value(cell).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(stage.value(cell).await, next, "more than one step");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maps_are_drawn_on_the_scale_that_is_chosen() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    stage.until("document.querySelector('#map-range')", "the switches").await;
    let drawn = "document.querySelector('#figure-maps').toDataURL()";
    let table = stage.table("maps").await;
    let mut seen = vec![stage.value(drawn).await];
    for (select, label) in
        [("#map-range", "per map"), ("#map-sign", "−max to max"), ("#map-range", "per layer")]
    {
        stage.choose(select, label).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = stage.value(drawn).await;
        assert!(!seen.contains(&now), "{label} changes nothing");
        seen.push(now);
        stage.picture(&format!("network-scale-{}", seen.len())).await;
    }
    assert_eq!(stage.table("maps").await, table, "the numbers are the same");
    stage.close().await;
}
