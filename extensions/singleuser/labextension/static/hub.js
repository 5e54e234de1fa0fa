// Pages of the hub as commands of JupyterLab.
import { trans } from "./words.js";

const DATA = "sardonyx:open-data-page";

export async function hub(shared) {
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { IMainMenu } = await shared("@jupyterlab/mainmenu");

  return {
    id: "sardonyx:hub",
    description: "Leads to pages of the hub",
    autoStart: true,
    optional: [IMainMenu],
    activate(app, menu) {
      app.commands.addCommand(DATA, {
        label: trans.__("Your Data: Places and Keys"),
        execute() {
          window.open(`${PageConfig.getOption("hubHost")}${PageConfig.getOption("hubPrefix")}data`);
        },
      });
      menu?.fileMenu.addItem({ command: DATA, rank: 97 });
    },
  };
}
