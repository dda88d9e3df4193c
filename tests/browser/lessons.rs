//! The page as a lesson shows it: alone in a frame, without what a teacher leaves out.

use crate::stage::Stage;
use crate::widely::assert_axe_finds_nothing;

const SHOWN: &str = "(selector => { const of = document.querySelector(selector); return Boolean(of && of.getClientRects().length); })";

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_lab_stands_alone_and_stays_so() {
    let link = "?embed&hide=optimizer.name,batch_size,remedies#lab=gradients&optimizer.name=adam&seed=3";
    let Some(stage) = Stage::open(link).await else { return };
    for (selector, is_shown) in [
        (".rail", false),
        ("#speed", false),
        ("#seed", false),
        ("#theme", false),
        ("#play", true),
        ("[data-testid=step]", true),
        ("[data-testid=reset]", true),
        (".bar__open", true),
        ("#depth", true),
    ] {
        assert_eq!(stage.value(&format!("{SHOWN}('{selector}')")).await, is_shown, "{selector}");
    }
    stage.keys("m").await;
    assert_eq!(stage.value(&format!("{SHOWN}('#optimizer-name')")).await, false, "left out");
    assert_eq!(stage.value(&format!("{SHOWN}('#width')")).await, true, "not left out");
    let open = "document.querySelector('.bar__open').href";
    let href = stage.value(open).await.to_string();
    assert!(href.contains("#lab=gradients&optimizer.name=adam&seed=3") && !href.contains('?'), "{href}");
    // It stays through play, edits, back and forward.
    stage.keys(">").await;
    stage.until_step(11).await;
    stage.choose_radio("activation", "ReLU").await;
    stage.until("location.hash.includes('edits=')", "the edit in the address").await;
    stage.until(&format!("{open}.includes('edits=')"), "the edit in the link to the whole page").await;
    stage.choose_radio("initializer", "He").await;
    stage.until("location.hash.includes('he_normal')", "He in the address").await;
    stage.client.back().await.expect("back");
    stage.until("!location.hash.includes('he_normal')", "the address before").await;
    let query = stage.value("location.search").await;
    assert_eq!(query, "?embed&hide=optimizer.name,batch_size,remedies");
    assert_eq!(stage.value(&format!("{SHOWN}('#optimizer-name')")).await, false);
    for (width, height) in [(600, 760), (900, 760), (1440, 900)] {
        stage.size(width, height, "light").await;
        stage.assert_fits(&format!("{width} px")).await;
        stage.picture(&format!("embed-{width}-light")).await;
        assert_axe_finds_nothing(&stage, &format!("embedded, {width} px")).await;
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_cannot_be_left_out() {
    let Some(stage) = Stage::open("?hide=optimiser,seed").await else { return };
    let said = "document.querySelector('[data-testid=notice]').textContent";
    stage
        .until(&format!("{said}.includes('optimiser') && {said}.includes('optimizer.name')"), "a sentence")
        .await;
    assert_eq!(stage.value(&format!("{SHOWN}('#seed')")).await, false, "the rest is left out");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teacher_makes_a_link() {
    let Some(stage) = Stage::open("#lab=gradients&seed=3").await else { return };
    stage.click("#export summary").await;
    stage.click("[data-testid=for-teachers]").await;
    let text = "document.querySelector('[data-testid=lesson-text]').value";
    stage.until(text, "a link").await;
    let check = |label: &str| {
        format!(
            "[...document.querySelectorAll('#teachers .check')].find(of => of.textContent === '{label}').click()"
        )
    };
    stage.run(&check("Optimiser")).await;
    stage.run(&check("Seed")).await;
    stage
        .until(&format!("{text}.endsWith('?hide=optimizer.name,seed#lab=gradients&seed=3')"), "the link")
        .await;
    stage.run("document.querySelectorAll('#teachers [name=lesson-form]')[1].click()").await;
    stage.until(&format!("{text}.startsWith('<iframe src=')"), "a frame").await;
    let frame = stage.value(text).await.to_string();
    assert!(frame.contains("?embed&amp;hide=optimizer.name,seed#lab=gradients&amp;seed=3"), "{frame}");
    for (width, height, scheme) in crate::stage::VIEWS {
        stage.size(width, height, scheme).await;
        stage.picture(&format!("teachers-{width}-{scheme}")).await;
        assert_axe_finds_nothing(&stage, &format!("the dialog, {width} px, {scheme}")).await;
    }
    stage.type_keys("\u{e00c}").await;
    stage.until("!document.querySelector('#teachers')", "no dialog").await;
    stage.close().await;
}
