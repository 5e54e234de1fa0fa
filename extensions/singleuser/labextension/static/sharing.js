// A file in the data store for whoever has a link to it: for how long is asked, and the address is shown once.

const LIVES_S = [3600, 86400, 7 * 86400, 30 * 86400];

// The usual lives that are allowed, and the longest.
export function livesUpTo(longest) {
  return [...LIVES_S.filter(each => each < longest), longest];
}

function inWords(seconds) {
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(each => seconds % each[1] === 0);
  return `${seconds / size} ${unit}${seconds === size ? "" : "s"}`;
}

export async function sharing(shared, store) {
  const { Clipboard, Dialog, InputDialog, showDialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { Widget } = await shared("@lumino/widgets");

  function made(name, address, until) {
    const body = new Widget({ node: document.createElement("div") });
    const line = document.createElement("p");
    const end = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "short" }).format(new Date(until));
    line.textContent = `Whoever has this address can download “${name}” until ${end}, without signing in. It is shown only now.`;
    const field = document.createElement("input");
    Object.assign(field, { type: "text", readOnly: true, value: address, className: "jp-mod-styled" });
    field.setAttribute("aria-label", "Address to share");
    field.addEventListener("focus", () => field.select());
    const more = document.createElement("a");
    Object.assign(more, { href: `${PageConfig.getOption("hubPrefix") || "/hub/"}data#links`, target: "_blank", textContent: "Links I share: see them, and take them back" });
    body.addClass("sx-Data-link");
    body.node.append(line, field, more);
    return body;
  }

  // Asks for how long; null = the person thought better of it.
  async function life() {
    const lives = livesUpTo((await store.offeredLinks()).longest_s);
    const { button, value } = await InputDialog.getItem({
      title: "Share by a link", label: "It works for", items: lives.map(inWords), okLabel: "Make the link",
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
      const buttons = [Dialog.cancelButton({ label: "Close" }), Dialog.okButton({ label: "Copy" })];
      const { button } = await showDialog({ title: "Link to share", body, buttons, focusNodeSelector: "input" });
      if (button.accept) Clipboard.copyToSystem(whole);
    } catch (error) {
      await showErrorMessage("There can be no link", error);
    }
  };
}
