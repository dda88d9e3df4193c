//! What pre-training buys: a deep autoencoder that begins at random, and one beside it that begins with stacked machines.

use crate::stage::Stage;
use glassbox::labs::from_link;
use glassbox::train::Pretraining;

async fn until_verdict(stage: &Stage, words: &str) {
    let words_in =
        format!("document.querySelector('.verdict').innerText.includes({})", serde_json::json!(words));
    stage.until(&words_in, words).await;
}

/// The error on the test items of each lane at the last step that both were tested at, read from the table of the curves.
async fn tested(stage: &Stage) -> Vec<f64> {
    stage.show("[data-testid=curves]").await;
    stage.until_still().await;
    let rows = "(() => { const heads = [...document.querySelectorAll('dialog[open] th')].map(th => th.textContent);\
        const columns = ['A', 'B'].map(name => heads.indexOf('test mean error², ' + name + ' test'));\
        const rows = [...document.querySelectorAll('dialog[open] tbody tr')].map(tr => columns.map(at => tr.cells[at]?.textContent));\
        return rows.filter(row => row.every(Number)).pop() ?? []; })()";
    for _ in 0..40 {
        stage.click("[data-testid=curves] .fig__table").await;
        let found = stage.value(rows).await;
        stage.click("dialog[open] header [aria-label=Close]").await;
        let texts: Vec<String> = serde_json::from_value(found).unwrap();
        if !texts.is_empty() {
            return texts.iter().map(|text| text.parse().unwrap()).collect();
        }
    }
    panic!("no step at which both were tested");
}

async fn play_to(stage: &Stage, step: usize) {
    stage.click("#play").await;
    stage.until_step(step).await;
    stage.click("#play").await;
    stage.until("document.querySelector('#play').textContent.includes('Play')", "a pause").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pretraining_buys_is_seen_beside_a_random_start() {
    let Some(stage) = Stage::open("#lab=autoencoder&data.samples=1000").await else { return };
    stage.click("#more > summary").await;
    stage.choose_radio("activation", "Sigmoid").await;
    stage.until("document.querySelector('[data-testid=start]')", "where it starts").await;
    stage.keys("r").await;
    stage.until("!location.hash.includes('edits')", "a run of its own").await;
    play_to(&stage, 60).await;
    until_verdict(&stage, "Start from stacked RBMs").await;
    // The remedy: the same network beside it, from machines.
    stage.click(".verdict__fix .btn").await;
    stage.until("document.querySelector('[data-testid=lane-b]')", "a lane").await;
    until_verdict(&stage, "its weights are those of 3 machines (RBMs), each trained by 200 updates").await;
    let named = stage.value("document.querySelector('[data-testid=lane-b]').innerText").await;
    assert!(named.as_str().unwrap().contains("A with Stacked RBMs"), "{named}");
    let link = stage.hash().await;
    let lanes = from_link(&link).unwrap();
    assert_eq!(lanes.first.pretraining, None, "{link}");
    assert_eq!(lanes.others[0].1.pretraining, Some(Pretraining::default()), "{link}");
    assert_eq!(
        stage.value("document.querySelectorAll('.controls .diff').length").await,
        1,
        "one thing differs"
    );
    play_to(&stage, 100).await;
    let errors = tested(&stage).await;
    assert!(errors.len() == 2 && errors[1] < 0.9 * errors[0], "{errors:?}");
    until_verdict(&stage, "It began with the weights of stacked machines.").await;
    // Back to random weights, by the control itself: the two lanes are alike.
    stage.run("scrollTo(0, 0)").await;
    stage.until_still().await;
    stage.choose_radio("start", "Random weights").await;
    stage.until("!location.hash.includes('pretraining')", "random weights").await;
    assert_eq!(stage.value("document.querySelectorAll('.controls .diff').length").await, 0, "alike");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rbm_lab_leads_to_stacked_machines() {
    let Some(stage) = Stage::open("#lab=rbm&data.samples=500&network.layers.0.units=16").await else {
        return;
    };
    play_to(&stage, 300).await;
    until_verdict(&stage, "Stack machines into an autoencoder").await;
    stage.click(".verdict__fix a.btn").await;
    stage.until("document.querySelector('[data-testid=lane-b]')", "two lanes").await;
    let lanes = from_link(&stage.hash().await).unwrap();
    assert_eq!(lanes.first.lab, "autoencoder");
    assert_eq!(
        (lanes.first.pretraining, lanes.others[0].1.pretraining),
        (None, Some(Pretraining::default()))
    );
    assert_eq!(lanes.first.network, lanes.others[0].1.network);
    // The lane that random weights are sent to is open already; alone they are sent there.
    play_to(&stage, 50).await;
    until_verdict(&stage, "784 numbers pass through 2").await;
    assert_eq!(stage.value("document.querySelectorAll('.verdict__fix .btn').length").await, 0);
    stage.click("[aria-label^='Remove lane B']").await;
    until_verdict(&stage, "Start from stacked RBMs").await;
}
