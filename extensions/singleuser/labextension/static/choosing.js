// The dialog before files are handed in: in which class, which files, what they replace, and what stays at home.
import { DRIVE } from "./drive.js";
import { element } from "./grid.js";
import { classes, list } from "./handing-parts.js";
import { sending } from "./sending.js";
import { size } from "./storage.js";
import { moment, trans } from "./words.js";

export async function choosing(shared, store, app, documents) {
  const { Dialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { Widget } = await shared("@lumino/widgets");
  const follow = await sending(shared, store, app);
  const contents = app.serviceManager.contents;

  // Documents that are open, have changes, and are among what was chosen, or in a folder of it.
  function unsaved(paths) {
    const found = new Map();
    for (const widget of app.shell.widgets("main")) {
      const context = documents.contextForWidget(widget);
      if (!context?.model.dirty || contents.driveName(context.path) === DRIVE) continue;
      const path = contents.localPath(context.path);
      if (paths.some(chosen => path === chosen || path.startsWith(`${chosen}/`))) found.set(path, context);
    }
    return found;
  }

  function files({ files: all }) {
    const going = all.filter(file => !file.in_the_way);
    const bytes = going.reduce((sum, file) => sum + file.size, 0);
    const rows = going.map(file => [
      element("span", {}, file.path),
      element("small", {}, file.replaces
        ? trans.__("%1, replaces what you handed in: %2", size(file.size), moment(new Date(file.replaces)))
        : size(file.size)),
    ]);
    return [element("p", {}, trans._n("%1 file, %2", "%1 files, %2", going.length, size(bytes))), list(rows)];
  }

  function leftOut({ left_out: left, files: all }) {
    const inTheWay = all.filter(file => file.in_the_way).map(file => ({
      path: file.path,
      why: trans.__("“%1” was handed in before, and a file and a folder cannot have one name: remove it there first", file.in_the_way),
    }));
    const rows = [...inTheWay, ...left].map(({ path, why }) => [element("span", {}, path), element("small", {}, why)]);
    if (rows.length === 0) return [];
    const title = trans._n("Not handed in: %1", "Not handed in: %1", rows.length);
    return [element("details", {}, element("summary", {}, title), list(rows))];
  }

  // Why nothing can be handed in yet; "" = it can.
  function obstacle(found, place) {
    if (found.why_not) return found.why_not;
    if (!found.files.some(file => !file.in_the_way)) return trans.__("Nothing of this can be handed in.");
    if (!place) return found.places.some(each => each.state === "open") ? trans.__("Choose the class.") : trans.__("No class takes anything now.");
    if (place.room !== null && found.added > place.room) {
      return trans.__("The class has room for %1 more, and this is %2 more. Hand in less, or tell those who lead it.",
        size(place.room), size(found.added));
    }
    return "";
  }

  return async function handIn(paths) {
    let found;
    try {
      found = await store.handIn.look(paths, "");
    } catch (error) {
      await showErrorMessage(trans.__("This cannot be handed in"), error);
      return;
    }
    const body = new Widget({ node: document.createElement("div") });
    body.addClass("sx-HandIn");
    const dialog = new Dialog({
      title: trans.__("Hand in"), body, focusNodeSelector: "input:checked, input:enabled",
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__("Hand in") })],
    });
    const said = element("p", { role: "status" });
    let isReady = false, asked = 0;

    function show() {
      const place = found.places.find(each => each.group === found.group);
      const why = obstacle(found, place);
      const open = [...unsaved(paths).keys()];
      const more = [];
      // Who works in somebody else's server hands in their work.
      if (found.owner !== app.serviceManager.user.identity?.username) more.push(element("p", {}, trans.__("It is handed in as work of %1.", found.owner)));
      if (open.length) {
        more.push(element("p", {}, trans._n("Changes in %2 are not saved yet. They are saved first.",
          "Changes in %1 open files are not saved yet. They are saved first.", open.length, open[0])));
      }
      said.textContent = why;
      said.hidden = !why;
      ready(!why);
      body.node.replaceChildren(
        ...(found.places.length ? [classes(found.places, found.group, pick, each => each.state === "open")] : []),
        said, ...files(found), ...leftOut(found), ...more);
      body.node.querySelector("input:checked")?.focus();
    }
    function ready(is) {
      isReady = is;
      const button = dialog.node.querySelector(".jp-mod-accept");
      if (button) button.disabled = !is;
    }
    async function pick(group) {
      const mine = ++asked;
      ready(false);
      try {
        const now = await store.handIn.look(paths, group);
        if (mine !== asked) return;
        found = now;
        show();
      } catch (error) {
        said.textContent = error.message;
        said.hidden = false;
      }
    }
    show();
    // A key that means "yes" means nothing while that cannot be.
    const resolve = dialog.resolve.bind(dialog);
    dialog.resolve = index => { if (isReady || index === 0) resolve(index); };
    const { button } = await dialog.launch();
    if (!button.accept) return;
    try {
      for (const context of unsaved(paths).values()) await context.save();
    } catch (error) {
      await showErrorMessage(trans.__("Nothing was handed in, because a file could not be saved"), error);
      return;
    }
    const going = found.files.filter(file => !file.in_the_way);
    await follow(paths, found.group, Object.fromEntries(going.map(file => [file.path, file.tag])), handIn);
  };
}
