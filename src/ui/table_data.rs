//! A table of the visitor's own: opened, shown by its first rows with what each column is for, and trained on.

use super::icons::{self, Icon};
use super::intake;
use super::page::{Drawn, Page};
use super::points::OwnPoints;
use super::trainer::Trainer;
use crate::data::table::{ColumnPreview, Missing, Preview, Role, Roles};
use crate::labs::Figure;
use crate::labs::format::count;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

impl Page {
    /// A table was read or columns of it chosen: shown to be looked through, or trained on at once where a link
    /// waits for it.
    pub(super) fn take_table(self, preview: Preview) {
        self.own().reading.set(None);
        let awaited = self.awaited().filter(|waiting| waiting.data.table.is_some());
        if let Some(waiting) = awaited {
            let roles = Roles::of(&waiting.data, &preview);
            match (&preview.plan, roles) {
                (Ok(data), _) if waiting.data.asks_for(data) => return self.train_on_table(preview),
                (_, Some(roles))
                    if roles != preview.roles && self.own().table.with_untracked(Option::is_none) =>
                {
                    self.own().table.set(Some(preview));
                    return self.choose(roles);
                }
                _ => {
                    let text = format!("The link trains on another table than {}.", preview.file);
                    self.notice.set(Some(text));
                }
            }
        }
        self.own().table.set(Some(preview));
        self.own().shows_table.set(true);
    }

    /// Says what the columns are for.
    fn choose(self, roles: Roles) {
        self.update_trainer(|trainer| trainer.choose(roles));
    }

    /// Trains on the table as it is shown.
    fn train_on_table(self, preview: Preview) {
        self.own().shows_table.set(false);
        let Ok(data) = preview.plan else { return };
        self.own().roles.set_value(Some(preview.roles));
        let summary = format!("{}: {}", preview.file, preview.words.join(" "));
        self.own().table.set(None);
        self.take_given(data, summary);
    }

    /// Lets go of a table that is not trained on.
    fn leave_table(self) {
        self.own().shows_table.set(false);
        if self.own().table.with_untracked(Option::is_some) {
            self.own().table.set(None);
            self.update_trainer(Trainer::forget_offer);
        }
    }

    /// Shows the table that is trained on, to choose other columns.
    fn reopen_table(self) {
        if let Some(roles) = self.own().roles.get_value() {
            self.choose(roles);
        }
    }
}

/// The visitor's own data, in labs that train on tables.
#[component]
pub fn OwnRows(page: Page) -> impl IntoView {
    // Pictures of one's own stand by themselves, and points are set on a plane, which only labs without them show.
    let (id, title) =
        if page.lab().has_pad() { ("own-table", "Your own table") } else { ("own", "Your own data") };
    let has_points = !page.lab().has_pad();
    view! {
        <details class="fold own" id=id>
            <summary><Icon path=icons::CHEVRON small=true />{title}</summary>
            <div><OwnTable page=page />{has_points.then(|| view! { <OwnPoints page=page /> })}</div>
        </details>
        // Not within the fold, which may be closed when a file is dropped.
        {move || page.own().shows_table.get().then(|| view! { <Columns page=page /> })}
    }
}

/// The inputs that the plane is drawn over, where there are more than two.
#[component]
pub fn Axes(page: Page, #[prop(into)] drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let inputs = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Plane(plane)) if plane.inputs.len() > 2 => plane.inputs.clone(),
            _ => Vec::new(),
        })
    });
    let axes = move || page.own().axes.get().unwrap_or([0, 1]);
    let choose = move |which: usize, value: &str| {
        let mut now = page.own().axes.get_untracked().unwrap_or([0, 1]);
        now[which] = value.parse().unwrap_or(0);
        page.own().axes.set(Some(now));
        page.refresh();
    };
    let options = move |which: usize| {
        let chosen = axes()[which];
        let option = |(index, name): (usize, String)| view! { <option value=index.to_string() selected=index == chosen>{name}</option> };
        inputs.get().into_iter().enumerate().map(option).collect_view()
    };
    move || {
        let others = inputs.with(Vec::len).saturating_sub(2);
        let others = if others == 1 {
            "the other input at its mean".into()
        } else {
            format!("the other {others} inputs at their mean")
        };
        (inputs.with(Vec::len) > 2).then(|| view! {
            <div class="pick pick--axes" data-testid="axes">
                <label class="inline"><span>"across"</span><select aria-label="Input across" on:change=move |event| choose(0, &event_target_value(&event))>{move || options(0)}</select></label>
                <label class="inline"><span>"upwards"</span><select aria-label="Input upwards" on:change=move |event| choose(1, &event_target_value(&event))>{move || options(1)}</select></label>
                <p class="hint">{others}</p>
            </div>
        })
    }
}

/// Opens a table, tells of the one that is there, and shows the one that was read.
#[component]
pub fn OwnTable(page: Page) -> impl IntoView {
    let own = page.own();
    let input = NodeRef::<html::Input>::new();
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let on_files = move |_| {
        if let Some(input) = input.get_untracked() {
            intake::take(page, input.files());
            input.set_value(""); // so that the same file can be opened again
        }
    };
    let given = Memo::new(move |_| own.given("table"));
    let is_on_it = Memo::new(move |_| page.current.with(|experiment| experiment.data.table.is_some()));
    let about = move || {
        given.get().map(|(_, summary)| {
            view! {
                <p class="hint" data-testid="given">{summary}</p>
                <div class="own__add">
                    {move || (!is_on_it.get()).then(|| view! { <button class="btn btn--line" on:click=move |_| page.train_on("table")>"Train on it"</button> })}
                    <button class="btn btn--line" data-testid="choose-columns" on:click=move |_| page.reopen_table()>"Choose columns…"</button>
                </div>
            }
        })
    };
    view! {
        <button class="btn btn--line own__open" data-testid="open-files" on:click=open>"Open a table…"</button>
        <input node_ref=input type="file" accept=".csv,.tsv,.txt,.data,text/*" class="vh" tabindex="-1" aria-label="Table to open" data-testid="file-input" on:change=on_files />
        <p class="hint">"Rows of numbers and words as CSV, in which a column tells what is to be learned. Dropping it on the page and pasting it work as well; it stays on this device."</p>
        {about}
    }
}

/// The first rows of a table, with what each column is for.
#[component]
fn Columns(page: Page) -> impl IntoView {
    let own = page.own();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal(); // fails only for a dialog that is open already
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close(); // gives the focus back, and tells `on:close`
        }
    };
    // The browser tells of it a moment later: by then another table may be shown, which stays.
    let leave = move |_| {
        let is_open = document().query_selector("dialog.columns[open]");
        if !is_open.is_ok_and(|dialog| dialog.is_some()) {
            page.leave_table();
        }
    };
    let shown = move |of: fn(&Preview) -> String| {
        move || own.table.with(|table| table.as_ref().map(of).unwrap_or_default())
    };
    let change = move |change: &dyn Fn(&mut Roles)| {
        let roles = own.table.with_untracked(|table| table.as_ref().map(|table| table.roles.clone()));
        if let Some(mut roles) = roles {
            change(&mut roles);
            page.choose(roles);
        }
    };
    let train = move |_| {
        if let Some(preview) = own.table.get_untracked().filter(|preview| preview.plan.is_ok()) {
            page.train_on_table(preview);
        }
    };
    let error = Memo::new(move |_| own.table.with(|table| table.as_ref()?.plan.clone().err()));
    let words = move || {
        let words =
            own.table.with(|table| table.as_ref().map(|table| table.words.clone()).unwrap_or_default());
        words.into_iter().map(|said| view! { <li>{said}</li> }).collect_view()
    };
    let has_gaps = move || {
        own.table.with(|table| {
            table.as_ref().is_some_and(|table| table.columns.iter().any(|column| column.missing > 0))
        })
    };
    let is = move |of: fn(&Roles) -> bool| {
        move || own.table.with(|table| table.as_ref().is_some_and(|table| of(&table.roles)))
    };
    let fills = is(|roles| roles.missing == Missing::Mean);
    let is_regression = is(|roles| roles.is_regression);
    view! {
        <dialog node_ref=dialog class="dialog columns" data-testid="columns" aria-label="Columns of the table" on:close=leave>
            <header>
                <h2>{shown(|table| format!("{}, {} rows", table.file, count(table.of)))}</h2>
                <button class="btn btn--icon" aria-label="Close" on:click=close><Icon path=icons::CLOSE /></button>
            </header>
            <div class="dialog__scroll" tabindex="0" role="region" aria-label="First rows">
                <ColumnTable page=page />
            </div>
            <div class="columns__foot">
                <fieldset class="inline"><legend class="vh">"The target is"</legend>"Target as"
                    <div class="seg">
                        <label><input type="radio" name="target-kind" prop:checked=move || !is_regression() on:change=move |_| change(&|roles| roles.is_regression = false) /><span>"one of some classes"</span></label>
                        <label><input type="radio" name="target-kind" prop:checked=is_regression on:change=move |_| change(&|roles| roles.is_regression = true) /><span>"a number"</span></label>
                    </div>
                </fieldset>
                {move || has_gaps().then(|| view! {
                    <fieldset class="inline"><legend class="vh">"Rows with missing values are"</legend>"Missing values"
                        <div class="seg">
                            <label><input type="radio" name="missing" prop:checked=move || !fills() on:change=move |_| change(&|roles| roles.missing = Missing::Drop) /><span>"leave row out"</span></label>
                            <label><input type="radio" name="missing" prop:checked=fills on:change=move |_| change(&|roles| roles.missing = Missing::Mean) /><span>"fill with mean"</span></label>
                        </div>
                    </fieldset>
                })}
                <ul class="hint" data-testid="table-words">{words}</ul>
                {move || error.get().map(|error| view! { <p class="columns__error" role="alert" data-testid="table-error">"That cannot be trained on: "{error}"."</p> })}
                <div class="own__add">
                    <button class="btn btn--ink" data-testid="train-on-table" disabled=move || error.with(Option::is_some) on:click=train>"Train on it"</button>
                    <button class="btn" on:click=close>"Cancel"</button>
                </div>
            </div>
        </dialog>
    }
}

#[component]
fn ColumnTable(page: Page) -> impl IntoView {
    let own = page.own();
    // The rows stay while roles change, so that the focus does, too.
    let first = own.table.get_untracked();
    let (columns, rows) = first.map(|table| (table.columns, table.rows)).unwrap_or_default();
    let measured = StoredValue::new(columns.iter().map(|column| column.is_measured).collect::<Vec<_>>());
    let role_of = move |index: usize| {
        own.table.with(|table| table.as_ref().and_then(|table| table.roles.columns.get(index).copied()))
    };
    let on_change = move |index: usize, event: &ev::Event| {
        let role = match event_target_value(event).as_str() {
            "target" => Role::Target,
            "feature" => Role::Feature,
            _ => Role::Ignored,
        };
        let roles = own.table.with_untracked(|table| table.as_ref().map(|table| table.roles.clone()));
        if let Some(mut roles) = roles {
            roles.set(index, role);
            if role == Role::Target {
                roles.is_regression = measured.with_value(|measured| measured.get(index) == Some(&true));
            }
            page.update_trainer(|trainer| trainer.choose(roles));
        }
    };
    let select = move |index: usize, column: &ColumnPreview| {
        let option = |value: &'static str, label: &'static str, role: Role, is_there: bool| {
            view! { <option value=value disabled=!is_there selected=move || role_of(index) == Some(role)>{label}</option> }
        };
        view! {
            <select aria-label=format!("{} is", column.name) on:change=move |event| on_change(index, &event)>
                {option("feature", "Feature", Role::Feature, column.can_be_feature)}
                {option("target", "Target", Role::Target, column.can_be_target)}
                {option("ignored", "Ignored", Role::Ignored, true)}
            </select>
        }
    };
    let heads =
        columns.iter().map(|column| view! { <th scope="col">{column.name.clone()}</th> }).collect_view();
    let kinds = columns
        .iter()
        .map(|column| {
            let gaps = match column.missing {
                0 => String::new(),
                missing => format!(", {} missing", count(missing)),
            };
            view! { <td class="columns__kind">{column.kind.clone()}{gaps}</td> }
        })
        .collect_view();
    let roles = columns
        .iter()
        .enumerate()
        .map(|(index, column)| view! { <td>{select(index, column)}</td> })
        .collect_view();
    let cells = |row: Vec<String>| row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
    view! {
        <table class="num">
            <thead><tr>{heads}</tr></thead>
            <tbody>
                <tr>{kinds}</tr>
                <tr>{roles}</tr>
                {rows.into_iter().map(|row| view! { <tr>{cells(row)}</tr> }).collect_view()}
            </tbody>
        </table>
    }
}
