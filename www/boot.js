// Starts the page: sets the theme before the first paint (hence no module, no defer), makes sure that the browser can run
// the engine, then loads it. What goes wrong becomes a sentence in place of "Loading Glassbox…".
(() => {
  const { js, wasm } = document.currentScript.dataset;

  try {
    const theme = localStorage.getItem("glassbox-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage for this page: the system's theme stands.
  }

  // One function that returns f32x4.splat(0): valid only where WebAssembly has SIMD.
  const simd = new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // magic, version
    1, 5, 1, 0x60, 0, 1, 0x7b, // type: () -> v128
    3, 2, 1, 0, // function 0 has type 0
    10, 11, 1, 9, 0, 0x43, 0, 0, 0, 0, 0xfd, 0x13, 0x0b, // body: f32.const 0, f32x4.splat, end
  ]);

  const say = (sentence) => {
    document.getElementById("boot-note").textContent = sentence;
  };

  const parsed = new Promise((resolve) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
    else resolve();
  });

  const start = async () => {
    await parsed;
    if (location.protocol === "file:") {
      say("Glassbox does not run from a file: serve this folder, for example with scripts/serve, and open its address.");
      return;
    }
    if (typeof WebAssembly !== "object" || !WebAssembly.validate(simd)) {
      say(
        "Glassbox needs WebAssembly with SIMD, which this browser does not have: please update it, or open this page in a " +
          "current Chrome, Edge, Firefox or Safari.",
      );
      return;
    }
    try {
      const module = await import(new URL(js, document.baseURI));
      await module.default({ module_or_path: new URL(wasm, document.baseURI) });
      document.getElementById("boot-note").remove();
    } catch (error) {
      console.error(error);
      say(
        error instanceof WebAssembly.RuntimeError
          ? "Glassbox stopped while it was starting: please reload the page; the browser's console says what happened."
          : "Glassbox could not be loaded: please check your connection, then reload the page.",
      );
    }
  };
  start();
})();
