//! The command line: the same engine without the page. Exit code 2 and one sentence for what cannot
//! be taken.

mod data;
mod train;

use clap::{Parser, Subcommand};
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
    /// Writes the exact arrays that an experiment trains and tests on.
    Data(data::Data),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Train(verb) => verb.run(),
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
fn read_experiment(path: &std::path::Path) -> glassbox::error::Result<glassbox::train::Experiment> {
    use glassbox::error::Error;
    use std::io::Read;
    /// Longer than any experiment with ten thousand edits.
    const MAX_BYTES: u64 = 16 << 20;
    let file = |error: std::io::Error| Error::file(path.display(), in_words(&error));
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(MAX_BYTES).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text))
    };
    if read.map_err(file)? as u64 == MAX_BYTES {
        return Err(Error::file(path.display(), "larger than 16 MB, which no experiment is"));
    }
    glassbox::labs::read(&text)
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
