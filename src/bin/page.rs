//! The page and, from the same module, its workers.

#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::JsCast;
    match js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        Ok(scope) => glassbox::worker::browser::serve(&scope),
        Err(_) => glassbox::ui::start(),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "The page runs in a browser: scripts/serve builds and serves it. The command line is `glassbox`."
    );
}
