//! The command line: the same engine without the page. Exit code 2 and one sentence for what cannot
//! be taken.

/// Prints a line; a reader that has gone away, as `head` does, is no reason to panic.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod data;
mod evaluate;
mod images;
mod predict_strokes;
mod train;
mod train_digits;

use clap::{Parser, Subcommand};
use glassbox::error::{Error, Result};
use glassbox::train::Experiment;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// Trains what the page trains, number for number.
#[derive(Parser)]
#[command(name = "glassbox", version, about)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs an experiment headless.
    Train(train::Train),
    /// Trains the digit model that the page ships, always to the same file.
    TrainDigits(train_digits::TrainDigits),
    /// Tells how many images of a test set a trained model tells rightly.
    Evaluate(evaluate::Evaluate),
    /// Tells what a trained model makes of pen strokes, and how often it is right.
    PredictStrokes(predict_strokes::PredictStrokes),
    /// Writes the exact arrays that an experiment trains and tests on.
    Data(data::Data),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Train(verb) => verb.run(),
        Verb::TrainDigits(verb) => verb.run(),
        Verb::Evaluate(verb) => verb.run(),
        Verb::PredictStrokes(verb) => verb.run(),
        Verb::Data(verb) => verb.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("glassbox: {error}");
            ExitCode::from(2)
        }
    }
}

/// The experiment in a file; "-" is standard input.
fn read_experiment(path: &Path) -> Result<Experiment> {
    /// Longer than any experiment with ten thousand edits.
    const MAX_BYTES: u64 = 16 << 20;
    let file = |error: std::io::Error| Error::file(path.display(), in_words(&error));
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(MAX_BYTES).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text))
    };
    if read.map_err(file)? as u64 == MAX_BYTES {
        return Err(Error::file(path.display(), "more than 16 MB, but an experiment must be at most 16 MB"));
    }
    glassbox::labs::read(&text)
}

/// A file to read.
fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path).map(BufReader::new).map_err(|error| Error::file(path.display(), in_words(&error)))
}

/// Writes a whole file.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(path, content).map_err(|error| Error::file(path.display(), in_words(&error)))
}

/// What the system says of a file, as the rest of a sentence.
fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".into(),
        std::io::ErrorKind::PermissionDenied => "not allowed to read or write here".into(),
        std::io::ErrorKind::InvalidData => "this is not text in UTF-8".into(),
        _ => error.to_string(),
    }
}

/// Refuses a place that cannot be written before hours of training, not after.
fn check_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::file(path.display(), format!("there is no folder {}", folder.display())))
}
