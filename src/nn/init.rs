//! Initializers: how fresh weights are drawn. Names, defaults and formulas are Keras'.

use crate::error::{Result, ensure_within};
use crate::tensor::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Which rule fresh weights follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitializerName {
    /// All 0.
    Zeros,
    /// All `value` (default 0).
    Constant,
    /// Normal with deviation `stddev` (default 0.05).
    RandomNormal,
    /// The same, redrawn where it leaves ±2 `stddev`.
    TruncatedNormal,
    /// Uniform within ±`maxval` (default 0.05).
    RandomUniform,
    /// Truncated normal of variance 2 / (`fan_in` + `fan_out`). Glorot & Bengio, AISTATS 2010.
    GlorotNormal,
    /// Uniform of the same variance.
    #[default]
    GlorotUniform,
    /// Truncated normal of variance 2 / `fan_in`, for ReLU. He et al., ICCV 2015.
    HeNormal,
    /// Uniform of the same variance.
    HeUniform,
    /// Truncated normal of variance 1 / `fan_in`, for SELU. LeCun et al. 1998.
    LecunNormal,
    /// Uniform of the same variance.
    LecunUniform,
    /// Orthonormal rows or columns times `gain` (default 1). Saxe et al., ICLR 2014.
    Orthogonal,
    /// `gain` (default 1) where row and column are the same, 0 elsewhere: a recurrent layer with `relu` remembers by it. Le,
    /// Jaitly & Hinton 2015.
    Identity,
}

/// An initializer with its one option; written as its name alone where the option is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Initializer {
    pub name: InitializerName,
    /// `value`, `stddev`, `maxval` or `gain`, as the name asks; `None` is Keras' default.
    pub scale: Option<f32>,
}

impl InitializerName {
    /// Every initializer, in the order in which choices list them.
    pub const ALL: [Self; 13] = [
        Self::GlorotUniform,
        Self::GlorotNormal,
        Self::HeUniform,
        Self::HeNormal,
        Self::LecunUniform,
        Self::LecunNormal,
        Self::Orthogonal,
        Self::Identity,
        Self::RandomNormal,
        Self::TruncatedNormal,
        Self::RandomUniform,
        Self::Constant,
        Self::Zeros,
    ];

    /// Keras' key and default of the option, if there is one.
    #[must_use]
    pub fn option(self) -> Option<(&'static str, f32)> {
        match self {
            Self::Constant => Some(("value", 0.0)),
            Self::RandomNormal | Self::TruncatedNormal => Some(("stddev", 0.05)),
            Self::RandomUniform => Some(("maxval", 0.05)),
            Self::Orthogonal | Self::Identity => Some(("gain", 1.0)),
            _ => None,
        }
    }

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Zeros => "Zeros",
            Self::Constant => "Constant",
            Self::RandomNormal => "Random normal",
            Self::TruncatedNormal => "Truncated normal",
            Self::RandomUniform => "Random uniform",
            Self::GlorotNormal => "Glorot normal",
            Self::GlorotUniform => "Glorot uniform",
            Self::HeNormal => "He normal",
            Self::HeUniform => "He uniform",
            Self::LecunNormal => "LeCun normal",
            Self::LecunUniform => "LeCun uniform",
            Self::Orthogonal => "Orthogonal",
            Self::Identity => "Identity",
        }
    }
}

impl Initializer {
    /// The initializer of this name with Keras' default option.
    #[must_use]
    pub const fn new(name: InitializerName) -> Self {
        Self { name, scale: None }
    }

    /// # Errors
    /// [`crate::error::Error::Setting`] when the option is not a number within ±1000 (a deviation, limit or gain: from 0).
    pub fn validate(self, key: &str) -> Result<()> {
        let (Some((option, _)), Some(scale)) = (self.name.option(), self.scale) else { return Ok(()) };
        let low = if self.name == InitializerName::Constant { -1000.0 } else { 0.0 };
        ensure_within(&format!("{key}.{option}"), scale, &(low..=1000.0))
    }

    /// Fills `weights`, an array of `shape`. Its fans are Keras': those of a matrix `[inputs, outputs]`,
    /// times the cells of the window for a convolution; the length of a vector is both.
    pub fn fill(self, weights: &mut [f32], shape: &[usize], rng: &mut Rng) {
        use InitializerName as Name;
        let (outputs, rest) = shape.split_last().expect("weights have an axis");
        let (&inputs, window) = rest.split_last().unwrap_or((outputs, &[]));
        let cells: usize = window.iter().product();
        let (fan_in, fan_out) = (cells * inputs, cells * outputs);
        let scale = self.scale.or(self.name.option().map(|(_, default)| default)).unwrap_or(1.0);
        let (inputs, mean) = (fan_in as f32, (fan_in + fan_out) as f32 / 2.0);
        match self.name {
            Name::Zeros => weights.fill(0.0),
            Name::Constant => weights.fill(scale),
            Name::RandomNormal => weights.fill_with(|| scale * rng.normal()),
            Name::TruncatedNormal => weights.fill_with(|| scale * rng.truncated_normal()),
            Name::RandomUniform => uniform(weights, scale, rng),
            Name::GlorotNormal => normal(weights, 1.0 / mean, rng),
            Name::GlorotUniform => uniform(weights, (3.0 / mean).sqrt(), rng),
            Name::HeNormal => normal(weights, 2.0 / inputs, rng),
            Name::HeUniform => uniform(weights, (6.0 / inputs).sqrt(), rng),
            Name::LecunNormal => normal(weights, 1.0 / inputs, rng),
            Name::LecunUniform => uniform(weights, (3.0 / inputs).sqrt(), rng),
            Name::Orthogonal => orthogonal(weights, *outputs, scale, rng),
            Name::Identity => {
                weights.fill(0.0);
                weights.iter_mut().step_by(outputs + 1).take(*outputs).for_each(|weight| *weight = scale);
            }
        }
    }
}

fn uniform(weights: &mut [f32], limit: f32, rng: &mut Rng) {
    weights.fill_with(|| rng.between(-limit, limit));
}

/// Truncated at two deviations, widened so that the variance is as asked after the cut.
fn normal(weights: &mut [f32], variance: f32, rng: &mut Rng) {
    const DEVIATION_AFTER_CUT: f32 = 0.879_625_7;
    let stddev = variance.sqrt() / DEVIATION_AFTER_CUT;
    weights.fill_with(|| stddev * rng.truncated_normal());
}

/// Orthonormalises the shorter side of a random `[rows, columns]` matrix (modified Gram–Schmidt).
fn orthogonal(weights: &mut [f32], columns: usize, gain: f32, rng: &mut Rng) {
    let rows = weights.len() / columns;
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| f64::from(rng.normal())).collect();
        for other in &basis {
            let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
            vector.iter_mut().zip(other).for_each(|(v, o)| *v -= along * o);
        }
        let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm > 1e-6 {
            vector.iter_mut().for_each(|v| *v /= norm);
            basis.push(vector);
        }
    }
    for (index, weight) in weights.iter_mut().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let value = if rows < columns { basis[row][column] } else { basis[column][row] };
        *weight = gain * value as f32;
    }
}

impl Serialize for Initializer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let (Some((option, _)), Some(scale)) = (self.name.option(), self.scale) else {
            return self.name.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry(option, &scale)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Initializer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        /// Keras' keys of all options; which one is allowed depends on the name.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Options {
            name: InitializerName,
            value: Option<f32>,
            stddev: Option<f32>,
            maxval: Option<f32>,
            gain: Option<f32>,
        }
        struct NameOrOptions;
        impl<'de> de::Visitor<'de> for NameOrOptions {
            type Value = Initializer;
            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("the name of an initializer, or an object with its name and option")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> std::result::Result<Initializer, E> {
                InitializerName::deserialize(de::value::StrDeserializer::new(name)).map(Initializer::new)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> std::result::Result<Initializer, A::Error> {
                let given = Options::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let mut options = vec![("value", given.value), ("stddev", given.stddev)];
                options.extend([("maxval", given.maxval), ("gain", given.gain)]);
                let allowed = given.name.option().map(|(option, _)| option);
                options.retain(|(_, value)| value.is_some());
                match options.as_slice() {
                    [] => Ok(Initializer::new(given.name)),
                    [(key, scale)] if Some(*key) == allowed => {
                        Ok(Initializer { name: given.name, scale: *scale })
                    }
                    _ => Err(de::Error::custom(match allowed {
                        Some(option) => format!("{} takes the option `{option}` alone", given.name.label()),
                        None => format!("{} takes no option", given.name.label()),
                    })),
                }
            }
        }
        deserializer.deserialize_any(NameOrOptions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Stream;

    fn drawn(name: InitializerName, fan_in: usize, fan_out: usize) -> Vec<f32> {
        let mut weights = vec![0.0; fan_in * fan_out];
        Initializer::new(name).fill(&mut weights, &[fan_in, fan_out], &mut Rng::new(1, Stream::Weights(0)));
        weights
    }

    #[test]
    fn variances_follow_the_papers() {
        use InitializerName as Name;
        let variances = [
            (Name::GlorotNormal, 2.0 / 500.0),
            (Name::GlorotUniform, 2.0 / 500.0),
            (Name::HeNormal, 2.0 / 300.0),
            (Name::HeUniform, 2.0 / 300.0),
            (Name::LecunNormal, 1.0 / 300.0),
            (Name::LecunUniform, 1.0 / 300.0),
        ];
        for (name, wanted) in variances {
            let weights = drawn(name, 300, 200);
            let variance = weights.iter().map(|w| w * w).sum::<f32>() / weights.len() as f32;
            assert!((variance / wanted - 1.0).abs() < 0.03, "{name:?}: {variance} vs {wanted}");
        }
    }

    #[test]
    fn convolutions_count_every_cell_of_their_window() {
        let shape = [3, 3, 20, 40];
        let mut weights = vec![0.0; shape.iter().product()];
        let mut drawn = |name| {
            Initializer::new(name).fill(&mut weights, &shape, &mut Rng::new(1, Stream::Weights(0)));
            weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()))
        };
        let limits = [
            (InitializerName::HeUniform, 6.0 / 180.0),
            (InitializerName::GlorotUniform, 6.0 / (180.0 + 360.0)),
        ];
        for (name, square) in limits {
            let reached = drawn(name) / f32::sqrt(square);
            assert!((0.995..1.0).contains(&reached), "{name:?}: {reached}");
        }
        drawn(InitializerName::Orthogonal);
        let dot = |a: usize, b: usize| -> f32 { weights.chunks(40).map(|row| row[a] * row[b]).sum() };
        assert!((dot(3, 3) - 1.0).abs() < 1e-5 && dot(3, 39).abs() < 1e-5, "columns are orthonormal");
    }

    #[test]
    fn orthogonal_kernels_keep_lengths() {
        for (rows, columns) in [(5, 3), (3, 5), (4, 4)] {
            let w = drawn(InitializerName::Orthogonal, rows, columns);
            let dot = |a: usize, b: usize| -> f32 {
                if rows >= columns {
                    (0..rows).map(|r| w[r * columns + a] * w[r * columns + b]).sum()
                } else {
                    (0..columns).map(|c| w[a * columns + c] * w[b * columns + c]).sum()
                }
            };
            for a in 0..rows.min(columns) {
                for b in 0..rows.min(columns) {
                    let wanted = if a == b { 1.0 } else { 0.0 };
                    assert!((dot(a, b) - wanted).abs() < 1e-5, "{rows}x{columns}");
                }
            }
        }
    }

    #[test]
    fn a_name_or_an_object_with_its_option_is_read() {
        let read = |text| serde_json::from_str::<Initializer>(text);
        assert_eq!(read("\"he_normal\"").unwrap(), Initializer::new(InitializerName::HeNormal));
        let small = read(r#"{"name": "random_normal", "stddev": 0.5}"#).unwrap();
        assert_eq!(small.scale, Some(0.5));
        assert_eq!(serde_json::to_string(&small).unwrap(), r#"{"name":"random_normal","stddev":0.5}"#);
        let error = read(r#"{"name": "zeros", "stddev": 0.5}"#).unwrap_err().to_string();
        assert!(error.starts_with("Zeros takes no option"), "{error}");
        assert!(read("\"he\"").unwrap_err().to_string().contains("he_normal"));
    }
}
