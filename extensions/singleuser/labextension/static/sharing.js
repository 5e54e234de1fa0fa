// A file in the data store for whoever has a link to it: for how long is asked, and the address is shown once.

import { day, trans } from "./words.js";

const LIVES_S = [3600, 86400, 7 * 86400, 30 * 86400];

// The usual lives that are allowed, and the longest.
export function livesUpTo(longest) {
  return [...LIVES_S.filter(each => each < longest), longest];
}

function inWords(seconds) {
  if (seconds % 86400 === 0) return trans._n("%1 day", "%1 days", seconds / 86400);
  if (seconds % 3600 === 0) return trans._n("%1 hour", "%1 hours", seconds / 3600);
  if (seconds % 60 === 0) return trans._n("%1 minute", "%1 minutes", seconds / 60);
  return trans._n("%1 second", "%1 seconds", seconds);
}

export async function sharing(shared, store) {
  const { Clipboard, Dialog, InputDialog, showDialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { Widget } = await shared("@lumino/widgets");

  function made(name, address, until) {
    const body = new Widget({ node: document.createElement("div") });
    const line = document.createElement("p");
    line.textContent = trans.__(
      "Whoever has this address can download “%1” until %2, without signing in. It is shown only now.", name, day(new Date(until)));
    const field = document.createElement("input");
    Object.assign(field, { type: "text", readOnly: true, value: address, className: "jp-mod-styled" });
    field.setAttribute("aria-label", trans.__("Address to share"));
    field.addEventListener("focus", () => field.select());
    const more = document.createElement("a");
    Object.assign(more, { href: `${PageConfig.getOption("hubPrefix") || "/hub/"}data#links`, target: "_blank", textContent: trans.__("Links I share: see them, and take them back") });
    body.addClass("sx-Data-link");
    body.node.append(line, field, more);
    return body;
  }

  // Asks for how long; null = the person thought better of it.
  async function life() {
    const lives = livesUpTo((await store.offeredLinks()).longest_s);
    const { button, value } = await InputDialog.getItem({
      title: trans.__("Share by a link"), label: trans.__("It works for"), items: lives.map(inWords), okLabel: trans.__("Make the link"),
    });
    return button.accept ? lives[lives.map(inWords).indexOf(value)] : null;
  }

  return async function share(path, name) {
    try {
      const seconds = await life();
      if (seconds === null) return;
      const { address, until } = await store.link(path, seconds);
      const whole = new URL(address, location.origin).href;
      const body = made(name, whole, until);
      const buttons = [Dialog.cancelButton({ label: trans.__("Close") }), Dialog.okButton({ label: trans.__("Copy") })];
      const { button } = await showDialog({ title: trans.__("Link to share"), body, buttons, focusNodeSelector: "input" });
      if (button.accept) Clipboard.copyToSystem(whole);
    } catch (error) {
      await showErrorMessage(trans.__("There can be no link"), error);
    }
  };
}
