// Extensions that do not work, of the server and of this page: which, why, what they said, and a way to try again. JupyterLab
// says so in the browser's console only, and the server in its log.
import { server } from "./server.js";
import { number, shortened, trans } from "./words.js";

// JupyterLab cuts what a notification says after 140 signs.
const SHORT = 130;
const FAILED = /^Plugin '(.+)' failed to activate/;
const OURS = "sardonyx";

// Hears what JupyterLab (4.6) tells the console until its plugins have begun, since nothing else has the reasons.
function listen() {
  const heard = { ofPlugins: new Map(), others: [] };
  const { error } = console;
  console.error = (...said) => {
    const [, id] = FAILED.exec(said[0]) ?? [];
    if (id) heard.ofPlugins.set(id, said.at(-1));
    else if (said.length === 1 && said[0] instanceof Error) heard.others.push(said[0]);
    error.apply(console, said);
  };
  return { heard, stop() { console.error = error; } };
}

function item(name, error, again) {
  const why = error === undefined ? trans.__("It does not say why.") : String(error?.message || error);
  return { name, why, said: String(error?.stack ?? ""), again };
}

export async function breaking(shared) {
  const { Dialog, Notification, showDialog } = await shared("@jupyterlab/apputils");
  const { PageConfig, URLExt } = await shared("@jupyterlab/coreutils");
  const { Widget } = await shared("@lumino/widgets");
  const ask = await server(shared);
  const { heard, stop } = listen();
  const told = new Set();
  let ofPage = Promise.resolve([]);

  async function whyNotLoaded({ name, load, extension }) {
    const container = window._JUPYTERLAB[name];
    if (container === undefined) {
      const { ok, status } = await fetch(URLExt.join(PageConfig.getOption("fullLabextensionsUrl"), name, load));
      return ok
        ? trans.__("Its file %1 cannot be run.", load)
        : trans.__("Its file %1 cannot be read: the server answers with %2.", load, status);
    }
    const said = heard.others.find(error => `${error.message}\n${error.stack}`.includes(`/${name}/`));
    if (said) return said;
    try {
      const { default: plugins } = (await container.get(extension))();
      return [plugins].flat().length === 0 ? null : undefined;
    } catch (error) {
      return error;
    }
  }

  async function activate(app, id, name) {
    try {
      await app.activatePlugin(id);
      return null;
    } catch (error) {
      return item(name, error, () => activate(app, id, name));
    }
  }

  async function look(app) {
    // Also where one of them failed; what is loaded later by itself tells its own callers.
    await app.allPluginsActivated;
    stop();
    const federated = PageConfig.getOption("federated_extensions");
    const there = (federated ? JSON.parse(federated) : []).filter(({ name, extension }) => extension && name !== OURS);
    const plugins = app.info.availablePlugins;
    const found = [];
    for (const each of there) {
      const own = plugins.filter(({ extension }) => extension === each.name);
      const failed = own.find(({ id, enabled, autoStart }) => enabled && autoStart && !app.isPluginActivated(id));
      if (failed) {
        found.push(item(each.name, heard.ofPlugins.get(failed.id), () => activate(app, failed.id, each.name)));
      } else if (own.length === 0) {
        const why = await whyNotLoaded(each);
        // The page has to read its files anew.
        if (why !== null) found.push(item(each.name, why, () => { window.location.reload(); return null; }));
      }
    }
    return found.sort((a, b) => a.name.localeCompare(b.name));
  }

  function ofServer({ name, why, said }) {
    return { name, why, said, again: async () => {
      const { broken } = await ask("extensions", "POST", { name });
      return broken && ofServer(broken);
    } };
  }

  async function showMore(items) {
    const body = new Widget();
    body.addClass("sx-Broken");
    for (const { name, why, said } of items) {
      const [title, words, lines] = ["h4", "p", "pre"].map(kind => body.node.appendChild(document.createElement(kind)));
      [title.textContent, words.textContent, lines.textContent] = [name, why, said];
      lines.tabIndex = 0;
      lines.setAttribute("role", "region");
      lines.setAttribute("aria-label", trans.__("What it said last"));
    }
    const buttons = [
      Dialog.cancelButton({ label: trans.__("Close") }),
      Dialog.okButton({ label: trans.__("Try again") }),
    ];
    const { button } = await showDialog({ title: trans.__("What does not work"), body, buttons });
    if (button.accept) await tryAgain(items);
  }

  async function tryAgain(items) {
    const left = [];
    for (const each of items) {
      try {
        const still = await each.again();
        if (still) {
          left.push(still);
        } else {
          const words = trans.__("%1 is loaded now. Load this page again if something of it is missing.", each.name);
          Notification.success(words, { autoClose: 10000 });
        }
      } catch (error) {
        left.push({ ...each, why: error.message });
      }
    }
    say(left);
  }

  function say(items) {
    if (items.length === 0) return;
    const [{ name, why }] = items;
    const words = items.length === 1
      ? trans.__("The extension %1 does not work: %2", name, why)
      : trans.__("%1 extensions do not work: %2", number(items.length), items.map(each => each.name).join(", "));
    Notification.warning(shortened(words, SHORT), { autoClose: 30000, actions: [
      { label: trans.__("Show more"), callback: () => showMore(items) },
      { label: trans.__("Try again"), displayType: "accent", callback: () => tryAgain(items) },
    ] });
  }

  return {
    watch(app) { ofPage = look(app); },

    async tell({ broken }) {
      const all = [...await ofPage, ...broken.map(ofServer)].filter(({ name }) => !told.has(name));
      for (const { name } of all) told.add(name);
      say(all);
    },
  };
}
