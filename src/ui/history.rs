//! Past runs: noted when they are left, kept in this browser, listed below the figures, opened again by their links
//! and compared as faint curves.

use super::browser;
use super::icons::{self, Icon};
use super::lane::Lane;
use super::page::{Drawn, Page};
use crate::labs::format::{count, significant};
use crate::labs::{self, Figure, PastRun, PastRuns};
use crate::plot;
use crate::train::Experiment;
use leptos::prelude::*;
use std::sync::Arc;

/// Where they are kept.
const KEY: &str = "glassbox-runs";

/// Those that this browser kept.
pub fn stored() -> PastRuns {
    browser::stored(KEY).map_or_else(PastRuns::default, |text| PastRuns::from_json(&text))
}

/// Takes note of the runs at hand when the page is left or hidden.
pub fn listen(page: Page) {
    let note = move || page.open_lanes().for_each(|lane| page.note_run(lane));
    let on_hide = window_event_listener_untyped("pagehide", move |_| note());
    let on_change = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            note();
        }
    });
    on_cleanup(move || {
        on_hide.remove();
        on_change.remove();
    });
}

/// The link of one run by itself.
fn link_of(experiment: &Experiment) -> String {
    labs::to_link(&experiment.clone().into()).unwrap_or_default()
}

impl Page {
    /// Takes note of a lane's run, which is about to be left.
    pub fn note_run(self, lane: Lane) {
        let experiment = lane.experiment.get_untracked();
        let Ok(lab) = labs::find(&experiment.lab) else { return };
        let shown = |slot: &labs::FigureSlot| lane.figure((lab.name(), slot.id)).get_untracked();
        let is_curves = |drawn: &Drawn| matches!(drawn.0.figure, Figure::Curves(_));
        let Some(drawn) = lab.figures().iter().filter_map(shown).find(is_curves) else { return };
        let has_diverged = lane.progress.with_untracked(|progress| progress.has_diverged);
        let said = lane.verdict.with_untracked(|verdict| verdict.word.trim_end_matches('.').to_lowercase());
        let (step, head) = lane.progress.with_untracked(|progress| (progress.step, progress.head));
        let outcome = match () {
            // What is said is of the step that is shown, and not of the end.
            () if step < head => format!("left at step {}", count(step)),
            () if has_diverged => "diverged".into(),
            () => said,
        };
        let run = PastRun::new(&experiment, link_of(&experiment), &outcome, &drawn.0, &drawn.1);
        if let Some(run) = run {
            self.change_history(|runs| runs.push(run));
        }
    }

    /// Changes what is kept of past runs, which another tab may have added to.
    fn change_history(self, change: impl FnOnce(&mut PastRuns)) {
        let mut runs = match browser::stored(KEY) {
            Some(text) => PastRuns::from_json(&text),
            None => self.history.get_untracked(),
        };
        change(&mut runs);
        let _ = browser::store(KEY, &runs.to_json()); // where that is forbidden they last as long as the page
        self.history.set(runs);
    }
}

/// A figure with the curves that are compared behind it.
pub fn with_past(page: Page, drawn: &Drawn) -> Drawn {
    if !matches!(drawn.0.figure, Figure::Curves(_)) {
        return Arc::clone(drawn);
    }
    let lab = page.lab().name();
    let link = page.experiment.with_untracked(link_of);
    let with = page.history.with(|runs| runs.behind(lab, &link, &drawn.0, &drawn.1));
    with.map_or_else(|| Arc::clone(drawn), |(panel, numbers)| Arc::new((panel, Arc::new(numbers))))
}

#[component]
pub fn History(page: Page) -> impl IntoView {
    let many = Memo::new(move |_| page.history.with(|runs| runs.all().len()));
    let save = move |_| {
        let text = page.history.with_untracked(|runs| plot::runs_table(runs.all()).to_csv());
        if browser::download("glassbox-runs.csv", text.as_bytes()).is_err() {
            page.notice.set(Some("The past runs were not saved: the browser does not allow it.".into()));
        }
    };
    // A row stays as it is while others come and go, and with it the focus.
    let rows = move || page.history.with(|runs| runs.all().to_vec());
    let words = move || match many.get() {
        0 => "none yet".to_owned(),
        1 => "1, kept in this browser".into(),
        many => format!("{}, kept in this browser", count(many)),
    };
    view! {
        <details class="fold history" id="history">
            <summary><Icon path=icons::CHEVRON small=true />"Past runs"<span>{words}</span></summary>
            <div>
                <p class="hint">"A run comes here when another one begins, when steps of it are given up, or when the page is left. Its settings open it again, from step 0 and number for number."</p>
                <Show when=move || { many.get() > 0 }>
                    <div class="history__table" tabindex="0" role="region" aria-label="Past runs">
                        <table class="num" data-testid="past-runs">
                            <thead><tr>
                                <th scope="col">"Compare"</th><th scope="col">"Lab"</th><th scope="col">"Settings"</th><th scope="col">"Seed"</th>
                                <th scope="col">"Steps"</th><th scope="col">"Loss"</th><th scope="col">"Test"</th><th scope="col">"Outcome"</th>
                            </tr></thead>
                            <tbody><For each=rows key=|run| (run.link.clone(), run.steps) children=move |run| row(page, &run) /></tbody>
                        </table>
                    </div>
                    <div class="lesson__do">
                        <button class="btn btn--line" data-testid="save-runs" on:click=save>"Save as CSV"</button>
                        <button class="btn" data-testid="forget-runs" on:click=move |_| page.change_history(PastRuns::clear)>"Forget all"</button>
                    </div>
                </Show>
            </div>
        </details>
    }
}

fn row(page: Page, run: &PastRun) -> impl IntoView + use<> {
    let number = |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| significant(value, 3));
    let is_here = page.lab().name() == run.lab;
    let lab = labs::find(&run.lab).map_or_else(|_| run.lab.clone(), |lab| lab.title().to_owned());
    let test = run.test.map_or_else(|| "–".to_owned(), |_| format!("{} {}", run.measure, number(run.test)));
    let link = run.link.clone();
    let compare = move |event| {
        let is_compared = event_target_checked(&event);
        page.change_history(|runs| runs.compare(&link, is_compared));
    };
    view! {
        <tr>
            <td><label class="check"><input type="checkbox" aria-label=format!("Compare with {}", run.settings) checked=run.is_compared disabled=!is_here on:change=compare /></label></td>
            <td>{lab}</td>
            <td class="history__settings"><a href=format!("#{}", run.link)>{run.settings.clone()}</a></td>
            <td>{run.seed}</td><td>{count(run.steps)}</td><td>{number(run.loss)}</td><td>{test}</td><td>{run.outcome.clone()}</td>
        </tr>
    }
}
