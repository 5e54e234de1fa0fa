// What this extension asks its server.
import { trans } from "./words.js";

export async function server(shared) {
  const { ServerConnection } = await shared("@jupyterlab/services");
  const { URLExt } = await shared("@jupyterlab/coreutils");
  const settings = ServerConnection.makeSettings();

  return async function ask(path, method = "GET", body = undefined) {
    const url = URLExt.join(settings.baseUrl, "sardonyx/api", path);
    const options = { method, body: body === undefined ? undefined : JSON.stringify(body) };
    const answer = await ServerConnection.makeRequest(url, options, settings);
    const text = await answer.text();
    const said = text ? JSON.parse(text) : null;
    if (!answer.ok) {
      const error = new Error(said?.message ?? trans.__("The server answers with %1.", answer.status));
      throw Object.assign(error, { status: answer.status });
    }
    return said;
  };
}
