//! What a visitor does: plays, toggles, looks, shares, goes back, types nonsense.

use crate::stage::Stage;
use serde_json::json;

/// The main job: gradients vanish in a deep sigmoid network, and are back with ReLU and He.
#[tokio::test(flavor = "multi_thread")]
async fn gradients_vanish_and_a_toggle_brings_them_back() {
    let Some(stage) = Stage::open("").await else { return };
    assert!(
        stage
            .value("document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
            .await
            .to_string()
            .contains("default-src 'none'")
    );
    stage.picture("first-view-1440-light").await;
    stage.keys(" ").await;
    stage.until_step(100).await;
    stage
        .until(
            "document.querySelector('[data-testid=verdict]').textContent.includes('Vanishing')",
            "the verdict",
        )
        .await;
    stage.keys(" ").await;
    let norms = stage.gradients().await;
    let (first, last) = (norms[0], norms[norms.len() - 1]);
    assert!(first > 0.0 && first * 1e4 < last, "layer 1 {first}, last layer {last}");
    for (width, height, scheme) in [
        (1440, 900, "light"),
        (1440, 900, "dark"),
        (1024, 768, "light"),
        (1024, 768, "dark"),
        (390, 844, "light"),
        (390, 844, "dark"),
    ] {
        stage.size(width, height, scheme).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stage.picture(&format!("vanishing-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
    }
    stage.size(1440, 900, "light").await;
    stage.choose_radio("activation", "ReLU").await;
    stage.choose_radio("initializer", "He").await;
    stage.keys(" ").await;
    stage.until_step(100).await;
    stage.keys(" ").await;
    let norms = stage.gradients().await;
    let factor = norms[norms.len() - 1] / norms[0];
    assert!(
        factor < 100.0 && factor > 0.01,
        "with ReLU and He the last layer gets {factor} times the first's"
    );
    stage.picture("relu-1440-light").await;
    stage.close().await;
}

/// A toggle acts on the running network: weights stay, bars jump, reset goes back to the seed's weights.
#[tokio::test(flavor = "multi_thread")]
async fn a_toggle_keeps_the_weights_and_reset_brings_back_the_first_ones() {
    let Some(stage) = Stage::open("").await else { return };
    let fresh = stage.table("network").await;
    for _ in 0..3 {
        stage.keys(">").await;
    }
    stage.until_step(33).await;
    let (trained, before) = (stage.table("network").await, stage.gradients().await);
    assert_ne!(fresh, trained);
    stage.choose_radio("activation", "ReLU").await;
    stage
        .until("document.querySelector('#figure-network').ariaLabel.includes('ReLU')", "the other activation")
        .await;
    assert_eq!(stage.step().await, 33);
    assert_eq!(trained, stage.table("network").await, "a toggle changed weights");
    assert_ne!(before, stage.gradients().await, "the bars did not move");
    assert!(stage.hash().await.contains("edits="), "the link does not hold the edit");
    let said = "document.querySelector('[data-testid=changes]')?.textContent";
    stage
        .until(&format!("{said}.startsWith('1 recorded change: ReLU at step 33.')"), "the change in words")
        .await;
    stage.picture("change-1440-light").await;
    stage.keys("r").await;
    stage.until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "step 0").await;
    stage
        .until("document.querySelector('#figure-network').ariaLabel.includes('ReLU')", "the settings kept")
        .await;
    assert_eq!(fresh, stage.table("network").await, "reset did not bring back the first weights");
    assert!(!stage.hash().await.contains("edits="));
    stage.close().await;
}

/// Skip connections come and go while the network keeps its run and its weights.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_between_layers_comes_and_goes_in_a_running_network() {
    let Some(stage) = Stage::open("").await else { return };
    for _ in 0..3 {
        stage.keys(">").await;
    }
    stage.until_step(33).await;
    let (trained, before) = (stage.table("network").await, stage.gradients().await);
    stage.click("#more summary").await;
    let said = |words: &str| {
        format!("document.querySelector('[data-testid=changes]')?.textContent.startsWith('{words}')")
    };
    stage.choose_radio("skip", "1").await;
    stage.until(&said("1 recorded change: skip connections at step 33."), "the change in words").await;
    let top = "scrollTo({ top: 0, behavior: 'instant' })"; // else the bar lies over what is clicked
    stage.run(top).await;
    let skipping = stage.gradients().await;
    assert_eq!(trained, stage.table("network").await, "skip connections changed weights");
    assert!(skipping[0] > 10.0 * before[0], "{before:?}, with skips {skipping:?}");
    stage.keys(">").await;
    stage.until_step(44).await;
    stage.choose_radio("skip", "Off").await;
    stage.run(top).await;
    stage
        .until(&said("2 recorded changes: skip connections at step 33; plain layers at step 44."), "both")
        .await;
    stage.choose_radio("normalization", "Batch").await;
    stage.run(top).await;
    stage.until(&said("3 recorded changes"), "normalisation as well").await;
    let normed = stage.gradients().await;
    assert!(normed[0] > 10.0 * before[0], "{before:?}, normalised {normed:?}");
    assert_eq!(stage.step().await, 44);
    // The link makes the same run, changes included.
    let (end, link) = (stage.gradients().await, stage.hash().await);
    stage.visit("").await;
    stage.visit(&link).await;
    for _ in 0..4 {
        stage.keys(">").await;
    }
    stage.until_step(44).await;
    stage.until(&said("3 recorded changes"), "the changes of the link").await;
    assert_eq!(end, stage.gradients().await);
    stage.close().await;
}

/// Back and forward walk through the settings.
#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_work() {
    let Some(stage) = Stage::open("#lab=gradients").await else { return };
    stage.choose_radio("initializer", "He").await;
    stage.until("location.hash.includes('he_normal')", "He in the address").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await; // two changes, not one drag
    stage.choose_radio("initializer", "Small").await;
    stage.until("location.hash.includes('random_normal')", "Small in the address").await;
    let chosen =
        "document.querySelector('[data-testid=initializer] input:checked').parentElement.textContent";
    stage.client.back().await.expect("back");
    stage.until(&format!("{chosen} === 'He'"), "He after back").await;
    stage.client.forward().await.expect("forward");
    stage.until(&format!("{chosen} === 'Small'"), "Small after forward").await;
    stage.close().await;
}

/// Broken links get a sentence with the key; the page goes on with what it had.
#[tokio::test(flavor = "multi_thread")]
async fn nonsense_in_the_address_is_refused_in_words() {
    let Some(stage) = Stage::open("").await else { return };
    stage.keys(".").await;
    stage.until_step(1).await;
    for (link, words) in [
        ("#lab=gradients&optimizer.learning_rate=1e30", "optimizer.learning_rate"),
        ("#lab=gradients&optimizer.learning_rate=NaN", "optimizer.learning_rate"),
        ("#lab=gradients&network.layers=[]", "network.layers"),
        ("#lab=gradients&network.layers.0.units=10000000", "from 1 to 4096"),
        ("#lab=gradients&batch_size=100000", "from 1 to 350"),
        ("#lab=gradients&data.noise=7", "from 0 to 0.5"),
        ("#version=9", "newer Glassbox"),
        ("#lab=gradients&data.name=%E0%A4%A", "data.name"),
        ("#what", "key=value"),
        ("#lab=gradients&edits=[{\"step\":3,\"set\":{\"seed\":1}}]", "edits.0.set"),
    ] {
        stage.client.execute("location.hash = arguments[0]", vec![json!(link)]).await.expect("a hash");
        let said =
            format!("document.querySelector('[data-testid=notice]')?.textContent.includes({})", json!(words));
        stage.until(&said, &format!("a word on {link}")).await;
        assert_eq!(stage.step().await, 1, "{link} disturbed the run");
        assert_eq!(stage.hash().await, "#lab=gradients", "{link} stays in the address");
    }
    stage.visit("#lab=nothing").await;
    stage
        .until(
            "document.querySelector('[data-testid=notice]').textContent.includes('one of gradients')",
            "a word on the lab",
        )
        .await;
    stage.keys(".").await;
    stage.until_step(1).await;
    stage.close().await;
}

/// A worker that dies is told and replaced; the settings stay.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_worker_is_told_and_recovered_from() {
    let Some(stage) = Stage::blank().await else { return };
    stage.keep_workers().await;
    stage.visit("#lab=gradients&seed=11").await;
    stage.keys(".").await;
    stage.until_step(1).await;
    stage.crash().await;
    stage
        .until(
            "document.querySelector('[data-testid=notice]')?.textContent.includes('out of memory')",
            "a word on the crash",
        )
        .await;
    // The run goes on from where it was kept, or where nothing was kept yet from its beginning.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await; // until the next worker has taken it up
    stage.keys(">").await;
    stage.until_step(11).await;
    assert_eq!(stage.value("document.querySelector('#seed').value").await, "11");
    crate::bits::assert_same_losses(&stage, 11).await;
    stage.close().await;
}

/// Small things that a visitor tries: a mixed network, a slider clicked twice, a seed that is none.
#[tokio::test(flavor = "multi_thread")]
async fn controls_say_what_is_in_force() {
    let Some(stage) = Stage::open("#network.layers.0.activation=tanh").await else { return };
    let checked = "document.querySelectorAll('[data-testid=activation] .seg :checked').length";
    assert_eq!(stage.value(checked).await, 0, "a mixed network has no one activation");
    stage.choose_radio("activation", "Tanh").await;
    stage.until(&format!("{checked} === 1"), "Tanh for all layers").await;
    stage
        .until("decodeURIComponent(location.hash).includes('layers.9.activation\":\"tanh')", "the change")
        .await;
    stage.keys("m").await;
    stage.click("#data-noise").await; // to the middle
    stage.until("location.hash.includes('data.noise')", "another noise").await;
    let twice = "document.querySelector('#data-noise').dispatchEvent(new MouseEvent('dblclick'))";
    stage.client.execute(twice, Vec::new()).await.expect("a double click");
    stage.until("!location.hash.includes('data.noise')", "the default again").await;
    let type_seed = "const seed = document.querySelector('#seed'); seed.value = '99999999999999999999'; \
                     seed.dispatchEvent(new Event('change'))";
    stage.client.execute(type_seed, Vec::new()).await.expect("a seed");
    stage
        .until(
            "document.querySelector('[data-testid=notice]')?.textContent.includes('9007199254740991')",
            "the limit",
        )
        .await;
    assert_eq!(stage.value("document.querySelector('#seed').value").await, "7");
    stage.close().await;
}

/// All of it fits the screens that it was drawn for, and the phone's sheet goes away by itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_fits_and_the_sheet_closes() {
    let Some(stage) = Stage::open("").await else { return };
    stage.keys(">").await;
    stage.until_step(11).await;
    let foot = "Math.max(...['.spine', '.side'].map(of => document.querySelector(of).getBoundingClientRect().bottom))";
    let foot = stage.value(foot).await;
    assert!(foot.as_f64() <= Some(900.0), "the first view is {foot} px high");
    stage.size(1024, 768, "light").await;
    let gap = "document.querySelector('.slab').getBoundingClientRect().bottom \
               - document.querySelector('#figure-flow').getBoundingClientRect().bottom";
    stage.until(&format!("Math.abs({gap}) < 12"), "a slab that ends with the last figure").await;
    stage.size(390, 844, "light").await;
    let is_open = "document.querySelector('#bar-more').classList.contains('open')";
    let step = "[...document.querySelectorAll('.counter span')].some(span => span.textContent === 'step 11' && span.offsetWidth > 0)";
    stage.until(step, "the step counter on a phone").await;
    for close in [
        "document.querySelector('.bar__veil').click()",
        "dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))",
    ] {
        stage.click(".bar__sheet-btn").await;
        stage.until(is_open, "the sheet").await;
        stage.client.execute(close, Vec::new()).await.expect("a tap or a key");
        stage.until(&format!("!{is_open}"), "no sheet").await;
    }
    stage.close().await;
}

/// A diverging run ends in words, with remedies that begin anew.
#[tokio::test(flavor = "multi_thread")]
async fn divergence_is_explained() {
    let link = "#lab=gradients&network.layers.0.activation=relu&network.layers.1.activation=relu&optimizer.name=sgd&\
                optimizer.learning_rate=100&network.layers.9.activation=linear&network.layers.8.activation=linear";
    let Some(stage) = Stage::open(link).await else { return };
    stage.choose_radio("initializer", "He").await;
    stage.keys(" ").await;
    stage
        .until(
            "document.querySelector('[data-testid=verdict]').textContent.includes('Diverged')",
            "the divergence",
        )
        .await;
    stage.picture("diverged-1440-light").await;
    let said = stage.value("document.querySelector('[data-testid=verdict]').textContent").await.to_string();
    assert!(said.contains("learning rate of 100 is too large") && !said.contains("dense"), "{said}");
    assert_eq!(stage.value("document.querySelector('#play').disabled").await, true);
    stage.click(".verdict__fix button").await;
    stage.until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "a new run").await;
    stage.close().await;
}
