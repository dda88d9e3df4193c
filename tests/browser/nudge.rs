//! The CNN lab: the drawing is nudged by keys, and what decided is shown.

use crate::stage::{Stage, VIEWS};

fn label(figure: &str) -> String {
    format!("document.querySelector('#figure-{figure}').ariaLabel")
}

/// How sure the answer is, to the last digit.
const SURE: &str = "document.querySelector('[data-testid=prediction]').dataset.confidence";
const SEEN: &str = "document.querySelector('.sees canvas').toDataURL()";
/// Shows the figures below, and waits until the curves are told in words that begin so.
async fn until_below(stage: &Stage, words: &str) {
    stage.show(".below").await;
    stage.until(&format!("{}.startsWith('{words}')", label("nudge")), "curves").await;
}

/// The right arrow key, as the driver writes it.
const RIGHT: &str = "\u{E014}";

#[tokio::test(flavor = "multi_thread")]
async fn a_slider_moved_by_keys_changes_what_is_read_and_its_curves() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    until_below(&stage, "Mean over these shifts").await;
    stage.until(&format!("{}.startsWith('Painting over')", label("decided")), "maps").await;
    let maps = "document.querySelector('#figure-maps').toDataURL()";
    let before = [SEEN, maps].map(|what| what.to_owned());
    let mut was = Vec::new();
    for what in &before {
        was.push(stage.value(what).await);
    }
    let surely = stage.value(SURE).await;
    let rows = stage.table("nudge").await;
    assert_eq!((rows.len(), rows[0].len(), rows[8][0].as_str()), (17, 5, "0"));
    let focus = "document.querySelector('#nudge-rotation').focus()";
    stage.client.execute(focus, Vec::new()).await.expect("the slider");
    stage.type_keys(&RIGHT.repeat(40)).await;
    stage.until("document.querySelector('#nudge-rotation').value === '40'", "40 degrees").await;
    stage.until(&format!("{}.startsWith('Mean over these rotations')", label("nudge")), "other curves").await;
    // Maps out of sight are not drawn.
    stage.client.execute("scrollTo(0, 0)", Vec::new()).await.expect("the top");
    for (what, was) in before.iter().zip(&was) {
        stage.until(&format!("{what} !== {was}"), "another picture and other maps").await;
    }
    let said = stage.value("document.querySelector('.sees .hint').textContent").await;
    assert_eq!(said, "What the network seesNudged: turned 40° clockwise.");
    // The row of the table at 40 degrees is what the answer says.
    let rows = stage.table("nudge").await;
    let row = rows.iter().find(|row| row[0] == "40").expect("40 degrees").clone();
    let said = stage.value(&format!("{}.match(/For this (\\d)/)[1]", label("nudge"))).await;
    let class = stage.value("document.querySelector('[data-testid=prediction]').dataset.class").await;
    assert_eq!(class, said, "turned, it is read as another digit");
    let sure = stage.value(SURE).await;
    assert_ne!(sure, surely, "turned, it is as sure to the last digit");
    let number = |text: &str| text.parse::<f32>().expect("a number");
    assert!((number(sure.as_str().expect("a text")) - number(&row[1])).abs() < 1e-5, "{sure} {row:?}");
    let below = "document.querySelector('.below').scrollIntoView()";
    stage.client.execute(below, Vec::new()).await.expect("the curves in sight");
    stage.picture("nudge-1440-light").await;
    stage.choose_radio("nudge", "Scale").await;
    stage.until(&format!("{}.startsWith('Mean over these sizes')", label("nudge")), "sizes").await;
    // From under the bar, which stays at the top.
    stage.client.execute("scrollTo(0, 0)", Vec::new()).await.expect("the top");
    stage.click("[data-testid=nudge-sliders] .btn").await;
    stage.until(&format!("{SEEN} === {}", was[0]), "the picture as it was").await;
    stage.client.execute(focus, Vec::new()).await.expect("the slider");
    stage.type_keys(RIGHT).await;
    stage.click("[data-testid=clear]").await;
    stage.until("document.querySelector('#nudge-rotation').value === '0'", "no nudge on an empty pad").await;
    stage.client.execute(below, Vec::new()).await.expect("figures that are in sight again");
    stage.until(&format!("{}.startsWith('The pad is empty')", label("decided")), "an empty pad").await;
    for (width, height, scheme) in &VIEWS[1..] {
        stage.size(*width, *height, scheme).await;
        stage.focus("#pad").await;
        stage.type_keys("2").await;
        until_below(&stage, "Mean over").await;
        stage.until(&format!("!{}.startsWith('The pad is empty')", label("decided")), "maps").await;
        stage.picture(&format!("nudge-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
    }
    stage.close().await;
}

/// Another digit is decided elsewhere; a network without convolution says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_decided_is_of_this_drawing_and_this_network() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    let decided = "document.querySelector('#figure-decided').toDataURL()";
    let below = "document.querySelector('.below').scrollIntoView()";
    stage.client.execute(below, Vec::new()).await.expect("a place");
    stage.until(&format!("/row \\d+, column|matters/.test({})", label("decided")), "maps").await;
    let three = stage.value(decided).await;
    stage.client.execute("document.querySelector('#pad').focus()", Vec::new()).await.expect("the pad");
    stage.type_keys("7").await;
    stage.until("document.querySelector('[data-testid=prediction]').dataset.class === '7'", "a 7").await;
    stage.client.execute(below, Vec::new()).await.expect("a place");
    stage.until(&format!("{}.includes(' 7')", label("decided")), "maps of the 7").await;
    stage.until(&format!("{decided} !== {three}"), "other heat").await;
    let rows = stage.table("decided").await;
    assert_eq!((rows.len(), rows[0].len()), (784, 6));
    let dense = "location.hash = '#lab=cnn&initial_weights=null&network.layers=' + encodeURIComponent(JSON.stringify([{type: 'flatten'}, {type: 'dense', units: 10, activation: 'softmax'}]))";
    stage.client.execute(dense, Vec::new()).await.expect("another network");
    stage.until(&format!("{}.includes('no convolution')", label("decided")), "a word on Grad-CAM").await;
    stage.close().await;
}

/// A menu that is opened over a slider holds nothing up: what is slow to work out does not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_other_mouse_button_holds_no_slider() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    until_below(&stage, "Mean over these shifts").await;
    stage.run("document.querySelector('#nudge-rotation').dispatchEvent(new PointerEvent('pointerdown', { button: 2, bubbles: true }))").await;
    stage.focus("#pad").await;
    stage.type_keys("7").await;
    stage.show(".below").await;
    stage.until(&format!("{}.includes('For this 7')", label("nudge")), "curves of the 7").await;
    stage.close().await;
}

/// The frame of what a unit sees lies where the drawing was before it was nudged.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_unit_sees_is_traced_back_through_the_nudge() {
    let Some(stage) = Stage::open("#lab=cnn").await else { return };
    stage.choose(".pick select", "conv2d_1").await;
    let frame = "document.querySelector('.pad [data-testid=field] polygon').getAttribute('points')";
    stage.until("document.querySelector('.pad [data-testid=field]')", "a frame on the pad").await;
    let corners = async || -> Vec<[f64; 2]> {
        let points = stage.value(frame).await;
        let points = points.as_str().expect("points").split(' ').map(|point| {
            let (x, y) = point.split_once(',').expect("a pair");
            [x.parse().expect("a number"), y.parse().expect("a number")]
        });
        points.collect()
    };
    let before = corners().await;
    let was = stage.value(frame).await;
    stage.focus("#nudge-right").await;
    stage.type_keys(&RIGHT.repeat(4)).await;
    stage.until(&format!("{frame} !== {was}"), "another place").await;
    stage.until("document.querySelector('#nudge-right').value === '4'", "4 pixels").await;
    let after = corners().await;
    let by = after[0][0] - before[0][0];
    assert!(by < -5.0, "the ink that it sees now was left of there: {by}");
    for (now, then) in after.iter().zip(&before) {
        assert!(
            (now[0] - then[0] - by).abs() < 0.01 && (now[1] - then[1]).abs() < 0.01,
            "{after:?} {before:?}"
        );
    }
    stage.picture("nudge-field-shifted-1440-light").await;
    stage.focus("#nudge-rotation").await;
    stage.type_keys(&RIGHT.repeat(30)).await;
    stage.until("document.querySelector('#nudge-rotation').value === '30'", "30 degrees").await;
    let turned = corners().await;
    assert!((turned[0][1] - turned[1][1]).abs() > 1.0, "it is not turned: {turned:?}");
    stage.picture("nudge-field-turned-1440-light").await;
    stage.close().await;
}
