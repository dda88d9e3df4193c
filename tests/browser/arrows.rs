//! Loss-gradient arrows: off until they are asked for, with what they mean beside them and their numbers in the table.

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn arrows_are_shown_and_told_when_asked_for() {
    let Some(stage) = Stage::open("").await else { return };
    let meaning = "document.querySelector('[data-testid=arrows-meaning]')?.textContent";
    stage.until("document.querySelector('[data-testid=arrows]')", "the switch").await;
    assert!(stage.value(meaning).await.is_null(), "nobody asked");
    assert_eq!(stage.table("boundary").await[0].len(), 4);
    stage.click("[data-testid=arrows]").await;
    stage.until(&format!("{meaning}?.startsWith('Arrows at 40 training items: −∂L/∂(x, y)')"), "words").await;
    stage.picture("arrows-1440-light").await;
    let rows = stage.table("boundary").await;
    let with = rows.iter().filter(|row| row.len() == 6 && row[4].parse::<f32>().is_ok()).count();
    assert_eq!(with, 40, "a row for each arrow");
    stage.keys("..").await;
    stage.until_step(2).await;
    assert_ne!(stage.table("boundary").await, rows, "they follow the run");
    stage.click("[data-testid=arrows]").await;
    stage.until(&format!("!{meaning}"), "no arrows").await;
    stage.close().await;
}
