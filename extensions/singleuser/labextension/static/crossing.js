// What is dragged from the home into the data store, or back, is copied there, by the server: JupyterLab knows no way between drives.
import { DRIVE } from "./drive.js";
import { trans } from "./words.js";

const OPEN_AFTER_MS = 600;
const DRAGGED = "application/x-jupyter-icontents";

export async function crossing(shared, store) {
  const { Notification, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { PathExt } = await shared("@jupyterlab/coreutils");
  const { renameFile } = await shared("@jupyterlab/docmanager");

  return (app, browser, home, documents) => {
    const { contents } = app.serviceManager;
    const refresh = () => [browser, home].forEach(each => each.model.refresh());
    openWhenHeldOver(app, [browser, home]);
    const isInStore = path => contents.driveName(path) === DRIVE;
    const isAcross = (from, to) => isInStore(from) !== isInStore(to);
    const [copy, rename] = [contents.copy.bind(contents), contents.rename.bind(contents)];
    const local = path => contents.localPath(path);

    async function cross(from, to) {
      const into = isInStore(to) ? "store" : "home", name = PathExt.basename(local(from));
      const stop = new AbortController();
      const actions = [{ label: trans.__("Stop"), callback: () => stop.abort() }];
      const message = into === "store" ? trans.__("Copying %1 into the data store", name) : trans.__("Copying %1 into your home", name);
      const id = Notification.emit(message, "in-progress", { autoClose: false, progress: 0, actions });
      try {
        await store.cross(local(from), local(to), into, stop.signal, progress => Notification.update({ id, message, progress }));
      } catch (error) {
        Notification.dismiss(id);
        // JupyterLab asks whether to overwrite, and shows the rest.
        if (!error.isStop) throw error;
        throw new Error(trans.__("%1 was not copied: it was stopped.", name), { cause: error });
      } finally {
        refresh();
      }
      const done = into === "store"
        ? trans.__("%1 was copied into the data store. It is in your home, too.", name)
        : trans.__("%1 was copied into your home. It is in the data store, too.", name);
      Notification.update({ id, message: done, type: "success", autoClose: 5000, actions: [], progress: 1 });
      return contents.get(to, { content: false });
    }

    contents.copy = (from, folder) =>
      isAcross(from, folder) ? cross(from, PathExt.join(folder, PathExt.basename(local(from)))) : copy(from, folder);
    contents.rename = (from, to) => (isAcross(from, to) ? cross(from, to) : rename(from, to));

    // JupyterLab 4.6 forgets the drive of the folders above, so what is dropped on one would go to the home.
    browser.node.addEventListener("lm-drop", event => {
      const crumb = event.target.closest?.(".jp-BreadCrumbs-item[data-path]");
      if (!crumb || !event.mimeData.hasData(DRAGGED)) return;
      event.preventDefault();
      event.stopPropagation();
      event.dropAction = event.proposedAction;
      crumb.classList.remove("jp-mod-dropTarget");
      const moved = event.mimeData.getData(DRAGGED).map(path =>
        renameFile(documents, path, `${DRIVE}:${PathExt.join(crumb.dataset.path, PathExt.basename(local(path)))}`));
      Promise.all(moved).catch(error => showErrorMessage(trans.__("This could not be moved"), error));
    }, true);
  };
}

// One file browser is in front at a time; whoever drags something holds it over the other one's tab.
function openWhenHeldOver(app, browsers) {
  let waiting;
  document.addEventListener("lm-dragenter", event => {
    // What nobody takes is told to the body once more.
    if (event.target === document.body) return;
    clearTimeout(waiting);
    const id = event.target.closest?.(".jp-SideBar .lm-TabBar-tab")?.dataset.id;
    if (event.mimeData.hasData(DRAGGED) && id) {
      waiting = setTimeout(() => {
        app.shell.activateById(id);
        // A folder that is selected takes nothing: JupyterLab thinks that it is what is dragged.
        browsers.find(each => each.id === id)?.clearSelectedItems();
      }, OPEN_AFTER_MS);
    }
  }, true);
  document.addEventListener("lm-drop", () => clearTimeout(waiting), true);
}
