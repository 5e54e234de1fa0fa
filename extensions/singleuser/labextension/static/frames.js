// A tool or an app in a tab of JupyterLab.

const RIGHTS = ["allow-same-origin", "allow-scripts", "allow-forms", "allow-popups", "allow-downloads", "allow-modals"];

export async function frames(shared) {
  const { IFrame, MainAreaWidget } = await shared("@jupyterlab/apputils");
  const open = new Map();

  function show(shell, { id, title, icon, address, beside }) {
    let tab = open.get(id);
    if (tab === undefined || tab.isDisposed) {
      const content = new IFrame({ sandbox: RIGHTS });
      content.url = address;
      content.title.label = title;
      content.title.icon = icon;
      content.title.closable = true;
      tab = new MainAreaWidget({ content });
      tab.id = id;
      open.set(id, tab);
    }
    if (!tab.isAttached) shell.add(tab, "main", beside ? { mode: "split-right" } : {});
    shell.activateById(tab.id);
    return tab;
  }
  // Load the page of a tab again, where there is one.
  show.again = id => {
    const tab = open.get(id);
    if (tab !== undefined && !tab.isDisposed) tab.content.url = tab.content.url;
  };
  return show;
}
