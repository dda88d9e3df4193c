//! Past runs: noted, compared, kept, opened again.

use crate::files::{file, folder};
use crate::stage::{Stage, VIEWS};
use crate::widely::assert_axe_finds_nothing;

const ROWS: &str = "[...document.querySelectorAll('[data-testid=past-runs] tbody tr')].map(row => row.innerText.replaceAll('\\t', '|'))";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_left_is_kept_and_opens_again() {
    let Some(stage) = Stage::open("#lab=gradients&seed=3").await else { return };
    let folder = folder(&stage, "past-runs").await;
    stage.keys(">>").await;
    stage.until_step(22).await;
    stage.choose_radio("initializer", "He").await;
    stage
        .until("document.querySelector('#history summary').innerText.includes('1, kept')", "a past run")
        .await;
    stage.click("#history summary").await;
    let rows = stage.value(ROWS).await;
    let row = rows[0].as_str().expect("a row");
    for word in ["the lab’s defaults", "|3|22|", "test accuracy", "vanishing"] {
        assert!(row.contains(word), "{row} lacks {word}");
    }
    // Its curve behind that of the run at hand.
    stage.keys(">").await;
    stage.until_step(11).await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    stage.run("scrollTo(0, 0)").await;
    let drawn = "document.querySelector('#figure-curves').toDataURL()";
    let (before, table) = (stage.value(drawn).await, stage.table("curves").await);
    stage.run("document.querySelector('[data-testid=past-runs] input').click()").await;
    stage.until(&format!("{drawn} !== {before}"), "a faint curve").await;
    assert_eq!(stage.table("curves").await, table, "the numbers are those of this run alone");
    stage.picture("past-compared-1440-light").await;

    // Opened again, number for number.
    stage.run("document.querySelector('.history__settings a').click()").await;
    stage.until("location.hash === '#lab=gradients&seed=3'", "its link").await;
    let checked =
        "document.querySelector('[data-testid=initializer] input:checked').parentElement.textContent";
    stage.until(&format!("{checked} === 'Xavier'"), "its settings").await;
    stage.until(&format!("{ROWS}.length === 2"), "the run with He, too").await;
    let rows = stage.value(ROWS).await;
    assert!(rows[0].as_str().unwrap().contains("Initialisation He|3|11|"), "{rows}");

    // Kept across a visit, saved, forgotten.
    stage.visit("#lab=gradients").await;
    stage.click("#history summary").await;
    stage.until(&format!("{ROWS}.length === 2"), "those of the visit before").await;
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        stage.show("#history").await;
        stage.picture(&format!("past-{width}-{scheme}")).await;
        assert_axe_finds_nothing(&stage, &format!("past runs, {width} px, {scheme}")).await;
    }
    stage.size(1440, 900, "light").await;
    stage.click("[data-testid=save-runs]").await;
    let csv = file(&folder, "glassbox-runs.csv").await;
    let mut reader = csv::Reader::from_reader(&csv[..]);
    let links: Vec<String> = reader.records().map(|row| row.unwrap()[8].to_owned()).collect();
    assert_eq!(links[1], "#lab=gradients&seed=3");
    stage.click("[data-testid=forget-runs]").await;
    stage.until("document.querySelector('#history summary').innerText.includes('none')", "none").await;
    stage.close().await;
}
