// Files on their way to a class: how far it is, a way to stop it, and what came of it.
import { element } from "./grid.js";
import { list } from "./handing-parts.js";
import { hour, trans } from "./words.js";

const EVERY_MS = 400;
// A server that does not answer for so long has gone.
const PATIENCE_MS = 120000;

export async function sending(shared, store, app) {
  const { Dialog, Notification, showDialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { Widget } = await shared("@lumino/widgets");
  const pause = ms => new Promise(done => setTimeout(done, ms));

  const inWords = ({ handed, files }) => trans._n("Handing in: %2 of %1 file", "Handing in: %2 of %1 files", files, handed);

  // Asks until it is over. It goes on in the server, also while this window hears nothing of it.
  async function end(id, tell) {
    let heard = Date.now();
    for (;;) {
      await pause(EVERY_MS);
      try {
        const now = await store.handIn.delivery(id);
        if (now.state === "ended") return now;
        heard = Date.now();
        tell(now);
      } catch (error) {
        if (error.response?.status === 404 || Date.now() - heard > PATIENCE_MS) throw error;
      }
    }
  }

  function report(now) {
    const body = new Widget({ node: document.createElement("div") });
    body.addClass("sx-HandIn");
    const rows = now.failed.map(({ path, why }) => [element("span", {}, path), element("small", {}, why)]);
    if (now.handed) {
      const said = trans._n("%2 of %1 file was handed in, %3.", "%2 of %1 files were handed in, %3.", now.files, now.handed, hour(new Date(now.ended)));
      body.node.append(element("p", {}, said));
    }
    if (now.stopped) body.node.append(element("p", {}, now.stopped));
    if (rows.length) body.node.append(list(rows));
    if (now.not_sent.length) {
      body.node.append(element("p", {}, trans.__("These were not sent:")), list(now.not_sent.map(path => [element("span", {}, path)])));
    }
    return body;
  }

  // Hands in what was agreed to; whatever was not is offered once more.
  return async function follow(paths, group, agreed, again) {
    const progress = { autoClose: false, progress: 0 };
    const id = Notification.emit(trans.__("Handing in"), "in-progress", progress);
    let now;
    try {
      const begun = await store.handIn.begin(paths, group, agreed);
      const actions = [{ label: trans.__("Stop"), callback: event => { event.preventDefault(); store.handIn.stop(begun.id).catch(() => {}); } }];
      const tell = told => Notification.update({
        id, message: inWords(told), progress: told.bytes ? Math.min(1, told.sent / told.bytes) : told.handed / told.files, actions,
      });
      tell(begun);
      now = await end(begun.id, tell);
    } catch (error) {
      Notification.dismiss(id);
      await showErrorMessage(trans.__("This was not handed in"), error);
      return;
    }
    if (!now.stopped && now.failed.length === 0) {
      const message = trans._n("Handed in: %1 file, %2", "Handed in: %1 files, %2", now.handed, hour(new Date(now.ended)));
      const look = { label: trans.__("What I Handed In"), callback: () => app.commands.execute("sardonyx:handed-in", { group }) };
      Notification.update({ id, message, type: "success", progress: 1, autoClose: false, actions: [look] });
      return;
    }
    Notification.dismiss(id);
    const title = now.handed ? trans.__("Not everything was handed in") : trans.__("Nothing was handed in");
    const buttons = [Dialog.cancelButton({ label: trans.__("Close") }), Dialog.okButton({ label: trans.__("Try again …") })];
    const { button } = await showDialog({ title, body: report(now), buttons, defaultButton: 0 });
    if (button.accept) await again([...now.failed.map(each => each.path), ...now.not_sent]);
  };
}
