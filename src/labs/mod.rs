//! Labs: each asks one question and shows its answer measured. A lab says as data what can be set
//! ([`Control`]) and what is to be seen ([`Panel`]); page, worker and URL follow by themselves.

mod autoencoder;
mod batching;
mod bench;
mod changes;
mod cnn;
mod confusion;
mod control;
mod curves;
mod deal;
mod decades;
mod elapsed;
mod fans;
pub mod format;
mod gradients;
mod heat;
mod held;
mod inked;
mod latent;
mod layer_figures;
mod layers;
mod lesson;
mod lines;
mod link;
mod look_inside;
mod machine_figures;
mod memory_bars;
mod optimizers;
mod over_time;
mod overlay;
mod panel;
mod past;
mod picture_rows;
mod pictures;
mod probe;
mod race;
mod racing;
mod rates;
mod rbm;
mod sequence;
mod softmax;
mod surface;
mod sweep;
mod verdict;
mod workloads;

pub use bench::{Bench, Products, elementwise, power_of};
pub use changes::{Change, changes, differences, effect, sentence};
pub use control::{Choice, Control, Kind, MIXED};
pub use deal::{Deal, DealRow};
pub use fans::{Fan, Fans};
pub use heat::{HeatMap, HeatMaps};
pub use held::{Half, Held, HeldPixels, Patch};
pub use inked::{Inked, InkedBlock};
pub use latent::{Cursor, Errors, Grid, LatentMap, Roc};
pub use layer_figures::{Costs, Filters, LayerCost, Pooled};
pub use layers::{
    Draft, DraftRow, Input, LAYER_KINDS, LayerField, LayerKind, layer_kind, live_kinds, place_for,
};
pub use lesson::{Lesson, PARTS, frame};
pub use lines::{Knee, LineScale, Lines, PlacedDot, PlacedLine, XScale};
pub use link::{LANE_LETTERS, Lanes, from_link, in_place_of, to_link};
pub use look_inside::{HistogramPart, Histograms, LayerLines, Weight, Weights};
pub use machine_figures::{Intervals, NamedBars, Questions, TwoLayers, WordList, WordLists};
pub use memory_bars::{MemoryBar, MemoryBars};
pub use over_time::{TimeGroup, TimeMap, TimeMaps, TimeScale, Unrolled, Working, WorkingLine};
pub use overlay::{Shown, lane_name, overlaid};
pub use panel::*;
pub use past::{PastRun, PastRuns, settings_in_words};
pub use picture_rows::{PictureRow, PictureRows};
pub use pictures::*;
pub use probe::{ItemOrder, Probe, SequenceProbe, SurfaceProbe};
pub use race::{CurveAxis, Race, Runner, Standing, equal_end, first_crossing, target_level, value_at};
pub use rates::{RATES, rates_panel, said_of_rates};
pub use softmax::{Pull, SoftmaxBench, Softmaxed};
pub use surface::{SurfaceFigure, SurfaceMark, SurfacePath};
pub use sweep::{Sweep, SweepLine};
pub use verdict::{Left, Lows, Remedy, Tone, Verdict};

use crate::data::{Nudge, NudgeKind};
use crate::error::{Error, Result};
use crate::train::surface::Weights as WeightsKept;
use crate::train::{Experiment, Run, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Every lab, in the order of the page. A new one is its file and its line here.
pub const LABS: [&dyn Lab; 7] = [
    &gradients::Gradients,
    &cnn::Cnn,
    &autoencoder::Autoencoder,
    &sequence::Sequence,
    &rbm::Rbm,
    &batching::Batching,
    &optimizers::Optimizers,
];

/// What the visitor looks at; it decides what is computed for the eye, never a number of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The figures in sight, by their ids.
    pub figures: Vec<String>,
    /// The selected layer, counted from 1; the output layer is the last.
    pub layer: usize,
    /// The unit to be worked out, where one was chosen.
    #[serde(default)]
    pub focus: Option<Unit>,
    /// The picture on the pad as the network takes it; empty for an empty pad.
    #[serde(default)]
    pub picture: Vec<f32>,
    /// The cell of a confusion matrix whose pictures are shown, true and said class, where one was chosen.
    #[serde(default)]
    pub cell: Option<[usize; 2]>,
    /// How the picture is nudged before the network reads it.
    #[serde(default)]
    pub nudge: Nudge,
    /// The way of nudging that curves are drawn over.
    #[serde(default)]
    pub sweep: NudgeKind,
    /// What is to be checked, where the visitor asked.
    #[serde(default)]
    pub check: Asked,
    /// The inputs that the plane is drawn over, across and upwards, where there are more than two.
    #[serde(default)]
    pub axes: Option<[usize; 2]>,
    /// Whether the plane shows where the loss of training items falls.
    #[serde(default)]
    pub arrows: bool,
    /// What is looked for among items and codes.
    #[serde(default)]
    pub probe: Probe,
    /// Whether this is the lane that controls and most figures speak of.
    #[serde(default)]
    pub is_selected: bool,
    /// Whether the pen is down or a slider is held: figures that are slow to fill, or that no drawing changes,
    /// wait until it is let go.
    #[serde(default)]
    pub is_drawing: bool,
}

/// What a visitor asks a figure to work out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// How often so far; 0 before the first time.
    pub times: u32,
    /// The layer, counted from 1, into which a wrong derivative is put for the check.
    pub lie: Option<usize>,
}

/// Where a figure stands on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the story column, over the shared columns of the layers.
    Spine,
    /// In the story column, by itself.
    Story,
    /// In the column beside it.
    Side,
    /// In the row below them.
    Row,
    /// Below the first view: for a closer look, as many side by side as there is room for.
    Below,
}

/// A figure that a lab shows, before there is anything in it.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of a figure, and any may go together")]
pub struct FigureSlot {
    pub id: &'static str,
    pub title: &'static str,
    /// What is drawn, in a few words and with its unit.
    pub caption: &'static str,
    pub place: Place,
    /// Whether it speaks of the selected layer: its title is "Layer 3", and the layer's own control
    /// stands beside that.
    pub of_layer: bool,
    /// Whether it is asked for even out of sight, because its words stand elsewhere too.
    pub is_always_filled: bool,
    /// Whether it shows what the network makes of the drawing; others wait while something is drawn and
    /// the run stands still, since nothing in them changes.
    pub of_drawing: bool,
    /// Whether it shows what is looked for: it is filled at once when that changes. See [`Probe`].
    pub of_probe: bool,
    /// Whether it takes so long to fill that it waits while something is drawn.
    pub is_slow: bool,
    /// Whether it says how the run does on the test items: all of a lab that do are filled together, so that they say
    /// it of the same step.
    pub tests: bool,
    /// Whether its summary stands beneath it, for all to read.
    pub is_told: bool,
    /// Whether it is drawn over one way of nudging, chosen beside its title.
    pub sweeps: bool,
    /// The figure of feature maps from which it works out one unit, chosen beneath it.
    pub works_out: Option<&'static str>,
    /// Whether it is worked out only when asked, by a button beneath it; see [`Asked`].
    pub is_asked: bool,
    /// How it shows several lanes.
    pub across: Across,
    /// Height of the drawing in CSS pixels; 0 for a square.
    pub height_px: u32,
}

impl FigureSlot {
    /// A figure without any of the special things, which shows the selected lane.
    pub(crate) const fn new(
        id: &'static str,
        title: &'static str,
        caption: &'static str,
        place: Place,
        height_px: u32,
    ) -> Self {
        Self {
            id,
            title,
            caption,
            place,
            of_layer: false,
            is_always_filled: false,
            of_drawing: false,
            of_probe: false,
            is_slow: false,
            tests: false,
            is_told: false,
            sweeps: false,
            works_out: None,
            is_asked: false,
            across: Across::Selected,
            height_px,
        }
    }
}

/// How a figure shows several lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// All in one drawing; see [`overlaid`].
    Overlaid,
    /// A small drawing of each, side by side.
    SideBySide,
    /// Only the selected one.
    Selected,
}

/// The way of another lane through the same weight space.
#[derive(Clone, Debug)]
pub struct OtherWay {
    /// Its place in [`LANE_LETTERS`], and what it is called.
    pub lane: usize,
    pub label: String,
    /// Its weights, oldest first.
    pub snapshots: Vec<WeightsKept>,
}

/// An experiment as plain data.
pub trait Lab: Sync {
    /// Its name in an experiment and in the URL.
    fn name(&self) -> &'static str;
    /// Its name in the navigation.
    fn title(&self) -> &'static str;
    /// Whether the navigation shows it; one that is not whole yet opens by its link alone.
    fn is_listed(&self) -> bool {
        true
    }
    /// The sentence at the top.
    fn question(&self, experiment: &Experiment) -> String;
    /// The run that a visitor meets first.
    fn defaults(&self) -> Experiment;
    /// What runs in the other lanes beside that, in their order.
    fn beside(&self) -> Vec<Experiment> {
        Vec::new()
    }
    /// Passes when the lab can show this experiment.
    ///
    /// # Errors
    /// [`Error::Setting`] naming what it cannot show.
    fn check(&self, experiment: &Experiment) -> Result<()>;
    /// Whether its lanes race against time: each as fast as it can, and not step by step with the others.
    fn races_against_time(&self) -> bool {
        false
    }
    /// Steps a second at which this experiment plays until the visitor chooses; none for as many as the machine gives.
    fn usual_speed(&self, experiment: &Experiment) -> Option<f64> {
        let _ = experiment;
        if self.races_against_time() { None } else { Some(240.0) }
    }
    /// Whether there is a pad to draw on, whose picture is in the [`View`].
    fn has_pad(&self) -> bool {
        false
    }
    /// Whether it is about the drawing: the pad stands first, with what is made of it, and remedies are taken in the run at
    /// hand, whose reading of it is looked at, and not in a lane beside it.
    fn is_about_drawing(&self) -> bool {
        false
    }
    /// An experiment of the lab in two or three words, for its lane: "Sigmoid, Xavier".
    fn short_name(&self, experiment: &Experiment) -> String {
        let words = changes::changed_words(&self.defaults().difference(experiment), experiment);
        if words.is_empty() { "as the lab begins".into() } else { words }
    }
    /// Whether the short names of lanes tell what they differ in; if not, the others are told by what differs from the first.
    fn is_told_by_names(&self) -> bool {
        false
    }
    /// A sentence that sets the verdict on one lane beside those on others, each with the lane's name and words; empty where
    /// nothing can be compared.
    fn compared(&self, verdict: &Verdict, others: &[(String, Verdict)]) -> String {
        let _ = (verdict, others);
        String::new()
    }
    /// Whether the softmax bench stands below its figures.
    fn has_softmax_bench(&self) -> bool {
        false
    }
    /// Whether it trains on tables from outside.
    fn takes_tables(&self) -> bool {
        false
    }
    /// Whether what is looked at is a step in time, and not a layer.
    fn has_time(&self) -> bool {
        false
    }
    /// Whether it trains on texts from outside.
    fn takes_texts(&self) -> bool {
        false
    }
    /// The data that a text or a table from outside is given for, in this experiment.
    fn set_of_texts(&self, experiment: &Experiment) -> &'static str {
        let _ = experiment;
        if self.takes_texts() { "own_text" } else { "table" }
    }
    /// Whether pictures of one's own are offered to be trained on in this experiment, where there is a pad.
    fn offers_pictures(&self, experiment: &Experiment) -> bool {
        let _ = experiment;
        true
    }
    /// What can be set, in the order of the page; keys are those that [`Self::change`] takes.
    fn controls(&self, experiment: &Experiment) -> Vec<Control>;
    /// Number of layers before the output; they are what can be selected, counted from 1.
    fn depth(&self, experiment: &Experiment) -> usize {
        experiment.network.layers.len().saturating_sub(1)
    }
    /// The settings of one layer, counted from 1, for beside its figure.
    fn layer_controls(&self, experiment: &Experiment, layer: usize) -> Vec<Control>;
    /// `experiment` with a control set to a value, and with whatever must follow from it.
    ///
    /// # Errors
    /// As [`Experiment::from_value`], naming the setting.
    fn change(&self, experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment>;
    /// The figures, in the order of the page.
    fn figures(&self) -> &'static [FigureSlot];
    /// Whether a figure says anything of this experiment; if not, it is left out.
    fn shows(&self, id: &str, experiment: &Experiment) -> bool {
        let _ = (id, experiment);
        true
    }
    /// A figure's slot with the title and the caption that this experiment asks for.
    fn captioned(&self, slot: FigureSlot, experiment: &Experiment) -> FigureSlot {
        let _ = experiment;
        slot
    }
    /// Begins to watch a run, whose experiment passes [`Self::check`].
    fn observe(&self, run: &Run) -> Box<dyn Observer>;
    /// Goes on watching a run with what was [`Observer::seen`] of it; `None` where that is none of this run.
    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>>;
}

/// What a lab remembers of a run to draw it; it reads the run and never changes it.
pub trait Observer {
    /// Called after every step with its loss.
    fn after_step(&mut self, run: &Run, loss: f32);
    /// Whether [`Self::after_step`] tests after the step that was just made, which takes time that is no training.
    fn tests_after(&self, run: &Run) -> bool {
        let _ = run;
        false
    }
    /// Called after steps were made, with the milliseconds that they took on this device. No clock decides anything of a run.
    fn after_training(&mut self, run: &Run, ms: f64) {
        let _ = (run, ms);
    }
    /// The batch of which steps are to be timed on this device, while the run stands still and this is the selected lane;
    /// none where nothing is left to be timed.
    fn wants_timed(&self, run: &Run, view: &View) -> Option<usize> {
        let _ = (run, view);
        None
    }
    /// Called with the items that such steps learned from and the milliseconds that they took; none where they failed.
    fn timed(&mut self, batch: usize, took: Option<(usize, f64)>) {
        let _ = (batch, took);
    }
    /// The way of the run through weight space, oldest first; none where nothing is shown of it.
    fn way(&self, run: &Run) -> Vec<WeightsKept> {
        let _ = run;
        Vec::new()
    }
    /// Called with the ways of other lanes, to be shown beside that of this one, which is in lane `own`.
    fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        let _ = (own, others);
    }
    /// Called when the settings of the running network were changed.
    fn after_edit(&mut self, run: &Run);
    /// Called before the figures of a frame are asked for, with what the visitor looks at.
    fn look(&mut self, _: &Run, _: &View) {}
    /// The figure of this id as it is now; `None` for an id that is not this lab's.
    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel>;
    /// Whether a figure is worked out over several looks and there is more of it to be worked out at the step at hand.
    fn is_at_work(&self, id: &str, run: &Run) -> bool {
        let _ = (id, run);
        false
    }
    /// What the figures mean, in words.
    fn verdict(&self, run: &Run) -> Verdict;
    /// A copy that remembers the run up to here and nothing that was computed only to be shown, so that it is
    /// the same whatever was looked at.
    fn remember(&self) -> Box<dyn Observer>;
    /// The same as data, for a file.
    fn seen(&self) -> Value;
    /// Bytes that such a copy holds.
    fn bytes(&self) -> usize;
    /// The figure of this id as it is over the whole run up to here, with a mark at the step that the other figures show,
    /// which is where `run` stands; `None` for a figure that shows one moment.
    fn whole(&self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel>;
}

/// The lab of this name.
///
/// # Errors
/// [`Error::Setting`] listing the labs there are.
pub fn find(name: &str) -> Result<&'static dyn Lab> {
    LABS.into_iter().find(|lab| lab.name() == name).ok_or_else(|| {
        let names: Vec<&str> = LABS.iter().map(|lab| lab.name()).collect();
        Error::setting("lab", name, format!("one of {}", names.join(", ")))
    })
}

/// Reads an experiment from the text of a file, which `name` is, and passes when its lab can show it.
///
/// # Errors
/// [`Error::File`] with the name and what [`read`] or [`Lab::check`] says.
pub fn from_file(name: &str, text: &str) -> Result<Experiment> {
    /// Longer than any experiment with ten thousand edits.
    const MAX_BYTES: usize = 16 << 20;
    if text.len() > MAX_BYTES {
        let mb = text.len() >> 20;
        return Err(Error::file(
            name,
            format!("{mb} MB, but an experiment must be at most {} MB", MAX_BYTES >> 20),
        ));
    }
    let text = text.trim_start_matches('\u{feff}');
    let experiment = read(text).map_err(|error| Error::file(name, error))?;
    find(&experiment.lab)?.check(&experiment).map_err(|error| Error::file(name, error))?;
    Ok(experiment)
}

/// Reads an experiment from JSON text; what is left out comes from its lab's defaults.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Setting`] or [`Error::Shape`], naming the key.
pub fn read(text: &str) -> Result<Experiment> {
    let given: Value = serde_json::from_str(text).map_err(|error| Error::Unreadable {
        key: "experiment".into(),
        reason: format!(": this is not JSON: {error}"),
    })?;
    if !given.is_object() {
        let reason = ": must be a JSON object such as {\"data\": {\"name\": \"spiral\"}}".into();
        return Err(Error::Unreadable { key: "experiment".into(), reason });
    }
    let name = match given.get("lab") {
        None => LABS[0].name(),
        Some(Value::String(name)) => name,
        Some(other) => return Err(Error::setting("lab", other, "the name of a lab")),
    };
    let mut value = find(name)?.defaults().to_value();
    settings::merge(&mut value, given.clone(), "")?;
    Experiment::from_value(value)
}
