//! The state of the page, and what is looked at. Components read its signals and
//! call the verbs of it, which stand here and beside what they are about.

use super::address::{self, Drag};
use super::autosave::TakesUp;
use super::browser;
use super::history;
use super::lane::Lane;
use super::lanes::Round;
use super::look_inside::Wanted;
use super::own::Own;
use super::pace::{Measured, speed_of};
use super::receptive::field_of;
use super::sheet::Sheet;
use super::trainer::Trainer;
use crate::data::digits::{self, Prepared};
use crate::data::{Nudge, NudgeKind};
use crate::labs::{
    self, Across, Asked, FigureSlot, LANE_LETTERS, Lab, Numbers, Panel, PastRuns, Probe, Tone, Unit, Verdict,
    View, overlaid,
};
use crate::plot;
use crate::train::{Experiment, is_sound};
use crate::worker::protocol::Until;
use leptos::prelude::*;
use std::collections::BTreeSet;
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
    /// The first and the furthest step that can be gone to.
    pub first: usize,
    pub head: usize,
}

/// A panel as it came, with the numbers of its frame.
pub type Drawn = Arc<(Panel, Arc<Numbers>)>;

/// The name of a lab and of one of its figures.
pub type FigureKey = (&'static str, &'static str);

/// All state, as handles that components copy.
#[derive(Clone, Copy)]
pub struct Page {
    /// Every lane that there may be.
    pub(super) lanes: StoredValue<[Lane; LANE_LETTERS.len()]>,
    /// Those that are open, in order; the first always is.
    pub open_lanes: RwSignal<Vec<usize>>,
    /// The lane that controls, verdict and most figures speak of.
    pub selected_lane: RwSignal<usize>,
    /// Whether all lanes make the same number of steps.
    pub is_in_step: RwSignal<bool>,
    pub(super) round: StoredValue<Round>,
    /// Of the selected lane, as the three that follow: the run with its edits.
    pub experiment: Memo<Experiment>,
    /// The settings in force: what the controls show.
    pub current: Memo<Experiment>,
    pub progress: Memo<Progress>,
    pub verdict: Memo<Verdict>,
    /// Counts the moments at which words are renewed: at most once a second while a run plays, so that
    /// they can be read; at once when the finding is another or the run stands still.
    pub words: RwSignal<u32>,
    /// A refusal or another word to the visitor.
    pub notice: RwSignal<Option<String>>,
    /// That the link that the page was opened with was refused, until what is shown instead is known.
    refused: StoredValue<Option<String>>,
    pub is_playing: RwSignal<bool>,
    pub speed: RwSignal<usize>,
    /// Where playing stops.
    pub until: RwSignal<Option<Until>>,
    /// Whether the visitor knows that the browser keeps no runs.
    pub(super) is_told_of_store: StoredValue<bool>,
    /// Where it stopped, until it plays on.
    pub reached: RwSignal<Option<(Until, Option<f32>)>>,
    /// The step that is gone to, from when it is asked for until another frame shows.
    pub sought: RwSignal<Option<usize>>,
    /// The selected layer, from 1.
    pub layer: RwSignal<usize>,
    /// What is on the pad.
    pub sheet: RwSignal<Sheet>,
    /// The pad's picture, stage by stage.
    pub prepared: Memo<Prepared>,
    /// How the pad's picture is nudged before the network reads it, and the way that curves are drawn over.
    pub nudge: RwSignal<Nudge>,
    pub sweep: RwSignal<NudgeKind>,
    /// What is looked for among items and codes.
    pub probe: RwSignal<Probe>,
    /// Whether the pen is down or a slider is held.
    pub(super) is_drawing: RwSignal<bool>,
    /// The weight that a click on its link asks to set.
    pub(super) weight_wanted: RwSignal<Option<Wanted>>,
    /// What was asked of the figure that is worked out on demand.
    pub check: RwSignal<Asked>,
    /// Whether the plane shows where the loss of training items falls.
    pub arrows: RwSignal<bool>,
    /// The unit that is worked out, where one was chosen.
    pub(super) focus: RwSignal<Option<Unit>>,
    /// The link into it, by where that comes from, where one was chosen.
    pub(super) link: RwSignal<Option<usize>>,
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
    /// Runs that were left, of this visit and those before.
    pub history: RwSignal<PastRuns>,
    /// Counts changes of theme, so that figures take its colours.
    pub theme: RwSignal<u32>,
    visible: StoredValue<BTreeSet<FigureKey>>,
    /// Whether figures are asked for that are out of sight, for a file of all.
    wants_all: StoredValue<bool>,
    pub(super) drag: StoredValue<Drag>,
    /// When words were renewed, and the finding then.
    pub(super) renewed: StoredValue<(f64, String)>,
}

impl Page {
    /// The page of the address, or of the defaults with a word on what is wrong with the address.
    pub fn new() -> Self {
        let hash = address::hash();
        let (link, refused) = match labs::from_link(&hash) {
            Ok(link) => (link, None),
            Err(error) => (labs::in_place_of(&hash), Some(format!("The link was not taken: {error}."))),
        };
        let notice =
            refused.as_ref().map(|refused| format!("{refused} The lab’s defaults are shown instead."));
        let lanes: StoredValue<[Lane; LANE_LETTERS.len()]> =
            StoredValue::new(std::array::from_fn(|index| Lane::new(index, link.first.clone())));
        let sheet = RwSignal::new(Sheet::with_sample());
        let (worked_out, hovered) = (RwSignal::new(None::<Unit>), RwSignal::new(None::<Unit>));
        let selected_lane = RwSignal::new(0);
        let lane = move || lanes.with_value(|lanes| lanes[selected_lane.get()]);
        let current = Memo::new(move |_| lane().current.get());
        let field = Memo::new(move |_| {
            let unit = hovered.get().or(worked_out.get())?;
            current.with(|experiment| field_of(experiment, unit))
        });
        let page = Self {
            sheet,
            prepared: Memo::new(move |_| sheet.with(Sheet::prepared)),
            nudge: RwSignal::default(),
            sweep: RwSignal::default(),
            probe: RwSignal::default(),
            is_drawing: RwSignal::new(false),
            weight_wanted: RwSignal::new(None),
            check: RwSignal::default(),
            arrows: RwSignal::new(false),
            focus: RwSignal::new(None),
            link: RwSignal::new(None),
            cell: RwSignal::new(None),
            own: StoredValue::new(Own::new()),
            worked_out,
            hovered,
            field,
            map_scale: RwSignal::default(),
            lanes,
            open_lanes: RwSignal::new(vec![0]),
            selected_lane,
            is_in_step: RwSignal::new(true),
            round: StoredValue::default(),
            current,
            experiment: Memo::new(move |_| lane().experiment.get()),
            progress: Memo::new(move |_| lane().progress.get()),
            verdict: Memo::new(move |_| lane().verdict.get()),
            words: RwSignal::new(0),
            notice: RwSignal::new(notice),
            refused: StoredValue::new(refused),
            is_playing: RwSignal::new(false),
            speed: RwSignal::new(speed_of(None)),
            until: RwSignal::new(None),
            is_told_of_store: StoredValue::new(false),
            reached: RwSignal::new(None),
            sought: RwSignal::new(None),
            layer: RwSignal::new(1),
            history: RwSignal::new(history::stored()),
            theme: RwSignal::new(0),
            visible: StoredValue::default(),
            wants_all: StoredValue::default(),
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
        page.set_pace_of(&link.first, None);
        let word = page.open(link.clone(), "This link");
        page.take_up_look();
        page.take_up(&link, word);
        page
    }

    /// Tells that the run that this tab kept goes on in place of a link that was refused, if one was.
    pub(super) fn tell_of_kept(self, takes_up: TakesUp) {
        if takes_up == TakesUp::OfAddress
            && let Some(refused) = self.refused.try_update_value(Option::take).flatten()
        {
            self.notice.set(Some(format!("{refused} The run that this tab kept goes on instead.")));
        }
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

    /// What a figure of the open lab shows now, for the selected lane.
    pub fn figure(self, id: &'static str) -> Signal<Option<Drawn>> {
        let lab = self.lab().name();
        Signal::derive(move || self.lane_at(self.selected_lane.get()).figure((lab, id)).get())
    }

    /// What a figure of the open lab shows now, for all lanes where it shows several in one drawing.
    pub fn shown(self, slot: FigureSlot) -> Signal<Option<Drawn>> {
        if slot.across != Across::Overlaid {
            return self.figure(slot.id);
        }
        let key = (self.lab().name(), slot.id);
        let joined = Memo::new_with_compare(
            move |_| {
                let (open, selected) = (self.open_lanes.get(), self.selected_lane.get());
                let drawn: Vec<(usize, Drawn)> = open
                    .iter()
                    .filter_map(|&lane| Some((lane, self.lane_at(lane).figure(key).get()?)))
                    .collect();
                let of_selected =
                    || drawn.iter().find(|(lane, _)| *lane == selected).map(|(_, drawn)| Arc::clone(drawn));
                if open.len() == 1 {
                    return of_selected();
                }
                let lanes: Vec<_> = drawn.iter().map(|(lane, drawn)| (*lane, &drawn.0, &*drawn.1)).collect();
                let joined =
                    overlaid(&lanes, selected).map(|(panel, numbers)| Arc::new((panel, Arc::new(numbers))));
                joined.or_else(of_selected)
            },
            is_another,
        );
        joined.into()
    }

    /// What the visitor looks at of a lane.
    pub fn view(self, lane: Lane) -> View {
        let lab = self.lab().name();
        let is_selected = lane.index == self.selected_lane.get_untracked();
        let shows = |id: &str| self.current.with_untracked(|current| self.lab().shows(id, current));
        let is_asked = |slot: &&FigureSlot| {
            shows(slot.id)
                && (is_selected || slot.across != Across::Selected)
                && (slot.is_always_filled
                    || self.wants_all.get_value()
                    || self.visible.with_value(|visible| visible.contains(&(lab, slot.id))))
        };
        View {
            figures: self.slots().iter().filter(is_asked).map(|slot| slot.id.to_owned()).collect(),
            layer: self.layer.get_untracked(),
            focus: self.focus.get_untracked(),
            picture: if self.lab().has_pad() { untrack(|| self.picture()) } else { Vec::new() },
            cell: self.cell.get_untracked(),
            axes: self.own().axes.get_untracked(),
            nudge: self.nudge.get_untracked(),
            sweep: self.sweep.get_untracked(),
            check: self.check.get_untracked(),
            probe: self.probe.get_untracked(),
            arrows: self.arrows.get_untracked(),
            is_selected,
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

    /// The same as a neuron of the network's diagram, or as a link into it.
    pub fn chosen(self) -> Option<plot::NeuronAt> {
        let unit = self.focus.get()?;
        Some(plot::NeuronAt { column: unit.layer + 1, unit: unit.map, from: self.link.get() })
    }

    /// Looks into no unit any more.
    pub fn let_go(self) {
        self.focus.set(None);
        self.link.set(None);
        self.refresh();
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

    /// Looks for something else among items and codes.
    pub fn look_for(self, change: impl FnOnce(&mut Probe)) {
        self.probe.update(change);
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
        self.link.set(None);
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

    /// Asks for every figure from now on, or only for those that are looked at again.
    pub fn ask_for_all(self, wants_all: bool) {
        self.wants_all.set_value(wants_all);
        self.refresh();
    }

    /// Asks for the figures, and the words, anew, without a step.
    pub fn refresh(self) {
        self.renewed.update_value(|(last, _)| *last = 0.0);
        self.open_lanes().for_each(|lane| lane.update_trainer(Trainer::refresh));
    }

    /// Takes the other theme.
    pub fn toggle_theme(self) {
        browser::set_dark(!browser::is_dark());
        self.theme.update(|count| *count += 1);
    }

    /// The lane of this place among the letters, open or not.
    pub fn lane_at(self, index: usize) -> Lane {
        self.lanes.with_value(|lanes| lanes[index])
    }

    /// The lane that is selected.
    pub fn lane(self) -> Lane {
        self.lane_at(self.selected_lane.get_untracked())
    }

    /// Reaches the trainer of the selected lane.
    pub(super) fn update_trainer(self, change: impl FnOnce(&mut Trainer)) {
        self.lane().update_trainer(change);
    }
}

/// Whether a figure is another one than before: not by its numbers, which would all have to be compared.
fn is_another(before: Option<&Option<Drawn>>, now: Option<&Option<Drawn>>) -> bool {
    match (before.and_then(Option::as_ref), now.and_then(Option::as_ref)) {
        (Some(before), Some(now)) => !Arc::ptr_eq(before, now),
        (before, now) => before.is_some() || now.is_some(),
    }
}

/// The verdict before there is one.
pub(super) fn measuring() -> Verdict {
    Verdict::new(Tone::Note, "Measuring…", String::new(), Vec::new())
}

/// The lab of an experiment that was validated.
pub(super) fn lab_of(experiment: &Experiment) -> &'static dyn Lab {
    labs::find(&experiment.lab).expect("validated experiments name a lab")
}
