//! The softmax bench: sliders, shares, the Jacobian with its signs, and two losses on the same answer. Its tables are
//! heat maps whose numbers can be read and heard.

use super::icons::{self, Icon};
use crate::labs::SoftmaxBench;
use crate::labs::format::{fixed, power, significant};
use leptos::prelude::*;

/// Logits of the classes that may be shown; the first three are those of the default.
const LOGITS: [f32; 5] = [4.0, 0.0, -2.0, 1.0, -1.0];
const TEMPERATURES: [f32; 7] = [0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0];

const WORDS: [(&str, &str); 4] = [
    (
        "Softmax",
        "takes eᶻ of each logit and divides by their sum: shares that add up to 1, in which only the differences of the logits count.",
    ),
    (
        "Temperature",
        "divides the logits first: above 1 the shares come closer to each other, below 1 the largest takes nearly all.",
    ),
    (
        "The Jacobian",
        "∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ) / T says that what one class wins all others lose: each row and each column adds up to 0.",
    ),
    (
        "Cross-entropy",
        "undoes the exponential, so that its gradient is (p − t) / T, as large as the mistake; that of squared error goes through the Jacobian, which is nearly 0 wherever softmax is sure, right or wrong.",
    ),
];

#[component]
pub fn Softmax() -> impl IntoView {
    let logits = RwSignal::new(LOGITS.to_vec());
    let classes = RwSignal::new(3_usize);
    let temperature = RwSignal::new(2_usize);
    let label = RwSignal::new(2_usize);
    let bench = Memo::new(move |_| {
        let (many, label) = (classes.get(), label.get());
        let logits = logits.with(|logits| logits[..many].to_vec());
        SoftmaxBench { logits, temperature: TEMPERATURES[temperature.get()], label: label.min(many - 1) }
    });
    let result = Memo::new(move |_| bench.with(SoftmaxBench::evaluate));
    let rows = move || (0..classes.get()).collect::<Vec<_>>();
    let share = move |class: usize| result.with(|of| of.probabilities.get(class).copied().unwrap_or(0.0));
    let row = move |class: usize| {
        let id = format!("logit-{class}");
        let logit = move || logits.with(|logits| logits[class]);
        let filled = move || format!("--p: {}%", (logit() + 8.0) / 16.0 * 100.0);
        let on_input = move |event| {
            if let Ok(value) = event_target_value(&event).parse() {
                logits.update(|logits| logits[class] = value);
            }
        };
        view! {
            <div class="softmax__row">
                <label for=id.clone()>"z"<sub>{class + 1}</sub></label>
                <input type="range" id=id.clone() min="-8" max="8" step="0.1" prop:value=move || logit().to_string() style=filled
                    aria-valuetext=move || format!("{}, share {}", fixed(logit(), 1), significant(share(class), 3)) on:input=on_input />
                <output class="num" for=id>{move || fixed(logit(), 1)}</output>
                <span class="softmax__bar" aria-hidden="true"><i style=move || format!("width: {}%", 100.0 * share(class))></i></span>
                <span class="num" data-testid="share">{move || significant(share(class), 3)}</span>
            </div>
        }
    };
    let choice = move |name: &'static str, value: usize, shown: usize, now: RwSignal<usize>| {
        view! {
            <label><input type="radio" name=name prop:checked=move || now.get() == value on:change=move |_| now.set(value) /><span>{shown}</span></label>
        }
    };
    let how_warm = move || power(TEMPERATURES[temperature.get()]);
    view! {
        <details class="fold softmax" id="softmax">
            <summary><Icon path=icons::CHEVRON small=true />"Softmax bench"<span>"logits by hand; no part of the run"</span></summary>
            <div class="softmax__parts">
                <div>
                    <fieldset class="field"><legend>"Classes"</legend><div class="seg">{[3, 4, 5].map(|many| choice("softmax-classes", many, many, classes)).collect_view()}</div></fieldset>
                    <div class="softmax__rows" role="group" aria-label="Logits and shares">
                        <For each=rows key=|class| *class children=row />
                    </div>
                    <div class="field">
                        <div class="field__top"><label for="softmax-temperature">"Temperature"</label><output class="num" for="softmax-temperature">{how_warm}</output></div>
                        <input type="range" id="softmax-temperature" min="0" max=TEMPERATURES.len() - 1 step="1" prop:value=move || temperature.get().to_string()
                            style=move || format!("--p: {}%", temperature.get() as f32 / (TEMPERATURES.len() - 1) as f32 * 100.0) aria-valuetext=how_warm
                            on:input=move |event| temperature.set(event_target_value(&event).parse().unwrap_or(2).min(TEMPERATURES.len() - 1)) />
                    </div>
                    <fieldset class="field"><legend>"True class"</legend>
                        <div class="seg">{move || rows().into_iter().map(|class| choice("softmax-label", class, class + 1, label)).collect_view()}</div>
                    </fieldset>
                </div>
                <div class="softmax__tables">
                    <table class="softmax__table softmax__table--square num" data-testid="jacobian">
                        <caption>"Jacobian: what one more unit of a logit does to the shares"</caption>
                        <thead><tr><td></td>{move || rows().into_iter().map(|class| view! { <th scope="col">"∂z"<sub>{class + 1}</sub></th> }).collect_view()}</tr></thead>
                        <tbody>{move || {
                            let many = classes.get();
                            result.with(|of| {
                                let most = greatest(&of.jacobian);
                                of.jacobian.chunks(many).enumerate().map(|(class, row)| view! {
                                    <tr><th scope="row">"∂p"<sub>{class + 1}</sub></th>{cells(row, most)}</tr>
                                }).collect_view()
                            })
                        }}</tbody>
                    </table>
                    <table class="softmax__table num" data-testid="losses">
                        <caption>"Two losses on this answer, and their gradients on the logits"</caption>
                        <thead><tr><td></td><th scope="col">"loss"</th>{move || rows().into_iter().map(|class| view! { <th scope="col">"∂z"<sub>{class + 1}</sub></th> }).collect_view()}</tr></thead>
                        <tbody>{move || result.with(|of| {
                            let most = greatest(&of.cross_entropy.grad).max(greatest(&of.squared_error.grad));
                            [("Cross-entropy", &of.cross_entropy), ("Squared error", &of.squared_error)].map(|(name, pull)| view! {
                                <tr><th scope="row">{name}</th><td>{significant(pull.loss, 3)}</td>{cells(&pull.grad, most)}</tr>
                            }).collect_view()
                        })}</tbody>
                    </table>
                    <p data-testid="softmax-finding">{move || bench.with(|bench| result.with(|of| of.finding(bench.label)))}</p>
                </div>
                <div class="softmax__words">{WORDS.map(|(name, words)| view! { <p class="hint"><b>{name}</b>" "{words}</p> }).collect_view()}</div>
            </div>
        </details>
    }
}

fn greatest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// With its sign, and in no more than seven letters.
fn signed(value: f32) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    let is_small = value.abs() < 9.5e-4;
    let rounded = if is_small { format!("{value:.0e}").parse().unwrap_or(value) } else { value };
    format!("{sign}{}", power(rounded))
}

/// Signed numbers on orange and blue; the tints are those that text can be read on.
fn cells(values: &[f32], most: f32) -> impl IntoView + use<> {
    let cell = |&value: &f32| {
        let share = if most > 0.0 { 100.0 * (value.abs() / most).min(1.0) } else { 0.0 };
        let tint = if value < 0.0 { "--div-3" } else { "--div-5" };
        let style = format!("background: color-mix(in srgb, var({tint}) {share:.0}%, var(--surface))");
        view! { <td style=style>{signed(value)}</td> }
    };
    values.iter().map(cell).collect::<Vec<_>>()
}
