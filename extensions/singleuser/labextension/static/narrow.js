// On a phone JupyterLab begins with the notebook and not with a list of files beside it.
const NARROW = "(max-width: 700px)";

export async function narrow(shared) {
  const { ILabShell } = await shared("@jupyterlab/application");

  return {
    id: "sardonyx:narrow",
    description: "Folds what is beside the work where there is no room",
    autoStart: true,
    requires: [ILabShell],
    activate(app, shell) {
      app.restored.then(() => {
        if (!matchMedia(NARROW).matches) return;
        shell.collapseLeft();
        shell.collapseRight();
      });
    },
  };
}
