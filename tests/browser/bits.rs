//! Same link, same run, same bits: what the page shows against the engine built natively.

use crate::stage::Stage;
use glassbox::labs::from_link;
use glassbox::train::{Report, Run};

/// Compares the losses of the first `steps` steps, to the bit. The native run is that of the link which the
/// page wrote itself, edits and all; it is returned.
pub async fn assert_same_losses(stage: &Stage, steps: usize) -> Run {
    let (run, _) = same_losses(stage, steps).await;
    run
}

async fn same_losses(stage: &Stage, steps: usize) -> (Run, Report) {
    let link = stage.hash().await;
    let experiment = from_link(&link).unwrap_or_else(|error| panic!("{link}: {error}")).first;
    let mut run = Run::new(experiment).expect("validated");
    let report = Report::of(&mut run, steps, true, |_, _| {});
    let losses = stage.table("curves").await;
    let shown: Vec<u32> = losses.iter().take(steps).map(|row| bits(&row[1])).collect();
    let native: Vec<u32> = report.loss.iter().map(|loss| loss.to_bits()).collect();
    assert_eq!(shown.len(), steps, "{link}");
    assert!(
        shown == native,
        "{link}: losses differ at step {:?}",
        shown.iter().zip(&native).position(|(a, b)| a != b)
    );
    (run, report)
}

fn bits(cell: &String) -> u32 {
    cell.parse::<f32>().unwrap_or_else(|_| panic!("{cell} is no number")).to_bits()
}

/// Compares loss and gradient norms of the first `steps` steps, to the bit.
async fn assert_same_bits(stage: &Stage, steps: usize) {
    let (_, report) = same_losses(stage, steps).await;
    let link = stage.hash().await;
    let rows = stage.table("flow").await;
    assert_eq!(rows.len(), steps, "{link}");
    for (step, (row, norms)) in rows.iter().zip(&report.gradients.norms).enumerate() {
        let shown: Vec<u32> = row[1..].iter().map(bits).collect();
        let native: Vec<u32> = norms.iter().map(|norm| norm.to_bits()).collect();
        assert_eq!(shown, native, "{link}: gradient norms differ at step {step}");
    }
}

/// 500 steps by the keyboard: epochs of 11 steps, then single ones.
async fn make_steps(stage: &Stage, from: usize, to: usize) {
    let (epochs, single) = ((to - from) / 11, (to - from) % 11);
    stage.keys(&">".repeat(epochs)).await;
    stage.keys(&".".repeat(single)).await;
    stage.until_step(to).await;
    assert_eq!(stage.step().await, to);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_the_engine_agree_to_the_bit() {
    let Some(stage) = Stage::blank().await else { return };
    let relu: String = (0..10).map(|layer| format!("&network.layers.{layer}.activation=relu")).collect();
    let three = "#data.classes=3&loss=sparse_categorical_crossentropy&network.layers=[{\"type\":\"dense\",\"units\":16,\
                 \"activation\":\"gelu\"},{\"type\":\"dense\",\"units\":12,\"activation\":\"softsign\"},{\"type\":\"dense\",\
                 \"units\":3,\"activation\":\"softmax\"}]";
    for link in [
        "#optimizer.name=sgd&optimizer.learning_rate=0.1".to_owned(),
        format!("#optimizer.name=adam{relu}"),
        three.to_owned(),
    ] {
        stage.visit(&link).await;
        make_steps(&stage, 0, 500).await;
        assert_same_bits(&stage, 500).await;
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_edited_live_is_replayed_to_the_bit() {
    let Some(stage) = Stage::open("#seed=3").await else { return };
    make_steps(&stage, 0, 100).await;
    stage.choose_radio("activation", "Tanh").await;
    stage.until("location.hash.includes('%22step%22:100')", "the first edit in the address").await;
    make_steps(&stage, 100, 200).await;
    stage.keys("m").await;
    stage.click("#optimizer-learning_rate").await; // the middle of the slider
    stage.until("location.hash.includes('%22step%22:200')", "the second edit in the address").await;
    make_steps(&stage, 200, 500).await;
    assert_same_bits(&stage, 500).await;
    // Many steps a frame and any frame rate give the same run as single steps.
    let link = stage.hash().await;
    let stepped = stage.table("curves").await;
    stage.visit(&link).await;
    stage.choose("#speed", "1,000/s").await;
    stage.keys(" ").await;
    stage.until_step(500).await;
    stage.keys(" ").await;
    let played = stage.table("curves").await;
    assert_eq!(
        stepped.iter().take(500).map(|row| &row[1]).collect::<Vec<_>>(),
        played.iter().take(500).map(|row| &row[1]).collect::<Vec<_>>()
    );
    stage.close().await;
}
