//! The time of a run: gone back to, gone on from, stopped where it was to.

use crate::bits::assert_same_losses;
use crate::stage::Stage;

const PAUSED: &str = "document.querySelector('#play').textContent.includes('Play')";

/// Moves the thumb of the bar over the steps.
async fn scrub(stage: &Stage, step: usize) {
    let move_to = format!(
        "const bar = document.querySelector('[data-testid=scrub]'); bar.value = {step};\
         bar.dispatchEvent(new Event('input', {{ bubbles: true }})); bar.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    stage.run(&move_to).await;
    stage.until_step(step).await;
}

async fn play_until(stage: &Stage, what: &str, number: &str) {
    stage.choose("#until", what).await;
    let typed = format!(
        "const field = document.querySelector('#until-number'); field.value = '{number}';\
         field.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    stage.run(&typed).await;
    stage.choose("#speed", "Max").await;
    stage.click("[data-testid=play]").await;
    stage.until("document.querySelector('[data-testid=reached]').innerText !== ''", "a word").await;
    stage.until(PAUSED, "a pause").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_step_can_be_gone_back_to_and_on_from() {
    let Some(stage) = Stage::open("#seed=5").await else { return };
    play_until(&stage, "step", "300").await;
    assert_eq!(stage.step().await, 300);
    let end = stage.gradients().await;
    scrub(&stage, 120).await;
    let there = stage.gradients().await;
    assert_ne!(there, end);
    stage.picture("time-1440-light").await;
    stage.click("[data-testid=to-end]").await;
    stage.until_step(300).await;
    assert_eq!(stage.gradients().await, end);
    // By keys, when it has the focus.
    stage.focus("[data-testid=scrub]").await;
    stage.type_keys("\u{e012}").await;
    stage.until_step(299).await;
    scrub(&stage, 120).await;
    assert_eq!(stage.gradients().await, there);
    stage.keys(".").await;
    stage.until_step(121).await;
    assert!(
        stage.value("document.querySelector('[data-testid=scrub]').max").await == "300",
        "the future is known"
    );
    assert_same_losses(&stage, 121).await;

    // A change at a past step begins another future.
    stage.choose_radio("activation", "ReLU").await;
    stage.until("location.hash.includes('edits')", "the change in the address").await;
    stage.until("document.querySelector('[data-testid=scrub]').max === '121'", "the old future to go").await;
    // The run with the steps that were given up can be opened again.
    stage.click("#history summary").await;
    let row = "document.querySelector('[data-testid=past-runs] tbody tr').innerText";
    stage.until(&format!("{row}.includes('\\t5\\t300\\t')"), "the run of 300 steps").await;
    stage.close().await;
}
