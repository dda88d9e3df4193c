//! How fast the page is, printed: a shared machine promises nothing. `benches/README.md` keeps the figures.

use crate::digits::stroke;
use crate::stage::Stage;
use glassbox::labs::View;
use glassbox::worker::protocol::Request;
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
    // requests before it: each is answered by one drawing while the run stands still. The browser shows what
    // was drawn with the frame that it begins next, once that frame's own work is done.
    let watch = "window.drawn = []; window.shown = []; let moved = [], asked = [];
        addEventListener('pointermove', event => event.buttons && moved.push(performance.now()), true);
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (...message) { asked.push(moved); moved = []; return post.apply(this, message); };
        const fill = CanvasRenderingContext2D.prototype.fillRect, seen = new Set();
        CanvasRenderingContext2D.prototype.fillRect = function (...box) {
            fill.apply(this, box); seen.add(this.canvas.id);
            if (['figure-maps', 'figure-scores'].every(id => seen.has(id))) queueMicrotask(() => {
                if (!seen.size) return;
                seen.clear(); const moves = asked.shift() ?? [];
                const wait = waits => waits.push(...moves.map(then => performance.now() - then));
                wait(drawn);
                requestAnimationFrame(() => {
                    const { port1, port2 } = new MessageChannel(); port1.onmessage = () => wait(shown); port2.postMessage(0); }); });
        };";
    stage.client.execute(watch, Vec::new()).await.expect("a watch");
    let corners =
        [[300, 330], [390, 220], [520, 190], [640, 270], [620, 420], [480, 600], [320, 800], [700, 800]];
    let between = |a: [i64; 2], b: [i64; 2]| {
        (0..4).map(move |part| [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * part / 4))
    };
    let points: Vec<[i64; 2]> = corners.windows(2).flat_map(|pair| between(pair[0], pair[1])).collect();
    for _ in 0..5 {
        stage.click("[data-testid=clear]").await;
        stroke(&stage, &points, true).await;
    }
    for (what, waits) in [("drawn", "drawn"), ("shown with the next frame", "shown")] {
        let waits = stage.value(&format!("{waits}.sort((a, b) => a - b)")).await;
        let waits: Vec<f64> = serde_json::from_value(waits).expect("times");
        assert!(waits.len() > 100, "{} moves of the pen were answered", waits.len());
        let at = |share: f64| waits[(waits.len() as f64 * share) as usize];
        println!(
            "from pen to paint, {what}: median {:.1} ms, 95th percentile {:.1} ms of {}",
            at(0.5),
            at(0.95),
            waits.len()
        );
    }
    stage.close().await;
}

/// How long the model that ships takes to read one picture, in a worker of the page's own: what a request
/// with another picture takes beyond one with the same picture, which is not read again.
#[tokio::test(flavor = "multi_thread")]
async fn one_picture_read() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let view = View { layer: 1, is_drawing: true, ..View::default() };
    let lab = glassbox::labs::find("cnn").expect("a lab");
    let start = Request::Start { run: 1, experiment: lab.defaults(), takes_offer: false, view: view.clone() };
    let still = Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view };
    let measure = "const [start, still, done] = arguments;
        const { js, wasm } = document.querySelector('#boot').dataset, worker = new Worker('worker_boot.js', { type: 'module' });
        let left, over, frames = 0;
        const replies = many => new Promise(resolve => { left = many; over = resolve; });
        worker.onmessage = ({ data: [reply] }) => { frames += 'Frame' in Object(reply); if (--left === 0) over(performance.now()); };
        const pictures = [0, 1].map(odd => Float32Array.from({ length: 784 }, (_, pixel) => (pixel % 28 + odd) % 9 / 8));
        const time = async many => { // milliseconds for each of 200 requests, with so many pictures by turns
            const began = performance.now(), all = replies(200);
            for (let index = 0; index < 200; index++) worker.postMessage([still, pictures[index % many]]);
            return (await all - began) / 200; };
        (async () => {
            const ready = replies(1);
            worker.postMessage({ url: new URL(js, document.baseURI).href, module: await WebAssembly.compileStreaming(fetch(wasm)) });
            await ready;
            const begun = replies(1); worker.postMessage([start, pictures[0]]); await begun;
            const times = [];
            for (let round = 0; round < 12; round++) { const same = await time(1); times.push(await time(2) - same); }
            worker.terminate();
            done([times.slice(2).sort((a, b) => a - b)[5], frames]);
        })();";
    let requests = [start, still].map(|request| serde_json::to_value(request).expect("plain data"));
    let measured = stage.client.execute_async(measure, requests.into()).await.expect("times");
    let (reading, frames): (f64, usize) = serde_json::from_value(measured).expect("a time and a count");
    assert_eq!(frames, 1 + 24 * 200, "requests were refused");
    println!("the model that ships reads a picture in {reading:.2} ms in the page");
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

/// From the first request to the first figures, with nothing kept from before: printed.
#[tokio::test(flavor = "multi_thread")]
async fn first_view() {
    let Some(stage) = Stage::blank().await else { return };
    let mut times = Vec::new();
    for _ in 0..7 {
        stage.devtools("Network.clearBrowserCache", serde_json::json!({})).await;
        stage.goto("").await;
        let drawn = "const done = arguments[0]; const look = () => {
            const figures = [...document.querySelectorAll('canvas[id^=figure-]')];
            if (figures.some(figure => figure.ariaLabel && figure.ariaLabel !== 'Not measured yet.')) done(performance.now());
            else requestAnimationFrame(look); }; look();";
        let time = stage.client.execute_async(drawn, Vec::new()).await.expect("a time");
        times.push(time.as_f64().expect("a number"));
    }
    times.sort_by(f64::total_cmp);
    println!(
        "first view: {:.0} ms after the request in the median of {}, {:.0} at most",
        times[3],
        times.len(),
        times[6]
    );
    stage.close().await;
}

/// What a harness for several engines does with the page for benchmarks: every workload answers when it is done.
#[tokio::test(flavor = "multi_thread")]
async fn every_workload_of_the_bench_page_answers() {
    let Some(stage) = Stage::blank().await else { return };
    stage.goto("bench.html").await;
    stage.until("window.bench", "the workloads").await;
    let run = "const done = arguments[0]; (async () => { const speeds = {};
        for (const [name, work] of Object.entries(window.bench.workloads)) {
            await work(3); const start = performance.now(); await work(40); speeds[name] = 40000 / (performance.now() - start); }
        done(speeds); })().catch(error => done(String(error)));";
    let speeds = stage.client.execute_async(run, Vec::new()).await.expect("speeds");
    let speeds: std::collections::BTreeMap<String, f64> =
        serde_json::from_value(speeds.clone()).unwrap_or_else(|_| panic!("{speeds}"));
    println!("the bench page, 40 at a time, a second: {speeds:.0?}");
    let names: Vec<&str> = speeds.keys().map(String::as_str).collect();
    let all =
        ["autoencoder", "cnnInfer1", "cnnInfer256", "cnnTrain", "lstm", "mlpDeep", "mlpTiny", "rbm", "rnn"];
    assert_eq!(names, all);
    assert!(speeds.values().all(|speed| speed.is_finite() && *speed > 0.0));
    stage.close().await;
}
