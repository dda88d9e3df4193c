"""Writes golden.json: what Keras computes, for the Rust tests to compare with.

    python3.11 -m venv /tmp/keras
    /tmp/keras/bin/pip install keras==3.15.1 jax==0.10.2 numpy==2.4.6 torch==2.15.0
    /tmp/keras/bin/python tests/golden/make.py

Keras runs on JAX in float64, so that the reference is more exact than our f32. Every number that goes in
(inputs, weights, targets) has at most three decimals and is rounded to f32 before anything is computed from it:
read as f32, both sides start from the same bits. What comes out is written with all digits of its f64.
"""

import json
import math
import os
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND="jax", JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu")

import jax
import keras
import numpy as np
import torch
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
# On JAX, Keras promotes f64 with a Python float to f32 (`ops.tanh` does): let it stay f64.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

SEED = 1986
"""Each section draws its numbers from its own generator, `default_rng([SEED, section])`."""

OUTPUT = Path(__file__).with_name("golden.json")


# What goes in and what comes out


def given(values):
    """Numbers that go in: three decimals, the f32 nearest to them, as f64."""
    return np.round(np.asarray(values, np.float64), 3).astype(np.float32).astype(np.float64)


def normal(rng, *shape, scale=1.0):
    return given(scale * rng.standard_normal(shape))


def short(values):
    """The shortest decimals that name the same f32s: `given([0.1])` is written `[0.1]`."""
    values = np.asarray(values)
    if values.dtype != np.float64:  # class indices
        return values.tolist()
    return np.vectorize(lambda value: float(str(np.float32(value))), otypes=[float])(values).tolist()


def full(values):
    """Numbers that came out of float64 arithmetic, with all their digits."""
    values = np.asarray(values)
    assert values.dtype == np.float64 and np.isfinite(values).all()
    return values.tolist()


# 1. Activations

ACTIVATIONS = [
    "linear", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign", "sigmoid", "hard_sigmoid", "tanh",
]  # fmt: skip

MAGNITUDES = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 1, 1.3, 1.7, 2.1, 2.5, 2.9, 3.1, 3.6, 4.4, 5.2, 6.5, 8, 10, 12]
"""Of x, for both signs: none on a kink (0 and, for hard_sigmoid, 3)."""


def activations():
    x = given([-m for m in reversed(MAGNITUDES)] + MAGNITUDES)

    def element_wise(name):
        function = keras.activations.get(name)
        derivative = jax.vmap(jax.grad(function))
        return {"name": name, "y": full(function(x)), "derivative": full(derivative(x))}

    rng = np.random.default_rng([SEED, 1])
    logits = normal(rng, 4, 5, scale=2.0)
    logits[3] = given([95.0, 93.5, -95.0, 90.25, 0.5])  # exp of these overflows in f32
    grad_output = normal(rng, 4, 5)
    output, pull_back = jax.vjp(keras.activations.softmax, logits)
    (grad_input,) = pull_back(grad_output)
    softmax = {
        "logits": short(logits),
        "output": full(output),
        "grad_output": short(grad_output),
        "grad_logits": full(grad_input),
    }
    return {"x": short(x), "element_wise": [element_wise(name) for name in ACTIVATIONS], "softmax": softmax}


# 2. Losses

LOSSES = {
    "binary_crossentropy": keras.losses.BinaryCrossentropy(from_logits=True),
    "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "mean_squared_error": keras.losses.MeanSquaredError(),
    "mean_absolute_error": keras.losses.MeanAbsoluteError(),
    "hinge": keras.losses.Hinge(),
}


def losses():
    rng = np.random.default_rng([SEED, 2])
    binary = [[1], [0], [0], [1], [1], [0]]
    classes = [[2], [0], [3], [1], [3], [0]]
    logits = normal(rng, 6, 1, scale=2.0)
    logits[3:] = given([[30.0], [-15.0], [-100.0]])
    class_logits = normal(rng, 6, 4, scale=2.0)
    class_logits[5] = given([95.0, 93.5, -95.0, 90.25])
    cases = [
        ("binary_crossentropy", logits, binary),
        ("sparse_categorical_crossentropy", class_logits, classes),
        ("mean_squared_error", normal(rng, 6, 2), normal(rng, 6, 2)),
        ("mean_absolute_error", normal(rng, 6, 2), normal(rng, 6, 2)),
        ("hinge", normal(rng, 6, 1, scale=1.5), binary),
    ]

    def case(name, predictions, targets):
        targets = np.asarray(targets)
        loss, grad = jax.value_and_grad(lambda predicted: LOSSES[name](targets, predicted))(predictions)
        return {
            "name": name,
            "predictions": short(predictions),
            "targets": short(targets),
            "loss": full(loss),
            "grad": full(grad),
        }

    return [case(*each) for each in cases]


# 3. Networks

LOGITS_OF = {"binary_crossentropy": "sigmoid", "sparse_categorical_crossentropy": "softmax"}
"""The losses that Keras computes most exactly from the logits, and the last activation they see through."""


def dense(units, activation, l1=0.0, l2=0.0):
    return {"units": units, "activation": activation, "l1": l1, "l2": l2}


NETWORKS = [
    ("sigmoid", 2, "binary_crossentropy", [dense(5, "sigmoid"), dense(4, "sigmoid"), dense(1, "sigmoid")]),
    ("relu", 2, "hinge", [dense(6, "relu"), dense(6, "relu"), dense(1, "linear")]),
    ("softmax", 3, "sparse_categorical_crossentropy", [dense(5, "tanh"), dense(4, "softmax")]),
    ("deep", 2, "mean_squared_error", [*[dense(6, "tanh")] * 4, dense(1, "tanh")]),
    ("mixed", 3, "mean_squared_error", [dense(5, "gelu"), dense(4, "selu"), dense(4, "softplus"), dense(2, "linear")]),
    ("rest", 2, "mean_absolute_error",
     [dense(5, "leaky_relu"), dense(5, "elu"), dense(5, "silu"), dense(5, "softsign"), dense(2, "hard_sigmoid")]),
    ("regularized", 2, "binary_crossentropy", [dense(5, "tanh", l1=0.01, l2=0.03), dense(1, "sigmoid", l1=0.02, l2=0.05)]),
]  # fmt: skip


def build(input_units, layers, parameters, last_activation=None):
    """The network in Keras; `last_activation` replaces that of the last layer."""
    names = [layer["activation"] for layer in layers]
    names[-1] = last_activation or names[-1]
    model = keras.Sequential([keras.Input((input_units,))])
    for layer, name in zip(layers, names):
        regularizer = keras.regularizers.L1L2(l1=layer["l1"], l2=layer["l2"])
        model.add(keras.layers.Dense(layer["units"], activation=name, kernel_regularizer=regularizer))
    model.set_weights(parameters)
    return model


def training_loss(model, loss, inputs, targets):
    """The loss Keras trains on, regularisation included, as a function of (parameters, inputs)."""

    def value(parameters, inputs):
        output, _, penalties = model.stateless_call(parameters, [], inputs, return_losses=True)
        return LOSSES[loss](targets, output) + sum(penalties)

    return value


def random_parameters(rng, input_units, layers):
    """Kernel and bias of each layer in turn, as `get_weights` lists them; no bias is zero."""
    sizes = [input_units] + [layer["units"] for layer in layers]
    parameters = []
    for fan_in, units in zip(sizes, sizes[1:]):
        parameters += [normal(rng, fan_in, units, scale=1 / math.sqrt(fan_in)), normal(rng, units, scale=0.3)]
    return parameters


def by_layer(parameters, write):
    return [{"kernel": write(k), "bias": write(b)} for k, b in zip(parameters[::2], parameters[1::2])]


def network(rng, name, input_units, loss, layers):
    units = layers[-1]["units"]
    parameters = random_parameters(rng, input_units, layers)
    inputs = normal(rng, 7, input_units)
    targets = {
        "binary_crossentropy": lambda: rng.integers(0, 2, (7, 1)),
        "hinge": lambda: rng.integers(0, 2, (7, 1)),
        "sparse_categorical_crossentropy": lambda: rng.integers(0, units, (7, 1)),
    }.get(loss, lambda: normal(rng, 7, units, scale=0.5))()

    model = build(input_units, layers, parameters)
    trained = build(input_units, layers, parameters, "linear") if loss in LOGITS_OF else model
    value_and_grads = jax.value_and_grad(training_loss(trained, loss, inputs, targets), argnums=(0, 1))
    total, (grads, grad_inputs) = value_and_grads(parameters, inputs)

    # The same loss the usual way: compiled, from the output after the last activation.
    model.compile(loss=loss)
    assert abs(model.evaluate(inputs, targets, batch_size=7, verbose=0) - total) < 1e-6

    return {
        "name": name,
        "loss": loss,
        "layers": [{**layer, **weights} for layer, weights in zip(layers, by_layer(parameters, short))],
        "inputs": short(inputs),
        "targets": short(targets),
        "output": full(model(inputs)),
        "total_loss": full(total),
        "grads": by_layer(grads, full),
        "grad_inputs": full(grad_inputs),
    }


def networks():
    rng = np.random.default_rng([SEED, 3])
    return [network(rng, *each) for each in NETWORKS]


# 4. Optimizers

STEPS = 50

OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "adadelta": keras.optimizers.Adadelta,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
}

RUNS = [  # learning rates that move in 50 steps; whatever else is not named stays at its default
    ("sgd", "sgd", {"learning_rate": 0.5}),
    ("sgd_momentum", "sgd", {"learning_rate": 0.1, "momentum": 0.9}),
    ("sgd_nesterov", "sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("rmsprop", "rmsprop", {"learning_rate": 0.02}),
    ("rmsprop_momentum", "rmsprop", {"learning_rate": 0.01, "momentum": 0.9}),
    ("rmsprop_centered", "rmsprop", {"learning_rate": 0.02, "centered": True}),
    ("adagrad", "adagrad", {"learning_rate": 0.2}),
    ("adadelta", "adadelta", {"learning_rate": 1.0}),
    ("adam", "adam", {"learning_rate": 0.05}),
    ("adamw", "adamw", {"learning_rate": 0.05, "weight_decay": 0.004}),
    ("nadam", "nadam", {"learning_rate": 0.05}),
    ("sgd_clipvalue", "sgd", {"learning_rate": 0.5, "clipvalue": 0.05}),
    ("sgd_clipnorm", "sgd", {"learning_rate": 0.5, "clipnorm": 0.1}),
    ("sgd_global_clipnorm", "sgd", {"learning_rate": 0.5, "global_clipnorm": 0.1}),
]


def optimizers():
    rng = np.random.default_rng([SEED, 4])
    layers = [dense(6, "tanh"), dense(1, "sigmoid")]
    parameters = random_parameters(rng, 2, layers)
    inputs = normal(rng, 16, 2)
    targets = (inputs[:, :1] * inputs[:, 1:] > 0).astype(int)  # XOR of the signs
    loss = "binary_crossentropy"

    def run(name, optimizer, options):
        model = build(2, layers, parameters, "linear")
        value_and_grads = jax.jit(jax.value_and_grad(training_loss(model, loss, inputs, targets)))
        rule = OPTIMIZERS[optimizer](**options)
        history = []
        for _ in range(STEPS):
            value, grads = value_and_grads([variable.value for variable in model.trainable_variables], inputs)
            history.append(float(value))
            rule.apply(grads, model.trainable_variables)
        return {
            "name": name,
            "optimizer": optimizer,
            "options": options,
            "losses": history,
            "weights": by_layer(model.get_weights(), full),
        }

    return {
        "loss": loss,
        "steps": STEPS,
        "layers": [{**layer, **weights} for layer, weights in zip(layers, by_layer(parameters, short))],
        "inputs": short(inputs),
        "targets": short(targets),
        "runs": [run(*each) for each in RUNS],
    }


# 5. Defaults

NOT_OURS = {
    "name", "use_ema", "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
}  # fmt: skip


def defaults():
    configs = {name: rule().get_config() for name, rule in OPTIMIZERS.items()}
    return {name: {key: value for key, value in config.items() if key not in NOT_OURS} for name, config in configs.items()}


# 6. Initializers

FAN_IN, FAN_OUT, SAMPLES = 30, 50, 2_000_000
FANS = {"fan_in": FAN_IN, "fan_out": FAN_OUT, "fan_avg": (FAN_IN + FAN_OUT) / 2}

INITIALIZERS = [
    keras.initializers.GlorotUniform, keras.initializers.GlorotNormal,
    keras.initializers.HeUniform, keras.initializers.HeNormal,
    keras.initializers.LecunUniform, keras.initializers.LecunNormal,
    keras.initializers.RandomUniform, keras.initializers.RandomNormal, keras.initializers.TruncatedNormal,
]  # fmt: skip

TRUNCATED_STD = 0.87962566103423978
"""Standard deviation of a unit normal truncated to -2…2, with the digits of the Keras source."""


def initializer(kind):
    """What `random_initializers.py` of Keras computes from the fans, checked against samples.

    A truncated normal keeps what is within two `stddev`; `std` is what the weights then have.
    """
    weights = kind(seed=keras.random.SeedGenerator(SEED))
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
    if isinstance(weights, keras.initializers.VarianceScaling):
        variance = weights.scale / FANS[weights.mode]
        formula = f"variance = {weights.scale:g} / {weights.mode}"
        truncated = weights.distribution == "truncated_normal"
        stddev = math.sqrt(variance) / (TRUNCATED_STD if truncated else 1.0)
        limit = math.sqrt(3.0 * variance)
    else:
        truncated = name == "truncated_normal"
        stddev, limit = getattr(weights, "stddev", None), getattr(weights, "maxval", None)
        formula = "constant"
    uniform = name.endswith("uniform")
    if uniform:
        std, max_abs = limit / math.sqrt(3.0), limit
    else:
        std, max_abs = stddev * (TRUNCATED_STD if truncated else 1.0), 2.0 * stddev if truncated else None

    draws = math.ceil(SAMPLES / (FAN_IN * FAN_OUT))
    samples = np.stack([np.asarray(weights((FAN_IN, FAN_OUT))) for _ in range(draws)])
    assert abs(samples.std() / std - 1.0) < 2e-3
    assert max_abs is None or 0.999 < np.abs(samples).max() / max_abs <= 1.0
    return {
        "name": name,
        "distribution": "uniform" if uniform else "truncated_normal" if truncated else "normal",
        "formula": formula,
        "limit": limit if uniform else None,
        "stddev": None if uniform else stddev,
        "std": std,
        "max_abs": max_abs,
        "sampled_std": full(samples.std()),
        "sampled_max_abs": full(np.abs(samples).max()),
    }


def initializers():
    return {"fan_in": FAN_IN, "fan_out": FAN_OUT, "kinds": [initializer(kind) for kind in INITIALIZERS]}


# 7. Layers of images, of noise and of normalization

LAYERS = {
    "dense": keras.layers.Dense,
    "conv2d": keras.layers.Conv2D,
    "conv2d_transpose": keras.layers.Conv2DTranspose,
    "up_sampling2d": keras.layers.UpSampling2D,
    "reshape": keras.layers.Reshape,
    "max_pooling2d": keras.layers.MaxPooling2D,
    "average_pooling2d": keras.layers.AveragePooling2D,
    "global_average_pooling2d": keras.layers.GlobalAveragePooling2D,
    "flatten": keras.layers.Flatten,
    "dropout": keras.layers.Dropout,
    "batch_normalization": keras.layers.BatchNormalization,
    "layer_normalization": keras.layers.LayerNormalization,
    "simple_rnn": keras.layers.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "bidirectional": keras.layers.Bidirectional,
    "embedding": keras.layers.Embedding,
    "cropping1d": keras.layers.Cropping1D,
}


def layer(kind, **settings):
    return {"type": kind, **settings}


LAYER_NETWORKS = [
    ("conv", (6, 5, 2), "sparse_categorical_crossentropy",
     [layer("conv2d", filters=3, kernel_size=3, activation="relu"), layer("flatten"),
      layer("dense", units=3, activation="softmax")]),
    ("conv_same", (7, 6, 2), "binary_crossentropy",
     [layer("conv2d", filters=4, kernel_size=3, strides=2, padding="same", activation="tanh"),
      layer("conv2d", filters=3, kernel_size=2, padding="same", activation="gelu"), layer("flatten"),
      layer("dense", units=1, activation="sigmoid")]),
    ("conv_large", (6, 7, 1), "mean_squared_error",
     [layer("conv2d", filters=5, kernel_size=5, strides=3, padding="same", activation="leaky_relu",
            kernel_regularizer={"l1": 0.01, "l2": 0.03}),
      layer("flatten"), layer("dense", units=2)]),
    ("conv_strides", (6, 8, 1), "mean_squared_error",
     [layer("conv2d", filters=2, kernel_size=1, strides=2, padding="same", activation="tanh"),
      layer("conv2d", filters=3, kernel_size=2, strides=2, activation="silu"), layer("flatten"), layer("dense", units=1)]),
    ("max_pooling", (8, 7, 1), "sparse_categorical_crossentropy",
     [layer("conv2d", filters=4, kernel_size=3, padding="same", activation="tanh"), layer("max_pooling2d"),
      layer("max_pooling2d", pool_size=3, strides=2, padding="same"), layer("flatten"),
      layer("dense", units=3, activation="softmax")]),
    ("average_pooling", (8, 7, 2), "mean_squared_error",
     [layer("average_pooling2d", pool_size=3, strides=2, padding="same"),
      layer("conv2d", filters=3, kernel_size=2, padding="same", activation="sigmoid"), layer("average_pooling2d", pool_size=2),
      layer("flatten"), layer("dense", units=2)]),
    ("global_average_pooling", (5, 6, 2), "mean_absolute_error",
     [layer("conv2d", filters=4, kernel_size=3, activation="softmax"), layer("global_average_pooling2d"),
      layer("dense", units=2)]),
    ("dropout", (5,), "binary_crossentropy",
     [layer("dense", units=6, activation="tanh"), layer("dropout", rate=0.4), layer("dense", units=1, activation="sigmoid")]),
    ("batch_normalization", (5, 4, 2), "sparse_categorical_crossentropy",
     [layer("conv2d", filters=3, kernel_size=2), layer("batch_normalization"), layer("flatten"),
      layer("dense", units=9, activation="tanh"), layer("batch_normalization", momentum=0.9, epsilon=0.01),
      layer("dense", units=3, activation="softmax")]),
    ("layer_normalization", (4, 5, 2), "mean_squared_error",
     [layer("conv2d", filters=4, kernel_size=3, activation="elu"), layer("layer_normalization"), layer("flatten"),
      layer("layer_normalization", epsilon=0.01), layer("dense", units=2)]),
    ("transpose", (3, 2, 2), "mean_squared_error",
     [layer("conv2d_transpose", filters=3, kernel_size=3, activation="tanh"),
      layer("conv2d_transpose", filters=2, kernel_size=2, strides=3, activation="elu",
            kernel_regularizer={"l1": 0.01, "l2": 0.03}),
      layer("flatten"), layer("dense", units=2)]),
    ("transpose_same", (2, 3, 1), "mean_absolute_error",
     [layer("conv2d_transpose", filters=4, kernel_size=4, strides=3, padding="same", activation="tanh"),
      layer("conv2d_transpose", filters=2, kernel_size=2, padding="same", activation="silu"),
      layer("conv2d_transpose", filters=3, kernel_size=1, strides=2, padding="same"), layer("flatten"),
      layer("dense", units=2)]),
    ("up_sampling", (3, 2, 2), "binary_crossentropy",
     [layer("up_sampling2d", size=3), layer("conv2d", filters=3, kernel_size=3, padding="same", activation="tanh"),
      layer("up_sampling2d"), layer("flatten"), layer("dense", units=1, activation="sigmoid")]),
    # Pictures as outputs, number by number.
    ("reshape", (6,), "binary_crossentropy",
     [layer("dense", units=12, activation="tanh"), layer("reshape", target_shape=[2, 3, 2]),
      layer("conv2d_transpose", filters=3, kernel_size=3, strides=2, padding="same", activation="relu"),
      layer("conv2d_transpose", filters=1, kernel_size=3, padding="same", activation="sigmoid")]),
    ("picture", (4, 5, 1), "binary_crossentropy",
     [layer("conv2d", filters=3, kernel_size=3, strides=2, padding="same", activation="tanh"),
      layer("up_sampling2d"), layer("conv2d", filters=2, kernel_size=3, padding="same", activation="sigmoid")]),
]  # fmt: skip

SEQUENCE_NETWORKS = [
    ("simple_rnn", (50, 3), "sparse_categorical_crossentropy",
     [layer("simple_rnn", units=4), layer("dense", units=3, activation="softmax")]),
    ("simple_rnn_relu", (50, 2), "mean_squared_error",
     [layer("simple_rnn", units=5, activation="relu", return_sequences=True), layer("dense", units=1)]),
    ("lstm", (50, 3), "sparse_categorical_crossentropy",
     [layer("lstm", units=4), layer("dense", units=3, activation="softmax")]),
    ("lstm_activations", (50, 2), "mean_squared_error",
     [layer("lstm", units=3, activation="softsign", recurrent_activation="hard_sigmoid", return_sequences=True)]),
    ("gru", (50, 3), "sparse_categorical_crossentropy",
     [layer("gru", units=4), layer("dense", units=3, activation="softmax")]),
    ("gru_deep", (50, 2), "binary_crossentropy",
     [layer("gru", units=3, return_sequences=True), layer("gru", units=2, recurrent_activation="tanh", activation="elu",
                                                          return_sequences=True),
      layer("cropping1d", cropping=[3, 2]), layer("dense", units=1, activation="sigmoid")]),
    ("bidirectional", (50, 2), "sparse_categorical_crossentropy",
     [layer("bidirectional", layer=layer("lstm", units=3, return_sequences=True)),
      layer("bidirectional", layer=layer("gru", units=2), merge_mode="mul"), layer("dense", units=3, activation="softmax")]),
    ("bidirectional_merged", (50, 2), "mean_squared_error",
     [layer("bidirectional", layer=layer("simple_rnn", units=3, return_sequences=True), merge_mode="sum"),
      layer("bidirectional", layer=layer("lstm", units=2, return_sequences=True), merge_mode="ave")]),
    ("embedding", (50,), "sparse_categorical_crossentropy",
     [layer("embedding", input_dim=7, output_dim=3), layer("lstm", units=4, return_sequences=True),
      layer("dense", units=7, activation="softmax")]),
]  # fmt: skip

UPDATES, LEARNING_RATE, ROWS = 3, 0.125, 6
SEQUENCES = 2  # rows of those

FRESH = {  # how each weight is drawn, by its name; none is at its default
    "bias": lambda rng, shape: normal(rng, *shape, scale=0.3),
    "gamma": lambda rng, shape: given(1.0 + normal(rng, *shape, scale=0.3)),
    "beta": lambda rng, shape: normal(rng, *shape, scale=0.3),
    "moving_mean": lambda rng, shape: normal(rng, *shape, scale=0.3),
    "recurrent_kernel": lambda rng, shape: normal(rng, *shape, scale=1 / math.sqrt(shape[0])),
    "embeddings": lambda rng, shape: normal(rng, *shape),
    "moving_variance": lambda rng, shape: given(rng.uniform(0.5, 1.5, shape)),
    "kernel": lambda rng, shape: normal(rng, *shape, scale=1 / math.sqrt(math.prod(shape[:-1]))),
}


def layer_model(input_shape, layers, last_activation=None):
    keras.utils.clear_session()  # names begin anew: conv2d, conv2d_1
    model = keras.Sequential([keras.Input(input_shape)])
    for index, layer in enumerate(layers):
        settings = {key: value for key, value in layer.items() if key != "type"}
        if last_activation and index == len(layers) - 1:
            settings["activation"] = last_activation
        if "kernel_regularizer" in settings:
            settings["kernel_regularizer"] = keras.regularizers.L1L2(**settings["kernel_regularizer"])
        if "layer" in settings:
            inner = dict(settings["layer"])
            settings["layer"] = LAYERS[inner.pop("type")](**inner)
        model.add(LAYERS[layer["type"]](**settings))
    return model


def flat(write, values):
    return write(np.asarray(values).reshape(-1))


def layer_network(rng, name, input_shape, loss, layers, rows=ROWS):
    model = layer_model(input_shape, layers)
    fresh = [FRESH[weight.name](rng, weight.shape) for weight in model.weights]
    symbols = layers[0].get("input_dim")  # of an embedding, which takes their indices
    inputs = rng.integers(0, symbols, (rows, *input_shape)) if symbols else normal(rng, rows, *input_shape)
    outputs = model.output_shape[-1]
    pictures = model.output_shape[1:] if len(model.output_shape) > 2 else None
    of_steps = pictures and loss == "sparse_categorical_crossentropy"  # a class for each step of a sequence
    targets = given(rng.uniform(0, 1, (rows, *pictures))) if pictures and not of_steps else {
        "binary_crossentropy": lambda: rng.integers(0, 2, (rows, 1)),
        "sparse_categorical_crossentropy": lambda: rng.integers(0, outputs, (rows, *(pictures or [0])[:-1], 1)),
    }.get(loss, lambda: normal(rng, rows, outputs, scale=0.5))()
    trained = layer_model(input_shape, layers, "linear") if loss in LOGITS_OF else model
    model.set_weights(fresh)
    trained.set_weights(fresh)

    def path(variable):
        return variable.path.removeprefix(f"{trained.name}/")

    def value(parameters, inputs, others, training):
        output, others, penalties = trained.stateless_call(parameters, others, inputs, training=training, return_losses=True)
        return LOSSES[loss](targets, output) + sum(penalties), others

    def state(variables):
        return [variable.value for variable in variables]

    def passed(training):
        argnums = (0,) if symbols else (0, 1)
        value_and_grads = jax.value_and_grad(value, argnums=argnums, has_aux=True)
        parameters, others = state(trained.trainable_variables), state(trained.non_trainable_variables)
        (total, _), (grads, *grad_inputs) = value_and_grads(parameters, inputs, others, training)
        names = map(path, trained.trainable_variables)
        return {
            "output": flat(full, model(inputs, training=training)),
            "total_loss": full(total),
            "grads": {name: flat(full, grad) for name, grad in zip(names, grads)},
            "grad_inputs": flat(full, grad_inputs[0]) if grad_inputs else [],
        }

    paths = [path(weight) for weight in trained.weights]
    case = {
        "name": name,
        "loss": loss,
        "input_shape": list(input_shape),
        "layers": layers,
        "weights": [{"name": path, "shape": list(values.shape), "values": flat(short, values)} for path, values in zip(paths, fresh)],
        "inputs": flat(short, inputs),
        "targets": short(targets.reshape(rows, -1)),
        "inference": passed(False),
    }  # fmt: skip
    if name != "batch_normalization":
        return case  # the same in training, or (dropout) random
    case["training"] = passed(True)
    model.set_weights(fresh)  # the pass for its outputs moved the statistics
    for _ in range(UPDATES):
        parameters, others = state(trained.trainable_variables), state(trained.non_trainable_variables)
        grads, others = jax.grad(value, has_aux=True)(parameters, inputs, others, True)
        for variable, grad in zip(trained.trainable_variables, grads):
            variable.assign(variable.value - LEARNING_RATE * grad)
        for variable, moved in zip(trained.non_trainable_variables, others):
            variable.assign(moved)
    case["updates"] = UPDATES
    case["learning_rate"] = LEARNING_RATE
    case["updated"] = {path: flat(full, values) for path, values in zip(paths, trained.get_weights())}
    return case


def layers():
    rng = np.random.default_rng([SEED, 7])
    return [layer_network(rng, *each) for each in LAYER_NETWORKS]


# 8. Layers of sequences


def sequences():
    rng = np.random.default_rng([SEED, 8])
    return [layer_network(rng, *each, rows=SEQUENCES) for each in SEQUENCE_NETWORKS]


# 9. Schedules

SCHEDULE_STEPS = 60  # past the last of each schedule

OF_SCHEDULES = [  # of RUNS: each rule with its usual options
    "sgd", "sgd_momentum", "sgd_nesterov", "rmsprop", "adagrad", "adadelta", "adam", "adamw", "nadam",
]  # fmt: skip

KERAS, TORCH = keras.optimizers.schedules, torch.optim.lr_scheduler


def torch_rates(scheduler, rate, steps=SCHEDULE_STEPS):
    """The learning rate of each update as a scheduler of PyTorch has it; of one that ends, its last goes on."""
    rule = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate, momentum=0.9)
    scheduler = scheduler(rule)
    rates = []
    for _ in range(steps):
        rates.append(float(rule.param_groups[0]["lr"]))
        rule.step()
        if len(rates) < getattr(scheduler, "total_steps", steps):
            scheduler.step()
    return rates


def keras_rates(schedule, steps=SCHEDULE_STEPS):
    return [float(schedule(step)) for step in range(steps)]


SCHEDULES = [  # each as ours is called, and the rates that it makes of one
    ("step", {"step_size": 20}, lambda rate: torch_rates(lambda rule: TORCH.StepLR(rule, 20), rate)),
    ("step", {"step_size": 7, "gamma": 0.75}, lambda rate: torch_rates(lambda rule: TORCH.StepLR(rule, 7, 0.75), rate)),
    ("cosine", {"steps": 40}, lambda rate: keras_rates(KERAS.CosineDecay(rate, 40))),
    ("cosine", {"steps": 50, "warmup_steps": 10, "alpha": 0.125},
     lambda rate: keras_rates(KERAS.CosineDecay(0.0, 40, alpha=0.125, warmup_target=rate, warmup_steps=10))),
    # From 0, which LinearLR does not take.
    ("warmup", {"warmup_steps": 16}, lambda rate: torch_rates(lambda rule: TORCH.LinearLR(rule, 1e-15, 1.0, 16), rate)),
    ("one_cycle", {"steps": 50}, lambda rate: torch_rates(lambda rule: TORCH.OneCycleLR(rule, rate, total_steps=50), rate)),
    ("one_cycle", {"steps": 45, "pct_start": 0.125, "div_factor": 8.0, "final_div_factor": 2.0},
     lambda rate: torch_rates(lambda rule: TORCH.OneCycleLR(
         rule, rate, total_steps=45, pct_start=0.125, div_factor=8.0, final_div_factor=2.0), rate)),
]  # fmt: skip


def schedules():
    """Each rule under each schedule, on the network and the data of `optimizers`."""
    rng = np.random.default_rng([SEED, 4])
    layers = [dense(6, "tanh"), dense(1, "sigmoid")]
    parameters = random_parameters(rng, 2, layers)
    inputs = normal(rng, 16, 2)
    targets = (inputs[:, :1] * inputs[:, 1:] > 0).astype(int)
    model = build(2, layers, parameters, "linear")
    value_and_grads = jax.jit(jax.value_and_grad(training_loss(model, "binary_crossentropy", inputs, targets)))
    runs = {name: (optimizer, options) for name, optimizer, options in RUNS}

    def run(name, rates_of):
        optimizer, options = runs[name]
        rates = rates_of(options["learning_rate"])
        model.set_weights(parameters)
        rule = OPTIMIZERS[optimizer](**options)
        history = []
        for rate in rates[:STEPS]:
            value, grads = value_and_grads([variable.value for variable in model.trainable_variables], inputs)
            history.append(float(value))
            rule.learning_rate = rate
            rule.apply(grads, model.trainable_variables)
        return {
            "name": name,
            "optimizer": optimizer,
            "options": options,
            "losses": history,
            "weights": by_layer(model.get_weights(), full),
        }

    return [
        {"schedule": {"name": name, **options}, "rates": rates_of(1.0), "runs": [run(rule, rates_of) for rule in OF_SCHEDULES]}
        for name, options, rates_of in SCHEDULES
    ]


def main():
    golden = {
        "versions": {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__},
        "activations": activations(),
        "losses": losses(),
        "networks": networks(),
        "optimizers": optimizers(),
        "defaults": defaults(),
        "initializers": initializers(),
        "layers": layers(),
        "sequences": sequences(),
        "schedules": schedules(),
    }
    text = json.dumps(golden, indent=1, allow_nan=False)
    lists_on_one_line = re.sub(r"\[[^][{}]*\]", lambda numbers: re.sub(r"\s+", " ", numbers[0]), text)
    OUTPUT.write_text(lists_on_one_line + "\n")


if __name__ == "__main__":
    main()
