// Tools in the launcher and in the command palette.
import { frames } from "./frames.js";
import { icons } from "./icons.js";
import { server } from "./server.js";
import { ofLab, trans } from "./words.js";

export async function tools(shared) {
  const { ILauncher } = await shared("@jupyterlab/launcher");
  const { ICommandPalette, Notification, showErrorMessage } = await shared("@jupyterlab/apputils");
  const [ask, show, drawn] = await Promise.all([server(shared), frames(shared), icons(shared)]);

  function addEnds(app, palette, { name, title }) {
    const at = `processes/tools/${name}`;

    function add(verb, label, execute) {
      const command = `sardonyx:${verb}-${name}`;
      app.commands.addCommand(command, { label, execute });
      palette?.addItem({ command, category: trans.__("Tools") });
    }
    async function end(method, done, failed) {
      try {
        if ((await ask(at)).state === "stopped") {
          Notification.info(trans.__("%1 does not run.", title), { autoClose: 3000 });
          return;
        }
        await ask(at, method);
        Notification.success(done, { autoClose: 3000 });
      } catch (error) {
        await showErrorMessage(failed, error.message);
      }
    }

    add("stop", trans.__("Stop %1", title), () =>
      end("DELETE", trans.__("%1 is stopped.", title), trans.__("%1 was not stopped", title)));
    add("restart", trans.__("Restart %1", title), async () => {
      await end("POST", trans.__("%1 starts again.", title), trans.__("%1 was not started again", title));
      show.again(`sardonyx-${name}`);
    });
  }

  return {
    id: "sardonyx:tools",
    description: "Shows the tools of this server",
    autoStart: true,
    optional: [ILauncher, ICommandPalette],
    async activate(app, launcher, palette) {
      const found = await ask("tools");
      const rows = {
        tools: trans.__("Tools"), apps: trans.__("Apps"),
        // The launcher knows its own rows by their titles.
        notebooks: ofLab("Notebook"), consoles: ofLab("Console"), other: ofLab("Other"),
      };
      for (const [rank, tool] of found.entries()) {
        const command = `sardonyx:open-${tool.name}`;
        const icon = drawn.draw(`tool-${tool.name}`, tool.icon);
        app.commands.addCommand(command, {
          label: tool.title,
          caption: tool.how_to_get ? trans.__("Not installed here. %1", tool.how_to_get) : tool.description,
          icon,
          execute() {
            if (tool.needs_window) window.open(tool.address, `sardonyx-${tool.name}`);
            else show(app.shell, { id: `sardonyx-${tool.name}`, title: tool.title, icon, address: tool.address });
          },
        });
        // In the rows of kernels the launcher shows pictures, and no icons.
        const kernelIconUrl = `data:image/svg+xml,${encodeURIComponent(icon.svgstr)}`;
        launcher?.add({ command, category: rows[tool.category], rank: 10 + rank, kernelIconUrl });
        palette?.addItem({ command, category: trans.__("Tools") });
        if (tool.can_be_stopped) addEnds(app, palette, tool);
      }
    },
  };
}
