// Pages of the hub as commands of JupyterLab: in its palette, its launcher and its menu.
import { icons } from "./icons.js";
import { trans } from "./words.js";

export async function hub(shared) {
  const { ICommandPalette } = await shared("@jupyterlab/apputils");
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { ILauncher } = await shared("@jupyterlab/launcher");
  const { IMainMenu } = await shared("@jupyterlab/mainmenu");
  const drawn = await icons(shared);

  return {
    id: "sardonyx:hub",
    description: "Leads to pages of the hub",
    autoStart: true,
    optional: [IMainMenu, ICommandPalette, ILauncher],
    activate(app, menu, palette, launcher) {
      const pages = [
        { name: "data", label: trans.__("Your Data: Places and Keys"), icon: drawn.data, inLauncher: true },
        { name: "git", label: trans.__("Git Sites"), icon: drawn.git, inLauncher: true },
        { name: "home", label: trans.__("Your Servers"), icon: drawn.servers, inLauncher: false },
      ];
      for (const [rank, { name, label, icon, inLauncher }] of pages.entries()) {
        const command = `sardonyx:open-${name}-page`;
        app.commands.addCommand(command, {
          label,
          icon,
          execute() { window.open(`${PageConfig.getOption("hubHost")}${PageConfig.getOption("hubPrefix")}${name}`); },
        });
        palette?.addItem({ command, category: trans.__("Server") });
        if (inLauncher) launcher?.add({ command, category: trans.__("Tools"), rank: 50 + rank });
      }
      menu?.fileMenu.addItem({ command: "sardonyx:open-data-page", rank: 97 });
    },
  };
}
