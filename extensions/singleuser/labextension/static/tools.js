// Tools in the launcher and in the command palette.
import { frames } from "./frames.js";
import { icons } from "./icons.js";
import { server } from "./server.js";
import { trans } from "./words.js";

// They need the whole window, with its own keys and menus.
const IN_A_WINDOW = ["vscode", "rstudio"];

export async function tools(shared) {
  const { ILauncher } = await shared("@jupyterlab/launcher");
  const { ICommandPalette } = await shared("@jupyterlab/apputils");
  const [ask, show, drawn] = await Promise.all([server(shared), frames(shared), icons(shared)]);

  return {
    id: "sardonyx:tools",
    description: "Shows the tools of this server",
    autoStart: true,
    optional: [ILauncher, ICommandPalette],
    async activate(app, launcher, palette) {
      const found = await ask("tools");
      for (const [rank, tool] of found.entries()) {
        const command = `sardonyx:open-${tool.name}`;
        const icon = drawn[tool.name] ?? drawn.app;
        app.commands.addCommand(command, {
          label: tool.title,
          caption: tool.how_to_get ? trans.__("Not installed here. %1", tool.how_to_get) : tool.description,
          icon,
          execute() {
            if (IN_A_WINDOW.includes(tool.name)) window.open(tool.address, `sardonyx-${tool.name}`);
            else show(app.shell, { id: `sardonyx-${tool.name}`, title: tool.title, icon, address: tool.address });
          },
        });
        launcher?.add({ command, category: trans.__("Tools"), rank: 10 + rank });
        palette?.addItem({ command, category: trans.__("Tools") });
      }
    },
  };
}
