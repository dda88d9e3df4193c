//! Lanes that race: batches of several sizes, and rules of several kinds, each on the same network.

use crate::stage::{Stage, VIEWS};
use crate::widely::assert_axe_finds_nothing;
use glassbox::labs::from_link;

/// The figures of a lab, as the table of one has its column heads.
async fn heads(stage: &Stage, figure: &str) -> Vec<String> {
    stage.show(&format!("[data-testid={figure}]")).await;
    stage.until_still().await;
    stage.click(&format!("[data-testid={figure}] .fig__table")).await;
    let heads =
        stage.value("[...document.querySelectorAll('dialog[open] th')].map(th => th.textContent)").await;
    stage.click("dialog[open] header [aria-label=Close]").await;
    serde_json::from_value(heads).expect("a table")
}

async fn play_until(stage: &Stage, expression: &str, what: &str) {
    stage.click("#play").await;
    stage.until(expression, what).await;
    stage.click("#play").await;
    stage.until("document.querySelector('#play').textContent.includes('Play')", "a pause").await;
}

fn verdict_has(words: &str) -> String {
    format!("document.querySelector('.verdict').innerText.includes({})", serde_json::json!(words))
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_four_sizes_race_and_their_loss_is_drawn_over_what_is_chosen() {
    let Some(stage) = Stage::open("#lab=batching").await else { return };
    let names = "[...document.querySelectorAll('.lane i')].map(i => i.innerText).join('; ')";
    let named = stage.value(names).await;
    assert_eq!(named, "Batch 1; Batch 32; Batch 512; Full batch, 2,000");
    assert_eq!(
        stage.value("[document.querySelector('#in-step').checked, document.querySelector('#speed').selectedOptions[0].textContent]").await,
        serde_json::json!([false, "Max"]),
        "they race against time"
    );
    play_until(&stage, &verdict_has("A loss of "), "a loss that two lanes reached").await;
    stage.until(&verdict_has("examples a second"), "what it costs").await;
    // One switch for all three axes; the table has what is drawn.
    let of = |heads: &[String]| heads.first().cloned().unwrap_or_default();
    assert_eq!(of(&heads(&stage, "curves").await), "step");
    for (label, column) in [("Examples", "examples"), ("Seconds", "seconds"), ("Updates", "step")] {
        stage.run("scrollTo(0, 0)").await;
        stage.choose_radio("race-axis", label).await;
        let chosen = format!(
            "document.querySelector('[data-testid=race-axis] input[value={}]').checked",
            label.to_lowercase()
        );
        stage.until(&chosen, label).await;
        stage.until_still().await;
        let mut seen = of(&heads(&stage, "curves").await);
        for _ in 0..20 {
            if seen == column {
                break;
            }
            seen = of(&heads(&stage, "curves").await);
        }
        assert_eq!(seen, column);
    }
    // The full batch has made fewer updates than single examples have.
    let steps = "[...document.querySelectorAll('.lane .lane-step')].map(s => Number(s.innerText.replace(/\\D/g, '')))";
    let steps: Vec<f64> = serde_json::from_value(stage.value(steps).await).unwrap();
    assert!(steps.len() == 4 && steps[0] > 4.0 * steps[3] && steps[3] > 0.0, "{steps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_goes_with_the_batch_in_all_lanes_at_once() {
    for lane in ["a", "b"] {
        let Some(stage) = Stage::open("#lab=batching").await else { return };
        stage.click(&format!("[data-testid=lane-{lane}] input")).await;
        stage.choose_radio("scaling", "Scaled").await;
        stage
            .until(
                "location.hash.includes('d.optimizer.learning_rate') || location.hash.includes('d.edits')",
                "the rates in the address",
            )
            .await;
        stage.keys("r").await;
        stage.until("!location.hash.includes('edits')", "runs that begin so").await;
        let lanes = from_link(&stage.hash().await).unwrap();
        let mut rates = vec![lanes.first.optimizer.learning_rate()];
        rates.extend(lanes.others.iter().map(|(_, other)| other.optimizer.learning_rate()));
        let base = rates[1];
        let wanted = [base / 32.0, base, base * 16.0, base * 2000.0 / 32.0];
        for (rate, wanted) in rates.iter().zip(wanted) {
            assert!((rate - wanted).abs() <= 1e-6 * wanted, "{rates:?} are not {wanted:?}");
        }
        // It is shown in every lane, of 32 items too, where both rates are one.
        for lane in ["b", "c", "a"] {
            stage.click(&format!("[data-testid=lane-{lane}] input")).await;
            stage
                .until(&format!("document.querySelector('[data-testid=lane-{lane}] input').checked"), lane)
                .await;
            stage
                .until(
                    "document.querySelector('[data-testid=scaling] input:checked')?.closest('label').innerText === 'Scaled'",
                    "what was chosen",
                )
                .await;
        }
        stage.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_is_refused_in_a_sentence() {
    let Some(stage) = Stage::open("#lab=batching&batch_size=99999").await else { return };
    let notice = "document.querySelector('[data-testid=notice]')?.innerText ?? ''";
    for (link, words) in [
        ("", "batch_size is 99999, but must be from 1 to 2000"),
        ("#lab=batching&batch_size=0", "batch_size is 0, but must be from 1 to 2000"),
        ("#lab=batching&batch_size=many", "must be a whole number from 1, or \"full\", not \"many\""),
        (
            "#lab=optimizers&optimizer.schedule={\"name\":\"cosine\",\"steps\":100,\"warmup_steps\":200}",
            "optimizer.schedule.warmup_steps is 200, but must be less than 100",
        ),
    ] {
        if !link.is_empty() {
            stage.visit_anew(link).await;
        }
        let said = format!("({notice}).includes({})", serde_json::json!(words));
        stage.until(&said, words).await;
        let lab = if link.contains("optimizers") { "optimizers" } else { "batching" };
        let lanes = "[document.querySelector('main').className, document.querySelectorAll('.lane').length]";
        assert_eq!(stage.value(lanes).await, serde_json::json!([format!("lab lab--{lab}"), 4]), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lanes_share_changes_in_all_or_in_none() {
    // The full batch of 10,080 digits fits with 64 units, and not with 256.
    let link = "#lab=batching&data.samples=12600&lanes=ab&b.batch_size=full";
    let Some(stage) = Stage::open(link).await else { return };
    let before = stage.hash().await;
    stage.run("document.querySelector('#more').open = true").await;
    stage.focus("#units").await;
    stage.type_keys("\u{e010}").await; // End
    let said = "document.querySelector('[data-testid=notice]')?.innerText";
    stage.until(&format!("{said}?.includes('not taken for lane B: batch_size is full')"), "a refusal").await;
    assert_eq!(stage.hash().await, before, "lane A is as it was");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_network_begins_in_all_lanes_and_no_figure_shows_both() {
    let Some(stage) = Stage::open("#lab=batching").await else { return };
    let steps = "document.querySelectorAll('.lane .lane-step').length";
    play_until(&stage, &format!("{steps} === 4"), "lanes at steps of their own").await;
    // The name of a lane is whole, whatever its step.
    let cut = "[...document.querySelectorAll('.lane i')].filter(i => i.scrollWidth > i.clientWidth).map(i => i.innerText)";
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        assert_eq!(stage.value(cut).await, serde_json::json!([]), "{width} px");
        stage.picture(&format!("lanes-apart-{width}-{scheme}")).await;
    }
    stage.size(1440, 900, "light").await;
    let script = format!(
        "const done = arguments[0], select = document.querySelector('#workload');
        select.value = [...select.options].find(option => option.label === 'Digits, CNN').value;
        select.dispatchEvent(new Event('change', {{ bubbles: true }}));
        requestAnimationFrame(() => requestAnimationFrame(() => done({steps})))"
    );
    let left = stage.client.execute_async(&script, Vec::new()).await.expect("two frames");
    assert_eq!(left, 0, "steps of the network before");
    stage.until("location.hash.includes('conv2d')", "the network in the address").await;
    assert_eq!(
        stage.value("document.querySelector('[data-testid=notice]')?.innerText").await,
        serde_json::Value::Null
    );
    let lanes = from_link(&stage.hash().await).unwrap();
    let kinds = |of: &glassbox::train::Experiment| of.network.layers[0].kind();
    assert!(lanes.others.len() == 3 && lanes.others.iter().all(|(_, other)| kinds(other) == "conv2d"));
    // Its full batch is learned from, in parts.
    let full = "document.querySelector('[data-testid=lane-d] .lane-step')?.innerText";
    play_until(&stage, full, "a step of the full batch").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_down_a_test_function_is_slow_enough_to_be_followed() {
    let Some(stage) = Stage::open("#lab=optimizers").await else { return };
    let speed = "document.querySelector('#speed').selectedOptions[0].textContent";
    assert_eq!(stage.value(speed).await, "15/s");
    let plays_at = |usual: &str| format!("{speed} === '{usual}'");
    stage.choose("#workload", "Moons, dense").await;
    stage.until(&plays_at("240/s"), "the usual speed of a network").await;
    // What was chosen stays until the other kind is chosen.
    stage.choose("#speed", "60/s").await;
    stage.choose("#workload", "Spiral, dense").await;
    stage.until("location.hash.includes('spiral')", "another network").await;
    assert_eq!(stage.value(speed).await, "60/s");
    stage.choose("#workload", "Rosenbrock").await;
    stage.until(&plays_at("15/s"), "the usual speed of a function").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_where_lanes_race() {
    let Some(stage) = Stage::blank().await else { return };
    for lab in ["batching", "optimizers"] {
        stage.visit(&format!("#lab={lab}")).await;
        stage.size(1440, 900, "light").await;
        stage.keys("m").await;
        stage.choose("#speed", "Max").await;
        play_until(&stage, &verdict_has("A loss of "), "a loss that two lanes reached").await;
        for (width, height, scheme) in VIEWS {
            stage.size(width, height, scheme).await;
            stage.assert_fits(&format!("{lab}, {width} px, {scheme}")).await;
            assert_axe_finds_nothing(&stage, &format!("{lab}, {width} px, {scheme}")).await;
        }
        // Opened on a phone: the row of labs is scrolled to this one.
        stage.visit_anew(&format!("#lab={lab}")).await;
        assert_axe_finds_nothing(&stage, &format!("{lab}, opened on a phone")).await;
    }
    stage.close().await;
}

/// The places of lanes in the table of the surface.
async fn ways(stage: &Stage) -> Vec<Vec<String>> {
    stage.show("[data-testid=surface]").await;
    stage.until_still().await;
    stage.table("surface").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_begins_where_one_clicks_on_a_test_function() {
    let Some(stage) = Stage::open("#lab=optimizers").await else { return };
    let of_all = "[...document.querySelectorAll('.lane i')].map(i => i.innerText).join('; ')";
    assert_eq!(stage.value(of_all).await, "SGD; Momentum; RMSprop; Adam");
    stage.choose("#speed", "240/s").await;
    play_until(&stage, &verdict_has("A loss of "), "a loss that two lanes reached").await;
    // A quarter from the left and three quarters up, on a view of -10 to 10 and -3 to 3.
    let canvas = stage.value("(() => { const r = document.querySelector('#figure-surface').getBoundingClientRect(); return [r.width, r.height]; })()").await;
    let [width, height]: [f64; 2] = serde_json::from_value(canvas).unwrap();
    stage.show("#figure-surface").await;
    stage.until_still().await;
    let at = [width * 0.25, height * 0.3];
    stage.press("#figure-surface", at, at).await;
    stage.until("location.hash.includes('start')", "the start in the address").await;
    stage.until_step(0).await;
    let starts = |link: &str| -> Vec<[f32; 2]> {
        let lanes = from_link(link).unwrap();
        let all = std::iter::once(&lanes.first).chain(lanes.others.iter().map(|(_, other)| other));
        all.map(|of| of.network.layers[0].as_landscape().expect("a landscape").start).collect()
    };
    let begun = starts(&stage.hash().await);
    assert!(begun.len() == 4 && begun.iter().all(|start| *start == begun[0]), "{begun:?}");
    assert!((-6.5..=-3.5).contains(&begun[0][0]) && begun[0][1] > 0.5, "{begun:?}");
    // By keys, a fortieth of the view at each.
    stage.focus("#figure-surface").await;
    stage.type_keys("\u{e014}").await; // right
    let moved = format!("!location.hash.includes({})", serde_json::json!(begun[0][0].to_string()));
    stage.until(&moved, "another start").await;
    let now = starts(&stage.hash().await);
    assert!(
        (now[0][0] - begun[0][0] - 0.5).abs() < 2e-3 && now[0][1] == begun[0][1],
        "{now:?} after {begun:?}"
    );
    // From the side, and turned by a key.
    stage.choose_radio("surface-from", "The side").await;
    stage.until("document.querySelector('#surface-turn')", "sliders").await;
    let before = stage.value("document.querySelector('#surface-turn').value").await;
    stage.focus("#figure-surface").await;
    stage.type_keys("\u{e014}").await;
    let turned = format!("document.querySelector('#surface-turn').value !== {before}");
    stage.until(&turned, "a turn").await;
    assert_eq!(starts(&stage.hash().await), now, "it turns, and begins where it did");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_of_all_lanes_lie_in_one_plane_through_the_real_loss_surface() {
    let Some(stage) = Stage::open("#lab=optimizers").await else { return };
    stage.choose("#workload", "Moons, dense").await;
    stage.until("document.querySelector('[data-testid=ratio]')", "the layers of a network").await;
    play_until(&stage, &verdict_has("of its steps turn back"), "steps").await;
    let said = "document.querySelector('#figure-surface').ariaLabel";
    stage.choose_radio("surface-plane", "Random").await;
    stage.until(&format!("{said}.includes('random direction 1')"), "random directions").await;
    stage.choose_radio("surface-plane", "Of the paths").await;
    stage.until(&format!("{said}.includes('principal component 1')"), "components").await;
    // Each lane's worker gives its way, and the selected one draws them all.
    for _ in 0..40 {
        let rows = ways(&stage).await;
        if rows.len() >= 4 {
            let last = stage.value(said).await;
            assert!(last.as_str().unwrap().contains("The plane holds"), "{last}");
            return;
        }
    }
    panic!("the ways of all lanes never stood together: {:?}", ways(&stage).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_drawn_and_what_diverged_is_told() {
    let Some(stage) = Stage::open("#lab=optimizers").await else { return };
    stage.choose_radio("schedule", "Cosine").await;
    stage
        .until("document.querySelector('[data-testid=rate] .key').innerText.includes('cosine')", "its name")
        .await;
    stage.choose("#workload", "Rosenbrock").await;
    stage.until("location.hash.includes('rosenbrock')", "another function").await;
    stage.click("[data-testid=lane-a] input").await;
    stage.visit_anew("#lab=optimizers&network.layers.0.function=rosenbrock&optimizer.learning_rate=1").await;
    stage.click("#play").await;
    stage.until(&verdict_has("Diverged."), "that it left the numbers").await;
    stage.until("document.querySelector('#figure-surface').ariaLabel.length > 20", "a surface still").await;
}
