//! How fast the page is, printed: a shared machine promises nothing. `benches/README.md` keeps the figures.

use crate::digits::stroke;
use crate::stage::Stage;
use serde_json::Value;

/// Frames of the page and work of the worker while a network of ten times sixteen trains at full
/// speed: printed, since a shared machine promises nothing.
#[tokio::test(flavor = "multi_thread")]
async fn frames_and_steps_a_second() {
    let Some(stage) = Stage::blank().await else { return };
    let tiny = "#batch_size=10&network.layers=[{\"type\":\"dense\",\"units\":8,\"activation\":\"tanh\"},{\"type\":\"dense\",\
                \"units\":8,\"activation\":\"tanh\"},{\"type\":\"dense\",\"units\":1,\"activation\":\"sigmoid\"}]";
    let units: String = (0..10).map(|layer| format!("&network.layers.{layer}.units=16")).collect();
    println!("| network | steps/s in the page | median frame | 95th percentile | training |");
    for (name, link) in [
        ("2-8-8-1 tanh, batch 10", tiny.to_owned()),
        ("2-[16x10]-1 sigmoid, batch 32", format!("#{}", &units[1..])),
    ] {
        stage.visit(&link).await;
        stage.choose("#speed", "Max").await;
        stage.keys(" ").await;
        stage.until_step(200).await;
        let measure = "const done = arguments[arguments.length - 1]; const counter = document.querySelector('[data-testid=counter]');
            const times = []; const from = Number(counter.dataset.step); const start = performance.now(); let last = start;
            const tick = now => { times.push(now - last); last = now;
                if (now - start < 4000) requestAnimationFrame(tick);
                else done([times.slice(1).sort((a, b) => a - b), (Number(counter.dataset.step) - from) / (now - start) * 1000,
                    Number(counter.dataset.trainingShare)]); };
            requestAnimationFrame(tick);";
        let measured: Value = stage.client.execute_async(measure, Vec::new()).await.expect("frames");
        let frames: Vec<f64> = serde_json::from_value(measured[0].clone()).expect("times");
        let at = |share: f64| frames[(frames.len() as f64 * share) as usize];
        let (steps, share) = (measured[1].as_f64().unwrap_or(0.0), measured[2].as_f64().unwrap_or(0.0));
        println!("| {name} | {steps:.0} | {:.1} ms | {:.1} ms | {:.0} % |", at(0.5), at(0.95), share * 100.0);
        assert!(frames.len() > 20 && steps > 0.0, "the page stands still");
        stage.keys(" ").await;
    }
    stage.close().await;
}

/// From a move of the pen to the repainted maps and bars, with the model that ships.
#[tokio::test(flavor = "multi_thread")]
async fn from_pen_to_paint() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    // A move goes with the request that follows it, and is over when both figures are drawn next but for the
    // requests before it: each is answered by one drawing while the run stands still.
    let watch = "window.waits = []; let moved = [], asked = [];
        addEventListener('pointermove', event => event.buttons && moved.push(performance.now()), true);
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (...message) { asked.push(moved); moved = []; return post.apply(this, message); };
        const fill = CanvasRenderingContext2D.prototype.fillRect, seen = new Set();
        CanvasRenderingContext2D.prototype.fillRect = function (...box) {
            fill.apply(this, box); seen.add(this.canvas.id);
            if (['figure-maps', 'figure-scores'].every(id => seen.has(id))) queueMicrotask(() => {
                if (!seen.size) return;
                seen.clear(); waits.push(...(asked.shift() ?? []).map(then => performance.now() - then)); });
        };";
    stage.client.execute(watch, Vec::new()).await.expect("a watch");
    for _ in 0..4 {
        stage.click("[data-testid=clear]").await;
        let points =
            [[300, 330], [390, 220], [520, 190], [640, 270], [620, 420], [480, 600], [320, 800], [700, 800]];
        stroke(&stage, &points, true).await;
    }
    let waits = stage.value("waits.sort((a, b) => a - b)").await;
    let waits: Vec<f64> = serde_json::from_value(waits).expect("times");
    assert!(waits.len() > 20, "{} moves of the pen were answered", waits.len());
    let at = |share: f64| waits[(waits.len() as f64 * share) as usize];
    println!(
        "from pen to paint: median {:.1} ms, 95th percentile {:.1} ms of {}",
        at(0.5),
        at(0.95),
        waits.len()
    );
    stage.close().await;
}

/// Pictures a second while the reference network trains: 3 × 3 × 8, pool, 3 × 3 × 16, pool, dense 10.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_a_second() {
    let Some(stage) = Stage::open(&format!("{}&batch_size=64", crate::learning::GENERATED)).await else {
        return;
    };
    stage.choose("#speed", "Max").await;
    stage.keys(" ").await;
    stage.until_step(20).await;
    let measure = "const done = arguments[arguments.length - 1]; const counter = document.querySelector('[data-testid=counter]');
        const from = Number(counter.dataset.step), start = performance.now();
        setTimeout(() => done((Number(counter.dataset.step) - from) / (performance.now() - start) * 1000), 4000);";
    let steps = stage.client.execute_async(measure, Vec::new()).await.expect("steps");
    let pictures = 64.0 * steps.as_f64().expect("a number");
    println!("the reference network trains on {pictures:.0} pictures a second in the page");
    assert!(pictures > 0.0);
    stage.close().await;
}
