// What JupyterLab loads: a container of webpack's module federation, which is two functions, written by hand. So there is
// nothing to build, and nothing to build again for another release of JupyterLab.
(() => {
  const here = document.currentScript.src;
  const started = {};

  // Returns a module that JupyterLab shares, in its newest version.
  async function shared(name) {
    const versions = started.scope[name];
    if (versions === undefined) throw new Error(`JupyterLab does not share ${name}`);
    const newest = Object.keys(versions).sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).at(-1);
    return (await versions[newest].get())();
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB.sardonyx = {
    init(scope) { started.scope = scope; },
    async get() {
      const { plugins } = await import(new URL("plugins.js", here));
      const found = { __esModule: true, default: await plugins(shared) };
      return () => found;
    },
  };
})();
