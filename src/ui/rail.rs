//! Navigation between the labs.

use super::icons::{self, Icon};
use super::{Page, browser};
use crate::labs::LABS;
use leptos::prelude::*;

fn icon_of(lab: &str) -> &'static str {
    match lab {
        "gradients" => icons::GRADIENTS,
        "cnn" => icons::CNN,
        "autoencoder" => icons::AUTOENCODER,
        "sequence" => icons::SEQUENCE,
        "rbm" => icons::RBM,
        "batching" => icons::BATCHING,
        "optimizers" => icons::OPTIMIZERS,
        _ => icons::NOTE,
    }
}

#[component]
pub fn Rail(page: Page) -> impl IntoView {
    let open = page.open_lab();
    view! {
        <nav class="rail" aria-label="Labs">
            // No place on the page: what checks pages takes links to such places for skip links, and those after this one not.
            <a class="brand" href="#" aria-label="Glassbox, from the start">
                <svg width="30" height="30" viewBox="0 0 30 30" fill="none" stroke="currentColor" stroke-width="1.5"
                    stroke-linejoin="round" aria-hidden="true">
                    <path d="M15 2.8l10.5 6v12.4L15 27.2 4.5 21.2V8.8z" />
                    <path d="M4.5 8.8L15 14.8l10.5-6M15 14.8v12.4" opacity=".4" />
                    <path d="M10 12.5l5-3.2 5 3.2M10 12.5l5 7.5 5-7.5" stroke-width="1.2" />
                    <g fill="currentColor" stroke="none">
                        <circle cx="15" cy="9.3" r="2" /><circle cx="10" cy="12.5" r="2" />
                        <circle cx="20" cy="12.5" r="2" /><circle cx="15" cy="20" r="2" />
                    </g>
                </svg>
            </a>
            <ul>
                {LABS
                    .iter()
                    .filter(|lab| lab.is_listed())
                    .map(|lab| {
                        let is_open = move || (lab.name() == open.get()).then_some("page");
                        let link = NodeRef::<leptos::html::A>::new();
                        Effect::new(move |_| {
                            if let Some(link) = link.get().filter(|_| lab.name() == open.get()) {
                                browser::show_within(&link, ".rail"); // on a phone a row that is wider than it
                            }
                        });
                        view! {
                            <li><a node_ref=link href=format!("#lab={}", lab.name()) aria-current=is_open>
                                <Icon path=icon_of(lab.name()) /><span>{lab.title()}</span>
                            </a></li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}
