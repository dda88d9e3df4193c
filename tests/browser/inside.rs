//! Looking into a network: a neuron and a link clicked, a weight set, gradients checked, and a divergence explained and
//! undone.

use crate::stage::Stage;
use glassbox::plot::columns;
use serde_json::json;
use std::time::Duration;

const NEURON: &str = "document.querySelector('#figure-neuron').ariaLabel";
const PIXELS: &str = "document.querySelector('#figure-network').toDataURL()";

/// Middle of a column of the diagram, and its height, in CSS pixels.
async fn column(stage: &Stage, index: usize) -> [f64; 2] {
    let size = "(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])(document.querySelector('#figure-network'))";
    let [width, height]: [f64; 2] = serde_json::from_value(stage.value(size).await).expect("a size");
    [columns(width, 11).center(index), height]
}

async fn scrolled(stage: &Stage) -> f64 {
    stage.value("scrollY").await.as_f64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neuron_and_a_link_are_looked_into_with_a_click() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    let plain = stage.value(PIXELS).await;
    let [x, height] = column(&stage, 3).await;
    // The second of its eight neurons.
    let at = [x, height * 3.0 / 16.0];
    stage.press("#figure-network", at, at).await;
    stage.until(&format!("{NEURON}.startsWith('What neuron 2 of layer 3 gives')"), "the neuron").await;
    let is_seen = "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.querySelector('#figure-neuron').getBoundingClientRect())";
    stage.until(is_seen, "its figure in sight").await;
    stage.until_still().await;
    stage.picture("neuron-1440-light").await;
    // It stays marked, and where the page is scrolled to afterwards it stays.
    stage.run("scrollTo(0, 0)").await;
    stage.until(&format!("{PIXELS} !== {plain}"), "a mark").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(scrolled(&stage).await, 0.0);
    stage.picture("neuron-chosen-1440-light").await;
    // Clicked again it is let go.
    stage.press("#figure-network", at, at).await;
    assert_eq!(scrolled(&stage).await, 0.0);
    stage.show("[data-testid=neuron]").await;
    stage.until(&format!("{NEURON}.startsWith('What neuron 1 of layer 3 gives')"), "the first again").await;
    stage.run("scrollTo(0, 0)").await;

    // A link opens the field of its weight: one that lies half-way between the layers 3 and 4.
    let [right, _] = column(&stage, 4).await;
    let x = f64::midpoint(x, right);
    let script = "const [x, done] = arguments, figure = document.querySelector('#figure-network');
        const { left, top, height } = figure.getBoundingClientRect();
        (async () => {
            for (let y = 6; y < height - 6; y += 2) {
                figure.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y, bubbles: true }));
                await new Promise(requestAnimationFrame);
                if (figure.parentElement.querySelector('.read-out')?.innerText.startsWith('weight')) return done(y);
            }
            done(null);
        })()";
    let y = stage.client.execute_async(script, vec![json!(x.round())]).await.expect("a place");
    let at = [x.round(), y.as_f64().expect("a link")];
    stage.press("#figure-network", at, at).await;
    stage
        .until("document.activeElement.dataset.key?.startsWith('weights.dense_3.kernel.')", "its field")
        .await;
    let key = stage.value("document.activeElement.dataset.key").await;
    stage.picture("link-1440-light").await;
    stage.until_still().await;
    let place = scrolled(&stage).await;
    stage.type_keys("2.5\u{e007}").await;
    stage.until("location.hash.includes('weights.dense_3.kernel')", "the change in the address").await;
    assert!(stage.hash().await.contains(&format!("%22{}%22:2.5", key.as_str().unwrap())), "{key}");
    let said = stage.value("document.querySelector('[data-testid=changes]').textContent").await.to_string();
    assert!(said.contains("layer 4: weight from ") && said.contains(" set to 2.5"), "{said}");
    assert!(said.contains("It takes effect at its step"), "{said}");
    // What is no number is told beside the field, and the weight stays.
    stage.run("document.activeElement.select()").await;
    stage.type_keys("\u{e017}\u{e004}").await;
    stage
        .until(
            "document.querySelector('.weights [role=alert]')?.textContent.includes('It is 2.5 as before')",
            "a word",
        )
        .await;
    assert_eq!(scrolled(&stage).await, place, "the page was scrolled later");
    // Escape lets go.
    stage.keys("\u{e00c}").await;
    stage.until(&format!("{NEURON}.startsWith('What neuron 1 of layer 4 gives')"), "the first").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weight_shows_in_the_boundary() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    stage.show("[data-testid=weights]").await;
    stage.until("document.querySelector('.weights input')", "fields").await;
    stage.run("scrollTo(0, 0)").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    // Of the output, which the whole boundary follows.
    let [x, height] = column(&stage, 11).await;
    stage.press("#figure-network", [x, height / 2.0], [x, height / 2.0]).await;
    stage
        .until(
            "document.querySelector('.weights input').dataset.key === 'weights.dense_10.kernel.0.0'",
            "its weights",
        )
        .await;
    stage.run("scrollTo(0, 0)").await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    let script =
        "const done = arguments[arguments.length - 1], boundary = document.querySelector('#figure-boundary');
        const before = boundary.toDataURL(), field = document.querySelector('.weights input');
        let frames = 0;
        const look = () => {
            if (boundary.toDataURL() !== before || frames > 120) return done(frames);
            frames += 1;
            requestAnimationFrame(look);
        };
        field.value = '40';
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));
        requestAnimationFrame(look);";
    let frames = stage.client.execute_async(script, Vec::new()).await.expect("frames");
    eprintln!("the boundary followed a weight {frames} frames after the next");
    assert!(frames.as_u64() < Some(120), "the boundary did not follow");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_tells_which_layer_lies() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    stage.show("[data-testid=check]").await;
    let said = "document.querySelector('#figure-check').ariaLabel";
    stage.click("[data-testid=check-now]").await;
    stage.until(&format!("!{said}.startsWith('Not ') && !{said}.includes('lies')"), "no layer lies").await;
    stage.choose("#check-lie", "layer 3").await;
    stage
        .until(
            &format!("{said}.match(/layer 3 lies: the wrong derivative is there/i)"),
            "the layer that lies",
        )
        .await;
    stage.picture("check-lies-1440-light").await;
    stage.choose("#check-lie", "no layer").await;
    stage.until(&format!("!{said}.includes('lies')"), "the truth again").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_divergence_is_explained_and_undone() {
    let layer = |units: usize, activation: &str| {
        json!({ "type": "dense", "units": units, "activation": activation,
            "kernel_initializer": { "name": "random_normal", "stddev": 1.0 } })
    };
    let layers: Vec<_> = (0..20).map(|_| layer(8, "relu")).chain([layer(1, "sigmoid")]).collect();
    let link = format!("#lab=gradients&seed=5&optimizer.learning_rate=0.01&network.layers={}", json!(layers));
    let Some(stage) = Stage::open(&link).await else { return };
    stage.keys(" ").await;
    let verdict = "document.querySelector('[data-testid=verdict]').innerText";
    stage.until(&format!("{verdict}.includes('Diverged.')"), "the divergence").await;
    let said = stage.value(verdict).await.to_string();
    assert!(said.contains("was no finite number any more"), "{said}");
    assert!(said.contains("the gradient of") && said.contains("grew from"), "{said}");
    let end = stage.step().await;
    // Why it does not play on can be read, and is told to who asks by a key.
    let play = "document.querySelector('#play')";
    assert_eq!(stage.value(&format!("{play}.disabled && {play}.innerText.trim()")).await, "Diverged");
    assert!(
        stage
            .value(&format!("{play}.title"))
            .await
            .to_string()
            .contains("go back along the bar of its steps")
    );
    stage.keys(" ").await;
    crate::own::until_notice(&stage, "The run has diverged and cannot go on from here").await;
    stage.picture("diverged-1440-light").await;
    stage.show("[data-testid=growth]").await;
    stage
        .until("document.querySelector('#figure-growth').ariaLabel.length > 40", "the growth, layer by layer")
        .await;
    stage.picture("diverged-growth-1440-light").await;
    stage.run("scrollTo(0, 0)").await;

    // Gone back by a key of the bar, with smaller steps, it goes on.
    stage.focus("[data-testid=scrub]").await;
    for _ in 1..end {
        stage.type_keys("\u{e012}").await;
    }
    stage.until(&format!("document.querySelector('[data-testid=counter]').dataset.step === '1' && !{verdict}.includes('Diverged.')"), "a step before").await;
    assert_eq!(stage.value(&format!("{play}.disabled")).await, false);
    stage.click("#more summary").await;
    let slower = "const rate = document.querySelector('#optimizer-learning_rate'); rate.value = 0;\
        rate.dispatchEvent(new Event('input', { bubbles: true }))";
    stage.run(slower).await;
    stage.until("location.hash.includes('edits')", "the change in the address").await;
    for _ in 0..end + 3 {
        stage.keys(".").await;
    }
    stage.until_step(end + 4).await;
    assert!(!stage.value(verdict).await.to_string().contains("Diverged."));
    stage.close().await;
}
