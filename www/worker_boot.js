// Starts a worker on the page's own, already compiled module: the page sends the address of the bindings and the module.
onmessage = async (event) => {
  onmessage = null; // the engine sets its own
  const bindings = await import(event.data.url);
  bindings.initSync({ module: event.data.module });
};
