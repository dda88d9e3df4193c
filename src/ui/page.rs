//! The state of the page, and what is looked at. Components read its signals and
//! call the verbs of it, which stand here and beside what they are about.

use super::address::{self, Drag};
use super::browser;
use super::own::Own;
use super::pace::Measured;
use super::receptive::field_of;
use super::sheet::Sheet;
use super::trainer::Trainer;
use crate::data::digits::{self, Prepared};
use crate::data::{Nudge, NudgeKind};
use crate::labs::{self, Asked, FigureSlot, Lab, Numbers, Panel, Tone, Unit, Verdict, View};
use crate::plot;
use crate::train::{Experiment, is_sound};
use leptos::prelude::*;
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
    pub(super) is_drawing: RwSignal<bool>,
    /// The weight, counted within its neuron, that a click on its link asks to set.
    pub weight_wanted: RwSignal<Option<usize>>,
    /// What was asked of the figure that is worked out on demand.
    pub check: RwSignal<Asked>,
    /// The unit that is worked out, where one was chosen.
    pub(super) focus: RwSignal<Option<Unit>>,
    /// The cell of the confusion matrix whose pictures are shown, where one was chosen.
    pub(super) cell: RwSignal<Option<[usize; 2]>>,
    /// The visitor's own data.
    own: StoredValue<Own>,
    /// The unit that figures work out, chosen or not.
    pub(super) worked_out: RwSignal<Option<Unit>>,
    /// The unit under the pointer.
    pub hovered: RwSignal<Option<Unit>>,
    /// What the unit under the pointer, else the one that is worked out, sees of the picture.
    pub field: Memo<Option<[usize; 4]>>,
    /// What the colours of feature maps stand for.
    pub map_scale: RwSignal<plot::MapScale>,
    /// Counts changes of theme, so that figures take its colours.
    pub theme: RwSignal<u32>,
    /// Of every lab, by its name and theirs.
    pub(super) figures: StoredValue<BTreeMap<FigureKey, RwSignal<Option<Drawn>>>>,
    visible: StoredValue<BTreeSet<FigureKey>>,
    pub(super) trainer: StoredValue<Trainer, LocalStorage>,
    pub(super) drag: StoredValue<Drag>,
    /// When words were renewed, and the finding then.
    pub(super) renewed: StoredValue<(f64, String)>,
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
            weight_wanted: RwSignal::new(None),
            check: RwSignal::default(),
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
            check: self.check.get_untracked(),
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

    /// Selects a layer, from 1 to the last hidden one.
    pub fn select_layer(self, layer: usize) {
        let depth = self.current.with_untracked(|experiment| lab_of(experiment).depth(experiment));
        if (1..=depth).contains(&layer) {
            self.layer.set(layer);
            self.focus.set(None);
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

    /// Reaches the trainer.
    pub(super) fn update_trainer(self, change: impl FnOnce(&mut Trainer)) {
        self.trainer.update_value(change);
    }

    /// Reaches the trainer and returns what `change` gave; `None` once the page is gone.
    pub(super) fn try_update_trainer<T>(self, change: impl FnOnce(&mut Trainer) -> T) -> Option<T> {
        self.trainer.try_update_value(change)
    }
}

/// The verdict before there is one.
pub(super) fn measuring() -> Verdict {
    Verdict { tone: Tone::Note, word: "Measuring…".into(), text: String::new(), remedies: Vec::new() }
}

/// The lab of an experiment that was validated.
pub(super) fn lab_of(experiment: &Experiment) -> &'static dyn Lab {
    labs::find(&experiment.lab).expect("validated experiments name a lab")
}
