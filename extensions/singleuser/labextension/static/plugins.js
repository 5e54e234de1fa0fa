// All plugins of this extension, each in a file of its own.
import { apps } from "./apps.js";
import { data } from "./data.js";
import { environments } from "./environments.js";
import { hub } from "./hub.js";
import { resources } from "./resources.js";
import { tools } from "./tools.js";

export async function plugins(shared) {
  return Promise.all([tools(shared), apps(shared), resources(shared), environments(shared), data(shared), hub(shared)]);
}
