// "Hand In …": files and folders of the home go to a class. What is asked, sent and shown then is loaded when somebody does.
import { DRIVE } from "./drive.js";
import { storage } from "./storage.js";
import { trans } from "./words.js";

const HAND_IN = "sardonyx:hand-in", HANDED = "sardonyx:handed-in";
const LOOK_AGAIN_MS = 60000;

export async function handing(shared) {
  const { ICommandPalette, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { IDocumentManager } = await shared("@jupyterlab/docmanager");
  const { IDefaultFileBrowser } = await shared("@jupyterlab/filebrowser");
  const { IMainMenu } = await shared("@jupyterlab/mainmenu");
  const store = await storage(shared);

  return {
    id: "sardonyx:handing",
    description: "Hands in files of the home in a class",
    autoStart: true,
    requires: [IDefaultFileBrowser, IDocumentManager],
    optional: [IMainMenu, ICommandPalette],
    async activate(app, browser, documents, menu, palette) {
      if (!(await store.isThere())) return;
      const contents = app.serviceManager.contents;
      // null: not known, so one may ask, and is told why not.
      let isStudent = null, lookedAt = 0;

      async function look() {
        if (Date.now() - lookedAt < LOOK_AGAIN_MS) return;
        lookedAt = Date.now();
        try {
          isStudent = (await store.ask("folder", "")).entries.some(entry => entry.hands_in);
        } catch { isStudent = null; }
        for (const command of [HAND_IN, HANDED]) app.commands.notifyCommandChanged(command);
      }
      const isVisible = () => isStudent !== false;

      function open() {
        const context = app.shell.currentWidget && documents.contextForWidget(app.shell.currentWidget);
        return context ? [context.path] : [];
      }
      const clicked = () => [...browser.selectedItems()].map(item => item.path);

      app.commands.addCommand(HAND_IN, {
        label: trans.__("Hand In …"),
        caption: trans.__("Hand in files and folders in a class"),
        isVisible,
        async execute(args) {
          const wanted = args.isMenu ? clicked() : open();
          const paths = wanted.length ? wanted : clicked();
          if (paths.length === 0) {
            await showErrorMessage(trans.__("Hand in"), trans.__("Open a file, or choose some in the file browser."));
          } else if (paths.some(path => contents.driveName(path) === DRIVE)) {
            await showErrorMessage(trans.__("Hand in"), trans.__(
              "This is in the data store already. Copy it there into the place of your class, or choose a file of your home."));
          } else {
            const { choosing } = await import("./choosing.js");
            await (await choosing(shared, store, app, documents))(paths.map(path => contents.localPath(path)));
          }
        },
      });
      app.commands.addCommand(HANDED, {
        label: trans.__("What I Handed In"),
        isVisible,
        async execute(args) {
          const { handed } = await import("./handed.js");
          await (await handed(shared, store, documents))(args.group ?? "");
        },
      });
      app.contextMenu.addItem({ command: HAND_IN, args: { isMenu: true }, selector: "#filebrowser .jp-DirListing-item", rank: 3.5 });
      menu?.fileMenu.addGroup([{ command: HAND_IN }, { command: HANDED }], 40);
      for (const command of [HAND_IN, HANDED]) palette?.addItem({ command, category: trans.__("Classes") });
      // Whoever is in no class has no use for it; one that is joined meanwhile is found by who looks for it.
      app.restored.then(look);
      document.addEventListener("contextmenu", look, { capture: true, passive: true });
    },
  };
}
