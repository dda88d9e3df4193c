//! Figures as files: a real click gives what it promises.

use crate::stage::Stage;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder of this name that the browser puts files into.
pub async fn folder(stage: &Stage, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let to = json!({ "behavior": "allow", "downloadPath": folder });
    stage.devtools("Browser.setDownloadBehavior", to).await;
    folder
}

/// What the browser put there, once it is whole.
pub async fn file(folder: &Path, name: &str) -> Vec<u8> {
    for _ in 0..600 {
        if let Ok(bytes) = std::fs::read(folder.join(name)) {
            return bytes;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let there: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|file| file.unwrap().file_name()).collect();
    panic!("no {name}, but {there:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_saved_as_svg_png_and_csv() {
    let Some(stage) = Stage::open("").await else { return };
    let folder = folder(&stage, "figure-files").await;
    stage.keys(">").await;
    stage.until_step(11).await;
    let rows = stage.table("curves").await;
    let name = |extension: &str| format!("gradients-curves-step-11-seed-7.{extension}");
    stage.click("[data-testid=curves] .fig__table").await;
    stage.picture("save-figure-1440-light").await;
    for form in ["svg", "png", "csv"] {
        stage.click(&format!("dialog[open] [data-testid=save-{form}]")).await;
    }
    let csv = file(&folder, &name("csv")).await;
    let mut reader = csv::Reader::from_reader(&csv[..]);
    let read: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(read, rows, "the file and the table differ");
    let svg = String::from_utf8(file(&folder, &name("svg")).await).expect("text");
    let document = roxmltree::Document::parse(&svg).expect("an SVG");
    let texts: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    assert!(texts.contains(&"loss") && texts.iter().any(|text| text.starts_with("train ")), "{texts:?}");
    let png = file(&folder, &name("png")).await;
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let width = u32::from_be_bytes(png[16..20].try_into().unwrap());
    let on_page = stage.value("document.querySelector('#figure-curves').clientWidth").await;
    assert_eq!(u64::from(width), 2 * on_page.as_u64().expect("a width"), "two pixels for each CSS pixel");
    stage.click("dialog[open] header [aria-label=Close]").await;

    // By keys alone.
    stage.focus("#figure-gradients").await;
    stage.type_keys("\u{e007}").await;
    stage.until("document.querySelector('dialog[open] table')", "the table").await;
    let is_there = "document.activeElement.dataset.testid === 'save-csv'";
    for _ in 0..8 {
        if stage.value(is_there).await == true {
            break;
        }
        stage.type_keys("\u{e004}").await;
    }
    stage.type_keys("\u{e007}").await;
    let csv = file(&folder, "gradients-gradients-step-11-seed-7.csv").await;
    assert!(csv.starts_with("layer,‖∂L/∂W‖,".as_bytes()));
    stage.close().await;
}

/// Those out of sight too, and all of the step at which the run stands still.
#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_saved_at_once() {
    let Some(stage) = Stage::open("").await else { return };
    let folder = folder(&stage, "all-figures").await;
    stage.keys(">").await;
    stage.until_step(11).await;
    stage.click("#export summary").await;
    stage.picture("export-1440-light").await;
    stage.click("[data-testid=save-figures]").await;
    assert_eq!(stage.value("document.querySelector('#export').open").await, false);
    let zip = file(&folder, "gradients-figures-step-11-seed-7.zip").await;
    let figures = stage.value("document.querySelectorAll('canvas[id^=figure-]').length").await;
    let entries = zip.windows(4).filter(|bytes| bytes == b"PK\x01\x02").count();
    assert_eq!(entries as u64, 2 * figures.as_u64().expect("figures"));
    for name in ["network-step-11-seed-7.svg", "bench-step-11-seed-7.csv"] {
        assert!(zip.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{name} is missing");
    }
    stage.close().await;
}
