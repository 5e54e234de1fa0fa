// When the server does not answer any more: why it was stopped, with a way back, as the hub's page says it; or that it cannot be
// reached, until it can.
import { trans } from "./words.js";

const QUIET_MS = 5 * 60_000;
// It takes some seconds to stop: the hub says why when that is through.
const LOOKS = 5, BETWEEN_MS = 2000;
// As the hub answers for a server that is none.
const NOT_RUNNING = 424;

export async function lost(shared) {
  const { IConnectionLost, JupyterLab } = await shared("@jupyterlab/application");
  const { Dialog, showDialog } = await shared("@jupyterlab/apputils");
  const { URLExt } = await shared("@jupyterlab/coreutils");
  const { ServerConnection } = await shared("@jupyterlab/services");
  const settings = ServerConnection.makeSettings();
  let isSaid = false;
  let quietUntil = 0;

  // Returns the hub's page of a server that does not run; null where it cannot be had, undefined where the server is there.
  async function look() {
    try {
      const { ok, status } = await ServerConnection.makeRequest(URLExt.join(settings.baseUrl, "api/status"), {}, settings);
      if (ok) return undefined;
      if (status !== NOT_RUNNING) return null;
      const answer = await fetch(settings.baseUrl, { cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.getElementById("why") && page.getElementById("start") ? page : null;
    } catch {
      return null;
    }
  }

  const later = () => new Promise(done => setTimeout(done, BETWEEN_MS));

  async function found() {
    for (let looks = 1; ; looks++) {
      const page = await look();
      if (page !== null || looks === LOOKS) return page;
      await later();
    }
  }

  // Nothing is in the way meanwhile: what is on the screen can be read, and written on.
  async function away() {
    const said = document.body.appendChild(document.createElement("div"));
    // Not one of JupyterLab's notifications: they would have to come from the server first.
    said.className = "sx-Away";
    said.setAttribute("role", "status");
    said.textContent = trans.__("Your server cannot be reached: the network or this place may be away. JupyterLab goes on trying, and what you see stays here.");
    let page;
    do {
      await later();
      page = await look();
    } while (page === null);
    said.remove();
    return page;
  }

  const metIn = ({ sessionContext, content }) => sessionContext?.session?.kernel ?? content?.session;

  // JupyterLab itself would wait half a minute, or has given up.
  function meet(widget) {
    const met = metIn(widget);
    if (met && !met.isDisposed && met.connectionStatus !== "connected") met.reconnect?.().catch(() => {});
  }

  // JupyterLab learns what a kernel does that was lost by any question but its own first one.
  const asked = new WeakSet();
  function ask(widget) {
    const met = metIn(widget);
    if (met?.status !== "unknown" || met.connectionStatus !== "connected") asked.delete(met ?? widget);
    else if (!asked.has(met)) {
      asked.add(met);
      met.requestIsComplete({ code: "" }).catch(() => {});
    }
  }

  async function say(app) {
    let page = await found();
    if (page === null) page = await away();
    if (page === undefined) {
      [...app.shell.widgets("main")].forEach(meet);
      return;
    }
    const [title, body] = [page.querySelector("h1"), page.getElementById("why")].map(part => part.textContent.trim());
    const start = page.getElementById("start");
    // Where nothing is started any more the page leads elsewhere, and says where.
    const label = "instead" in start.dataset ? start.textContent.trim() : trans.__("Start It Again");
    const buttons = [Dialog.cancelButton({ label: trans.__("Stay Here") }), Dialog.okButton({ label })];
    if ((await showDialog({ title, body, buttons })).button.accept) location.assign(start.getAttribute("href"));
    // Who stays has something to look at or to copy.
    quietUntil = performance.now() + QUIET_MS;
  }

  return {
    id: "sardonyx:connection-lost",
    description: "Says why the server is gone, and leads back",
    autoStart: true,
    provides: IConnectionLost,
    optional: [JupyterLab.IInfo],
    activate(app, info) {
      setInterval(() => [...app.shell.widgets("main")].forEach(ask), BETWEEN_MS);
      return async () => {
        if (isSaid || performance.now() < quietUntil) return;
        isSaid = true;
        // JupyterLab asks for nothing by itself meanwhile.
        if (info) info.isConnected = false;
        await say(app);
        if (info) info.isConnected = true;
        isSaid = false;
      };
    },
  };
}
