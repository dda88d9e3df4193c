//! `glassbox predict-strokes`: what a trained model makes of pen strokes, prepared as the page's pad
//! prepares them.

use super::{check_folder, open, write};
use clap::Args;
use glassbox::data::digits::{Drawing, Preparation, prepare};
use glassbox::error::{Error, Result};
use glassbox::nn::Pass;
use glassbox::train::Model;
use serde::Serialize;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// Longer than any line whose drawing is taken.
const MAX_LINE: u64 = 4 << 20;

#[derive(Args)]
pub struct PredictStrokes {
    /// The model, as `glassbox train-digits` writes it.
    model: PathBuf,
    /// Drawings, one a line: {"digit":3,"strokes":[[[x,y],…],…]} in any unit, y down; "digit" may be left out.
    #[arg(long)]
    input: PathBuf,
    /// Where to write what the model says of each line; left out, beside the input.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// What the model says of one drawing.
#[derive(Serialize)]
struct Prediction {
    #[serde(skip_serializing_if = "Option::is_none")]
    digit: Option<u8>,
    /// `null` for a drawing without a point.
    class: Option<usize>,
    confidence: f32,
    logits: Vec<f32>,
}

impl PredictStrokes {
    pub fn run(self) -> Result<()> {
        let output = self.output.unwrap_or_else(|| self.input.with_extension("predictions.ndjson"));
        check_folder(&output)?;
        let model = Model::read(&self.model.display().to_string(), open(&self.model)?)?;
        let mut pass = Pass::default();
        let (mut lines, mut counts) = (String::new(), [[0_usize; 11]; 10]);
        for_each_drawing(&self.input, |drawing| {
            let prediction = predict(&model, &drawing, &mut pass)?;
            if let Some(digit) = prediction.digit {
                counts[digit as usize][prediction.class.unwrap_or(10)] += 1;
            }
            lines += &serde_json::to_string(&prediction).expect("a prediction is plain data");
            lines.push('\n');
            Ok(())
        })?;
        write(&output, lines.as_bytes())?;
        print_counts(&counts);
        say!("predictions in {}", output.display());
        Ok(())
    }
}

fn predict(model: &Model, drawing: &Drawing, pass: &mut Pass) -> Result<Prediction> {
    let prepared = prepare(drawing, &Preparation::default());
    let digit = drawing.digit();
    if prepared.bounds.is_none() {
        return Ok(Prediction { digit, class: None, confidence: 0.0, logits: Vec::new() });
    }
    let class = model.classify(&prepared.image, pass)?;
    let logits = pass.traces.last().map_or(Vec::new(), |trace| trace.before_activation().to_vec());
    let confidence = class.map_or(0.0, |class| pass.output()[class]);
    Ok(Prediction { digit, class, confidence, logits })
}

/// Reads drawings line by line; blank lines are skipped.
fn for_each_drawing(path: &Path, mut visit: impl FnMut(Drawing) -> Result<()>) -> Result<()> {
    let mut file = open(path)?;
    let mut line = String::new();
    for number in 1.. {
        let refused = |reason: String| Error::file(format!("{}, line {number}", path.display()), reason);
        line.clear();
        let read = file.by_ref().take(MAX_LINE).read_line(&mut line);
        let length = read.map_err(|error| refused(super::in_words(&error)))?;
        if length == 0 {
            break;
        }
        if length as u64 == MAX_LINE {
            return Err(refused("longer than 4 MB, which no drawing is".into()));
        }
        if !line.trim().is_empty() {
            let drawing =
                serde_json::from_str(&line).map_err(|error| refused(format!("no drawing: {error}")))?;
            visit(drawing)?;
        }
    }
    Ok(())
}

/// The accuracy, and a row for each true digit with how often it was taken for each.
fn print_counts(counts: &[[usize; 11]; 10]) {
    let total: usize = counts.iter().flatten().sum();
    let right: usize = (0..10).map(|digit| counts[digit][digit]).sum();
    if total == 0 {
        return say!("accuracy unknown: no line tells its digit");
    }
    say!("accuracy {:.4} ({right}/{total})", right as f64 / total as f64);
    say!("true  said 0      1      2      3      4      5      6      7      8      9   none  accuracy");
    for (digit, row) in counts.iter().enumerate() {
        let of_digit: usize = row.iter().sum();
        let cells = row.map(|count| format!("{count:>7}")).concat();
        let share =
            if of_digit == 0 { "–".into() } else { format!("{:.4}", row[digit] as f64 / of_digit as f64) };
        say!("{digit:>4}  {cells}  {share:>8}");
    }
}
