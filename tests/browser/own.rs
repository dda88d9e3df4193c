//! The visitor's own data: files dropped and pasted, bad ones among them, drawings, and the pictures that
//! a network misreads.

use crate::stage::{KEPT, Stage};
use fantoccini::Locator;
use glassbox::data::{Pictures, idx};
use serde_json::{Value, json};

/// Holds files over the page and lets go of them, or pastes them.
pub async fn bring(stage: &Stage, event: &str, files: Value) {
    let script = "const [event, files] = arguments, data = new DataTransfer();
        for (const { name, bytes, zeros } of files)
            data.items.add(new File([zeros ? new Uint8Array(zeros) : new Uint8Array(bytes)], name));
        const target = document.querySelector('main');
        if (event === 'paste')
            target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        else for (const type of ['dragover', 'drop'])
            target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));";
    stage.client.execute(script, vec![json!(event), files]).await.expect("files");
}

pub fn file(name: &str, bytes: &[u8]) -> Value {
    json!({ "name": name, "bytes": bytes })
}

/// Images of 20 by 20 pixels in four classes, each bright in another quarter, and their labels.
pub fn quarters(items: usize) -> [Vec<u8>; 2] {
    let pixel = |item: usize, at: usize| {
        let quarter = at / 200 * 2 + at % 20 / 10;
        if quarter == item % 4 { 200 + (item * at % 50) as u8 } else { (item * at % 60) as u8 }
    };
    let pixels = (0..items).flat_map(|item| (0..400).map(move |at| pixel(item, at))).collect();
    let labels: Vec<u8> = (0..items).map(|item| (item % 4) as u8).collect();
    idx::to_bytes(&Pictures::new(20, 20, pixels), &labels)
}

pub const NOTICE: &str = "document.querySelector('[data-testid=notice]')?.textContent";

pub async fn until_notice(stage: &Stage, words: &str) {
    stage.until(&format!("{NOTICE}?.includes({})", json!(words)), &format!("a word: {words}")).await;
}

/// Files of another size and other classes are trained on, and a link to such a run waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_dropped_and_trained_on() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let [images, labels] = quarters(100);
    let files = json!([file("second", &labels), file("first", &images)]);
    bring(&stage, "drop", files.clone()).await;
    stage.until("location.hash.includes('data.name=files')", "a run on the files").await;
    assert_eq!(stage.value(&format!("{NOTICE} ?? ''")).await, "");
    stage.click("#own summary").await;
    stage
        .until(
            "document.querySelector('[data-testid=given]').textContent.includes('100 images, 20 by 20 pixels, 4 classes')",
            "what was given",
        )
        .await;
    stage.picture("own-files-1440-light").await;
    for _ in 0..8 {
        stage.keys(">").await;
    }
    stage.until_step(24).await;
    // What the network sees is of its size, and so is the frame over it.
    let seen = stage.value("document.querySelector('.sees canvas').ariaLabel").await.to_string();
    assert!(seen.contains("The 20 by 20 picture") && seen.contains("of its 400 pixels"), "{seen}");
    stage.run("scrollTo(0, 0)").await;
    let seen = "document.querySelector('#figure-sum').ariaLabel.match(/rows (\\d+) to (\\d+) and columns (\\d+) to (\\d+)/)";
    stage.until(seen, "what the unit sees").await;
    let framed = format!(
        "(() => {{ const [, top, bottom, left, right] = {seen}.map(Number);
            return [[left, top], [right + 1, top], [right + 1, bottom + 1], [left, bottom + 1]].map(p => p.map(v => v * 5).join()).join(' ');
        }})() === document.querySelector('.sees [data-testid=field] polygon').getAttribute('points')"
    );
    stage.until(&framed, "the frame over 20 by 20 pixels").await;
    stage.picture("own-files-seen-1440-light").await;
    stage
        .until(
            "document.querySelector('#figure-confusion').ariaLabel.match(/(20|All 20) of 20|All 20 test/)",
            "all read right",
        )
        .await;
    let link = stage.hash().await;
    assert!(link.contains("image_size") && link.contains("data.classes=4"), "{link}");

    stage.visit_anew(&link).await;
    until_notice(&stage, "This link trains on 100 images of 20 by 20 pixels in 4 classes").await;
    stage.picture("own-link-waits-1440-light").await;
    stage.keys(".").await;
    stage.until_step(1).await; // the lab is usable meanwhile
    bring(&stage, "drop", files).await;
    stage.until("document.querySelector('#train-on').value === 'files'", "the link's run").await;
    stage.until("document.querySelector('[data-testid=counter]').dataset.step === '0'", "step 0").await;
    assert_eq!(stage.hash().await, link);
    stage.click("#own summary").await;
    stage.choose("#train-on", "Generated digits").await;
    stage.until("!location.hash.includes('data.name')", "digits again").await;
    stage.close().await;
}

/// Each kind of bad file gets one sentence, and the run goes on from where it was.
#[tokio::test(flavor = "multi_thread")]
async fn bad_files_get_a_sentence_and_disturb_nothing() {
    let Some(stage) = Stage::open("#lab=cnn&seed=5").await else { return };
    stage.keys("...").await;
    stage.until_step(3).await;
    let [images, labels] = quarters(40);
    let other = quarters(39)[1].clone();
    let huge_png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0....".to_vec();
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let start = [&[0, 0, 8, 1, 0, 0, 0, 40][..], &[1; 40]].concat();
        std::io::Write::write_all(&mut encoder, &start).expect("memory");
        std::io::Write::write_all(&mut encoder, &vec![0; 100_000_000]).expect("memory");
        encoder.finish().expect("memory")
    };
    let digits = include_bytes!("../../www/models/digits.safetensors");
    let cut_png = [&huge_png[..16], &[0, 0, 0, 28, 0, 0, 0, 28, 8, 6, 0, 0, 0]].concat();
    for (files, words) in [
        (json!([file("i", &images[..999]), file("l", &labels)]), "i: it is cut off after 2 of the 40 images"),
        (json!([file("i", &images), file("l", &other)]), "l: it has 39 labels, but i has 40 images"),
        (json!([file("i", &images)]), "i: its labels are missing"),
        (
            json!([file("i", &images), file("b.gz", &bomb)]),
            "b.gz: it goes on after the 40 labels it promises",
        ),
        (json!([file("notes.txt", b"not a data file")]), "the lab CNN takes no tables"),
        (json!([file("empty", b"")]), "empty: it is empty"),
        (json!([{ "name": "film.mp4", "zeros": 100 << 20 }]), "film.mp4: 100 MB, but at most 72 MB are read"),
        (
            json!([file("huge.png", &huge_png)]),
            "huge.png: it is 30000 by 30000 pixels, but may have 40 million",
        ),
        (json!([file("cut.png", &cut_png)]), "cut.png: the browser cannot decode it"),
        (
            json!([file("d.ndjson", b"{\"digit\":11,\"strokes\":[]}")]),
            "d.ndjson, line 1: no drawing: digit is 11",
        ),
        (json!([file("cut.safetensors", &digits[..digits.len() / 2])]), "cut.safetensors: "),
    ] {
        bring(&stage, "drop", files).await;
        until_notice(&stage, words).await;
        assert_eq!(stage.step().await, 3, "{words}");
        assert_eq!(stage.hash().await, "#lab=cnn&seed=5", "{words}");
        assert_eq!(stage.value("document.querySelector('[data-testid=reading]')").await, Value::Null);
    }
    stage.picture("own-refused-1440-light").await;
    stage.keys(".").await;
    stage.until_step(4).await;
    stage.visit("#lab=gradients").await;
    bring(&stage, "drop", json!([file("i", &images), file("l", &labels)])).await;
    until_notice(&stage, "the lab Gradients takes no such files").await;
    stage.close().await;
}

/// What Export writes opens again, in its own lab; what is no experiment of this version gets a sentence.
#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_dropped_and_opened() {
    let Some(stage) = Stage::open("#lab=cnn&seed=5").await else { return };
    let experiment =
        glassbox::labs::from_file("e", "{\"seed\": 12, \"data\": {\"name\": \"moons\"}}").unwrap();
    let text = serde_json::to_string_pretty(&experiment).unwrap();
    bring(&stage, "drop", json!([file("experiment.json", text.as_bytes())])).await;
    let is_open =
        "location.hash.startsWith('#lab=gradients&data.name=moons&') && location.hash.endsWith('&seed=12')";
    stage.until(is_open, "the file's run").await;
    stage.until("document.querySelector('#figure-boundary')", "its lab").await;
    stage.keys("..").await;
    stage.until_step(2).await;
    for (text, words) in [
        (
            "{\"version\": 2}",
            "e.json: version is 2, but must be 1: this experiment was made by a newer Glassbox",
        ),
        ("{\"lab\": ", "e.json: experiment: this is not JSON"),
    ] {
        bring(&stage, "drop", json!([file("e.json", text.as_bytes())])).await;
        until_notice(&stage, words).await;
        assert_eq!(stage.step().await, 2, "{words}");
    }
    stage.client.execute("history.back()", Vec::new()).await.expect("the history");
    stage.until("location.hash === '#lab=cnn&seed=5'", "the run before").await;
    stage.close().await;
}

/// Draws on a canvas of the page and returns it as a PNG.
async fn png(stage: &Stage, ink: &str, paper: &str, points: &[[i32; 2]]) -> Vec<u8> {
    let script = "const [ink, paper, points] = arguments, canvas = document.createElement('canvas');
        canvas.width = 500; canvas.height = 380;
        const context = canvas.getContext('2d');
        context.fillStyle = paper; context.fillRect(0, 0, 500, 380);
        context.strokeStyle = ink; context.lineWidth = 16; context.lineCap = context.lineJoin = 'round';
        context.beginPath();
        points.forEach(([x, y]) => context.lineTo(x, y));
        context.stroke();
        return [...atob(canvas.toDataURL('image/png').split(',')[1])].map(c => c.charCodeAt(0));";
    let bytes =
        stage.client.execute(script, vec![json!(ink), json!(paper), json!(points)]).await.expect("a PNG");
    serde_json::from_value(bytes).expect("bytes")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_dropped_or_pasted_and_read() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let prediction = "document.querySelector('[data-testid=prediction]').dataset.class";
    let seven = [[210, 90], [330, 90], [300, 180], [260, 290]];
    let one = [[100, 60], [100, 250]];
    for (ink, paper, points, digit, event) in [
        ("#203060", "#fffdf4", &seven[..], "7", "drop"),
        ("#ffffff", "#000000", &one, "1", "paste"),
        ("#803010", "transparent", &seven, "7", "paste"),
        ("#ffffff", "transparent", &one, "1", "drop"),
    ] {
        let bytes = png(&stage, ink, paper, points).await;
        bring(&stage, event, json!([file("digit.png", &bytes)])).await;
        stage.until(&format!("{prediction} === '{digit}'"), &format!("{digit} {ink} on {paper}")).await;
        assert!(
            stage.value("document.querySelector('#pad').ariaLabel").await.to_string().contains("an image")
        );
        let said = stage.value("document.querySelector('.sees').textContent").await.to_string();
        let words = if ink == "#ffffff" { "Light was taken for ink" } else { "Dark was taken for ink" };
        assert!(said.contains(words), "{ink} on {paper}: {said}");
        stage.picture(&format!("own-image-{}-{event}", ink.trim_start_matches('#'))).await;
    }
    stage.click("[data-testid=clear]").await;
    stage.until(&format!("{prediction} === ''"), "an empty pad").await;
    stage.keys("").await;
    stage.client.find(Locator::Css("[aria-label=Undo]")).await.expect("undo").click().await.expect("undo");
    stage.until(&format!("{prediction} === '1'"), "the image again").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drawings_are_collected_and_trained_on() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    stage.click("#own summary").await;
    let train = "document.querySelector('[data-testid=train-on-drawings]')";
    for digit in ["0", "1", "2", "3"].into_iter().cycle().take(12) {
        stage.client.execute("document.querySelector('#pad').focus()", Vec::new()).await.expect("the pad");
        stage.type_keys(digit).await;
        stage.choose("#drawing-digit", digit).await;
        stage.click("[data-testid=add-drawing]").await;
    }
    let counts = "[...document.querySelectorAll('[data-testid=drawing-counts] dd')].map(dd => dd.textContent).join('')";
    assert_eq!(stage.value(counts).await, "3333000000");
    stage.click("[aria-label='Take the last drawing away']").await;
    stage.until(&format!("{counts} === '3332000000'"), "one less").await;
    assert_eq!(stage.value(&format!("{train}.disabled")).await, false);
    stage.client.execute(&format!("{train}.scrollIntoView()"), Vec::new()).await.expect("in sight");
    stage.click("[data-testid=train-on-drawings]").await;
    stage.until("location.hash.includes('data.name=drawings')", "a run on the drawings").await;
    stage.keys(">>").await;
    stage.until_step(2).await;
    stage.picture("own-drawings-1440-light").await;
    for (width, height, scheme) in [(1024, 768, "dark"), (390, 844, "light")] {
        stage.size(width, height, scheme).await;
        stage.until("document.querySelector('#figure-maps').width > 0", "a layout").await;
        stage
            .client
            .execute("document.querySelector('#own').scrollIntoView()", Vec::new())
            .await
            .expect("in sight");
        stage.picture(&format!("own-drawings-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
    }
    stage.size(1440, 900, "light").await;
    // The next visit has them still, and the address its run, where it stood once it was kept.
    tokio::time::sleep(KEPT).await;
    let link = stage.hash().await;
    stage.visit(&link).await;
    stage.until("document.querySelector('#train-on').value === 'drawings'", "the run on the drawings").await;
    stage.rests_at(2).await;
    assert_eq!(stage.value(counts).await, "3332000000");
    assert_eq!(stage.hash().await, link);
    // A reload goes on where the run stood.
    stage.keys(">>>").await;
    stage.until_step(3).await;
    tokio::time::sleep(KEPT).await;
    let step = stage.step().await;
    stage.reload().await;
    stage.rests_at(step).await;
    assert_eq!(stage.hash().await, link);
    stage.close().await;
}

/// From the confusion matrix to the pictures of a cell, and from there to the pad.
#[tokio::test(flavor = "multi_thread")]
async fn a_cell_of_the_confusion_matrix_opens_its_pictures() {
    let Some(stage) = Stage::open("#lab=cnn&initial_weights=null").await else { return };
    let show = "document.querySelector('#figure-misread').scrollIntoView({ block: 'end' })";
    stage.client.execute(show, Vec::new()).await.expect("in sight");
    let said = "document.querySelector('#figure-misread').ariaLabel";
    stage
        .until(&format!("{said}.match(/read as an? [0-9]: [0-9]+, the surest/)"), "the most frequent mistake")
        .await;
    stage.picture("misread-1440-light").await;
    let rows = stage.table("misread").await;
    assert!(!rows.is_empty() && rows.len() <= 24 && rows.iter().all(|row| row[1] != row[2]), "{rows:?}");

    // A click on a picture puts it on the pad, where the network reads it as it did.
    let figure = stage.client.find(Locator::Css("#figure-misread")).await.expect("the figure");
    let (_, _, width, height) = figure.rectangle().await.expect("its place");
    use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
    let to = PointerAction::MoveToElement {
        element: figure.clone(),
        duration: None,
        x: 12.0 - width / 2.0,
        y: 12.0 - height / 2.0,
    };
    let click = MouseActions::new("mouse".into())
        .then(to)
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    stage.client.perform_actions(click).await.expect("a click");
    let prediction = "document.querySelector('[data-testid=prediction]').dataset";
    stage
        .until("document.querySelector('#pad').ariaLabel.includes('an image')", "the picture on the pad")
        .await;
    stage.until(&format!("{prediction}.class === '{}'", rows[0][2]), "the same mistake").await;
    stage.until(&format!("{prediction}.confidence === '{}'", rows[0][3]), "the same probability").await;

    // Arrow keys go from cell to cell, and the lists do the same.
    stage
        .client
        .execute("document.querySelector('#figure-confusion').focus({ preventScroll: true })", Vec::new())
        .await
        .expect("focus");
    stage.client.execute(show, Vec::new()).await.expect("in sight again"); // the pad had come into sight
    let before = stage.value(said).await;
    stage.type_keys("\u{e014}").await;
    stage.until(&format!("{said} !== {before}"), "the next cell").await;
    stage.choose("[aria-label='True class']", "4").await;
    stage.choose("[aria-label='Said class']", "4").await;
    stage
        .until(
            &format!("{said}.match(/picture of a 4 is read as a 4|pictures of a 4 that are read right/)"),
            "a chosen cell",
        )
        .await;
    stage.close().await;
}
