//! What becomes of the visitor's own data when something comes between: a crash, another lab, a link, a
//! storage that refuses, a network that is saved and opened again.

use crate::own::{NOTICE, bring, file, quarters, until_notice};
use crate::stage::{KEPT, Stage};
use serde_json::{Value, json};

/// The words of a notice, whatever is there.
async fn notice(stage: &Stage) -> String {
    stage.value(&format!("{NOTICE} ?? ''")).await.as_str().unwrap_or_default().to_owned()
}

const PREDICTED: &str = "document.querySelector('[data-testid=prediction]').dataset.class";

/// A crash leaves the files: the next worker is given them, and the run begins on them again.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_the_files_to_the_run_that_begins_again() {
    let Some(stage) = Stage::blank().await else { return };
    stage.keep_workers().await;
    stage.visit("#lab=cnn").await;
    let [images, labels] = quarters(100);
    let files = json!([file("second", &labels), file("first", &images)]);
    bring(&stage, "drop", files.clone()).await;
    let on_files = "document.querySelector('#train-on').value === 'files'";
    stage.until(on_files, "a run on the files").await;
    stage.until(&format!("{PREDICTED} !== ''"), "an answer").await;
    let link = stage.hash().await;
    let seen = "document.querySelector('.sees canvas').ariaLabel.includes('20 by 20')";
    stage.keys("...").await;
    stage.rests_at(3).await;
    tokio::time::sleep(KEPT).await;
    stage.crash().await;
    until_notice(
        &stage,
        "(out of memory) and was started anew. The run goes on from where it was kept last.",
    )
    .await;
    tokio::time::sleep(KEPT).await;
    stage.rests_at(3).await;
    stage.keys(".").await;
    stage.rests_at(4).await;
    stage.until(on_files, "the run on the files again").await;
    stage.until(seen, "the size of the files' pictures").await;
    assert_eq!(stage.hash().await, link, "a stand-in took the place of the run");
    stage.picture("own-crash-1440-light").await;
    stage.click("[data-testid=notice] button").await;
    // Three times it is started anew, then no more: and then files are not waited for in vain.
    for _ in 0..2 {
        stage.crash().await;
        until_notice(&stage, "was started anew").await;
        stage.until(&format!("{PREDICTED} !== ''"), "an answer to the drawing").await;
        stage.click("[data-testid=notice] button").await;
    }
    stage.crash().await;
    until_notice(&stage, "The trainer crashed again").await;
    bring(&stage, "drop", files).await;
    until_notice(&stage, "there is no trainer any more to read it").await;
    assert_eq!(stage.value("document.querySelector('[data-testid=reading]')").await, Value::Null);
    stage.close().await;
}

/// Another crash before the next worker reads the files, and one once it has begun on them but not yet taken up the run:
/// that is kept, and goes on with the worker after those.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_files_outlasts_crashes_in_a_row() {
    let Some(stage) = Stage::blank().await else { return };
    stage.keep_workers().await;
    stage.visit("#lab=cnn").await;
    let [images, labels] = quarters(100);
    bring(&stage, "drop", json!([file("second", &labels), file("first", &images)])).await;
    stage.until("document.querySelector('#train-on').value === 'files'", "a run on the files").await;
    stage.keys("...").await;
    stage.rests_at(3).await;
    tokio::time::sleep(KEPT).await;
    let (before, link) = (stage.table("curves").await, stage.hash().await);
    let at_the_beginning = "window.late = 0; new MutationObserver((_, observer) => {
            if (document.querySelector('[data-testid=counter]').dataset.step !== '0') return;
            observer.disconnect();
            window.late += 1;
            lastWorker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory again' }));
        }).observe(document.body, { subtree: true, attributeFilter: ['data-step'] })";
    stage.run(at_the_beginning).await;
    stage.crash().await;
    stage.crash().await;
    stage.until("window.late === 1", "a run on the files at its first step").await;
    until_notice(
        &stage,
        "(out of memory again) and was started anew. The run goes on from where it was kept last.",
    )
    .await;
    tokio::time::sleep(KEPT).await;
    stage.rests_at(3).await;
    assert_eq!((stage.table("curves").await, stage.hash().await), (before, link));
    stage.keys(".").await;
    stage.rests_at(4).await;
    assert_eq!(stage.value("document.querySelector('#train-on').value").await, "files");
    stage.close().await;
}

/// The network at work is saved to a file, and goes on from there when that is opened.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_saved_and_opened_again() {
    let Some(stage) = Stage::open("#lab=cnn&initial_weights=null&seed=3").await else { return };
    let catch = "window.names = []; const make = URL.createObjectURL;
        URL.createObjectURL = blob => { window.saved = blob; return make.call(URL, blob); };
        HTMLAnchorElement.prototype.click = function () { window.names.push(this.download); }";
    stage.run(catch).await;
    stage.keys("....").await;
    stage.until_step(4).await;
    let sure = "document.querySelector('[data-testid=prediction]').dataset.confidence";
    stage.until(&format!("{PREDICTED} !== ''"), "an answer").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await; // until the last step is shown
    let (class, confidence) = (stage.value(PREDICTED).await, stage.value(sure).await);
    stage.click("#own summary").await;
    stage.click("[data-testid=save-network]").await;
    stage.until("window.saved", "a file").await;
    assert_eq!(stage.value("window.names").await, json!(["run.safetensors"]));
    let script = "const done = arguments[arguments.length - 1];
        window.saved.arrayBuffer().then(bytes => done([...new Uint8Array(bytes)]))";
    let bytes = stage.client.execute_async(script, Vec::new()).await.expect("bytes");
    let bytes: Vec<u8> = serde_json::from_value(bytes).expect("bytes");
    let model = glassbox::train::Model::read("run.safetensors", &bytes[..]).expect("a model");
    assert_eq!((model.steps, model.experiment.seed), (4, 3));

    stage.visit("#lab=cnn").await;
    stage.until(&format!("{PREDICTED} === '3'"), "the network that ships").await;
    bring(&stage, "drop", json!([file("run.safetensors", &bytes)])).await;
    stage.until_step(4).await;
    stage.until(&format!("{sure} === {confidence}"), "the same answer, to the last digit").await;
    assert_eq!((stage.value(PREDICTED).await, stage.step().await), (class, 4));
    // A file of a network alone, as `glassbox train --save` writes it, is where a run begins.
    let experiment = glassbox::labs::from_link("#lab=cnn&initial_weights=null&seed=3").expect("a link").first;
    let network = glassbox::train::model::to_bytes(&glassbox::train::Run::new(experiment).expect("a run"));
    bring(&stage, "drop", json!([file("network.safetensors", &network)])).await;
    stage.until("location.hash.includes('initial_weights=model')", "a run from the file").await;
    stage
        .until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "its beginning")
        .await;
    stage.click("#own summary").await;
    stage.show("#own").await;
    stage.picture("own-save-1440-light").await;

    // A run that cannot begin from it leaves all as it was, the drawing's answer too.
    let [images, labels] = quarters(100);
    bring(&stage, "drop", json!([file("l", &labels), file("i", &images)])).await;
    stage.until("document.querySelector('#train-on').value === 'files'", "a run on the files").await;
    let of_files = stage.hash().await;
    assert!(of_files.contains("initial_weights=null"), "{of_files}");
    stage.choose("#train-on", "Generated digits").await;
    stage.until("document.querySelector('#train-on').value === 'digits'", "digits again").await;
    stage.until(&format!("{PREDICTED} !== ''"), "an answer").await;
    let wrong = of_files.replace("initial_weights=null", "initial_weights=model");
    stage.run(&format!("location.hash = {}", json!(wrong))).await;
    until_notice(&stage, "initial_weights is model").await;
    stage.until("document.querySelector('#train-on').value === 'digits'", "the run before").await;
    stage.until(&format!("{PREDICTED} !== ''"), "an answer to a drawing of the size of that run").await;
    stage.close().await;
}

/// A link to a run on drawings begins when the file of just those is opened, whatever else was drawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_drawings_finds_them_in_their_file() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let mut rng = glassbox::tensor::Rng::new(1, glassbox::tensor::Stream::Drawing);
    let mut drawn = |many: usize| {
        let drawing = |index: usize| {
            let drawing = glassbox::data::digits::draw((index % 10) as u8, &mut rng);
            serde_json::to_string(&drawing).expect("a drawing") + "\n"
        };
        (0..many).map(drawing).collect::<String>()
    };
    let (twelve, two, thousand) = (drawn(12), drawn(2), drawn(1000));
    let many = "[...document.querySelectorAll('[data-testid=drawing-counts] dd')].reduce((sum, dd) => sum + Number(dd.textContent), 0)";
    bring(&stage, "drop", json!([file("twelve.ndjson", twelve.as_bytes())])).await;
    stage.until(&format!("{many} === 12"), "12 drawings").await;
    stage.click("#own summary").await;
    stage.show("[data-testid=train-on-drawings]").await;
    stage.click("[data-testid=train-on-drawings]").await;
    stage.until("location.hash.includes('data.name=drawings')", "a run on the drawings").await;
    let link = stage.hash().await;
    let on_drawings = "document.querySelector('#train-on').value === 'drawings'";

    // To somebody who has none, and to somebody who has others.
    for (own, words) in [("", ""), (&*two, "twelve.ndjson is trained on by itself, as the link says.")] {
        stage
            .client
            .execute("localStorage.setItem('glassbox-drawings', arguments[0])", vec![json!(own)])
            .await
            .expect("storage");
        stage.visit_anew(&link).await;
        until_notice(&stage, "This link trains on 12 drawings").await;
        bring(&stage, "drop", json!([file("twelve.ndjson", twelve.as_bytes())])).await;
        stage.until(on_drawings, "the link's run").await;
        assert_eq!(stage.hash().await, link);
        assert_eq!(stage.value(many).await, if own.is_empty() { 12 } else { 2 });
        assert!(notice(&stage).await.starts_with(words), "{words}");
    }
    // Of too many the last are left out, which is said.
    bring(&stage, "drop", json!([file("many.ndjson", thousand.as_bytes())])).await;
    until_notice(
        &stage,
        "Of the 1,000 drawings in many.ndjson the last 2 were left out: at most 1,000 are kept.",
    )
    .await;
    stage.close().await;
}

/// What is read while another lab is opened is refused there, and a storage that refuses is told.
#[tokio::test(flavor = "multi_thread")]
async fn files_that_come_to_another_lab_and_drawings_that_are_not_kept_are_told() {
    let Some(stage) = Stage::blank().await else { return };
    let full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }";
    stage.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": full })).await;
    stage.visit("#lab=cnn").await;
    let said = stage.value("document.querySelector('#own').textContent").await.to_string();
    assert!(
        said.contains("This browser stores nothing for this page") && !said.contains("for your next visit"),
        "{said}"
    );
    let [images, labels] = quarters(100);
    let digits = include_bytes!("../../www/models/digits.safetensors");
    let of_files = json!([file("l", &labels), file("i", &images)]);
    for files in [of_files.clone(), json!([file("digits.safetensors", digits)])] {
        stage.visit("#lab=cnn").await;
        stage.run("addEventListener('drop', () => { location.hash = '#lab=gradients' })").await;
        bring(&stage, "drop", files).await;
        until_notice(
            &stage,
            "the lab Gradients takes no such files: open the lab CNN or Autoencoder or RBM for them",
        )
        .await;
        assert_eq!(stage.hash().await, "#lab=gradients");
    }
    // And what was refused there is not taken here.
    stage.visit("#lab=cnn").await;
    assert_eq!(stage.value("document.querySelector('#train-on').value").await, "digits");
    bring(&stage, "drop", json!([1, 2, 3, 4, 5].map(|name: u8| file(&name.to_string(), &images)))).await;
    until_notice(&stage, "5 files at once, but at most 4 are taken").await;

    // Text that is pasted into a field stays the field's, with or without an image beside it.
    let paste = "(() => { const data = new DataTransfer(); data.setData('text/plain', '12');
        data.items.add(new File([new Uint8Array(9)], 'cut.png'));
        const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector('#seed').dispatchEvent(paste);
        return paste.defaultPrevented; })()";
    assert_eq!(stage.value(paste).await, false);
    assert!(notice(&stage).await.starts_with("That was not taken: 5 files"));
    stage.close().await;
}
