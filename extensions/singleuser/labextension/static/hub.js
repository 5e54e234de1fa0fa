// Pages of the hub as commands of JupyterLab. Where they stand in its menus is in the settings that come with us.

export async function hub(shared) {
  const { PageConfig } = await shared("@jupyterlab/coreutils");

  return {
    id: "sardonyx:hub",
    description: "Leads to pages of the hub",
    autoStart: true,
    activate(app) {
      app.commands.addCommand("sardonyx:open-data-page", {
        label: "Your Data: Places and Keys",
        execute() {
          window.open(`${PageConfig.getOption("hubHost")}${PageConfig.getOption("hubPrefix")}data`);
        },
      });
    },
  };
}
