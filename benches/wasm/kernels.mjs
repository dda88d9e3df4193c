// Times the engine's products in WebAssembly: node kernels.mjs KERNELS.wasm [LIMITS.wasm]. The second, if given, exports
// `peak(0, n)`, n rounds of twelve times four multiplications and additions, and `matmul(kind, m, k, n, count)` for the
// kinds 0 to 2: other products, timed in turn with ours.
import { readFileSync } from "node:fs";

const [ownFile, limitsFile] = process.argv.slice(2);

/** The exports of a module that takes nothing of its host's while products run. */
function load(file) {
  const module = new WebAssembly.Module(readFileSync(file));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => { throw Error(`${name} was called`); };
  }
  return new WebAssembly.Instance(module, imports).exports;
}

/** Operations a second of each of `works`, functions of a count, the best of thirty turns. */
function race(works) {
  const timed = (work, count) => {
    const start = performance.now();
    work(count);
    return performance.now() - start;
  };
  const counts = works.map((work) => {
    let count = 1;
    while (timed(work, count) < 8) count *= 2;
    return count;
  });
  const best = works.map(() => Infinity);
  for (let turn = 0; turn < 30; turn++) {
    works.forEach((work, index) => { best[index] = Math.min(best[index], timed(work, counts[index]) / counts[index]); });
  }
  return best.map((ms) => 1000 / ms);
}

/** Rows, inner length, columns and, where not all, how many per cent of the left factor are other than 0, namely 1. */
const shapes = [
  [64, 784, 128], [64, 128, 32], [784, 64, 128], [64, 784, 256], [43264, 9, 8], [7744, 72, 16], [72, 7744, 16],
  [7744, 16, 72], [32, 72, 256], [512, 512, 512], [10, 8, 8], [32, 16, 16],
  [64, 784, 256, 50], [64, 784, 256, 20], [784, 64, 256], [784, 64, 256, 50], [784, 64, 256, 20], [64, 256, 784], [64, 256, 784, 50],
];
const own = load(ownFile);
const limits = limitsFile && load(limitsFile);
const others = limits ? ["gemm", "matrixmultiply", "by hand"] : [];
console.log(`| m × k × n | a · b + bias | aᵀ · b | a · bᵀ |${others.map((name) => ` ${name} |`).join("")}${limits ? " peak |" : ""}`);
console.log(`|---|${"---|".repeat(3 + others.length + (limits ? 1 : 0))}`);
for (const [m, k, n, percent = 100] of shapes) {
  const works = [(count) => own.affine(m, k, n, percent, count), (count) => own.transposed_left(m, k, n, percent, count),
    (count) => own.transposed_right(m, k, n, percent, count)];
  others.forEach((_, kind) => works.push((count) => limits.matmul(kind, m, k, n, count)));
  const operations = works.map(() => 2 * m * k * n);
  if (limits) {
    works.push((count) => limits.peak(0, 1000 * count));
    operations.push(1000 * 12 * 4 * 2);
  }
  const speeds = race(works).map((speed, index) => speed * operations[index] / 1e9);
  console.log(`| ${m} × ${k} × ${n}${percent < 100 ? `, ${percent} %` : ""} |${speeds.map((speed) => ` ${speed.toFixed(1)} |`).join("")}`);
}
