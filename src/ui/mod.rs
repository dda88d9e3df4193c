//! The page: controls and figures of whatever lab is open, drawn from plain data. All that is known of
//! a lab here is its [`crate::labs::Lab`]; all state is in [`Page`], and what must last is in the address.

mod address;
mod app;
mod arrows;
mod autosave;
mod browser;
mod canvas;
mod controls;
mod drawing;
mod export;
mod figure;
mod focus;
mod head;
mod history;
mod hold;
mod icons;
mod image;
mod intake;
mod keys;
mod lane;
mod lane_list;
mod lanes;
mod layers;
mod legend;
mod lesson;
mod look_inside;
mod machine;
mod misread;
mod nudge;
mod own;
mod own_counts;
mod own_panel;
mod own_text;
mod pace;
mod pad;
mod page;
mod points;
mod probe;
mod race;
mod rail;
mod rates;
mod receptive;
mod running;
mod scrub;
mod sees;
mod sequence;
mod sheet;
mod sliding;
mod softmax;
mod spine;
mod table;
mod table_data;
mod thumbnail;
mod trainer;
mod transport;
mod ways;

use page::Page;

/// Mounts the page.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
