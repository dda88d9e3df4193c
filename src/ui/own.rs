//! The visitor's own data: files and drawings to train on, and what becomes of them.

use super::icons::{self, Icon};
use super::page::{Page, refusal};
use super::trainer::{Offer, Taken, Trainer};
use super::{browser, intake};
use crate::data::digits::{Collection, Drawing, Photo};
use crate::data::{DataConfig, DataSet, idx};
use crate::error::Result;
use crate::labs::format::count;
use crate::labs::{self, LABS, Lab};
use crate::train::{Experiment, InitialWeights};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where drawings are kept for the next visit.
const KEY: &str = "glassbox-drawings";
/// Characters of drawings that are kept for the next visit: most browsers keep five million in all.
const MAX_KEPT: usize = 2_000_000;
/// Fewest drawings that are trained on.
const MIN_DRAWINGS: usize = 10;

/// What the visitor has brought along.
#[derive(Clone, Copy)]
pub struct Own {
    /// How much of the files at hand is read, 0…1.
    pub reading: RwSignal<Option<f32>>,
    pub drawings: RwSignal<Collection>,
    /// Whether all of them are kept for the next visit.
    is_kept: RwSignal<bool>,
    /// What the worker has been given: an experiment's data, and words for it.
    given: RwSignal<Vec<(DataConfig, String)>>,
    /// Whether the worker has been given a model.
    has_model: RwSignal<bool>,
    /// The experiment of a link that waits for its files.
    waiting: RwSignal<Option<Experiment>>,
    /// Counts what was opened, so that what comes late is known.
    turn: StoredValue<u32>,
}

impl Own {
    /// With the drawings of the last visit.
    pub fn new() -> Self {
        let kept = browser::stored(KEY).and_then(|text| Collection::from_ndjson("", &text).ok());
        Self {
            reading: RwSignal::new(None),
            drawings: RwSignal::new(kept.unwrap_or_default()),
            is_kept: RwSignal::new(true),
            given: RwSignal::default(),
            has_model: RwSignal::new(false),
            waiting: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// Begins another opening of files.
    pub fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    /// Whether nothing was opened or cancelled since.
    pub fn is_turn(self, turn: u32) -> bool {
        self.turn.get_value() == turn
    }

    /// Changes the drawings and keeps them for the next visit.
    pub fn change(self, change: impl FnOnce(&mut Collection)) {
        self.drawings.update(change);
        let text = self.drawings.with_untracked(Collection::to_ndjson);
        let fits = text.len() <= MAX_KEPT;
        if fits {
            browser::store(KEY, &text);
        }
        self.is_kept.set(fits);
    }

    /// The worker holds what files gave.
    pub(super) fn hold(self, taken: Taken) {
        match taken {
            Taken::Model => self.has_model.set(true),
            Taken::Pictures(data, summary) => self.given.update(|given| {
                given.retain(|(before, _)| before.name != data.name);
                given.push((data, summary));
            }),
        }
    }

    /// What waited for its files does so no more.
    pub(super) fn wait_no_more(self) {
        if self.waiting.with_untracked(Option::is_some) {
            self.waiting.set(None);
        }
    }

    fn given(self, set: &str) -> Option<(DataConfig, String)> {
        self.given.with(|given| given.iter().find(|(data, _)| data.name == set).cloned())
    }
}

impl Page {
    /// Puts an image on the pad.
    pub fn put_photo(self, photo: Photo) {
        self.sheet.update(|sheet| sheet.put(photo));
        self.refresh();
    }

    /// Adds what is on the pad to the drawings.
    fn add_drawing(self, digit: u8) {
        let strokes = self.sheet.with_untracked(|sheet| sheet.strokes().to_vec());
        if self.sheet.with_untracked(|sheet| sheet.photo().is_some()) {
            let text = "An image cannot be added to your drawings: draw the digit with mouse, finger or pen.";
            return self.notice.set(Some(text.into()));
        }
        let mut added = Ok(());
        self.own()
            .change(|own| added = Drawing::new(Some(digit), strokes).and_then(|drawing| own.add(&drawing)));
        self.notice.set(added.err().map(|error| refusal(&error)));
    }

    /// Hands files to the worker; what it makes of them comes to [`Self::take_given`].
    pub fn give(self, set: &str, files: Vec<(String, ArrayBuffer)>) {
        self.offer(Offer { set: Some(set.into()), files });
    }

    /// Hands a model file to the worker; what it makes of it comes to [`Self::take_model`].
    pub fn give_model(self, name: String, bytes: ArrayBuffer) {
        self.offer(Offer { set: None, files: vec![(name, bytes)] });
    }

    fn offer(self, offer: Offer) {
        if self.try_update_trainer(|trainer| trainer.has_worker()) != Some(true) {
            return self.refuse_files("there is no trainer any more to read it: reload the page");
        }
        self.own().reading.set(Some(0.0));
        self.update_trainer(|trainer| trainer.give(offer));
    }

    /// Why files are not taken in the lab that is open, if they are not.
    pub fn refusal_of_files(self) -> Option<String> {
        if self.lab().has_pad() {
            return None;
        }
        let takers = LABS.into_iter().filter(|lab| lab.has_pad()).map(Lab::title);
        let takers = takers.collect::<Vec<_>>().join(" or ");
        Some(format!("the lab {} takes no files: open the lab {takers} for them", self.lab().title()))
    }

    /// Whether what was read is for the lab that is open now; if not, it is forgotten with a word.
    fn is_for_this_lab(self) -> bool {
        match self.refusal_of_files() {
            Some(reason) => self.forget_offer(&reason),
            None => return true,
        }
        false
    }

    /// What was read last is not taken.
    fn forget_offer(self, reason: &str) {
        self.update_trainer(Trainer::forget_offer);
        self.refuse_files(reason);
    }

    /// Begins a run of the network out of a model file.
    pub(super) fn take_model(self, experiment: Experiment) {
        self.own().reading.set(None);
        if !self.is_for_this_lab() {
            return;
        }
        self.notice.set(None);
        // The pictures that it was trained on are not in its file: it goes on with those at hand.
        let at_hand = self.current.with_untracked(|current| current.data.clone());
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let bare = Experiment {
            data: DataConfig { augmentation: at_hand.augmentation.clone(), ..experiment.data.clone() },
            ..experiment
        };
        let on_pictures = |data: &DataConfig| {
            let value = serde_json::to_value(data).expect("settings are plain data");
            let changed = lab.change(&bare, "data", &value).ok()?;
            Some(changed).filter(|changed| changed.initial_weights == bare.initial_weights)
        };
        if let Some(experiment) = on_pictures(&at_hand).or_else(|| on_pictures(&DataConfig::named("digits")))
        {
            return self.begin_on("model", experiment, Some(Taken::Model));
        }
        let shape = bare.data.input_shape().unwrap_or_default();
        let classes = bare.data.classes().unwrap_or_default();
        self.forget_offer(&format!(
            "its network takes {shape:?} and tells {classes} classes: train on such pictures first, then open it"
        ));
    }

    /// Reads no further.
    fn stop_reading(self) {
        self.own().next_turn();
        self.own().reading.set(None);
        self.update_trainer(Trainer::stop_reading);
    }

    /// Says why files are not taken.
    pub(super) fn refuse_files(self, reason: &str) {
        self.own().reading.set(None);
        self.notice.set(Some(format!("That was not taken: {reason}. Everything is as it was.")));
    }

    /// Begins a run on what the worker read: that of a link which waited for it, or the run at hand with
    /// other data.
    pub(super) fn take_given(self, data: DataConfig, summary: String) {
        self.own().reading.set(None);
        if !self.is_for_this_lab() {
            return;
        }
        self.notice.set(None);
        let experiment = match self.awaited().filter(|waiting| waiting.data.asks_for(&data)) {
            Some(experiment) => Ok(experiment),
            None => self.on_pictures(&data),
        };
        match experiment {
            Ok(experiment) => self.begin_on("data", experiment, Some(Taken::Pictures(data, summary))),
            Err(error) => self.forget_offer(&error.to_string()),
        }
    }

    /// The experiment of a link that waits for its files.
    pub(super) fn awaited(self) -> Option<Experiment> {
        self.own().waiting.get_untracked()
    }

    /// The run at hand on other pictures.
    fn on_pictures(self, data: &DataConfig) -> Result<Experiment> {
        let value = serde_json::to_value(data).expect("settings are plain data");
        self.lab().change(&self.current.get_untracked(), "data", &value)
    }

    /// Begins a run on the data of this name, as far as they are there.
    fn train_on(self, set: &str) {
        let changed = match untrack(|| self.own().given(set)) {
            Some((data, _)) => self.on_pictures(&data),
            None => self.lab().change(&self.current.get_untracked(), "data.name", &set.into()),
        };
        match changed {
            Ok(after) => self.begin("data", after),
            Err(error) => self.notice.set(Some(refusal(&error))),
        }
    }

    /// Trains on the drawings as they are now.
    fn train_on_drawings(self) {
        let (pictures, labels) = self.own().drawings.with_untracked(Collection::pictures);
        let names = ["drawings", "their labels"].map(ToOwned::to_owned);
        let files =
            idx::to_bytes(&pictures, &labels).map(|bytes| Uint8Array::from(bytes.as_slice()).buffer());
        self.give("drawings", names.into_iter().zip(files).collect());
    }

    /// The worker that had been given data is gone.
    pub(super) fn forget_given(self) {
        self.own().reading.set(None);
        self.own().given.update(Vec::clear);
        self.own().has_model.set(false);
    }

    /// The experiment itself where its data are at hand; else the same on built-in data, with a word on
    /// what it, which is `what`, waits for.
    pub(super) fn with_data_at_hand(
        self,
        mut experiment: Experiment,
        what: &str,
    ) -> (Experiment, Option<String>) {
        self.own().wait_no_more();
        let mut words = Vec::new();
        if experiment.initial_weights == Some(InitialWeights::Model) && !self.own().has_model.get_untracked()
        {
            experiment.initial_weights = None;
            words.push(format!(
                "{what} starts from a model file, which is not in it: open the file again. Until then the weights are fresh."
            ));
        }
        let data = &experiment.data;
        let is_at_hand =
            self.own().given.with_untracked(|given| given.iter().any(|(of, _)| data.asks_for(of)));
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let stand_in = if is_at_hand || !data.set().is_ok_and(DataSet::is_given) {
            None
        } else {
            lab.change(&experiment, "data.name", &"digits".into()).ok()
        };
        let Some(stand_in) = stand_in else { return (experiment, joined(words)) };
        let is_drawn = data.name == "drawings";
        let has_all = is_drawn && self.own().drawings.with_untracked(|own| own.len() == data.samples);
        let needed = needed(data);
        self.own().waiting.set(Some(experiment));
        if has_all {
            // Once the run at hand has begun.
            spawn_local(async move { self.train_on_drawings() });
        } else {
            words.push(format!(
                "{what} trains on {needed}, or drop them on the page. Until then the lab shows generated digits."
            ));
        }
        (stand_in, joined(words))
    }
}

fn joined(words: Vec<String>) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

/// The pictures from outside that an experiment trains on, and how to bring them along.
fn needed(data: &DataConfig) -> String {
    let shape = data.input_shape().unwrap_or_default();
    let classes = data.classes().unwrap_or_default();
    let samples = count(data.samples);
    match shape.as_slice() {
        _ if data.name == "drawings" => {
            format!("{samples} drawings, which are not in a link: open the file that they were saved to")
        }
        [height, width, _] => {
            format!(
                "{samples} images of {height} by {width} pixels in {classes} classes: open the files of images and labels"
            )
        }
        _ => format!("{samples} images: open the files of images and labels"),
    }
}

/// How far files are read, and the way out.
#[component]
pub fn ReadingBar(page: Page) -> impl IntoView {
    let is_reading = Memo::new(move |_| page.own().reading.with(Option::is_some));
    let share = move || page.own().reading.get().unwrap_or(0.0);
    move || {
        is_reading.get().then(|| {
            view! {
                <div class="verdict verdict--note reading" data-testid="reading">
                    <p role="status">"Reading files…"</p>
                    <progress max="1" value=move || share().to_string() aria-label="Files read"></progress>
                    <button class="btn" on:click=move |_| page.stop_reading()>"Cancel"</button>
                </div>
            }
        })
    }
}

/// What to train on, files to open, and drawings to collect.
#[component]
pub fn OwnData(page: Page) -> impl IntoView {
    let own = page.own();
    let many = Memo::new(move |_| own.drawings.with(Collection::len));
    let input = NodeRef::<html::Input>::new();
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let on_files = move |_| {
        if let Some(input) = input.get_untracked() {
            intake::take(page, input.files());
            input.set_value(""); // so that the same files can be opened again
        }
    };
    let files = Memo::new(move |_| own.given("files").map(|(_, summary)| summary));
    let now = Memo::new(move |_| page.current.with(|experiment| experiment.data.name.clone()));
    let on_set = move |event: leptos::ev::Event| match event_target_value(&event).as_str() {
        "drawings" => page.train_on_drawings(),
        set => page.train_on(set),
    };
    let option = move |set: &'static str, label: Memo<String>, is_there: Memo<bool>| {
        view! {
            <option value=set selected=move || now.get() == set disabled=move || !is_there.get()>{move || label.get()}</option>
        }
    };
    let has_drawings = Memo::new(move |_| many.get() >= MIN_DRAWINGS);
    let has_files = Memo::new(move |_| files.with(Option::is_some));
    view! {
        <details class="fold own" id="own">
            <summary><Icon path=icons::CHEVRON small=true />"Your own data"<span>{move || match many.get() { 0 => String::new(), 1 => "1 drawing".into(), many => format!("{} drawings", count(many)) }}</span></summary>
            <div>
                <div class="field">
                    <div class="field__top"><label for="train-on">"Train on"<span class="restarts" title="Starts a new run"><span aria-hidden="true">"\u{a0}↺"</span><span class="vh">" (starts a new run)"</span></span></label></div>
                    <select id="train-on" prop:value=move || now.get() on:change=on_set>
                        {option("digits", Memo::new(|_| "Generated digits".into()), Memo::new(|_| true))}
                        {option("files", Memo::new(move |_| if has_files.get() { "Your files".into() } else { "Your files (none opened)".into() }), has_files)}
                        {option("drawings", Memo::new(move |_| if has_drawings.get() { "Your drawings".into() } else { format!("Your drawings ({MIN_DRAWINGS} or more)") }), has_drawings)}
                    </select>
                </div>
                {move || files.get().map(|summary| view! { <p class="hint" data-testid="given">"Your files: "{summary}"."</p> })}
                <button class="btn btn--line own__open" data-testid="open-files" on:click=open>"Open files…"</button>
                <input node_ref=input type="file" multiple=true class="vh" tabindex="-1" aria-label="Files to open" data-testid="file-input" on:change=on_files />
                <p class="hint">"Images and labels as IDX files, plain or gzip, as MNIST has them; drawings that were saved here; a model; or an image for the pad. Dropping them on the page and pasting an image work as well."</p>
                <Drawings page=page many=many />
            </div>
        </details>
    }
}

/// Adds what is on the pad, and trains on what was added.
#[component]
fn Drawings(page: Page, many: Memo<usize>) -> impl IntoView {
    let own = page.own();
    let digit = RwSignal::new(0_u8);
    let counts = Memo::new(move |_| own.drawings.with(Collection::counts));
    let is_empty = move || many.get() == 0;
    let digits =
        (0..10_u8).map(|digit| view! { <option value=digit.to_string()>{digit}</option> }).collect_view();
    let cells = (0..10_usize)
        .map(|digit| view! { <div><dt>{digit}</dt><dd>{move || counts.with(|counts| counts[digit])}</dd></div> })
        .collect_view();
    let kept = move || {
        if own.is_kept.get() {
            "Kept in this browser for your next visit."
        } else {
            "More than 2 MB of drawings: the last ones are kept until this page is closed, so save them."
        }
    };
    let save = move |_| {
        let text = own.drawings.with_untracked(Collection::to_ndjson);
        if browser::download("drawings.ndjson", &text).is_err() {
            page.notice.set(Some("The drawings were not saved: the browser does not allow it.".into()));
        }
    };
    view! {
        <h2 class="h-small own__head">"Your drawings"</h2>
        <div class="own__add">
            <label class="inline">"The pad shows a"
                <select class="num" id="drawing-digit" on:change=move |event| digit.set(event_target_value(&event).parse().unwrap_or(0))>{digits}</select>
            </label>
            <button class="btn btn--line" data-testid="add-drawing" on:click=move |_| page.add_drawing(digit.get_untracked())>"Add"</button>
            <button class="btn btn--icon" aria-label="Take the last drawing away" title="Take the last one away" disabled=is_empty
                on:click=move |_| own.change(Collection::undo)><Icon path=icons::UNDO /></button>
        </div>
        <dl class="own__counts num" data-testid="drawing-counts">{cells}</dl>
        <div class="own__add">
            <button class="btn btn--line" data-testid="train-on-drawings" disabled=move || many.get() < MIN_DRAWINGS
                title=format!("{MIN_DRAWINGS} drawings or more") on:click=move |_| page.train_on_drawings()>"Train on them"</button>
            <button class="btn" disabled=is_empty on:click=save>"Save"</button>
            <button class="btn" disabled=is_empty on:click=move |_| own.change(|own| *own = Collection::default())>"Clear all"</button>
        </div>
        <p class="hint">{kept}" “Vary the pictures” under More makes few of them go further."</p>
    }
}
