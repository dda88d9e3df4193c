//! What is learned in the page, from fresh weights.

use crate::bits::assert_same_losses;
use crate::stage::Stage;
use glassbox::data::{Examples, idx};
use glassbox::train::{Model, model};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

/// 10,000 digits of the generator, varied each time, for a small network that begins with nothing.
pub const GENERATED: &str = "#lab=cnn&initial_weights=null&data.samples=10000&optimizer.learning_rate=0.003&network.layers=[\
    {\"type\":\"conv2d\",\"filters\":8,\"kernel_size\":3,\"activation\":\"relu\",\"kernel_initializer\":\"he_normal\"},\
    {\"type\":\"max_pooling2d\"},\
    {\"type\":\"conv2d\",\"filters\":16,\"kernel_size\":3,\"activation\":\"relu\",\"kernel_initializer\":\"he_normal\"},\
    {\"type\":\"max_pooling2d\"},{\"type\":\"flatten\"},{\"type\":\"dense\",\"units\":10,\"activation\":\"softmax\"}]";
/// Of 250 steps each.
const EPOCHS: usize = 8;

/// The page trains on generated digits alone; the network, which is that of the native run to the bit, reads
/// MNIST's test set.
#[tokio::test(flavor = "multi_thread")]
async fn generated_digits_teach_to_read_real_ones() {
    let Some(stage) = Stage::open(GENERATED).await else { return };
    let started = Instant::now();
    stage.keys(&">".repeat(EPOCHS)).await;
    for epoch in 1..=EPOCHS {
        stage.until_step(250 * epoch).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    let run = assert_same_losses(&stage, 250 * EPOCHS).await;
    stage.close().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    let open = |name: &str| File::open(folder.join(name));
    let (Ok(images), Ok(labels)) = (open("t10k-images-idx3-ubyte.gz"), open("t10k-labels-idx1-ubyte.gz"))
    else {
        return eprintln!("skipped: MNIST's test set is not in {}", folder.display());
    };
    let pictures = idx::read_images("images", images).expect("images");
    let labels = idx::read_labels("labels", labels).expect("labels");
    let examples = Examples::of_pictures(pictures, &labels).expect("as many labels");
    let model = Model::read("the run", &*model::to_bytes(&run)).expect("whole");
    let right = model.count_right(&examples).expect("it tells classes");
    println!(
        "generated digits alone, {seconds:.0} s in the page: {right} of {} of MNIST\'s test set right",
        examples.len()
    );
    assert!(right * 100 >= 95 * examples.len(), "{right} of {}", examples.len());
}
