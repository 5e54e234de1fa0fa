// "What I Handed In": files with their times, to open, to download, and, while there is time, to take back.
import { DRIVE } from "./drive.js";
import { element } from "./grid.js";
import { classes } from "./handing-parts.js";
import { size } from "./storage.js";
import { moment, number, trans } from "./words.js";

const MOST_SHOWN = 500;

export async function handed(shared, store, documents) {
  const { Dialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { Widget } = await shared("@lumino/widgets");
  const button = (label, name, act) => {
    const made = element("button", { class: "jp-mod-styled jp-mod-minimal", type: "button", "aria-label": name }, label);
    made.onclick = act;
    return made;
  };

  return async function show(group) {
    let found;
    try {
      found = await store.handIn.handed(group);
    } catch (error) {
      await showErrorMessage(trans.__("What you handed in cannot be shown"), error);
      return;
    }
    const body = new Widget({ node: document.createElement("div") });
    body.addClass("sx-HandIn");
    const dialog = new Dialog({
      title: trans.__("What I handed in"), body, buttons: [Dialog.okButton({ label: trans.__("Close") })],
    });
    const said = element("p", { role: "status" });

    function say(text) {
      said.textContent = text;
      said.hidden = !text;
    }
    async function load(wanted) {
      try {
        found = await store.handIn.handed(wanted);
        say("");
        draw();
      } catch (error) { say(error.message); }
    }
    // Asked in its row: another dialog would wait for the end of this one.
    function askToRemove(row, path) {
      const { lastChild: usual } = row;
      const sure = button(trans.__("Remove it"), trans.__("Remove %1", path), async () => {
        try {
          await store.handIn.remove(found.group, path);
          await load(found.group);
          say(trans.__("“%1” is not handed in any more.", path));
        } catch (error) { say(error.message); }
      });
      const keep = button(trans.__("Keep it"), trans.__("Keep %1", path), () => row.replaceChild(usual, row.lastChild));
      row.replaceChild(element("td", {}, trans.__("It cannot be brought back."), sure, keep), usual);
      keep.focus();
    }
    function rowOf({ path, size: bytes, modified }) {
      const at = `${found.folder}/${path}`;
      const get = element("a", { href: store.downloadUrl(at), download: "", "aria-label": trans.__("Download %1", path) }, trans.__("Download"));
      const open = button(trans.__("Open"), trans.__("Open %1", path), () => {
        dialog.reject();
        documents.openOrReveal(`${DRIVE}:${at}`);
      });
      const row = element("tr", {}, element("td", {}, path), element("td", {}, moment(new Date(modified))), element("td", {}, size(bytes)));
      const remove = button(trans.__("Remove"), trans.__("Remove %1", path), () => askToRemove(row, path));
      row.append(element("td", {}, open, get, ...(found.may_remove ? [remove] : [])));
      return row;
    }
    function table(files) {
      const head = [trans.__("File"), trans.__("Handed in"), trans.__("Size"), trans.__("Actions")];
      return element("table", {},
        element("thead", {}, element("tr", {}, ...head.map(name => element("th", { scope: "col" }, name)))),
        element("tbody", {}, ...files.slice(0, MOST_SHOWN).map(rowOf)));
    }
    function draw() {
      const { files } = found;
      const parts = found.places.length ? [classes(found.places, found.group, load)] : [element("p", {}, found.why_not)];
      if (found.places.length && files.length === 0) parts.push(element("p", {}, trans.__("You have handed in nothing here yet.")));
      if (files.length) parts.push(table(files));
      if (files.length > MOST_SHOWN || found.is_more) {
        parts.push(element("p", {}, trans.__("The first %1 are shown; there are more.", number(Math.min(MOST_SHOWN, files.length)))));
      }
      const hadFocus = body.node.contains(document.activeElement);
      body.node.replaceChildren(...parts.slice(0, 1), said, ...parts.slice(1));
      if (hadFocus) body.node.querySelector("input:checked")?.focus();
    }
    say("");
    draw();
    await dialog.launch();
  };
}
