// What this extension asks its server about the data store. Paths are in the query: a slash or a sign in a name stays one.
import { number, trans } from "./words.js";

const PART_BYTES = 8 * 2 ** 20;
// Asked once, whoever wants to know.
let isThere;

export async function storage(shared) {
  const { ServerConnection } = await shared("@jupyterlab/services");
  const { URLExt } = await shared("@jupyterlab/coreutils");
  const settings = ServerConnection.makeSettings();
  const url = (what, query) => `${URLExt.join(settings.baseUrl, "sardonyx/api/storage", what)}?${new URLSearchParams(query)}`;

  async function send(what, query, options = {}) {
    let answer;
    try {
      answer = await ServerConnection.makeRequest(url(what, query), options, settings);
    } catch (error) {
      if (options.signal?.aborted) throw stopped();
      throw new Error(trans.__("Your server does not answer. Look whether you are connected, and try again."), { cause: error });
    }
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => null);
    const error = new Error(said?.message ?? trans.__("The server answers with %1. Try again in a minute.", answer.status));
    // JupyterLab asks an error for it.
    error.response = answer;
    throw error;
  }
  const ask = async (what, path, query = {}) => (await send(what, { path, ...query })).json();
  const tell = async (what, query, method, body, signal) =>
    (await send(what, query, { method, signal, body: body === undefined ? undefined : JSON.stringify(body) })).json();

  // A file in parts: no request is long, and whoever stops it leaves nothing.
  async function upload(path, file, { replaces = false, signal, progress = () => {} } = {}) {
    const query = { path, ...(replaces ? { replaces: "1" } : {}) };
    const type = { "Content-Type": "application/octet-stream" };
    if (file.size <= PART_BYTES) {
      await send("file", query, { method: "PUT", body: file, headers: type, signal });
      return;
    }
    const begun = await tell("upload", query, "POST", {}, signal);
    const tags = [];
    // S3 knows no more than 10,000 parts.
    const size = Math.max(PART_BYTES, Math.ceil(file.size / 9000));
    try {
      for (let first = 0; first < file.size; first += size) {
        const part = { path, upload: begun, number: String(tags.length + 1) };
        const body = file.slice(first, first + size);
        tags.push(await (await send("upload", part, { method: "PUT", body, headers: type, signal })).json());
        progress(Math.min(1, (first + size) / file.size));
      }
      await tell("upload", { path }, "POST", { upload: begun, tags }, signal);
    } catch (error) {
      await send("upload", { path, upload: begun }, { method: "DELETE" }).catch(() => {});
      throw error;
    }
  }

  // Told how far it is, line by line, until the last one says how it ended.
  async function cross(from, to, into, signal, progress) {
    const answer = await send("crossing", {}, { method: "POST", body: JSON.stringify({ from, to, into }), signal });
    const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let begun = "", last = {};
    try {
      for (let read = await lines.read(); !read.done; read = await lines.read()) {
        const parts = (begun + read.value).split("\n");
        begun = parts.pop();
        parts.forEach(part => { last = JSON.parse(part); });
        if (last.of) progress(last.sent / last.of);
      }
    } catch (error) {
      if (signal.aborted) throw stopped();
      throw new Error(trans.__("Your server does not answer. Look whether you are connected, and try again."), { cause: error });
    }
    if (!last.done) throw new Error(last.message ?? trans.__("Your server ended before this was copied. Try again."));
  }

  return {
    ask,
    cross,
    upload,
    settings,
    isThere: () => (isThere ??= ask("about", "").then(() => true, error => error.response?.status !== 404)),
    read: async path => (await send("file", { path })).blob(),
    makeFolder: path => tell("folder", { path }, "POST"),
    remove: path => tell("file", { path }, "DELETE"),
    copy: (from, to, moves) => tell("copy", {}, "POST", { from, to, moves }),
    offeredLinks: () => ask("link", ""),
    link: (path, seconds) => tell("link", { path }, "POST", { seconds }),
    handIn: {
      look: (paths, group) => tell("hand-in/look", {}, "POST", { paths, group }),
      begin: (paths, group, agreed) => tell("hand-in", {}, "POST", { paths, group, agreed }),
      delivery: id => ask("hand-in/delivery", "", { id }),
      stop: id => tell("hand-in/delivery", { id }, "DELETE"),
      handed: group => ask("hand-in/handed", "", { group }),
      remove: (group, path) => tell("hand-in/handed", { group, path }, "DELETE"),
    },
    preview: (told, signal) => tell("preview", {}, "POST", told, signal),
    downloadUrl: path => url("file", { path }),
  };
}

export function stopped() {
  return Object.assign(new Error(trans.__("Stopped.")), { isStop: true });
}

export function size(bytes) {
  const inUnits = factor => number(bytes / factor, bytes < 10 * factor ? 1 : 0);
  if (bytes >= 1e9) return trans.__("%1 GB", inUnits(1e9));
  if (bytes >= 1e6) return trans.__("%1 MB", inUnits(1e6));
  if (bytes >= 1e3) return trans.__("%1 kB", inUnits(1e3));
  return trans._n("%1 byte", "%1 bytes", bytes);
}
