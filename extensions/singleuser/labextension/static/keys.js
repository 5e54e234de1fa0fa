// Below the data store's file browser: until when the key lives that programs of this server have, and what more there is to have.
import { hour, trans } from "./words.js";

export async function keyLine(shared, store) {
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { Widget } = await shared("@lumino/widgets");

  function link(text, place) {
    const shown = document.createElement("a");
    const href = `${PageConfig.getOption("hubHost")}${PageConfig.getOption("hubPrefix") || "/hub/"}data#${place}`;
    Object.assign(shown, { href, target: "_blank", rel: "noopener", textContent: text });
    return shown;
  }

  return function line(drive) {
    const shown = new Widget();
    const said = document.createElement("span");
    shown.addClass("sx-Data-keys");
    shown.node.append(said, link(trans.__("Code to copy"), "inside"), link(trans.__("A key for my own computer"), "laptop"));
    // As often as somebody looks: what listens in the server asks the keys service once a minute.
    drive.listed.connect(async () => {
      try {
        const { until } = await store.ask("key", "");
        said.textContent = until
          ? trans.__("The key of this server works until %1, and is renewed before that.", hour(new Date(until)))
          : trans.__("Programs in this server get a key as soon as they ask for one.");
      } catch (error) {
        said.textContent = error.message;
      }
    });
    return shown;
  };
}
