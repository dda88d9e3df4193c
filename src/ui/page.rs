//! The state of the page, and what can be done to it. Signals are set from here alone: components
//! read them and call these verbs.

use super::address::{self, Drag};
use super::browser;
use super::own::Own;
use super::pace::Measured;
use super::receptive::field_of;
use super::sheet::Sheet;
use super::trainer::{Taken, Trainer};
use crate::data::digits::{self, Prepared};
use crate::data::{Nudge, NudgeKind};
use crate::error::Error;
use crate::labs::{self, Figure, FigureSlot, Lab, Numbers, Panel, Remedy, Tone, Unit, Verdict, View};
use crate::plot;
use crate::train::{Experiment, is_live, is_sound};
use crate::worker::protocol::Frame;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the run stands, for the transport bar.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    pub step: usize,
    pub epoch: usize,
    /// Training items that the epoch at hand has dealt, and all of them.
    pub epoch_items: [usize; 2],
    /// Over the last second of playing; zeros when paused.
    pub measured: Measured,
    pub has_diverged: bool,
}

/// A panel as it came, with the numbers of its frame.
pub type Drawn = Arc<(Panel, Arc<Numbers>)>;

/// Time for which words stay while a run plays.
const RENEWAL_MS: f64 = 1000.0;

/// The name of a lab and of one of its figures.
pub type FigureKey = (&'static str, &'static str);

/// All state, as handles that components copy.
#[derive(Clone, Copy)]
pub struct Page {
    /// The run with its edits: what the address holds.
    pub experiment: RwSignal<Experiment>,
    /// The settings in force: what the controls show.
    pub current: RwSignal<Experiment>,
    pub progress: RwSignal<Progress>,
    pub verdict: RwSignal<Verdict>,
    /// Counts the moments at which words are renewed: at most once a second while a run plays, so that
    /// they can be read; at once when the finding is another or the run stands still.
    pub words: RwSignal<u32>,
    /// A refusal or another word to the visitor.
    pub notice: RwSignal<Option<String>>,
    pub is_playing: RwSignal<bool>,
    pub speed: RwSignal<usize>,
    /// The selected layer, from 1.
    pub layer: RwSignal<usize>,
    /// What is on the pad.
    pub sheet: RwSignal<Sheet>,
    /// The pad's picture, stage by stage.
    pub prepared: Memo<Prepared>,
    /// How the pad's picture is nudged before the network reads it, and the way that curves are drawn over.
    pub nudge: RwSignal<Nudge>,
    pub sweep: RwSignal<NudgeKind>,
    /// Whether the pen is down or a slider is held.
    is_drawing: RwSignal<bool>,
    /// The unit that is worked out, where one was chosen.
    focus: RwSignal<Option<Unit>>,
    /// The cell of the confusion matrix whose pictures are shown, where one was chosen.
    cell: RwSignal<Option<[usize; 2]>>,
    /// The visitor's own data.
    own: StoredValue<Own>,
    /// The unit that figures work out, chosen or not.
    worked_out: RwSignal<Option<Unit>>,
    /// The unit under the pointer.
    pub hovered: RwSignal<Option<Unit>>,
    /// What the unit under the pointer, else the one that is worked out, sees of the picture.
    pub field: Memo<Option<[usize; 4]>>,
    /// What the colours of feature maps stand for.
    pub map_scale: RwSignal<plot::MapScale>,
    /// Counts changes of theme, so that figures take its colours.
    pub theme: RwSignal<u32>,
    /// Of every lab, by its name and theirs.
    figures: StoredValue<BTreeMap<FigureKey, RwSignal<Option<Drawn>>>>,
    visible: StoredValue<BTreeSet<FigureKey>>,
    trainer: StoredValue<Trainer, LocalStorage>,
    drag: StoredValue<Drag>,
    /// When words were renewed, and the finding then.
    renewed: StoredValue<(f64, String)>,
}

impl Page {
    /// The page of the address, or of the defaults with a word on what is wrong with the address.
    pub fn new() -> Self {
        let (experiment, notice) = match labs::from_link(&address::hash()) {
            Ok(experiment) => (experiment, None),
            Err(error) => {
                let notice =
                    format!("The link was not taken: {error}. The lab’s defaults are shown instead.");
                (labs::LABS[0].defaults(), Some(notice))
            }
        };
        let of_lab = |lab: &&'static dyn Lab| {
            let name = lab.name();
            lab.figures().iter().map(move |slot| ((name, slot.id), RwSignal::new(None)))
        };
        let figures = labs::LABS.iter().flat_map(of_lab).collect();
        let sheet = RwSignal::new(Sheet::with_sample());
        let (worked_out, hovered) = (RwSignal::new(None::<Unit>), RwSignal::new(None::<Unit>));
        let current = RwSignal::new(experiment.clone());
        let field = Memo::new(move |_| {
            let unit = hovered.get().or(worked_out.get())?;
            current.with(|experiment| field_of(experiment, unit))
        });
        let page = Self {
            sheet,
            prepared: Memo::new(move |_| sheet.with(Sheet::prepared)),
            nudge: RwSignal::default(),
            sweep: RwSignal::default(),
            is_drawing: RwSignal::new(false),
            focus: RwSignal::new(None),
            cell: RwSignal::new(None),
            own: StoredValue::new(Own::new()),
            worked_out,
            hovered,
            field,
            map_scale: RwSignal::default(),
            current,
            experiment: RwSignal::new(experiment),
            progress: RwSignal::default(),
            verdict: RwSignal::new(measuring()),
            words: RwSignal::new(0),
            notice: RwSignal::new(notice),
            is_playing: RwSignal::new(false),
            speed: RwSignal::new(2),
            layer: RwSignal::new(1),
            theme: RwSignal::new(0),
            figures: StoredValue::new(figures),
            visible: StoredValue::default(),
            trainer: StoredValue::new_local(Trainer::default()),
            drag: StoredValue::default(),
            renewed: StoredValue::default(),
        };
        if page.notice.with_untracked(Option::is_some) {
            page.write_address(); // what is shown, in place of what cannot be
        }
        if !is_sound() {
            let text = "This browser computes differently from all others (a known fault of some versions): please update it. \
                        What you see is still measured, but a link will not give the same numbers elsewhere.";
            page.notice.set(Some(text.into()));
        }
        page.trainer.update_value(|trainer| trainer.start(page));
        let (experiment, word) = page.with_data_at_hand(page.experiment.get_untracked(), "This link");
        if word.is_some() {
            page.notice.set(word);
        }
        page.restart(experiment);
        page
    }

    /// The lab that is open.
    pub fn lab(self) -> &'static dyn Lab {
        self.current.with_untracked(lab_of)
    }

    /// The name of the lab that is open, for what is made anew with another lab.
    pub fn open_lab(self) -> Memo<String> {
        Memo::new(move |_| self.current.with(|experiment| experiment.lab.clone()))
    }

    /// The figures of the lab.
    pub fn slots(self) -> &'static [FigureSlot] {
        self.lab().figures()
    }

    /// What a figure of the open lab shows now.
    pub fn figure(self, id: &'static str) -> RwSignal<Option<Drawn>> {
        let lab = self.lab().name();
        self.figures.with_value(|figures| figures[&(lab, id)])
    }

    /// What the visitor looks at.
    pub fn view(self) -> View {
        let lab = self.lab().name();
        let is_asked = |slot: &&FigureSlot| {
            slot.is_always_filled || self.visible.with_value(|visible| visible.contains(&(lab, slot.id)))
        };
        View {
            figures: self.slots().iter().filter(is_asked).map(|slot| slot.id.to_owned()).collect(),
            layer: self.layer.get_untracked(),
            focus: self.focus.get_untracked(),
            picture: if self.lab().has_pad() { untrack(|| self.picture()) } else { Vec::new() },
            cell: self.cell.get_untracked(),
            nudge: self.nudge.get_untracked(),
            sweep: self.sweep.get_untracked(),
            is_drawing: self.is_drawing.get_untracked(),
        }
    }

    /// What is on the pad, as the network takes it; empty for an empty pad.
    pub fn picture(self) -> Vec<f32> {
        let size = self.input_size();
        if let Some(picture) = self.sheet.with(|sheet| sheet.photo()?.as_prepared(size)) {
            return picture;
        }
        let is_empty = self.sheet.with(Sheet::is_empty);
        let resized = |prepared: &Prepared| digits::resized(&prepared.image, [digits::SIDE; 2], size);
        if is_empty { Vec::new() } else { self.prepared.with(resized) }
    }

    /// The visitor's own data.
    pub fn own(self) -> Own {
        self.own.get_value()
    }

    /// Height and width of the pictures that the network takes.
    pub fn input_size(self) -> [usize; 2] {
        let shape = self.current.with(|experiment| experiment.data.input_shape());
        match shape.as_deref() {
            Ok(&[height, width, _]) => [height, width],
            _ => [digits::SIDE; 2],
        }
    }

    /// Chooses the cell of the confusion matrix whose pictures are shown.
    pub fn set_cell(self, cell: [usize; 2]) {
        self.cell.set(Some(cell));
        self.refresh();
    }

    /// The unit that the visitor chose.
    pub fn focus(self) -> Option<Unit> {
        self.focus.get_untracked()
    }

    /// Whether the visitor points at a unit or chose one.
    pub fn has_pointed(self) -> bool {
        self.hovered.with(Option::is_some) || self.focus.with(Option::is_some)
    }

    /// Nudges the picture.
    pub fn set_nudge(self, nudge: Nudge) {
        self.nudge.set(nudge);
        self.refresh();
    }

    /// Takes away what is on the pad, and its nudge, which belongs to it.
    pub fn clear_sheet(self) {
        self.sheet.update(Sheet::clear);
        self.set_nudge(Nudge::default());
    }

    /// Tells that the pen is set down or a slider held, or that it is let go: then what waited is worked out.
    pub fn set_drawing(self, is_drawing: bool) {
        if self.is_drawing.get_untracked() != is_drawing {
            self.is_drawing.set(is_drawing);
            self.refresh();
        }
    }

    /// Chooses the unit that is worked out.
    pub fn set_focus(self, unit: Unit) {
        self.focus.set(Some(unit));
        self.refresh();
    }

    /// Sets a control. What can change in the running network is changed there; for the rest a new run begins.
    pub fn set(self, key: &str, value: &Value) {
        self.change(key, value, false);
    }

    /// Does what a remedy says.
    pub fn apply(self, remedy: &Remedy) {
        self.change(&remedy.key, &remedy.value, remedy.restarts);
    }

    /// Sets a control to what it is by the lab's defaults.
    pub fn set_default(self, key: &str) {
        let controls = self.lab().controls(&self.lab().defaults());
        if let Some(control) = controls.into_iter().find(|control| control.key == key) {
            self.set(key, &control.value);
        }
    }

    fn change(self, key: &str, value: &Value, restarts: bool) {
        let before = self.current.get_untracked();
        let after = match lab_of(&before).change(&before, key, value) {
            Ok(after) => after,
            Err(error) => return self.notice.set(Some(refusal(&error))),
        };
        self.notice.set(None);
        let difference = before.difference(&after);
        if difference.is_empty() {
            return;
        }
        self.note_change(key);
        let is_over = self.progress.with_untracked(|progress| progress.has_diverged);
        if !is_over && !restarts && difference.keys().all(|key| is_live(key)) {
            self.current.set(after);
            self.trainer.update_value(|trainer| trainer.edit(difference));
        } else {
            self.restart(after);
            self.write_address();
        }
    }

    /// Begins a new run of another experiment, as after a change of the control `key`.
    pub(super) fn begin(self, key: &str, experiment: Experiment) {
        self.begin_on(key, experiment, None);
    }

    /// The same, where that is `taken`, on what files gave.
    pub(super) fn begin_on(self, key: &str, experiment: Experiment, taken: Option<Taken>) {
        self.note_change(key);
        self.restart_on(experiment, taken);
        self.write_address();
    }

    /// Begins again from the seed's weights, with the settings in force.
    pub fn reset(self) {
        let experiment = self.current.get_untracked();
        if self.experiment.with_untracked(|experiment| !experiment.edits.is_empty()) {
            self.note_change("reset");
        }
        self.restart(experiment);
        self.write_address();
    }

    /// Begins again from the weights of another seed.
    pub fn set_seed(self, seed: u64) {
        self.set("seed", &seed.into());
    }

    /// A seed that was not used last.
    pub fn new_seed(self) {
        let seed = self.current.with_untracked(|experiment| experiment.seed);
        self.set_seed((seed + 1 + (js_sys::Math::random() * 9997.0) as u64) % 10_000);
    }

    pub(super) fn restart(self, experiment: Experiment) {
        self.restart_on(experiment, None);
    }

    fn restart_on(self, experiment: Experiment, taken: Option<Taken>) {
        let bare = Experiment { edits: Vec::new(), ..experiment.clone() };
        if self.lab().name() != experiment.lab {
            self.is_playing.set(false);
            self.verdict.set(measuring());
            self.progress.set(Progress::default());
            self.focus.set(None);
            self.cell.set(None);
            self.hovered.set(None);
            self.worked_out.set(None);
            self.nudge.set(Nudge::default());
            self.is_drawing.set(false);
            self.words.update(|count| *count += 1);
            self.figures.with_value(|figures| figures.values().for_each(|figure| figure.set(None)));
        }
        self.current.set(bare);
        self.experiment.set(experiment.clone());
        let depth = experiment.network.layers.len() - 1;
        self.layer.update(|layer| *layer = (*layer).clamp(1, depth.max(1)));
        self.trainer.update_value(|trainer| trainer.restart(experiment, taken));
    }

    /// Plays or pauses.
    pub fn toggle_play(self) {
        if self.progress.with_untracked(|progress| progress.has_diverged) {
            return;
        }
        self.is_playing.update(|is_playing| *is_playing = !*is_playing);
        // Paused figures are all of the last step.
        self.trainer.update_value(Trainer::refresh);
    }

    /// Trains so many steps and stands still.
    pub fn advance(self, steps: u32) {
        self.is_playing.set(false);
        if !self.progress.with_untracked(|progress| progress.has_diverged) {
            self.trainer.update_value(|trainer| trainer.advance(steps));
        }
    }

    /// Trains one epoch and stands still.
    pub fn advance_epoch(self) {
        let steps = self.current.with_untracked(|experiment| {
            let items = experiment.training_items();
            items.div_ceil(experiment.batch_size.items(items))
        });
        self.advance(steps as u32);
    }

    /// Selects a layer, from 1 to the last hidden one.
    pub fn select_layer(self, layer: usize) {
        let depth = self.current.with_untracked(|experiment| experiment.network.layers.len() - 1);
        if (1..=depth).contains(&layer) {
            self.layer.set(layer);
            self.refresh();
        }
    }

    /// Tells that a figure came into sight or left it.
    pub fn set_visible(self, id: FigureKey, is_visible: bool) {
        let changed = self
            .visible
            .try_update_value(|visible| if is_visible { visible.insert(id) } else { visible.remove(&id) });
        if is_visible && changed == Some(true) {
            self.refresh();
        }
    }

    /// Asks for the figures, and the words, anew, without a step.
    pub fn refresh(self) {
        self.renewed.update_value(|(last, _)| *last = 0.0);
        self.trainer.update_value(Trainer::refresh);
    }

    /// Takes the other theme.
    pub fn toggle_theme(self) {
        browser::set_dark(!browser::is_dark());
        self.theme.update(|count| *count += 1);
    }

    /// Takes in a frame of the run at hand; called once for each drawn frame at most.
    pub fn show(
        self,
        frame: Frame,
        mut panels: BTreeMap<String, Drawn>,
        progress: Progress,
        has_pending_edit: bool,
    ) {
        if self.progress.get_untracked() != progress {
            self.progress.set(progress);
        }
        for slot in self.slots() {
            if let Some(drawn) = panels.remove(slot.id) {
                if let Figure::Maps(maps) = &drawn.0.figure
                    && self.worked_out.get_untracked() != maps.focus
                {
                    self.worked_out.set(maps.focus);
                }
                self.figure(slot.id).set(Some(drawn));
            }
        }
        if self.verdict.with_untracked(|verdict| *verdict != frame.verdict) {
            self.verdict.set(frame.verdict);
        }
        self.renew_words();
        if has_pending_edit {
            return; // the controls are ahead of this frame
        }
        let Some(settings) = frame.settings else { return };
        if self.current.with_untracked(|current| *current != settings.current) {
            let size = untrack(|| self.input_size());
            self.current.set(settings.current);
            if untrack(|| self.input_size()) != size {
                self.refresh(); // the picture that this frame was asked for with was of another size
            }
        }
        if self.experiment.with_untracked(|experiment| *experiment != settings.experiment) {
            self.experiment.set(settings.experiment);
            self.write_address();
        }
    }

    fn renew_words(self) {
        let now = js_sys::Date::now();
        let word = self.verdict.with_untracked(|verdict| verdict.word.clone());
        let is_due = self.renewed.with_value(|(last, said)| {
            !self.is_playing.get_untracked() || *said != word || now - last >= RENEWAL_MS
        });
        if is_due {
            self.renewed.set_value((now, word));
            self.words.update(|count| *count += 1);
        }
    }

    /// Opens the experiment of the address, as after "back"; what cannot be read changes nothing.
    pub fn read_address(self) {
        match labs::from_link(&address::hash()) {
            Ok(experiment) if experiment == self.experiment.get_untracked() => self.notice.set(None),
            Ok(experiment) => {
                let (experiment, word) = self.with_data_at_hand(experiment, "This link");
                self.notice.set(word);
                self.restart(experiment);
            }
            Err(error) => {
                self.notice.set(Some(refusal(&error)));
                self.write_address();
            }
        }
    }

    /// The link that shows this run to somebody else.
    pub fn link(self) -> String {
        self.experiment.with_untracked(labs::to_link).unwrap_or_default()
    }

    /// Reaches the trainer.
    pub(super) fn update_trainer(self, change: impl FnOnce(&mut Trainer)) {
        self.trainer.update_value(change);
    }

    /// Reaches the trainer and returns what `change` gave; `None` once the page is gone.
    pub(super) fn try_update_trainer<T>(self, change: impl FnOnce(&mut Trainer) -> T) -> Option<T> {
        self.trainer.try_update_value(change)
    }

    /// A change of another control, or after a pause, becomes an entry of its own in the history.
    fn note_change(self, key: &str) {
        if self.drag.try_update_value(|drag| drag.begins_with(key)) == Some(true) {
            address::push(&self.link());
        }
    }

    /// Puts the run at hand into the address; a link that was there and waited for its files is left.
    fn write_address(self) {
        self.own().wait_no_more();
        address::replace(&self.link());
    }
}

/// The verdict before there is one.
fn measuring() -> Verdict {
    Verdict { tone: Tone::Note, word: "Measuring…".into(), text: String::new(), remedies: Vec::new() }
}

/// The lab of an experiment that was validated.
fn lab_of(experiment: &Experiment) -> &'static dyn Lab {
    labs::find(&experiment.lab).expect("validated experiments name a lab")
}

pub(super) fn refusal(error: &Error) -> String {
    format!("That was not taken: {error}. Everything is as it was.")
}
