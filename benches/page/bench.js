// The engine of the page that ships, for benchmarks: experiments are sent to the page's own worker in the words of
// src/worker/protocol.rs. `window.bench.workloads.mlpTiny(steps)` resolves when so many steps are done.
const dense = (units, activation) => ({ type: "dense", units, activation });
const conv = (filters) => ({ type: "conv2d", filters, kernel_size: 3, activation: "relu" });
const pool = { type: "max_pooling2d" };

const experiment = (lab, data, layers, loss, optimizer, batch_size) => ({
  version: 1, lab, seed: 1, data, network: { layers }, loss, optimizer, batch_size,
});
// Nothing but training is asked for: no tests on the way, the same pictures in every epoch.
const points = { name: "circle", samples: 250, noise: 0.1, test_fraction: 0 };
const unvaried = { shift: 0, rotation: 0, scale: 0, shear: 0, elastic: 0, thickness: 0 };
const sgd = { name: "sgd", learning_rate: 0.03 };
const reader = experiment(
  "cnn", { name: "digits", samples: 640, noise: 0, test_fraction: 0, augmentation: unvaried },
  [conv(8), pool, conv(16), pool, { type: "flatten" }, dense(10, "softmax")],
  "sparse_categorical_crossentropy", { name: "adam" }, 64,
);

const autoencoder = experiment(
  "autoencoder", { name: "digits", samples: 640, test_fraction: 0, targets: "inputs" },
  [{ type: "flatten" }, dense(128, "relu"), dense(32, "relu"), dense(128, "relu"), dense(784, "sigmoid")],
  "binary_crossentropy", { name: "adam" }, 64,
);

// 50 steps of 9 numbers, 8 classes: the nearest to 8 and 10 that a set has, and more to compute by a hundredth.
const sequence = (type) => experiment(
  "sequence", { name: "recall", samples: 640, lag: 49, test_fraction: 0 }, [{ type, units: 64 }, dense(8, "softmax")],
  "sparse_categorical_crossentropy", { name: "adam" }, 32,
);

// Contrastive divergence with one step, as the lab of these machines begins; the rate is a mean's over the batch.
const machine = experiment(
  "rbm", { name: "digits", samples: 640, test_fraction: 0, targets: "inputs" }, [{ type: "rbm", units: 256 }],
  "binary_crossentropy", { name: "sgd", learning_rate: 0.01 }, 64,
);

const experiments = {
  mlpTiny: experiment("gradients", points, [dense(8, "tanh"), dense(8, "tanh"), dense(1, "tanh")], "mean_squared_error", sgd, 10),
  mlpDeep: experiment(
    "gradients", points, [...Array(10).fill(dense(16, "sigmoid")), dense(1, "sigmoid")], "mean_squared_error", sgd, 32,
  ),
  cnnTrain: reader,
  autoencoder,
  lstm: sequence("lstm"),
  rnn: sequence("simple_rnn"),
  rbm: machine,
};

/** Figures that are shown: none, so that nothing but training takes time. */
const view = { figures: [], layer: 1 };

/** A worker of the page's own module; resolves to `ask(request)`, which resolves to the reply. */
async function start() {
  const page = new DOMParser().parseFromString(await (await fetch("page.html")).text(), "text/html");
  const { js, wasm } = page.getElementById("boot").dataset;
  const at = (path) => new URL(path, document.baseURI).href;
  const worker = new Worker("worker_boot.js", { type: "module" });
  const waiting = [];
  const reply = () => new Promise((resolve) => waiting.push(resolve));
  worker.onmessage = ({ data: [reply] }) => waiting.shift()(reply);
  const ready = reply();
  worker.postMessage({ url: at(js), module: await WebAssembly.compileStreaming(fetch(at(wasm))) });
  const first = await ready;
  if (first !== "Ready") throw Error(JSON.stringify(first));
  return async (request) => {
    const answer = reply();
    worker.postMessage(request);
    const { Failed: failed, Crashed: crashed, ...done } = await answer;
    if (failed ?? crashed) throw Error((failed ?? crashed).message);
    return done;
  };
}

const ask = await start();
let runs = 0;
let under = null;

/** Begins the run of `name`, unless it is the one at work. */
async function run(name) {
  if (under !== name) await ask({ Start: { run: ++runs, experiment: experiments[name], takes_offer: false, view } });
  under = name;
}

const train = (name) => async (steps) => {
  await run(name);
  while (steps > 0) {
    const { Frame: frame } = await ask({ Advance: { run: runs, budget_ms: 1e9, steps, view } });
    if (frame.divergence) throw Error(`diverged: ${JSON.stringify(frame.divergence)}`);
    steps -= frame.steps;
  }
};
const infer = (rows) => async (passes) => {
  await run("cnnTrain");
  await ask({ Infer: { run: runs, rows, passes } });
};

window.bench = {
  name: "glassbox",
  info: { threads: 1 },
  workloads: {
    ...Object.fromEntries(Object.keys(experiments).map((name) => [name, train(name)])),
    cnnInfer1: infer(1),
    cnnInfer256: infer(256),
  },
};
