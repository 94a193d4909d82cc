//! The app's real window on a screen of its own, driven through WebKitWebDriver.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// The app in its window, with a data folder of its own.
pub struct Window {
    client: Client,
    processes: Vec<Process>,
}

/// A process that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a window needs from the system. Without it tests of the window fail: `./dev test` installs it.
fn start(command: &mut Command) -> Process {
    let name = command.get_program().to_string_lossy().into_owned();
    Process(command.spawn().unwrap_or_else(|error| panic!("{name}: {error}; ./dev test installs it")))
}

/// The preloaded library, compiled once.
static SHIM: LazyLock<PathBuf> = LazyLock::new(|| {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libautomation_shim.so");
    compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/automation_shim.rs"), &library);
    library
});

/// Makes a library of one source file, Rust or C, to be preloaded.
pub fn compile(source: &Path, library: &Path) {
    // Under a name of its own first: another test may be using the one that is there.
    let made = library.with_extension(format!("{:?}", std::thread::current().id()));
    let mut command = match source.extension().is_some_and(|ending| ending == "c") {
        true => {
            let mut command = Command::new("cc");
            command.args(["-shared", "-fPIC", "-O1", "-o"]);
            command
        }
        false => {
            let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
            command.args(["--edition=2024", "--crate-type=cdylib", "-Copt-level=1", "-o"]);
            command
        }
    };
    let status = command.arg(&made).arg(source).status();
    assert!(status.is_ok_and(|status| status.success()), "{} does not compile", source.display());
    std::fs::rename(made, library).expect("the library in its place");
}

/// An X server on a free display: its name, and the process.
fn screen() -> (String, Process) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1200x1000x24", "-nolisten", "tcp"]);
    let mut server = start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut number = String::new();
    let output = server.0.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut number).expect("a display number");
    (format!(":{}", number.trim()), server)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

impl Window {
    /// Opens the app with this data folder; `environment` is added to the app's own.
    pub async fn open(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::open_with(data, &[], environment).await
    }

    /// The same with further libraries preloaded.
    pub async fn open_with(data: &Path, libraries: &[PathBuf], environment: &[(&str, &str)]) -> Self {
        Self::start(Path::new(env!("CARGO_BIN_EXE_spotcheck")), data, libraries, environment).await
    }

    /// Opens the app by way of another program.
    pub async fn open_program(program: &Path, data: &Path) -> Self {
        Self::start(program, data, &[], &[]).await
    }

    async fn start(program: &Path, data: &Path, libraries: &[PathBuf], environment: &[(&str, &str)]) -> Self {
        let preloaded: Vec<_> =
            std::iter::once(&*SHIM).chain(libraries).map(|path| path.to_string_lossy()).collect();
        let (display, server) = screen();
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", display)
            .env("LD_PRELOAD", preloaded.join(":"))
            .env("SPOTCHECK_DATA", data)
            .env("LANG", "en_US.UTF-8")
            // Whoever runs this may have a key store: theirs is left alone.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env_remove("WAYLAND_DISPLAY")
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = start(&mut command);
        let options = json!({ "binary": program, "args": [] });
        let wanted = json!({ "webkitgtk:browserOptions": options });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(wanted.as_object().expect("an object").clone());
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 100;
        let client = loop {
            match builder.connect(&address).await {
                Ok(client) => break client,
                Err(error) if tries == 0 => panic!("no session: {error}"),
                Err(_) => tries -= 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        Self { client, processes: vec![driver, server] }
    }

    /// Opens the app for somebody who has agreed to the welcome screen before.
    pub async fn open_agreed(data: &Path) -> Self {
        std::fs::create_dir_all(data).expect("folder");
        std::fs::write(data.join("settings.json"), r#"{"consent":1,"language":"en"}"#).expect("settings");
        Self::open(data, &[]).await
    }

    /// The element, as soon as it is there.
    pub async fn find(&self, css: &str) -> Element {
        self.with(css, async |element| Ok(element)).await
    }

    /// Does that with the element as soon as it is there; once more where another has taken its place meanwhile, as the
    /// next screen's does.
    async fn with<T>(&self, css: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        let since = Instant::now();
        loop {
            let done = match self.client.find(Locator::Css(css)).await {
                Ok(element) => act(element).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(done) => return done,
                Err(error) if is_gone(&error) && since.elapsed() < Duration::from_secs(20) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => {
                    let shown = self.run("return document.body.innerText").await;
                    panic!("{css}: {error}; the screen says {shown}")
                }
            }
        }
    }

    /// How many such elements there are now. The page counts: the driver's own list names each element, and one that is
    /// gone before it is named makes that fail.
    pub async fn count(&self, css: &str) -> usize {
        let script = format!("return document.querySelectorAll({}).length", json!(css));
        self.run(&script).await.as_u64().expect("a number") as usize
    }

    /// Clicks the element.
    pub async fn click(&self, css: &str) {
        let since = Instant::now();
        loop {
            match self.find(css).await.click().await {
                Ok(()) => return,
                // What lies over it for a moment, such as a notice that is being closed, goes.
                Err(error) if is_covered(&error) && since.elapsed() < Duration::from_secs(20) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                // Another has taken its place, and is clicked. Where there is none, the click itself has taken it away.
                Err(error) if is_gone(&error) && since.elapsed() < Duration::from_secs(20) => {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    if self.count(css).await == 0 {
                        return;
                    }
                }
                Err(error) => panic!("{css}: {error:?}"),
            }
        }
    }

    /// The element's visible text.
    pub async fn text(&self, css: &str) -> String {
        self.with(css, async |element| element.text().await).await
    }

    /// Waits until the element's text is as wanted.
    pub async fn wait_for_text(&self, css: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        for _ in 0..200 {
            // An element may be replaced while it is read.
            if let Ok(element) = self.client.find(Locator::Css(css)).await {
                text = element.text().await.unwrap_or_default();
                if wanted(&text) {
                    return text;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let shown = self.run("return document.body.innerText").await;
        panic!("{css} says {text:?}; the screen says {shown}");
    }

    /// Waits until no such element is there.
    pub async fn wait_until_gone(&self, css: &str) {
        for _ in 0..200 {
            if self.count(css).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{css} is still there");
    }

    /// Takes the notice away: what is told next would not be told from it otherwise.
    pub async fn dismiss(&self) {
        self.click(".notice button").await;
        self.wait_until_gone(".notice").await;
    }

    /// Gives the file to the file input, as a user's choice does.
    pub async fn choose(&self, css: &str, file: &Path) {
        let file = std::fs::canonicalize(file).expect("file");
        self.with(css, async |input| input.send_keys(&file.to_string_lossy()).await).await;
    }

    /// Gives all of these files to the file input at once.
    pub async fn choose_all(&self, css: &str, files: &[String]) {
        self.with(css, async |input| input.send_keys(&files.join("\n")).await).await;
    }

    /// Puts text into a field, in the place of what is there.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.with(css, async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Chooses this option of a list.
    pub async fn pick(&self, css: &str, value: &str) {
        self.with(css, async |list| list.select_by_value(value).await).await;
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &str) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let mut actions = KeyActions::new("keyboard".into());
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.expect("pressed");
    }

    /// What the script returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What the script hands to its last argument, a function.
    pub async fn run_async(&self, script: &str) -> Value {
        let value = self.client.execute_async(script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What asking for one of the app's own addresses brings: the status, and whether it may be stored.
    pub async fn fetched(&self, address: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; fetch('{address}').then(\
               answer => done([answer.status, answer.headers.get('cache-control')]), error => done(String(error)));"
        );
        self.run_async(&script).await
    }

    /// Makes the window so large, in pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("resized");
        for _ in 0..100 {
            if self.run("return [window.outerWidth, window.outerHeight]").await == json!([width, height]) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the window stays as it is");
    }

    /// Writes a picture of what is seen.
    pub async fn picture(&self, name: &str) {
        let folder = std::env::var_os("SPOTCHECK_SCREENS")
            .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens"), PathBuf::from);
        std::fs::create_dir_all(&folder).expect("folder");
        // The spinner and images settle.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("written");
    }

    /// Closes the app as its user would, and waits until it is gone: whoever opens it next finds the archive free.
    pub async fn close(self) {
        let apps = children(self.processes[0].0.id());
        assert!(!apps.is_empty(), "the app was gone before it was closed");
        let _ = self.client.clone().close().await;
        let since = Instant::now();
        while apps.iter().any(|app| runs(app).is_some()) {
            assert!(since.elapsed() < Duration::from_secs(30), "the app does not end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether the element is not there, or no more.
fn is_gone(error: &CmdError) -> bool {
    use ErrorStatus::{NoSuchElement, StaleElementReference};
    matches!(error, CmdError::Standard(error) if matches!(error.error, NoSuchElement | StaleElementReference))
}

/// Whether something else would be clicked.
fn is_covered(error: &CmdError) -> bool {
    matches!(error, CmdError::Standard(error) if error.error == ErrorStatus::ElementClickIntercepted)
}

/// The running processes that this one has started. Of all processes, since what Linux lists as somebody's children may lack some.
fn children(parent: u32) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let names = processes.map(|process| process.file_name().to_string_lossy().into_owned());
    names.filter(|name| runs(name) == Some(parent)).collect()
}

/// Whose child this process is, as long as any of its threads runs: one that is being written to the disk may outlive the first, with all
/// that the process holds.
fn runs(process: &str) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut rest = stat.rsplit(") ").next()?.split(' ');
    let state = rest.next()?;
    let parent = rest.next()?.parse().ok()?;
    let threads = || std::fs::read_dir(format!("/proc/{process}/task")).map_or(0, Iterator::count);
    (state != "Z" || threads() > 1).then_some(parent)
}
