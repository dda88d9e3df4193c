//! Lanes: runs side by side that differ in one thing.

use crate::bits::assert_same_losses;
use crate::stage::Stage;
use glassbox::labs::from_link;
use glassbox::train::{Report, Run};

/// The column of the curves' table of this name, at the steps that have a value.
async fn column(stage: &Stage, name: &str) -> Vec<String> {
    stage.click("[data-testid=curves] .fig__table").await;
    let heads = "[...document.querySelectorAll('dialog[open] th')].map(th => th.textContent)";
    let rows = format!(
        "(() => {{ const at = {heads}.indexOf('{name}'); return [...document.querySelectorAll('dialog[open] tbody tr')]\
         .map(tr => tr.cells[at]?.textContent).filter(text => text); }})()"
    );
    let column = stage.value(&rows).await;
    stage.click("dialog[open] header [aria-label=Close]").await;
    serde_json::from_value(column).unwrap_or_default()
}

/// Plays until `step` and stands still; the counter is of the selected lane.
async fn play_to(stage: &Stage, step: usize) {
    stage.choose("#speed", "1,000/s").await;
    stage.keys(" ").await;
    stage.until_step(step).await;
    stage.keys(" ").await;
    stage.until("document.querySelector('#play').textContent.includes('Play')", "a pause").await;
}

async fn native_losses(link: &str, lane: usize, steps: usize) -> Vec<f32> {
    let lanes = from_link(link).unwrap();
    let experiment = if lane == 0 {
        lanes.first
    } else {
        lanes.others.into_iter().find(|(index, _)| *index == lane).unwrap().1
    };
    Report::of(&mut Run::new(experiment).unwrap(), steps, true, |_, _| {}).loss
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_with_the_same_settings_are_the_same_run_and_others_differ_in_what_was_changed() {
    let Some(stage) = Stage::open("#seed=5").await else { return };
    stage.click("[data-testid=add-lane]").await;
    assert!(stage.hash().await.contains("lanes=ab"));
    play_to(&stage, 1000).await;
    let (a, b) = (column(&stage, "loss, A train").await, column(&stage, "loss, B train").await);
    assert!(a.len() >= 1000, "{}", a.len());
    assert_eq!(a, b, "two lanes with the same settings");
    // Standing still they stand at the same step.
    let step = stage.step().await;
    stage.keys("1").await;
    assert_eq!(stage.step().await, step, "lanes keep step");

    // One thing changed in B: A is the same run as before, B the one that its link says.
    stage.keys("2").await;
    stage.choose_radio("activation", "ReLU").await;
    stage.until("location.hash.includes('b.edits')", "the change in the address").await;
    stage.keys("r").await;
    stage.until_step(0).await;
    let link = stage.hash().await;
    assert!(link.contains("b.network.layers.0.activation=relu") && !link.contains("&network"), "{link}");
    play_to(&stage, 300).await;
    for (lane, name) in [(0, "A"), (1, "B")] {
        let shown = column(&stage, &format!("loss, {name} train")).await;
        let native = native_losses(&link, lane, 300).await;
        let shown: Vec<u32> =
            shown.iter().take(300).map(|loss| loss.parse::<f32>().unwrap().to_bits()).collect();
        assert_eq!(shown, native.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>(), "lane {name}");
    }
    assert_eq!(stage.value("document.querySelectorAll('[data-testid=activation] .diff').length").await, 1);
    assert_eq!(
        stage.value("document.querySelectorAll('.controls .diff').length").await,
        1,
        "one thing differs"
    );
    let named = stage.value("document.querySelector('[data-testid=lane-b]').innerText").await;
    assert!(named.as_str().unwrap().contains("A with ReLU"), "{named}");
    stage.picture("lanes-1440-light").await;

    // The link opens both lanes again, with their workers.
    stage.visit(&link).await;
    stage
        .until(
            "document.querySelectorAll('[data-testid=boundary-lanes] canvas').length === 2",
            "two boundaries",
        )
        .await;
    stage.keys(".").await;
    stage.until_step(1).await;
    stage.click("[data-testid=lane-b] button").await;
    stage.until("!document.querySelector('[data-testid=lane-b]')", "lane B is gone").await;
    assert!(!stage.hash().await.contains("lanes"));
    assert_same_losses(&stage, 1).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remedy_stands_beside_the_problem_and_four_lanes_are_all_there_are() {
    let Some(stage) = Stage::open("#").await else { return };
    stage.until("document.querySelector('.verdict__fix button')", "a remedy").await;
    stage.click(".verdict__fix button").await;
    stage
        .until(
            "location.hash.includes('lanes=ab') && location.hash.includes('b.network')",
            "the cure in lane B",
        )
        .await;
    stage.keys("l").await;
    stage.keys("l").await;
    stage.until("document.querySelectorAll('.lane').length === 4", "four lanes").await;
    assert_eq!(stage.value("document.querySelector('[data-testid=add-lane]').disabled").await, true);
    for (width, height, scheme) in [(1440, 900, "dark"), (1024, 768, "light"), (390, 844, "light")] {
        stage.size(width, height, scheme).await;
        stage.assert_fits(&format!("{width} px")).await;
        stage.picture(&format!("four-lanes-{width}-{scheme}")).await;
    }
    stage.size(1440, 900, "light").await;
    play_to(&stage, 200).await;
    stage.keys("\u{e017}").await; // Delete
    stage.until("document.querySelectorAll('.lane').length === 3", "three lanes").await;
    // "Back" brings it again.
    stage.run("history.back()").await;
    stage.until("document.querySelectorAll('.lane').length === 4", "four lanes again").await;
    stage.close().await;
}
