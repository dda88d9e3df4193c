"""Trains in Keras the network of tests/perplexity.rs, from the same weights on the same batches, and prints its perplexity
on the test windows for the test to compare with.

    python3.11 -m venv /tmp/keras
    /tmp/keras/bin/pip install keras==3.15.1 jax==0.10.2 numpy==2.4.6
    GLASSBOX_SWEEPS=1 GLASSBOX_EXPORT=/tmp/begins.safetensors cargo test --test perplexity
    /tmp/keras/bin/python tests/perplexity.py ../shared/data/text/tinyshakespeare.txt /tmp/begins.safetensors
    /tmp/keras/bin/python tests/perplexity.py ../shared/data/text/tinyshakespeare.txt 1 2 3

Windows are of 50 characters, one after another from the beginning of the text; the last tenth of them, counted from
its end, are for the test. Numbers instead of the file are seeds, from which Keras draws weights and the order of the windows
itself: they tell how far a perplexity hangs on either.
"""

import json
import os
import sys
from pathlib import Path

os.environ.update(KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")

import keras
import numpy as np

LENGTH, BATCH = 50, 32
STEPS = (100, 1500)
"""Updates after which the perplexity is taken: of the plain suite, and of `GLASSBOX_SWEEPS=1`."""


def cut(text):
    """Inputs and labels of the windows for training and for the test, and how many characters are different."""
    alphabet = {character: index for index, character in enumerate(sorted(set(text)))}
    symbols = np.array([alphabet[character] for character in text], np.int32)
    many = (len(symbols) - 2) // LENGTH
    test = round(many * 0.1)

    def part(first, windows):
        of_part = symbols[first : first + windows * LENGTH + 1]
        return of_part[:-1].reshape(-1, LENGTH), of_part[1:].reshape(-1, LENGTH)

    return part(0, many - test), part(len(symbols) - test * LENGTH - 1, test), len(alphabet)


def begins(path):
    """Arrays of a safetensors file of f32, by their names."""
    content = Path(path).read_bytes()
    head = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + head])
    header.pop("__metadata__", None)

    def array(entry):
        start, end = (8 + head + offset for offset in entry["data_offsets"])
        return np.frombuffer(content[start:end], np.float32).reshape(entry["shape"])

    return {name: array(entry) for name, entry in header.items()}


def drawn(many, rng):
    """Batches of all windows in a new order each epoch, the last, smaller one used."""
    while True:
        order = rng.permutation(many)
        yield from (order[first : first + BATCH] for first in range(0, many, BATCH))


def dealt(windows, inputs):
    """Batches as the engine dealt them: its windows, looked up among ours."""
    places = {window.tobytes(): place for place, window in enumerate(inputs)}
    order = [places[window.tobytes()] for window in windows.astype(np.int32)]
    for epoch in range(0, len(order), len(inputs)):
        of_epoch = np.array(order[epoch : epoch + len(inputs)])
        yield from (of_epoch[first : first + BATCH] for first in range(0, len(of_epoch), BATCH))


def main(path, beginnings):
    (inputs, labels), test, symbols = cut(Path(path).read_text(encoding="utf-8"))
    print(f"{len(inputs)} windows to train on, {len(test[0])} for the test, {symbols} characters")
    for beginning in beginnings:
        seed = int(beginning) if beginning.isdigit() else 0
        keras.utils.set_random_seed(seed)
        layers = [
            keras.layers.Embedding(symbols, 32, name="embedding"),
            keras.layers.LSTM(128, return_sequences=True, name="lstm"),
            keras.layers.Dense(symbols, activation="softmax", name="dense"),
        ]
        model = keras.Sequential([keras.Input((LENGTH,), dtype="int32"), *layers])
        model.compile(
            keras.optimizers.Adam(0.003, global_clipnorm=1.0), keras.losses.SparseCategoricalCrossentropy()
        )
        batches = drawn(len(inputs), np.random.default_rng(seed))
        if not beginning.isdigit():
            arrays = begins(beginning)
            batches = dealt(arrays.pop("windows"), inputs)
            by_path = {weight.path.removeprefix("sequential/"): weight for weight in model.weights}
            assert set(by_path) == set(arrays), (set(by_path), set(arrays))
            for name, array in arrays.items():
                by_path[name].assign(array)
        done = 0
        for steps in STEPS:
            while done < steps:
                items = next(batches)
                model.train_on_batch(inputs[items], labels[items])
                done += 1
            loss = model.evaluate(*test, batch_size=len(test[0]) // 3, verbose=0)
            print(f"{beginning}, {steps} steps: perplexity {np.exp(loss):.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
