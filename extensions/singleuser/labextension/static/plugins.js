// All plugins of this extension, each in a file of its own.
import { apps } from "./apps.js";
import { data } from "./data.js";
import { environments } from "./environments.js";
import { handing } from "./handing.js";
import { hub } from "./hub.js";
import { lost } from "./lost.js";
import { narrow } from "./narrow.js";
import { patience } from "./patience.js";
import { presence } from "./presence.js";
import { resources } from "./resources.js";
import { tools } from "./tools.js";
import { speak } from "./words.js";

export async function plugins(shared) {
  const { ITranslator } = await shared("@jupyterlab/translation");
  const made = [tools, apps, resources, environments, data, handing, hub, lost, narrow, patience, presence];
  const found = await Promise.all(made.map(make => make(shared)));
  // What one says is in JupyterLab's language, so it waits for the translator.
  return found.map(plugin => ({
    ...plugin,
    requires: [ITranslator, ...plugin.requires ?? []],
    activate(app, translator, ...others) {
      speak(translator);
      return plugin.activate(app, ...others);
    },
  }));
}
