//! The benches below the gradients lab.

use crate::stage::{Stage, VIEWS};
use crate::widely::assert_axe_finds_nothing;

#[tokio::test(flavor = "multi_thread")]
async fn the_softmax_bench_follows_its_sliders() {
    let Some(stage) = Stage::open("").await else { return };
    stage.click("#softmax summary").await;
    let shares = "[...document.querySelectorAll('[data-testid=share]')].map(of => Number(of.textContent))";
    let before = stage.value(shares).await;
    assert!(before[0].as_f64() > Some(0.9), "{before}");
    stage.focus("#logit-2").await;
    stage.type_keys("\u{e014}\u{e014}\u{e014}").await; // three to the right
    stage.until(&format!("{shares}[2] > {}", before[2]), "a larger share").await;
    let jacobian = "[...document.querySelectorAll('[data-testid=jacobian] tbody tr')].map(row => \
                    [...row.querySelectorAll('td')].map(of => of.textContent[0]))";
    let signs =
        format!("{jacobian}.every((row, i) => row.every((sign, j) => sign === (i === j ? '+' : '−')))");
    assert_eq!(stage.value(&signs).await, true, "signs of the Jacobian");
    let said = stage.value("document.querySelector('[data-testid=softmax-finding]').textContent").await;
    assert!(said.to_string().contains("times as hard"), "{said}");
    stage.run("document.querySelectorAll('[name=softmax-classes]')[2].click()").await;
    stage.until(&format!("{shares}.length === 5"), "five classes").await;
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        stage.show("#softmax").await;
        stage.picture(&format!("softmax-{width}-{scheme}")).await;
        stage.assert_fits(&format!("{width} px")).await;
        assert_axe_finds_nothing(&stage, &format!("softmax, {width} px, {scheme}")).await;
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_activation_bench_shows_the_running_network() {
    let Some(stage) = Stage::open("").await else { return };
    stage.keys(">").await;
    stage.until_step(11).await;
    for (width, height, scheme) in VIEWS {
        stage.size(width, height, scheme).await;
        stage.show("[data-testid=bench]").await;
        stage
            .until("document.querySelector('#figure-bench').ariaLabel.includes('Layer 1, Sigmoid')", "z")
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stage.picture(&format!("bench-{width}-{scheme}")).await;
    }
    stage.size(1440, 900, "light").await;
    let rows = stage.table("products").await;
    assert_eq!(rows.len(), 12);
    let sigmoid: Vec<f32> = rows[0][1..].iter().map(|cell| cell.parse().expect("a number")).collect();
    assert!(sigmoid[0] <= 0.25 && sigmoid[0] > 0.1, "{sigmoid:?}");
    let product = (1..10).fold(sigmoid[0], |product, _| product * sigmoid[0]);
    assert_eq!(sigmoid[9], product, "the tenth power");
    stage.close().await;
}
