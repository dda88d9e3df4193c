//! The finder of learning rates: its button beside the control in every lab, its dialog, and what "Use" does.

use crate::stage::Stage;
use crate::widely::assert_axe_finds_nothing;

const SAID: &str = "document.querySelector('[data-testid=rates-said]')";
const OUTPUT: &str = "document.querySelector('output[for=optimizer-learning_rate]').textContent";

/// A small network that learns within some hundred steps, at a rate that is far too small.
const LINK: &str = concat!(
    "#lab=gradients&data.name=moons&optimizer={\"name\":\"adam\",\"learning_rate\":0.0001}&network.layers=[",
    "{\"type\":\"dense\",\"units\":8,\"activation\":\"relu\",\"kernel_initializer\":\"he_normal\"},",
    "{\"type\":\"dense\",\"units\":1,\"activation\":\"sigmoid\"}]",
);

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_found_and_used_in_the_run() {
    let Some(stage) = Stage::open(LINK).await else { return };
    stage.keys(" ").await;
    stage.until_step(30).await;
    assert_eq!(stage.value(OUTPUT).await, "0.0001");
    stage.run("document.querySelector('#more').open = true").await;
    stage.click("[data-testid=find-rate]").await;
    stage.until(&format!("{SAID}?.dataset.over === 'true'"), "a finding").await;
    let step = stage.step().await; // it was halted
    let said = stage.value(&format!("{SAID}.textContent")).await.to_string();
    assert!(said.contains("falls fastest at a rate of") && said.contains("Try "), "{said}");
    let figure = stage.value("document.querySelector('#figure-rates').ariaLabel").await.to_string();
    assert!(figure.contains("Smoothed loss over the learning rate. The loss is"), "{figure}");
    stage.picture("rates-1440-light").await;
    for (width, height, scheme) in [(1440, 900, "dark"), (390, 844, "light")] {
        stage.size(width, height, scheme).await;
        stage.assert_fits(&format!("{width} px")).await;
        assert_axe_finds_nothing(&stage, &format!("the finder, {width} px, {scheme}")).await;
        stage.picture(&format!("rates-{width}-{scheme}")).await;
    }
    stage.size(1440, 900, "light").await;
    // Escape closes it, the focus is where it was, and nothing was changed.
    stage.type_keys("\u{e00c}").await;
    stage.until("!document.querySelector('[data-testid=rates]')", "the dialog closed").await;
    assert_eq!(stage.value("document.activeElement.dataset.testid").await, "find-rate");
    assert_eq!(stage.value(OUTPUT).await, "0.0001");
    assert_eq!(stage.step().await, step);
    // By keys alone.
    stage.type_keys("\u{e007}").await;
    stage.until("!!document.querySelector('[data-testid=use-rate]')", "something to use").await;
    let words = stage.value("document.querySelector('[data-testid=use-rate]').textContent").await;
    let rate = words.as_str().and_then(|words| words.strip_prefix("Use ")).expect("a rate").to_owned();
    stage.focus("[data-testid=use-rate]").await;
    stage.type_keys("\u{e007}").await;
    stage.until(&format!("{OUTPUT} === '{rate}'"), "the control at the rate").await;
    let edit =
        format!("location.hash.includes('optimizer.learning_rate') && location.hash.includes('{rate}')");
    stage.until(&edit, "the rate in the address").await;
    assert_eq!(stage.step().await, step, "the run goes on from where it stood");
    stage.keys(" ").await;
    stage.until_step(step + 50).await;
    stage.keys(" ").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lab_with_a_rate_has_its_button() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    for lab in ["cnn", "autoencoder", "sequence", "rbm", "batching", "optimizers", "gradients"] {
        stage.visit(&format!("#lab={lab}")).await;
        stage.until("document.querySelectorAll('[data-testid=find-rate]').length === 1", lab).await;
    }
    stage.close().await;
}
