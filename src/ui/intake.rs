//! Files that are dropped, pasted or opened: told apart by how they begin, and handed to whom they are
//! for. What is too large is refused before a byte of it is read.

use super::page::Page;
use super::{browser, image};
use crate::data::FileKind;
use crate::data::digits::Collection;
use crate::labs;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File, FileList};

/// Size of all files together, at most: MNIST unpacked has 53 MB, the largest run with its optimizer 65 MB.
const MAX_MB: f64 = 72.0;
/// Files at once: images and labels, to train on and to test on.
const MAX_FILES: usize = 4;

/// Takes what is dropped on the page or pasted into it; the signal tells that files are held over it.
pub fn listen(page: Page) -> RwSignal<bool> {
    let is_over = RwSignal::new(false);
    let holds_files = |data: Option<DataTransfer>| {
        data.is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
    };
    let over = window_event_listener(ev::dragover, move |event| {
        if holds_files(event.data_transfer()) {
            event.prevent_default(); // else the browser opens the file in place of the page
            is_over.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Going from one element to the next is no leave.
        if event.related_target().is_none() {
            is_over.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        is_over.set(false);
        if holds_files(event.data_transfer()) {
            event.prevent_default();
            take(page, event.data_transfer().and_then(|data| data.files()));
        }
    });
    let pasted = window_event_listener(ev::paste, move |event| {
        if browser::takes_text(event.target()) {
            return; // the text beside an image is what is pasted there
        }
        let Some(data) = event.clipboard_data() else { return };
        if holds_files(Some(data.clone())) {
            event.prevent_default();
            take(page, data.files());
        } else if let Some(text) = data.get_data("text/plain").ok().filter(|text| text.trim().contains('\n'))
        {
            event.prevent_default();
            take_text(page, &text);
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        dropped.remove();
        pasted.remove();
    });
    is_over
}

/// Takes files, or says in a sentence why not.
pub fn take(page: Page, files: Option<FileList>) {
    let files =
        files.map_or_else(Vec::new, |list| (0..list.length()).filter_map(|at| list.get(at)).collect());
    if files.is_empty() {
        return;
    }
    page.notice.set(None);
    page.own().reading.set(Some(0.0));
    let turn = page.own().next_turn();
    spawn_local(async move {
        match looked_at(page, files, turn).await {
            Ok(()) => {}
            Err(_) if !page.own().is_turn(turn) => {}
            Err(reason) => page.refuse_files(&reason),
        }
    });
}

/// Takes text, as a table or as a text to learn from.
pub fn take_text(page: Page, text: &str) {
    page.notice.set(None);
    page.own().next_turn();
    match page.refusal_of_files(FileKind::Table) {
        Some(reason) => page.refuse_files(&reason),
        None => page.give(
            untrack(|| page.set_of_text()),
            vec![("the text".into(), Uint8Array::from(text.as_bytes()).buffer())],
        ),
    }
}

/// A file with what it holds.
struct Opened {
    file: File,
    bytes: ArrayBuffer,
    kind: FileKind,
}

async fn looked_at(page: Page, files: Vec<File>, turn: u32) -> Result<(), String> {
    ensure_small(&files)?;
    let mut opened = Vec::new();
    for file in files {
        let opening = opened_file(file).await?;
        if !page.own().is_turn(turn) {
            return Ok(()); // cancelled, or others came
        }
        opened.push(opening);
    }
    let all_are = |kind: FileKind| opened.iter().all(|file| file.kind == kind);
    // A run is opened in its own lab.
    let is_of_a_run = |kind: FileKind| matches!(kind, FileKind::Model | FileKind::Experiment);
    for file in opened.iter().filter(|file| !is_of_a_run(file.kind)) {
        page.refusal_of_files(file.kind).map_or(Ok(()), Err)?;
    }
    if all_are(FileKind::Idx) {
        let files = opened.iter().map(|file| (file.file.name(), file.bytes.clone())).collect();
        page.give("files", files);
        return Ok(());
    }
    if all_are(FileKind::Table) {
        let files = opened.iter().map(|file| (file.file.name(), file.bytes.clone())).collect();
        page.give(untrack(|| page.set_of_text()), files);
        return Ok(());
    }
    let [only] = opened.as_slice() else {
        return Err(
            "of images for the pad, drawings, experiments and models one file at a time is taken".into()
        );
    };
    let bytes = match only.kind {
        FileKind::Image | FileKind::Drawings | FileKind::Experiment => Uint8Array::new(&only.bytes).to_vec(),
        FileKind::Idx | FileKind::Model | FileKind::Table => Vec::new(),
    };
    match only.kind {
        FileKind::Image => {
            let photo = image::decode(&only.file, &bytes).await?;
            if page.own().is_turn(turn) {
                page.refusal_of_files(only.kind).map_or(Ok(()), Err)?;
                page.own().reading.set(None);
                page.put_photo(photo);
            }
        }
        FileKind::Drawings => {
            let (name, text) = text_of(&only.file, bytes)?;
            let text = text.trim_start_matches('\u{feff}');
            let drawings = Collection::from_ndjson(&name, text).map_err(|error| error.to_string())?;
            page.take_drawings(&name, drawings);
        }
        FileKind::Experiment => {
            let (name, text) = text_of(&only.file, bytes)?;
            let experiment = labs::from_file(&name, &text).map_err(|error| error.to_string())?;
            page.take_experiment(&name, experiment);
        }
        FileKind::Model => page.give_model(only.file.name(), only.bytes.clone()),
        FileKind::Idx | FileKind::Table => {}
    }
    Ok(())
}

/// The name of a file and its text.
fn text_of(file: &File, bytes: Vec<u8>) -> Result<(String, String), String> {
    let name = file.name();
    let text = String::from_utf8(bytes).map_err(|_| format!("{name}: it is not text in UTF-8"))?;
    Ok((name, text))
}

fn ensure_small(files: &[File]) -> Result<(), String> {
    if files.len() > MAX_FILES {
        return Err(format!("{} files at once, but at most {MAX_FILES} are taken", files.len()));
    }
    let bytes: f64 = files.iter().map(|file| file.size()).sum();
    let mb = bytes / f64::from(1 << 20);
    if mb > MAX_MB {
        let what =
            if files.len() == 1 { files[0].name() } else { format!("these {} files together", files.len()) };
        return Err(format!("{what}: {mb:.0} MB, but at most {MAX_MB} MB are read"));
    }
    Ok(())
}

async fn opened_file(file: File) -> Result<Opened, String> {
    let name = file.name();
    let bytes = JsFuture::from(file.array_buffer()).await;
    let bytes: ArrayBuffer =
        bytes.map_err(|_| format!("{name}: the browser cannot read it; is it a folder?"))?.into();
    let length = bytes.byte_length().min(FileKind::START as u32);
    let start = Uint8Array::new_with_byte_offset_and_length(&bytes, 0, length).to_vec();
    match FileKind::of(&start) {
        Some(kind) => Ok(Opened { file, bytes, kind }),
        None if start.is_empty() => Err(format!("{name}: it is empty")),
        None => Err(format!(
            "{name}: neither IDX images or labels, nor a PNG, JPEG, WebP, GIF or BMP image, nor drawings, nor an experiment, nor a model, nor text"
        )),
    }
}
