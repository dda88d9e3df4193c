//! What users are likely to think of films that they have not rated, by those that they have.

use super::chains::machine;
use crate::data::SparseRows;
use crate::data::ratings::Scale;
use crate::nn::rbm::{Rbm, Weights};
use crate::tensor::math::exp;
use crate::train::Run;

/// What a user is taken for, and what follows of films.
pub(super) struct Viewer<'a> {
    rbm: Rbm,
    weights: Weights<'a>,
    levels: usize,
    scale: Scale,
    hidden: Vec<f32>,
    logits: Vec<f32>,
    shares: Vec<f32>,
}

impl<'a> Viewer<'a> {
    pub fn of(run: &'a Run) -> Self {
        let (rbm, weights) = machine(run);
        let levels = rows(run, false).levels().unwrap_or(1);
        Self {
            rbm,
            weights,
            levels,
            scale: scale(run),
            hidden: Vec::new(),
            logits: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// Takes up a user who gave films these levels: hidden means, by the rows of the kernel that count.
    pub fn take(&mut self, known: impl Iterator<Item = (usize, usize)>) {
        let units = self.rbm.hidden_units();
        self.logits.clear();
        self.logits.extend_from_slice(self.weights.hidden_bias);
        for (film, level) in known {
            let row = &self.weights.kernel[(film * self.levels + level) * units..][..units];
            self.logits.iter_mut().zip(row).for_each(|(z, w)| *z += w);
        }
        self.rbm.hidden_means(&self.logits, &mut self.hidden);
    }

    /// Expected stars of a film and their deviation, of the user taken up last.
    pub fn expects(&mut self, film: usize) -> [f32; 2] {
        let units = self.rbm.hidden_units();
        self.shares.clear();
        for unit in film * self.levels..(film + 1) * self.levels {
            let row = &self.weights.kernel[unit * units..][..units];
            let sum: f32 = row.iter().zip(&self.hidden).map(|(w, h)| w * h).sum();
            self.shares.push(sum + self.weights.visible_bias[unit]);
        }
        let most = self.shares.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.shares.iter_mut().for_each(|z| *z = exp(*z - most));
        let sum: f32 = self.shares.iter().sum();
        let stars = |level: usize| self.scale.stars(level);
        let of_levels = || self.shares.iter().enumerate().map(|(level, p)| (stars(level), p / sum));
        let mean: f32 = of_levels().map(|(stars, p)| stars * p).sum();
        let variance: f32 = of_levels().map(|(stars, p)| (stars - mean) * (stars - mean) * p).sum();
        [mean, variance.sqrt()]
    }
}

/// The ratings that are trained on, or those that are held out.
pub(super) fn rows(run: &Run, held_out: bool) -> &SparseRows {
    let part = if held_out { &run.data().test } else { &run.data().train };
    part.sparse().expect("the job is of ratings")
}

/// How stars stand for the levels of the ratings.
pub(super) fn scale(run: &Run) -> Scale {
    Scale::of(rows(run, false).levels().unwrap_or(1)).unwrap_or(Scale::STARS)
}

/// Root of the mean squared error in stars, over what is trained on or over what is held out; each user is told by what is
/// trained on.
pub(super) fn rmse(run: &Run, held_out: bool) -> f32 {
    let mut viewer = Viewer::of(run);
    let scale = viewer.scale;
    let asked = rows(run, held_out);
    error(asked, scale, |user, film| {
        if let Some(user) = user {
            viewer.take(rows(run, false).row(user));
        }
        viewer.expects(film)[0]
    })
}

/// The same of what `expects` gives for a film, which is told of the user before the first film of theirs.
fn error(asked: &SparseRows, scale: Scale, mut expects: impl FnMut(Option<usize>, usize) -> f32) -> f32 {
    let (mut sum, mut many) = (0.0, 0_usize);
    for user in 0..asked.len() {
        let mut new = Some(user);
        for (film, level) in asked.row(user) {
            let off = expects(new.take(), film) - scale.stars(level);
            sum += f64::from(off) * f64::from(off);
            many += 1;
        }
    }
    (sum / many.max(1) as f64).sqrt() as f32
}

/// What is expected without a machine: of each film its mean, and its mean moved by how kind the user is.
pub(super) struct Baselines {
    pub film: f32,
    pub user_and_film: f32,
}

/// Ratings of a film, or of a user, as which the mean of all counts beside them.
const PRIOR_OF_FILM: f64 = 3.0;
const PRIOR_OF_USER: f64 = 5.0;
/// Turns in which users and films are told apart.
const TURNS: usize = 10;

impl Baselines {
    pub fn of(run: &Run) -> Self {
        let (train, held_out) = (rows(run, false), rows(run, true));
        let scale = scale(run);
        let stars = |level: usize| f64::from(scale.stars(level));
        let all = || {
            (0..train.len()).flat_map(|user| train.row(user).map(move |(film, level)| (user, film, level)))
        };
        let mean = all().map(|(.., level)| stars(level)).sum::<f64>() / train.known().max(1) as f64;
        let mut sums = vec![[0.0, 0.0]; train.columns()];
        all().for_each(|(_, film, level)| sums[film] = [sums[film][0] + stars(level), sums[film][1] + 1.0]);
        let film_mean = |film: usize| if sums[film][1] > 0.0 { sums[film][0] / sums[film][1] } else { mean };
        let film = error(held_out, scale, |_, film| film_mean(film) as f32);

        let (mut of_film, mut of_user) = (vec![0.0; train.columns()], vec![0.0; train.len()]);
        for _ in 0..TURNS {
            let mut rest = vec![[0.0, PRIOR_OF_FILM]; train.columns()];
            for (user, film, level) in all() {
                let [sum, many] = rest[film];
                rest[film] = [sum + stars(level) - mean - of_user[user], many + 1.0];
            }
            of_film.iter_mut().zip(&rest).for_each(|(bias, [sum, many])| *bias = sum / many);
            let mut rest = vec![[0.0, PRIOR_OF_USER]; train.len()];
            for (user, film, level) in all() {
                let [sum, many] = rest[user];
                rest[user] = [sum + stars(level) - mean - of_film[film], many + 1.0];
            }
            of_user.iter_mut().zip(&rest).for_each(|(bias, [sum, many])| *bias = sum / many);
        }
        let mut at = 0;
        let user_and_film = error(held_out, scale, |user, film| {
            at = user.unwrap_or(at);
            (mean + of_user[at] + of_film[film]) as f32
        });
        Self { film, user_and_film }
    }
}
