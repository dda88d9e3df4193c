//! What outlasts a crash, a reload and a closed tab: the run, where it stood and what it is on, number for number.

use crate::bits::assert_same_losses;
use crate::files::{file as saved, folder};
use crate::own::{bring, file, until_notice};
use crate::stage::{KEPT, Stage};
use serde_json::{Value, json};

/// The losses of every step, and the weights of a neuron. Of gradients the figures show those of a batch, which is not
/// kept.
async fn numbers(stage: &Stage) -> Vec<Vec<String>> {
    let mut rows = stage.table("curves").await;
    stage.show("[data-testid=weights]").await;
    stage.until("document.querySelector('.weights input')?.value", "weights").await;
    rows.extend(stage.table("weights").await.into_iter().map(|row| row[..2].to_vec()));
    stage.run("scrollTo(0, 0)").await;
    rows
}

/// Compares them without telling all of them.
fn assert_same(now: &[Vec<String>], before: &[Vec<String>], when: &str) {
    let first = now.iter().zip(before).find(|(now, before)| now != before);
    assert!(
        now == before,
        "{when}: {} and {} rows, the first that differ are {first:?}",
        now.len(),
        before.len()
    );
}

async fn play_to(stage: &Stage, step: usize) -> usize {
    stage.keys(" ").await;
    stage.until_step(step).await;
    stage.keys(" ").await;
    tokio::time::sleep(KEPT).await;
    stage.step().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_and_a_reload_lose_no_step() {
    let Some(stage) = Stage::blank().await else { return };
    stage.keep_workers().await;
    stage.visit("#lab=gradients&seed=5").await;
    let step = play_to(&stage, 60).await;
    let (before, link) = (numbers(&stage).await, stage.hash().await);
    stage.crash().await;
    until_notice(&stage, "The run goes on from where it was kept last.").await;
    stage.until_step(step).await;
    stage.click("[data-testid=notice] button").await;
    tokio::time::sleep(KEPT).await;
    assert_eq!(stage.step().await, step);
    assert_same(&numbers(&stage).await, &before, "after a crash");
    stage.reload().await;
    stage.rests_at(step).await;
    assert_same(&numbers(&stage).await, &before, "after a reload");
    assert_eq!(stage.hash().await, link);
    // From there it goes on as if nothing had been, and what is lost in full flight is a second at most.
    stage.keys(".").await;
    stage.until_step(step + 1).await;
    assert_same_losses(&stage, step + 1).await;
    stage.choose("#speed", "60/s").await;
    stage.keys(" ").await;
    stage.until_step(step + 200).await;
    let at = stage.step().await;
    stage.reload().await;
    stage.until_step(step + 2).await;
    let lost = at.saturating_sub(stage.step().await);
    eprintln!("a reload in full flight, at 60 steps a second, lost {lost} steps");
    assert_same_losses(&stage, stage.step().await).await;
    stage.close().await;
}

/// What was looked at is kept with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_leaves_lanes_layer_and_step_as_they_were() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    stage.click("[data-testid=add-lane]").await;
    stage.choose_radio("activation", "ReLU").await;
    stage.until("location.hash.includes('b.edits')", "the change in the address").await;
    stage.click("#in-step").await;
    stage.keys("]]").await;
    stage.keys("....").await;
    stage.until_step(4).await;
    tokio::time::sleep(KEPT).await;
    stage.reload().await;
    stage.until_step(4).await;
    let now = "[document.querySelector('[name=lane]:checked').value, document.querySelector('[name=layer]:checked').value,
        document.querySelector('#in-step').checked]";
    assert_eq!(stage.value(now).await, json!(["1", "3", false]));
    stage.close().await;
}

/// A table is not in the link: the tab keeps its file.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_a_table_outlasts_a_reload() {
    let Some(stage) = Stage::open("#lab=gradients").await else { return };
    let row = |row: usize| format!("{},{},{}\n", row % 2 * 10 + row % 7, row * 31 % 17, row % 2);
    let table = "width,height,kind\n".to_owned() + &(0..60).map(row).collect::<String>();
    bring(&stage, "drop", json!([file("kept.csv", table.as_bytes())])).await;
    stage.until("document.querySelector('[data-testid=train-on-table]')", "the columns").await;
    stage.click("[data-testid=train-on-table]").await;
    stage.until("location.hash.includes('data.name=table')", "a run on the table").await;
    let step = play_to(&stage, 60).await;
    let (before, link) = (numbers(&stage).await, stage.hash().await);
    stage.reload().await;
    stage.rests_at(step).await;
    assert_same(&numbers(&stage).await, &before, "again");
    assert_eq!(stage.hash().await, link);
    assert_eq!(stage.value("document.querySelector('[data-testid=notice]')").await, Value::Null);
    stage.click("#own summary").await;
    stage.click("[data-testid=choose-columns]").await;
    stage
        .until(
            "document.querySelector('[data-testid=columns]')?.textContent.includes('kept.csv')",
            "its columns",
        )
        .await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_saved_and_opened_in_another_tab() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    let folder = folder(&stage, "saved-run").await;
    play_to(&stage, 40).await;
    stage.choose_radio("activation", "Tanh").await;
    stage.until("location.hash.includes('edits')", "the change in the address").await;
    let step = play_to(&stage, 80).await;
    let (before, link) = (numbers(&stage).await, stage.hash().await);
    stage.click("#export summary").await;
    stage.click("[data-testid=save-run]").await;
    let bytes = saved(&folder, "run.safetensors").await;
    stage.visit_anew("#lab=gradients&seed=8").await;
    assert_eq!(stage.step().await, 0);
    bring(&stage, "drop", json!([file("run.safetensors", &bytes)])).await;
    stage.rests_at(step).await;
    assert_same(&numbers(&stage).await, &before, "again");
    assert_eq!(stage.hash().await, link);
    stage.keys(".").await;
    stage.until_step(step + 1).await;
    assert_same_losses(&stage, step + 1).await;
    stage.close().await;
}

/// What begins from a file of weights alone has them again as well: they are no more in the link than a table is.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_from_a_model_file_outlasts_a_reload() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let experiment = glassbox::labs::from_link("#lab=cnn&initial_weights=null&seed=3").expect("a link").first;
    let network = glassbox::train::model::to_bytes(&glassbox::train::Run::new(experiment).expect("a run"));
    bring(&stage, "drop", json!([file("network.safetensors", &network)])).await;
    stage.until("location.hash.includes('initial_weights=model')", "a run from the file").await;
    stage
        .until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "its beginning")
        .await;
    stage.keys("...").await;
    stage.rests_at(3).await;
    tokio::time::sleep(KEPT).await;
    let (before, link) = (stage.table("curves").await, stage.hash().await);
    stage.reload().await;
    stage.rests_at(3).await;
    assert_same(&stage.table("curves").await, &before, "again");
    assert_eq!(stage.hash().await, link);
    assert_eq!(stage.value("document.querySelector('[data-testid=notice]')").await, Value::Null);
    // Its weights are at hand for another run, too, and for that after another reload.
    stage.keys(".").await;
    stage.rests_at(4).await;
    stage.click("[data-testid=reset]").await;
    stage
        .until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "its beginning")
        .await;
    stage.keys("...").await;
    stage.rests_at(3).await;
    assert_same(&stage.table("curves").await, &before, "from the beginning");
    stage.close().await;
}

/// Files of more than 64 MB would take too long to keep: that is told at once, and after a reload the run waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn large_files_are_told_not_to_be_kept() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    // A file is what it says: images of 66 MB, all of them dark, in two classes.
    let script = "const images = 86_000, idx = (kind, shape, fill) => {
            const bytes = new Uint8Array(4 + 4 * shape.length + shape.reduce((all, size) => all * size));
            const view = new DataView(bytes.buffer);
            view.setUint32(0, 0x800 + shape.length);
            shape.forEach((size, index) => view.setUint32(4 + 4 * index, size));
            if (fill) for (let at = 8; at < bytes.length; at += 2) bytes[at] = 1;
            return new File([bytes], kind);
        };
        const data = new DataTransfer();
        data.items.add(idx('images', [images, 28, 28], false));
        data.items.add(idx('labels', [images], true));
        document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))";
    stage.run(script).await;
    stage.until("location.hash.includes('data.name=files')", "a run on the files").await;
    until_notice(&stage, "Your files are 64 MB, more than the 64 MB that are kept for a reload").await;
    let link = stage.hash().await;
    stage.reload().await;
    until_notice(&stage, "trains on 86,000 images of 28 by 28 pixels in 2 classes: open the files").await;
    assert_eq!(stage.value("document.querySelector('#train-on').value").await, "digits");
    assert!(link.contains("data.samples"), "{link}");
    stage.close().await;
}

/// What is shown in place of a link that cannot be read is said as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_refused_says_what_is_shown_instead() {
    let refused = "#lab=gradients&seed=none";
    let Some(stage) = Stage::open(refused).await else { return };
    until_notice(&stage, "The lab’s defaults are shown instead.").await;
    stage.click("[data-testid=notice] button").await;
    let step = play_to(&stage, 60).await;
    stage.visit(refused).await;
    until_notice(&stage, "The run that this tab kept goes on instead.").await;
    stage.rests_at(step).await;
    stage.close().await;
}
