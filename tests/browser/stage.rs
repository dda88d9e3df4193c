//! What the browser tests stand on: a plain file server for the built page, a browser of its own for
//! each test, and the few things that a visitor does.

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard};

/// One browser at a time: frames are measured, and two cores are soon busy.
static TURN: Mutex<()> = Mutex::const_new(());
/// The page must run under any path.
const PATH: &str = "/a/lesson/on/gradients/";

/// Every size and colour scheme that the page is looked at in.
pub const VIEWS: [(u32, u32, &str); 5] = [
    (1440, 900, "light"),
    (1440, 900, "dark"),
    (1024, 768, "light"),
    (390, 844, "light"),
    (390, 844, "dark"),
];

/// Time until a run that stands still is kept, and until one that was kept stands again.
pub const KEPT: Duration = Duration::from_millis(1500);

/// Within this time the figures follow the counter: a step that is asked for is told first, what it changed next.
const FIGURES: Duration = Duration::from_millis(400);

/// A browser that shows the page.
pub struct Stage {
    pub client: Client,
    address: String,
    _driver: Child,
    _server: Server,
    _turn: MutexGuard<'static, ()>,
}

/// Serves a folder under [`PATH`], without any special header; beside it the page for benchmarks, as
/// `scripts/bench-page` puts it there.
struct Server {
    http: Arc<tiny_http::Server>,
    port: u16,
}

impl Server {
    fn new(folder: PathBuf) -> Self {
        let http = Arc::new(tiny_http::Server::http("127.0.0.1:0").expect("a free port"));
        let port = http.server_addr().to_ip().expect("an address").port();
        let listener = Arc::clone(&http);
        // tiny_http can count on one waiting thread for two connections, and the second then waits for as long as those
        // before it rest open: a connection that comes and goes sets a thread free for it.
        let watched = Arc::downgrade(&http);
        std::thread::spawn(move || {
            while watched.upgrade().is_some() {
                let _ = std::net::TcpStream::connect(("127.0.0.1", port));
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/page");
        std::thread::spawn(move || {
            for request in listener.incoming_requests() {
                let path = request.url().split(['?', '#']).next().unwrap_or_default();
                let name =
                    path.strip_prefix(PATH).map(|name| if name.is_empty() { "index.html" } else { name });
                let file = name.and_then(|name| {
                    let place = match name {
                        "page.html" => folder.join("index.html"),
                        "bench.html" => bench.join("index.html"),
                        "bench.js" => bench.join(name),
                        _ => folder.join(name),
                    };
                    Some((name, std::fs::read(place).ok()?))
                });
                let _ = match file {
                    Some((name, bytes)) => {
                        let kind = mime_guess::from_path(name).first_or_octet_stream();
                        let header =
                            format!("Content-Type: {kind}").parse::<tiny_http::Header>().expect("a header");
                        request.respond(tiny_http::Response::from_data(bytes).with_header(header))
                    }
                    // A file by itself names no icon, so the browser asks for the usual one.
                    None if path == "/favicon.ico" => request.respond(tiny_http::Response::empty(204)),
                    None => request.respond(tiny_http::Response::empty(404)),
                };
            }
        });
        Self { http, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.http.unblock();
    }
}

/// A command of the driver beyond the standard.
#[derive(Debug)]
struct Post(&'static str, Value);

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}

impl Stage {
    /// Opens the built page at `link`; `None`, and a word, when there is no page or no browser to test.
    pub async fn open(link: &str) -> Option<Self> {
        let stage = Self::blank().await?;
        stage.visit(link).await;
        Some(stage)
    }

    /// A browser with an empty tab.
    pub async fn blank() -> Option<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(dist) = variable("GLASSBOX_DIST") else {
            eprintln!(
                "skipped: GLASSBOX_DIST does not name a built page; scripts/test builds it and runs this test"
            );
            return None;
        };
        let turn = TURN.lock().await;
        let server = Server::new(PathBuf::from(dist));
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let driver = variable("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut command = Command::new(driver);
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let driver = command.spawn().expect("a driver for the browser");
        let mut options = json!({ "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-quic", "--window-size=1440,900", "--force-color-profile=srgb"] });
        if let Some(browser) = variable("CHROME") {
            options["binary"] = browser.into();
        }
        let capabilities =
            json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let started = Instant::now();
        let client = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            match builder
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
            {
                Ok(client) => break client,
                Err(error) if started.elapsed() > Duration::from_secs(30) => panic!("no browser: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        let address = format!("http://127.0.0.1:{}{PATH}", server.port);
        let stage = Self { client, address, _driver: driver, _server: server, _turn: turn };
        stage.size(1440, 900, "light").await;
        Some(stage)
    }

    /// Goes to a link of the page and waits until the first gradients are measured.
    pub async fn visit(&self, link: &str) {
        self.goto(link).await;
        self.until_measured().await;
    }

    async fn until_measured(&self) {
        self.until(
            "[...document.querySelectorAll('canvas[id^=figure-]')].some(figure => figure.ariaLabel && figure.ariaLabel !== 'Not measured yet.')",
            "a first measurement",
        )
        .await;
    }

    /// Goes to another file beside the page.
    pub async fn goto(&self, name: &str) {
        self.client.goto("about:blank").await.expect("an empty tab");
        self.client.goto(&format!("{}{name}", self.address)).await.expect("the file");
    }

    /// Ends the browser; the page must have logged no error.
    pub async fn close(self) {
        let log = self.client.issue_cmd(Post("se/log", json!({ "type": "browser" }))).await.expect("the log");
        let errors: Vec<String> = log
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "the console has errors: {errors:#?}");
        self.client.close().await.expect("the browser ends");
    }

    /// Size of the view in CSS pixels, and the colour scheme that the system prefers.
    pub async fn size(&self, width: u32, height: u32, scheme: &str) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// A command of the browser's own protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Post("goog/cdp/execute", body)).await.expect("a command of the browser")
    }

    /// Value of a JavaScript expression in the page.
    pub async fn value(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.expect("an expression")
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str, what: &str) {
        let started = Instant::now();
        loop {
            let value = self.value(&format!("Boolean({expression})")).await;
            if value == true {
                return;
            }
            if started.elapsed() > Duration::from_secs(60) {
                let page = self.value("document.body.innerText").await;
                panic!("{what} did not come; the page says: {page}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Steps made, as the counter says.
    pub async fn step(&self) -> usize {
        let step = self.value("document.querySelector('[data-testid=counter]').dataset.step").await;
        step.as_str().and_then(|step| step.parse().ok()).expect("a counter")
    }

    /// Waits until so many steps are made.
    pub async fn until_step(&self, step: usize) {
        self.until(
            &format!("Number(document.querySelector('[data-testid=counter]').dataset.step) >= {step}"),
            "the step",
        )
        .await;
    }

    /// Types keys with nothing focused, as a visitor who just opened the page.
    pub async fn keys(&self, keys: &str) {
        self.client.execute("document.activeElement?.blur()", Vec::new()).await.expect("a page");
        self.type_keys(keys).await;
    }

    /// Types keys wherever the focus is.
    pub async fn type_keys(&self, keys: &str) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys.chars() {
            actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        }
        self.client.perform_actions(actions).await.expect("keys");
    }

    /// Presses a key with Shift wherever the focus is.
    pub async fn shift_key(&self, key: &str) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let (shift, key) = ('\u{E008}', key.chars().next().expect("a key"));
        let actions = [
            KeyAction::Down { value: shift },
            KeyAction::Down { value: key },
            KeyAction::Up { value: key },
            KeyAction::Up { value: shift },
        ];
        let actions = actions.into_iter().fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client.perform_actions(actions).await.expect("keys");
    }

    /// The page must be no wider than the view: on a phone what is wider makes the view itself wider than the screen.
    pub async fn assert_fits(&self, what: &str) {
        let overflow = self
            .value("Math.max(document.documentElement.scrollWidth - innerWidth, screen.width < 500 ? innerWidth - screen.width : 0)")
            .await;
        assert!(overflow.as_i64() <= Some(0), "{what}: the page is {overflow} px too wide");
    }

    /// Waits until so many steps are made, and not one more.
    pub async fn rests_at(&self, step: usize) {
        self.until_step(step).await;
        tokio::time::sleep(FIGURES).await;
        assert_eq!(self.step().await, step);
    }

    /// Has pages keep their newest worker, for [`Self::crash`]; before one is visited.
    pub async fn keep_workers(&self) {
        let keep = "window.Worker = class extends Worker { constructor(...given) { super(...given); window.lastWorker = this; } }";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": keep })).await;
    }

    /// Has the page learn that its newest worker came to its end.
    pub async fn crash(&self) {
        self.run("lastWorker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))").await;
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    }

    /// Scrolls to what a CSS selector finds: figures out of sight are not drawn.
    pub async fn show(&self, selector: &str) {
        self.run(&format!("document.querySelector({}).scrollIntoView()", json!(selector))).await;
    }

    /// Waits until the page has stopped scrolling: a smooth scroll on its way goes on over a scroll by script.
    pub async fn until_still(&self) {
        let script = "const done = arguments[0];
            let at = -1, still = 0;
            const look = () => {
                still = scrollY === at ? still + 1 : 0;
                at = scrollY;
                if (still === 10) done();
                else requestAnimationFrame(look);
            };
            look()";
        self.client.execute_async(script, Vec::new()).await.expect("an end of scrolling");
    }

    /// Puts the keyboard's focus on what a CSS selector finds.
    pub async fn focus(&self, selector: &str) {
        self.run(&format!("document.querySelector({}).focus()", json!(selector))).await;
    }

    /// Clicks on what a CSS selector finds, with a real pointer.
    pub async fn click(&self, selector: &str) {
        let element =
            self.client.find(Locator::Css(selector)).await.unwrap_or_else(|_| panic!("no {selector}"));
        element.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Presses at a place of what a CSS selector finds, in CSS pixels from its top left, moves to another and lets go.
    pub async fn press(&self, selector: &str, from: [f64; 2], to: [f64; 2]) {
        use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
        let corner = format!(
            "(({{ left, top }}) => [left, top])(document.querySelector({}).getBoundingClientRect())",
            json!(selector)
        );
        let [left, top]: [f64; 2] = serde_json::from_value(self.value(&corner).await).expect("a place");
        let at = |[x, y]: [f64; 2]| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(20)),
            x: (left + x).round(),
            y: (top + y).round(),
        };
        let mut actions = MouseActions::new("mouse".into())
            .then(at(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
        if from != to {
            actions = actions.then(at(to));
        }
        let actions = actions.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.expect("a pointer");
    }

    /// Loads the page anew, as its visitor does.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page");
        self.until_measured().await;
    }

    /// Goes to a link in a tab of its own, which has kept nothing.
    pub async fn visit_anew(&self, link: &str) {
        // From another file of the place: the page itself would name its tab anew with what it still keeps.
        self.goto("boot.js").await;
        self.run("sessionStorage.clear()").await;
        self.visit(link).await;
    }

    /// Chooses an option of a list by its label.
    pub async fn choose(&self, selector: &str, label: &str) {
        let element =
            self.client.find(Locator::Css(selector)).await.unwrap_or_else(|_| panic!("no {selector}"));
        element.select_by_label(label).await.unwrap_or_else(|error| panic!("{selector} {label}: {error}"));
    }

    /// Chooses one of the segments or data sets of a group by its label.
    pub async fn choose_radio(&self, group: &str, label: &str) {
        let path = format!("//*[@data-testid='{group}']//label[normalize-space()='{label}']");
        let element =
            self.client.find(Locator::XPath(&path)).await.unwrap_or_else(|_| panic!("no {label} in {group}"));
        element.click().await.expect("a click");
    }

    /// Opens a figure's table, reads its rows and closes it.
    pub async fn table(&self, figure: &str) -> Vec<Vec<String>> {
        tokio::time::sleep(FIGURES / 2).await;
        let button = format!("[data-testid={figure}] .fig__table");
        // Out from under the bar, where what stands above has changed its height.
        let uncovered = "scrollIntoView({ block: 'nearest', behavior: 'instant' })";
        self.run(&format!("document.querySelector('{button}').{uncovered}")).await;
        self.click(&button).await;
        let rows = self.value("[...document.querySelectorAll('dialog[open] tbody tr')].map(tr => [...tr.cells].map(td => td.dataset.value))").await;
        self.click("dialog[open] header [aria-label=Close]").await;
        serde_json::from_value(rows).expect("a table")
    }

    /// The gradient norm of every layer, as the bars have it now.
    pub async fn gradients(&self) -> Vec<f32> {
        self.table("gradients").await.iter().map(|row| row[1].parse().expect("a number")).collect()
    }

    /// The part of the address after `#`.
    pub async fn hash(&self) -> String {
        self.value("location.hash").await.as_str().unwrap_or_default().to_owned()
    }

    /// Keeps a picture for people to look at.
    pub async fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
        std::fs::create_dir_all(&folder).expect("a folder");
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("a file");
    }
}
