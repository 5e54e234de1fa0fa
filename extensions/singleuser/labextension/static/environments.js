// A notebook that names no kernel gets that of the environment beside it, or above it; all others keep theirs. Why a
// kernel does not start can be read to its end.
export async function environments(shared) {
  const { INotebookTracker } = await shared("@jupyterlab/notebook");

  return {
    id: "sardonyx:environments",
    description: "Prefers the kernel of the environment beside a notebook",
    autoStart: true,
    requires: [INotebookTracker],
    activate(app, notebooks) {
      // JupyterLab shows why a kernel does not start in one line, and cuts off what does not fit.
      const style = document.createElement("style");
      style.textContent = ".jp-Dialog-body > div > pre { white-space: pre-wrap; overflow-wrap: anywhere; }";
      document.head.append(style);
      const known = app.serviceManager.kernelspecs;
      // Now it is shown and not read yet: JupyterLab takes this name if there is none in it.
      notebooks.widgetAdded.connect((_, panel) => {
        const session = panel.context.sessionContext, preference = session.kernelPreference;
        if (preference.name || preference.id) return;
        const name = preferred(known.specs?.kernelspecs ?? {}, panel.context.localPath);
        if (name) session.kernelPreference = { ...preference, name };
      });
    },
  };
}

// Returns the kernel of the nearest environment, "" where there is none.
function preferred(specs, path) {
  const folder = path.split("/").slice(0, -1).join("/");
  const holds = project => project === "" || folder === project || folder.startsWith(`${project}/`);
  const [nearest] = Object.values(specs)
    .map(spec => ({ name: spec.name, ...spec.metadata?.sardonyx }))
    .filter(({ project }) => typeof project === "string" && holds(project))
    .sort((a, b) => b.project.length - a.project.length || a.rank - b.rank);
  return nearest?.name ?? "";
}
