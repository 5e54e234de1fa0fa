// The person's places in the data store, as a file browser of JupyterLab's own beside that of the home.
import { crossing } from "./crossing.js";
import { DRIVE, driveClass } from "./drive.js";
import { icons } from "./icons.js";
import { keyLine } from "./keys.js";
import { preview, TABLES } from "./preview.js";
import { sharing } from "./sharing.js";
import { storage } from "./storage.js";
import { number, trans } from "./words.js";

const OPEN = "sardonyx:preview", ADDRESS = "sardonyx:copy-s3-address", LINK = "sardonyx:share-link";
const REFRESH_MS = 60000;

export async function data(shared) {
  const { Clipboard, Dialog, Notification, showDialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { IDocumentManager, shouldOverwrite } = await shared("@jupyterlab/docmanager");
  const { IDefaultFileBrowser, IFileBrowserFactory, Uploader } = await shared("@jupyterlab/filebrowser");
  const { ILayoutRestorer } = await shared("@jupyterlab/application");
  const { newFolderIcon, refreshIcon, ToolbarButton } = await shared("@jupyterlab/ui-components");
  const { Widget } = await shared("@lumino/widgets");
  const [store, Drive, drawn, offerPreviews] =
    await Promise.all([storage(shared), driveClass(shared), icons(shared), preview(shared)]);
  const [share, keysOf, letCross] = await Promise.all([sharing(shared, store), keyLine(shared, store), crossing(shared, store)]);
  const local = path => path.slice(path.indexOf(":") + 1);

  // Uploads with their progress in JupyterLab's notifications, where they can be stopped.
  async function upload(path, file) {
    const stop = new AbortController();
    const actions = [{ label: trans.__("Stop"), callback: () => stop.abort() }];
    const message = trans.__("Uploading %1", file.name);
    const id = Notification.emit(message, "in-progress", { autoClose: false, progress: 0, actions });
    const progress = part => Notification.update({ id, message, progress: part });
    const put = replaces => store.upload(path, file, { replaces, signal: stop.signal, progress });
    try {
      await put(false).catch(async error => {
        if (error.response?.status !== 409 || !(await shouldOverwrite(file.name))) throw error;
        await put(true);
      });
      const done = trans.__("%1 is in the data store.", file.name);
      Notification.update({ id, message: done, type: "success", autoClose: 3000, actions: [], progress: 1 });
    } catch (error) {
      const said = error.isStop
        ? trans.__("%1 was not uploaded: it was stopped.", file.name)
        : trans.__("%1 was not uploaded. %2", file.name, error.message);
      Notification.update({ id, message: said, type: error.isStop ? "info" : "error", autoClose: error.isStop ? 3000 : false, actions: [] });
    }
  }

  async function inWords(items) {
    const name = items.length === 1 ? items[0].name : "";
    const counted = await Promise.all(
      items.filter(item => item.type === "directory").map(item => store.ask("count", local(item.path))));
    if (counted.length === 0) {
      return name
        ? trans.__("“%1” will be deleted. It cannot be brought back.", name)
        : trans.__("%1 selected items will be deleted. They cannot be brought back.", items.length);
    }
    const files = counted.reduce((sum, each) => sum + each.files, 0);
    if (counted.some(each => each.is_more)) {
      return name
        ? trans.__("“%1” will be deleted, with more than %2 files in the folder. It cannot be brought back.", name, number(files))
        : trans.__("%1 selected items will be deleted, with more than %2 files in folders. They cannot be brought back.",
          items.length, number(files));
    }
    return name
      ? trans._n("“%2” will be deleted, with %3 file in the folder. It cannot be brought back.",
        "“%2” will be deleted, with %3 files in the folder. It cannot be brought back.", files, name, number(files))
      : trans._n("%2 selected items will be deleted, with %3 file in folders. They cannot be brought back.",
        "%2 selected items will be deleted, with %3 files in folders. They cannot be brought back.",
        files, items.length, number(files));
  }

  // Below the listing: what is left out of it, or why there is none.
  function notice(drive, browser) {
    const shown = new Widget();
    shown.addClass("sx-Data-notice");
    shown.node.setAttribute("role", "status");
    drive.listed.connect((_, { path, shown: count, isMore, unnamed, mayWrite, isFull, problem }) => {
      const words = [];
      if (problem) words.push(problem);
      else {
        if (isMore) words.push(trans.__("The first %1 are shown; there are more.", number(count)));
        if (unnamed) {
          words.push(trans._n("%1 more cannot be shown here, because of its name.",
            "%1 more cannot be shown here, because of their names.", unnamed));
        }
        if (isFull) words.push(trans.__("It is full: you can read and delete here, and nothing can be added."));
        else if (path && !mayWrite) words.push(trans.__("You can read here, and not change anything."));
        if (!isMore && count === 0) words.push(trans.__("Nothing is here yet."));
      }
      const text = document.createElement("span");
      text.textContent = words.join(" ");
      shown.node.replaceChildren(text);
      if (isMore || problem) {
        const button = document.createElement("button");
        button.className = "jp-mod-styled jp-mod-minimal";
        button.textContent = problem ? trans.__("Try again") : trans.__("Show more");
        button.onclick = () => {
          if (isMore) drive.showMore(path);
          browser.model.refresh();
        };
        shown.node.append(button);
      }
      shown.setHidden(words.length === 0);
    });
    shown.hide();
    return shown;
  }

  return {
    id: "sardonyx:data",
    description: "Shows the person's places in the data store",
    autoStart: true,
    requires: [IFileBrowserFactory, IDefaultFileBrowser, IDocumentManager],
    optional: [ILayoutRestorer],
    async activate(app, factory, home, documents, restorer) {
      offerPreviews(app);
      if (!(await store.isThere())) return;
      const drive = new Drive(store);
      app.serviceManager.contents.addDrive(drive);
      // JupyterLab makes new notebooks where somebody was last, and before that in the file browser that was made last: that is the home's.
      home.node.dispatchEvent(new FocusEvent("focus"));
      const browser = factory.createFileBrowser("sardonyx-data", { driveName: DRIVE, refreshInterval: REFRESH_MS, auto: false });
      browser.title.icon = drawn.data;
      browser.title.caption = trans.__("Data Store");
      browser.showFileSizeColumn = true;
      browser.node.setAttribute("role", "region");
      browser.node.setAttribute("aria-label", trans.__("Data Store"));
      const report = title => error => showErrorMessage(title, error);
      const refresh = () => browser.model.refresh();
      drive.fileChanged.connect(refresh);
      letCross(app, browser, home, documents);

      // What JupyterLab's own would do in another way: in memory, without a count, with another viewer.
      browser.model.upload = async (file, folder = browser.model.path) => {
        await upload(`${local(folder)}/${file.name}`, file);
        await refresh();
      };
      browser.delete = async () => {
        const items = [...browser.selectedItems()];
        if (items.length === 0) return;
        try {
          const body = await inWords(items);
          const buttons = [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__("Delete") })];
          const { button } = await showDialog({ title: trans.__("Delete from the data store"), body, buttons, defaultButton: 0 });
          if (button.accept) await Promise.all(items.map(item => documents.deleteFile(item.path)));
        } catch (error) {
          await report(trans.__("This could not be deleted"))(error);
        }
      };
      const open = browser.listing.handleOpen.bind(browser.listing);
      browser.listing.handleOpen = item => {
        if (item.type !== "directory" && TABLES.test(item.name)) documents.openOrReveal(item.path, "Preview");
        else open(item);
      };

      const makeFolder = () => browser.createNewDirectory();
      browser.toolbar.addItem("folder", new ToolbarButton({ icon: newFolderIcon, tooltip: trans.__("New Folder"), onClick: makeFolder }));
      browser.toolbar.addItem("upload", new Uploader({ model: browser.model }));
      browser.toolbar.addItem("refresh", new ToolbarButton({ icon: refreshIcon, tooltip: trans.__("Look again"), onClick: refresh }));
      browser.mainPanel.addWidget(notice(drive, browser));
      browser.mainPanel.addWidget(keysOf(drive));

      const chosen = () => browser.selectedItems().next().value;
      app.commands.addCommand(OPEN, {
        label: trans.__("Preview"),
        isVisible: () => TABLES.test(chosen()?.name ?? ""),
        execute: () => documents.openOrReveal(chosen().path, "Preview"),
      });
      app.commands.addCommand(ADDRESS, {
        label: trans.__("Copy S3 Address"),
        execute: () => store.ask("about", local(chosen().path)).then(about => {
          Clipboard.copyToSystem(about.address);
          Notification.info(trans.__("Copied: %1", about.address), { autoClose: 3000 });
        }, report(trans.__("The address cannot be copied"))),
      });
      app.commands.addCommand(LINK, {
        label: trans.__("Share by a Link …"),
        execute: () => share(local(chosen().path), chosen().name),
      });
      const files = '#sardonyx-data .jp-DirListing-item[data-isdir="false"]';
      app.contextMenu.addItem({ command: OPEN, selector: files, rank: 0.5 });
      app.contextMenu.addItem({ command: ADDRESS, selector: "#sardonyx-data .jp-DirListing-item", rank: 14.1 });
      app.contextMenu.addItem({ command: LINK, selector: files, rank: 14.2 });

      // Nobody is asked anything before somebody looks; and who comes back sees what is there now.
      new IntersectionObserver(seen => { if (seen.at(-1).isIntersecting) refresh(); }).observe(browser.node);
      app.shell.add(browser, "left", { rank: 102, type: "Data Store" });
      restorer?.add(browser, "sardonyx-data");
    },
  };
}
