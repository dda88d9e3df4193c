// Starts a worker from the page's own compiled module; what is said afterwards is in src/worker/protocol.rs. A worker that
// cannot load says so in that protocol's words, since a rejected import reaches no error event.
onmessage = async (event) => {
  onmessage = null;
  try {
    const script = await import(event.data.url);
    script.initSync({ module: event.data.module });
  } catch (error) {
    postMessage([{ Crashed: { message: String(error) } }, new Float32Array()]);
  }
};
