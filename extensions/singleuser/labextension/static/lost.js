// What is said when the server does not answer any more: that it was stopped, with why and a way back, as the hub's page says it.
import { trans } from "./words.js";

const QUIET_MS = 5 * 60_000;
// It takes some seconds to stop: the hub says why when that is through.
const LOOKS = 5, BETWEEN_MS = 2000;

export async function lost(shared) {
  const { IConnectionLost, JupyterLab } = await shared("@jupyterlab/application");
  const { Dialog, showDialog } = await shared("@jupyterlab/apputils");
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const hub = PageConfig.getOption("hubPrefix");
  let isSaid = false;
  let quietUntil = 0;

  // Returns the hub's page of a server that does not run; null where it cannot be had, undefined where the server is there.
  async function look() {
    const answer = await fetch(PageConfig.getBaseUrl(), { cache: "no-store" }).catch(() => null);
    if (!answer) return null;
    const { pathname } = new URL(answer.url);
    if (!pathname.startsWith(hub)) return answer.ok ? undefined : null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById("why") && page.getElementById("start") ? page : null;
  }

  async function found() {
    for (let looks = 1; ; looks++) {
      const page = await look();
      if (page !== null || looks === LOOKS) return page;
      await new Promise(done => setTimeout(done, BETWEEN_MS));
    }
  }

  async function say() {
    const page = await found();
    if (page === undefined) return;
    const stay = Dialog.cancelButton({ label: trans.__("Stay Here") });
    if (page === null) {
      const title = trans.__("Your server cannot be reached");
      const body = trans.__("The network or this place may be away. JupyterLab goes on trying, and what you see stays here.");
      const go = Dialog.okButton({ label: trans.__("Go to Your Servers") });
      if ((await showDialog({ title, body, buttons: [stay, go] })).button.accept) location.assign(`${hub}home`);
    } else {
      const [title, body] = [page.querySelector("h1"), page.getElementById("why")].map(part => part.textContent.trim());
      const go = Dialog.okButton({ label: trans.__("Start It Again") });
      const start = page.getElementById("start").getAttribute("href");
      if ((await showDialog({ title, body, buttons: [stay, go] })).button.accept) location.assign(start);
    }
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
      return async () => {
        if (isSaid || performance.now() < quietUntil) return;
        isSaid = true;
        // JupyterLab asks for nothing by itself meanwhile.
        if (info) info.isConnected = false;
        await say();
        if (info) info.isConnected = true;
        isSaid = false;
      };
    },
  };
}
