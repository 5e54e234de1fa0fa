// "Run as an app": a file of the person's, shown beside its code, and in the launcher if it is pinned there.
import { frames } from "./frames.js";
import { icons } from "./icons.js";
import { server } from "./server.js";
import { trans } from "./words.js";

const RUN = "sardonyx:run-app", PIN = "sardonyx:pin-app", STOP = "sardonyx:stop-app";
const FILES = /\.(py|r|ipynb|qmd|rmd)$/i;

export async function apps(shared) {
  const { ILauncher } = await shared("@jupyterlab/launcher");
  const { ICommandPalette, Notification, showErrorMessage } = await shared("@jupyterlab/apputils");
  const { IDefaultFileBrowser } = await shared("@jupyterlab/filebrowser");
  const { IDocumentManager } = await shared("@jupyterlab/docmanager");
  const [ask, show, drawn] = await Promise.all([server(shared), frames(shared), icons(shared)]);

  return {
    id: "sardonyx:apps",
    description: "Runs files as apps",
    autoStart: true,
    requires: [IDefaultFileBrowser, IDocumentManager],
    optional: [ILauncher, ICommandPalette],
    activate(app, browser, documents, launcher, palette) {
      const pinned = new Map();

      function clicked() {
        const item = browser.selectedItems().next().value;
        return item?.type !== "directory" && FILES.test(item?.path ?? "") ? item.path : "";
      }
      // The file whose menu it is, or the one in front.
      function chosen(args) {
        if (args.isMenu) return clicked();
        if (args.path) return args.path;
        const shown = app.shell.currentWidget;
        const path = shown && documents.contextForWidget(shown)?.path;
        return path ?? browser.selectedItems().next().value?.path ?? "";
      }
      const isOffered = args => !args.isMenu || clicked() !== "";
      // Without the drive that a path may begin with.
      const local = path => path.slice(path.indexOf(":") + 1);

      function open(found, beside) {
        const id = `sardonyx-app-${found.name}`;
        return show(app.shell, { id, title: found.path.split("/").at(-1), icon: drawn.app, address: found.address, beside });
      }
      function toLauncher(found) {
        if (launcher === null || pinned.has(found.name)) return;
        pinned.set(found.name, launcher.add({ command: RUN, args: { path: found.path, isTile: true }, category: trans.__("Apps") }));
      }

      app.commands.addCommand(RUN, {
        label: args => (args.isTile ? args.path.split("/").at(-1) : trans.__("Run as App")),
        caption: args => (args.isTile ? args.path : "Streamlit, Dash, Shiny, Gradio, Panel, FastAPI, Flask, marimo, Voilà, Quarto"),
        icon: drawn.app,
        isVisible: args => args.isTile || isOffered(args),
        async execute(args) {
          const path = chosen(args);
          if (!path) {
            await showErrorMessage(trans.__("Run as App"), trans.__("Open the app's file, or choose it in the file browser."));
            return;
          }
          try {
            const shown = app.shell.currentWidget;
            const found = await ask("apps", "POST", { path: local(path) });
            if (found.state === "failed") await ask(`processes/apps/${found.name}`, "POST");
            open(found, shown !== null && documents.contextForWidget(shown) !== undefined);
          } catch (error) {
            await showErrorMessage(trans.__("This file cannot be run as an app"), error.message);
          }
        },
      });
      app.commands.addCommand(PIN, {
        label: trans.__("Pin App to Launcher"),
        isVisible: isOffered,
        async execute(args) {
          const path = chosen(args);
          try {
            const found = await ask("apps", "POST", { path: local(path) });
            if (pinned.has(found.name)) {
              await ask(`apps/${found.name}`, "PATCH", { is_pinned: false });
              pinned.get(found.name).dispose();
              pinned.delete(found.name);
              Notification.info(trans.__("It is no longer in the launcher."), { autoClose: 3000 });
              return;
            }
            await ask(`apps/${found.name}`, "PATCH", { is_pinned: true });
            toLauncher(found);
            Notification.success(trans.__("It is in the launcher, below Apps."), { autoClose: 3000 });
          } catch (error) {
            await showErrorMessage(trans.__("This file cannot be run as an app"), error.message);
          }
        },
      });
      app.commands.addCommand(STOP, {
        label: trans.__("Stop App"),
        isVisible: isOffered,
        async execute(args) {
          const path = chosen(args);
          try {
            const found = (await ask("apps")).find(each => each.path === local(path));
            if (found === undefined) {
              Notification.info(trans.__("This file does not run as an app."), { autoClose: 3000 });
              return;
            }
            await ask(`processes/apps/${found.name}`, "DELETE");
            Notification.success(trans.__("The app is stopped."), { autoClose: 3000 });
          } catch (error) {
            await showErrorMessage(trans.__("The app was not stopped"), error.message);
          }
        },
      });
      for (const [rank, command] of [RUN, PIN, STOP].entries()) {
        // Of the home's file browser only: a file in the data store is none that can be run.
        const selector = '#filebrowser .jp-DirListing-item[data-isdir="false"]';
        app.contextMenu.addItem({ command, args: { isMenu: true }, selector, rank: 3 + rank / 10 });
        palette?.addItem({ command, category: trans.__("Apps") });
      }
      ask("apps").then(found => found.filter(each => each.is_pinned).forEach(toLauncher));
    },
  };
}
