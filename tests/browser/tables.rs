//! The gradients lab on data of the visitor's own: a table that is dropped, whose columns are chosen before it
//! is trained on, bad ones among them, and points that are set by pointer and by numbers.

use crate::own::{NOTICE, bring, file, until_notice};
use crate::stage::{Stage, VIEWS};
use serde_json::{Value, json};

/// Forty rows of four columns: a number that tells the class, a constant, words, and the class.
fn small() -> String {
    let row = |row: usize| {
        format!(
            "{},5,{},{}\n",
            row % 2 * 10 + row / 2 * row / 2 % 7,
            ["red", "green", "blue"][row % 3],
            row % 2
        )
    };
    "width,same,colour,kind\n".to_owned() + &(0..40).map(row).collect::<String>()
}

/// The test accuracy that the boundary says, in per cent.
async fn accuracy(stage: &Stage) -> f64 {
    let said = stage
        .value("document.querySelector('#figure-boundary').ariaLabel.match(/test ([0-9.]+)/)?.[1]")
        .await;
    said.as_str().and_then(|said| said.parse().ok()).unwrap_or(0.0)
}

/// One hidden layer of relu units and Adam, which learn small tables within some hundred steps.
const LINK: &str = concat!(
    "#lab=gradients&optimizer={\"name\":\"adam\",\"learning_rate\":0.01}&batch_size=16",
    "&network.layers=[{\"type\":\"dense\",\"units\":16,\"activation\":\"relu\",\"kernel_initializer\":\"he_normal\"},",
    "{\"type\":\"dense\",\"units\":1,\"activation\":\"sigmoid\"}]",
);

#[tokio::test(flavor = "multi_thread")]
async fn iris_is_dropped_looked_through_and_told_apart() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var("GLASSBOX_DATA").unwrap_or_else(|_| beside.into());
    let Ok(iris) = std::fs::read(format!("{folder}/tabular/iris.csv")) else {
        return eprintln!("skipped: there is no iris.csv in {folder}/tabular");
    };
    let Some(stage) = Stage::open(LINK).await else { return };
    bring(&stage, "drop", json!([file("iris.csv", &iris)])).await;
    stage.until("document.querySelector('[data-testid=columns]')?.open", "the columns").await;
    stage.picture("table-columns-1440-light").await;
    let said = stage.value("document.querySelector('[data-testid=columns]').textContent").await.to_string();
    assert!(said.contains("iris.csv, 150 rows") && said.contains("3 words: Iris-setosa"), "{said}");
    // A column is left out and taken in again.
    stage.choose("[aria-label='column 1 is']", "Ignored").await;
    let words = "document.querySelector('[data-testid=table-words]').textContent";
    stage.until(&format!("{words}.startsWith('150 rows of 3 inputs')"), "three inputs").await;
    stage.choose("[aria-label='column 1 is']", "Feature").await;
    stage
        .until(
            &format!("{words}.startsWith('150 rows of 4 inputs to tell column 5, one of 3 classes')"),
            "four",
        )
        .await;
    for (width, height, scheme) in [(1440, 900, "dark"), (1024, 768, "light"), (390, 844, "dark")] {
        stage.size(width, height, scheme).await;
        stage.picture(&format!("table-columns-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
    }
    stage.size(1440, 900, "light").await;
    stage.click("[data-testid=train-on-table]").await;
    stage.until("location.hash.includes('data.name=table')", "a run on the table").await;
    stage.keys(" ").await;
    stage.until_step(600).await;
    stage.keys(" ").await;
    stage
        .until(
            "Number(document.querySelector('#figure-boundary').ariaLabel.match(/test ([0-9.]+)/)?.[1]) > 95",
            "more than 95 % right",
        )
        .await;
    assert!(accuracy(&stage).await > 95.0);
    let legend = stage.value("document.querySelector('.legend').textContent").await.to_string();
    assert!(legend.contains("Iris-virginica"), "{legend}");
    let plane = stage.value("document.querySelector('#figure-boundary').ariaLabel").await.to_string();
    assert!(plane.contains("the other 2 inputs at their mean"), "{plane}");
    // Another cut through the space of the inputs.
    stage.choose("[aria-label='Input across']", "column 3").await;
    stage.picture("table-trained-1440-light").await;
    stage.show("#figure-confusion").await;
    stage
        .until(
            "document.querySelector('#figure-confusion').ariaLabel.match(/of 30 test items|All 30/)",
            "a matrix",
        )
        .await;
    stage.picture("table-confusion-1440-light").await;

    // A link to it waits for the file, and takes it without a question.
    let link = stage.hash().await;
    stage.visit_anew(&link).await;
    until_notice(&stage, "This link trains on a table of 150 rows").await;
    bring(&stage, "drop", json!([file("other.csv", small().as_bytes())])).await;
    stage.until("document.querySelector('[data-testid=columns]')?.open", "the columns of another").await;
    stage.click("[data-testid=columns] header button").await;
    stage.visit_anew(&link).await;
    bring(&stage, "drop", json!([file("iris.csv", &iris)])).await;
    stage.until("document.querySelector('[data-testid=given]')", "the run of the link").await;
    stage.until("document.querySelector('.legend').textContent.includes('Iris-setosa')", "its classes").await;
    assert_eq!(stage.hash().await, link);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_tables_get_a_sentence_and_the_run_goes_on() {
    let Some(stage) = Stage::open("#lab=gradients&seed=5").await else { return };
    stage.keys("...").await;
    stage.until_step(3).await;
    let zip = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".to_vec();
    let binary: Vec<u8> = b"col1,col2\n".iter().copied().chain((0..3000).map(|i| (i % 32) as u8)).collect();
    let ragged = "a,b\n1,2\n3\n4\n5\n".to_owned();
    let wide = "1,".repeat(20_000);
    let open = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(20_000));
    for (name, bytes, words) in [
        ("w.xlsx", zip.as_slice(), "w.xlsx: neither IDX images or labels"),
        ("b.csv", &binary, "b.csv: neither IDX images or labels"),
        ("r.csv", ragged.as_bytes(), "r.csv: it is no table: 3 of its 4 rows, line 3 the first"),
        ("wide.csv", wide.as_bytes(), "wide.csv: it has more than 500 columns"),
        ("open.csv", open.as_bytes(), "is a quotation mark not closed there?"),
        ("e.csv", b"\n\n\n", "e.csv: it holds no rows"),
    ] {
        bring(&stage, "drop", json!([file(name, bytes)])).await;
        until_notice(&stage, words).await;
        assert_eq!(stage.step().await, 3, "{words}");
        assert_eq!(stage.hash().await, "#lab=gradients&seed=5", "{words}");
    }
    // Tables that are read, but cannot be trained on: the reason stands where the columns are chosen.
    let one_class: String = (0..30).map(|row| format!("{},a\n", row * row)).collect();
    let one_class = "x,class\n".to_owned() + &one_class;
    let words: String = (0..200).map(|row| format!("w{row},v{row}\n")).collect();
    for (text, reason) in [
        ("1,2\n3,4\n", "10 or more to train on"),
        (one_class.as_str(), "must be"),
        (words.as_str(), "the target is not chosen"),
    ] {
        bring(&stage, "drop", json!([file("t.csv", text.as_bytes())])).await;
        let error = "document.querySelector('[data-testid=table-error]')?.textContent";
        stage.until(&format!("{error}?.includes({})", json!(reason)), reason).await;
        assert_eq!(
            stage.value("document.querySelector('[data-testid=train-on-table]').disabled").await,
            true
        );
        stage.click("[data-testid=columns] header button").await;
        stage.until("!document.querySelector('[data-testid=columns]')", "no dialog").await;
    }
    stage.keys(".").await;
    stage.until_step(4).await;

    // A hundred thousand rows: the page draws on while they are read.
    let many: String =
        (0..100_000).map(|row| format!("{},{},{}\n", row % 977, row * 31 % 1009, row % 977 % 3)).collect();
    stage
        .run("window.frames_seen = 0; window.gaps = 0; window.last = performance.now(); const tick = now => { window.gaps = Math.max(window.gaps, now - window.last); window.last = now; window.frames_seen += 1; requestAnimationFrame(tick); }; requestAnimationFrame(tick);
              new MutationObserver(() => { if (document.querySelector('[data-testid=reading] progress')) window.sawBar = true; }).observe(document.body, { childList: true, subtree: true });")
        .await;
    let script = "const data = new DataTransfer(); data.items.add(new File([arguments[0]], 'many.csv'));
        document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));";
    let started = std::time::Instant::now();
    stage.client.execute(script, vec![json!(many)]).await.expect("a file");
    stage
        .until(
            "document.querySelector('[data-testid=columns]')?.textContent.includes('many.csv, 100,000 rows')",
            "all rows",
        )
        .await;
    assert_eq!(stage.value("window.sawBar === true").await, true, "no bar was shown");
    let frames = stage.value("window.frames_seen").await;
    assert!(frames.as_u64() > Some(3), "no frames went on while it was read: {frames}");
    eprintln!(
        "100,000 rows were read in {} ms, {frames} frames went on meanwhile, the longest took {} ms",
        started.elapsed().as_millis(),
        stage.value("Math.round(window.gaps)").await
    );

    // Text is pasted as a table, but not into a field; so soon that the page is still to hear of the closed dialog.
    let paste = "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);
        document.querySelector('[data-testid=columns]').close();
        document.querySelector('main').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));";
    stage.client.execute(paste, vec![json!(small())]).await.expect("a paste");
    stage
        .until(
            "document.querySelector('[data-testid=columns]')?.textContent.includes('40 rows')",
            "what was pasted",
        )
        .await;
    // Of the dialog before it the browser may tell only now: the table that is shown stays.
    stage.run("document.querySelector('[data-testid=columns]').dispatchEvent(new Event('close'))").await;
    let said =
        stage.value("document.querySelector('[data-testid=table-words]').textContent").await.to_string();
    assert!(
        said.contains("same left out: the same in every row.")
            && said.contains("An input for each word of colour"),
        "{said}"
    );
    stage.click("[data-testid=train-on-table]").await;
    stage.until("location.hash.includes('data.name=table')", "a run on it").await;
    stage.close().await;
}

/// Presses at a place of the plane, as shares of its side, moves to another and lets go.
async fn press(stage: &Stage, from: [f64; 2], to: [f64; 2]) {
    let side = stage.value("document.querySelector('[data-testid=points]').clientWidth").await;
    let side = side.as_f64().expect("the plane");
    stage.press("[data-testid=points]", from.map(|share| share * side), to.map(|share| share * side)).await;
}

/// Whether a point was set at a place, as near as pixels allow.
fn is_at(point: &Value, [x, y, label]: [f64; 3]) -> bool {
    let number = |place: usize| point[place].as_f64().expect("a number");
    (number(0) - x).abs() < 0.05 && (number(1) - y).abs() < 0.05 && number(2) == label
}

async fn points(stage: &Stage) -> Vec<Value> {
    let link = stage.hash().await;
    let experiment = glassbox::labs::from_link(&link).unwrap().first.edited().unwrap();
    experiment.data.points.iter().map(|point| json!(point)).collect()
}

const STATE: &str = "document.querySelector('[data-testid=points-state]').textContent";

#[tokio::test(flavor = "multi_thread")]
async fn points_are_set_by_pointer_and_by_numbers() {
    let Some(stage) = Stage::open("#lab=gradients").await else { return };
    stage.click("#own summary").await;
    stage.click("[data-testid=points-empty]").await;
    stage.until(&format!("{STATE}.startsWith('0 points so far')"), "an empty plane").await;
    for index in 0..5 {
        press(&stage, [0.1 + 0.1 * f64::from(index), 0.2], [0.1 + 0.1 * f64::from(index), 0.2]).await;
    }
    stage.until(&format!("{STATE}.startsWith('5 points so far')"), "five points").await;
    stage.picture("points-draft-1440-light").await;
    stage.choose_radio("point-tools", "1").await;
    for index in 0..4 {
        press(&stage, [0.6 + 0.1 * f64::from(index), 0.8], [0.6 + 0.1 * f64::from(index), 0.8]).await;
    }
    assert!(!stage.hash().await.contains("points"), "too few to train on");
    // The tenth by numbers, and a run begins.
    stage.run("document.querySelector('[aria-label=\"x of the point\"]').select()").await;
    stage.focus("[aria-label='x of the point']").await;
    stage.type_keys("1.5").await;
    stage.run("document.querySelector('[aria-label=\"y of the point\"]').select()").await;
    stage.focus("[aria-label='y of the point']").await;
    stage.type_keys("-0.5\u{e007}").await;
    stage.until("location.hash.includes('data.name=points')", "a run on the points").await;
    let set = points(&stage).await;
    assert_eq!((set.len(), &set[9]), (10, &json!([1.5, -0.5, 1.0])), "{set:?}");
    assert!(is_at(&set[0], [-1.6, 1.2, 0.0]), "{set:?}");

    // While the run goes on it takes further points, and the link replays them.
    for _ in 0..5 {
        stage.keys(".").await;
    }
    stage.until_step(5).await;
    press(&stage, [0.5, 0.5], [0.5, 0.5]).await;
    stage.until("location.hash.includes('data.points.10')", "an edit").await;
    assert_eq!(stage.step().await, 5, "the run began anew");
    press(&stage, [0.5, 0.5], [0.25, 0.75]).await;
    stage
        .until(
            "document.querySelector('[data-testid=changes]').textContent.includes('point moved')",
            "a move",
        )
        .await;
    let set = points(&stage).await;
    assert!(is_at(&set[10], [-1.0, -1.0, 1.0]), "{set:?}");
    stage.click("[data-testid=eraser]").await;
    press(&stage, [0.25, 0.75], [0.25, 0.75]).await;
    stage.until(&format!("{STATE}.startsWith('10 points')"), "ten again").await;
    assert_eq!(stage.step().await, 5);
    // Dragged it takes out all that it goes over, and the run goes on.
    stage.click("[data-testid=eraser]").await;
    for place in [[0.5, 0.5], [0.6, 0.5]] {
        press(&stage, place, place).await;
    }
    stage.until(&format!("{STATE}.startsWith('12 points')"), "two more").await;
    stage.click("[data-testid=eraser]").await;
    press(&stage, [0.5, 0.5], [0.6, 0.5]).await;
    stage.until(&format!("{STATE}.startsWith('10 points')"), "ten once more").await;
    assert_eq!(stage.step().await, 5, "the run began anew");
    // The link follows the page after a moment.
    let mut left = points(&stage).await;
    for _ in 0..200 {
        if left.len() == 10 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        left = points(&stage).await;
    }
    assert_eq!(left, set[..10]);
    // One less is too few; nothing is lost.
    press(&stage, [0.1, 0.2], [0.1, 0.2]).await;
    until_notice(&stage, "data.points is 9 points, but must be 10 to 1000 points").await;
    assert_eq!(points(&stage).await.len(), 10);
    stage.click("[data-testid=eraser]").await;
    // Outside the view.
    stage.run("document.querySelector('[aria-label=\"x of the point\"]').select()").await;
    stage.focus("[aria-label='x of the point']").await;
    stage.type_keys("60").await;
    stage.click("[data-testid=add-point]").await;
    until_notice(&stage, "the point 60, -0.5 lies outside the view").await;
    assert_eq!(points(&stage).await.len(), 10);

    // The link gives the same run.
    let before = stage.gradients().await;
    let link = stage.hash().await;
    stage.visit_anew(&link).await;
    for _ in 0..5 {
        stage.keys(".").await;
    }
    stage.until_step(5).await;
    assert_eq!(stage.gradients().await, before);

    // From a set that is shown, as it lies.
    stage.visit("#lab=gradients&data.samples=50").await;
    stage.click("#own summary").await;
    stage.click("[data-testid=points-shown]").await;
    stage.until("location.hash.includes('data.name=points')", "its points").await;
    assert_eq!(points(&stage).await.len(), 50);
    stage.until(&format!("{STATE}.startsWith('50 points')"), "fifty").await;
    assert_eq!(stage.value(&format!("{NOTICE} ?? ''")).await, "");
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        stage.show("[data-testid=boundary]").await;
        stage.picture(&format!("points-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
    }
    stage.close().await;
}
