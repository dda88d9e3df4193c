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
    let Some(stage) = Stage::open("#lab=batching").await else { return };
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
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_is_refused_in_a_sentence() {
    let Some(stage) = Stage::open("#lab=batching&batch_size=99999").await else { return };
    let notice = "document.querySelector('[data-testid=notice]')?.innerText ?? ''";
    for (link, words) in [
        ("", "batch_size is 99999, but must be from 1 to 2000"),
        ("#lab=batching&batch_size=0", "batch_size is 0, but must be from 1 to 2000"),
        ("#lab=batching&batch_size=many", "batch_size"),
        (
            "#lab=optimizers&optimizer.schedule={\"name\":\"cosine\",\"steps\":100,\"warmup_steps\":200}",
            "warmup_steps",
        ),
    ] {
        if !link.is_empty() {
            stage.visit_anew(link).await;
        }
        let said = format!("({notice}).includes({})", serde_json::json!(words));
        stage.until(&said, words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_where_lanes_race() {
    let Some(stage) = Stage::blank().await else { return };
    for lab in ["batching", "optimizers"] {
        stage.visit(&format!("#lab={lab}")).await;
        stage.size(1440, 900, "light").await;
        stage.keys("m").await;
        play_until(&stage, &verdict_has("A loss of "), "a loss that two lanes reached").await;
        for (width, height, scheme) in VIEWS {
            stage.size(width, height, scheme).await;
            stage.assert_fits(&format!("{lab}, {width} px, {scheme}")).await;
            assert_axe_finds_nothing(&stage, &format!("{lab}, {width} px, {scheme}")).await;
        }
    }
    stage.close().await;
}
