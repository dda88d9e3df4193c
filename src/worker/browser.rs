//! The conversation over `postMessage`: both ends of it. A message is a serde value, or a list of one
//! and what travels beside it, transferred and never parsed: a frame's numbers, the bytes of files, the
//! picture on the pad.

use super::protocol::{Reply, Request};
use super::session::Session;
use crate::labs::Numbers;
use js_sys::{Array, ArrayBuffer, Float32Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

#[wasm_bindgen]
extern "C" {
    /// Address of the script that loaded this module, from which a worker loads it again.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static SCRIPT: String;
}

fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).expect("messages are plain data")
}

/// Answers the page for as long as the worker lives; called once, in the worker.
pub fn serve(scope: &DedicatedWorkerGlobalScope) {
    let port = scope.clone();
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        post(&port, &Reply::Crashed { message: info.to_string() }, &Numbers::default());
    }));
    let session = RefCell::new(Session::new(now_ms));
    let port = scope.clone();
    let answered_ms = Cell::new(now_ms());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let came_ms = now_ms();
        // A request, or a request with the bytes that travel beside it.
        let beside = event.data().dyn_into::<Array>().ok();
        let request = beside.as_ref().map_or_else(|| event.data(), |message| message.get(0));
        let request = serde_wasm_bindgen::from_value::<Request>(request);
        let read_ms = now_ms();
        let (reply, numbers) = match request {
            Ok(Request::Give { set, names }) => {
                let bytes = beside.iter().flat_map(|message| message.iter().skip(1));
                let bytes = bytes.map(|bytes| Uint8Array::new(&bytes).to_vec());
                let files = names.into_iter().zip(bytes).collect();
                (session.borrow_mut().give(set, files), Numbers::default())
            }
            Ok(Request::GiveModel { name }) => {
                (session.borrow_mut().give_model(&name, &file_of(beside.as_ref())), Numbers::default())
            }
            Ok(Request::TakeWays { run, own, of }) => {
                let bytes = beside.iter().flat_map(|message| message.iter().skip(1));
                let bytes: Vec<_> = bytes.map(|bytes| Uint8Array::new(&bytes).to_vec()).collect();
                (session.borrow_mut().take_ways(run, own, of, &bytes), Numbers::default())
            }
            Ok(mut request) => {
                let picture = beside.and_then(|message| message.get(1).dyn_into::<Float32Array>().ok());
                if let (Some(view), Some(picture)) = (request.view_mut(), picture) {
                    view.picture = picture.to_vec();
                }
                session.borrow_mut().answer(request)
            }
            Err(error) => (Reply::Failed { run: 0, message: error.to_string() }, Numbers::default()),
        };
        let done_ms = now_ms();
        post(&port, &reply, &numbers);
        let waited_ms = came_ms - answered_ms.replace(now_ms());
        session.borrow_mut().note(waited_ms, read_ms - came_ms + answered_ms.get() - done_ms);
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
    post(scope, &Reply::Ready, &Numbers::default());
}

/// The bytes of the one file beside a request.
fn file_of(beside: Option<&Array>) -> Vec<u8> {
    beside.map_or_else(Vec::new, |message| Uint8Array::new(&message.get(1)).to_vec())
}

fn post(port: &DedicatedWorkerGlobalScope, reply: &Reply, numbers: &Numbers) {
    let bulk = Float32Array::from(numbers.0.as_slice());
    let message = Array::of2(&to_js(reply), &bulk);
    let handed_over = Array::of1(&bulk.buffer());
    if let Reply::Saved { bytes } | Reply::Way { bytes, .. } = reply {
        let file = Uint8Array::from(bytes.as_slice());
        message.push(&file);
        handed_over.push(&file.buffer());
    }
    port.post_message_with_transfer(&message, &handed_over).expect("the page takes plain data");
}

/// Milliseconds since the worker began.
fn now_ms() -> f64 {
    thread_local! {
        static CLOCK: web_sys::Performance = js_sys::global()
            .unchecked_into::<DedicatedWorkerGlobalScope>()
            .performance()
            .expect("every worker has a clock");
    }
    CLOCK.with(web_sys::Performance::now)
}

/// The page's end: one worker, and what to do with its replies.
pub struct Client {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Client {
    /// Starts a worker from the page's own module; its first reply is [`Reply::Ready`].
    ///
    /// # Errors
    /// What the browser says when it starts no workers.
    pub fn start(on_reply: impl Fn(Reply, Numbers) + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("worker_boot.js", &options)?;
        let on_reply = Rc::new(on_reply);
        let receive = Rc::clone(&on_reply);
        let on_message = Closure::new(move |event: MessageEvent| {
            let message: Array = event.data().unchecked_into();
            let numbers =
                message.get(1).dyn_into::<Float32Array>().map(|bulk| bulk.to_vec()).unwrap_or_default();
            match serde_wasm_bindgen::from_value(message.get(0)) {
                Ok(Reply::Saved { .. }) => {
                    let bytes = Uint8Array::new(&message.get(2)).to_vec();
                    receive(Reply::Saved { bytes }, Numbers::default());
                }
                Ok(Reply::Way { run, snapshots, .. }) => {
                    let bytes = Uint8Array::new(&message.get(2)).to_vec();
                    receive(Reply::Way { run, snapshots, bytes }, Numbers::default());
                }
                Ok(reply) => receive(reply, Numbers(numbers)),
                Err(error) => receive(Reply::Crashed { message: error.to_string() }, Numbers::default()),
            }
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            on_reply(Reply::Crashed { message: event.message() }, Numbers::default());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let boot = Object::new();
        Reflect::set(&boot, &"url".into(), &SCRIPT.with(|script| JsValue::from(script.as_str())))?;
        Reflect::set(&boot, &"module".into(), &wasm_bindgen::module())?;
        worker.post_message(&boot)?;
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Asks the worker and hands bytes over to it, which the page then has no more.
    pub fn send_with(&self, request: &Request, bytes: &[ArrayBuffer]) {
        let message: Array = std::iter::once(to_js(request)).chain(bytes.iter().map(JsValue::from)).collect();
        let handed_over: Array = bytes.iter().collect();
        self.worker.post_message_with_transfer(&message, &handed_over).expect("requests are plain data");
    }

    /// Asks the worker.
    pub fn send(&self, mut request: Request) {
        let picture = request.view_mut().map(|view| std::mem::take(&mut view.picture)).unwrap_or_default();
        let picture = Float32Array::from(picture.as_slice());
        self.worker
            .post_message_with_transfer(
                &Array::of2(&to_js(&request), &picture),
                &Array::of1(&picture.buffer()),
            )
            .expect("requests are plain data");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
