// The data store as a drive of JupyterLab (Contents.IDrive): its file browser, editors and viewers work on it as on files.
import { size } from "./storage.js";
import { trans } from "./words.js";

export const DRIVE = "Data";
const LARGEST_BYTES = 32e6;
const IMAGES = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", svg: "image/svg+xml", webp: "image/webp",
  bmp: "image/bmp", ico: "image/x-icon",
};
const NEVER = "1970-01-01T00:00:00Z";
const NOTEBOOK = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };

export async function driveClass(shared) {
  const { Signal } = await shared("@lumino/signaling");

  return class DataDrive {
    name = DRIVE;
    fileChanged = new Signal(this);
    // After each listing of a folder: {path, shown, isMore, unnamed, mayWrite, isFull} or {path, problem}.
    listed = new Signal(this);
    isDisposed = false;
    #folders = new Set([""]);
    #pages = { path: "", count: 1 };

    constructor(store) {
      this.store = store;
      this.serverSettings = store.settings;
    }

    dispose() {
      this.isDisposed = true;
      Signal.clearData(this);
    }

    async get(path, options = {}) {
      path = clean(path);
      if (options.type && options.type !== "directory") return this.#file(path, options);
      if (!this.#folders.has(path)) {
        const about = await this.store.ask("about", path);
        if (about.kind === "file") return this.#file(path, options, about);
        this.#folders.add(path);
      }
      return options.content === false ? folder(path) : this.#folder(path);
    }

    showMore(path) {
      this.#pages = { path, count: this.#count(path) + 1 };
    }

    async save(path, { type, format, content }) {
      path = clean(path);
      if (type === "directory") await this.store.makeFolder(path);
      else await this.store.upload(path, new Blob([bytes(format, content)]), { replaces: true });
      return this.#changed("save", path);
    }

    async newUntitled({ path = "", type = "file", ext = "" } = {}) {
      if (clean(path) === "") {
        throw new Error(trans.__("What is new goes where you were last, and that is the list of your places in the data store. Open one of them, or click among the files of your home, and try again."));
      }
      const stem = { directory: trans.__("Untitled Folder"), notebook: trans.__("Untitled") }[type] ?? trans.__("untitled");
      const ending = type === "notebook" ? ".ipynb" : type === "directory" ? "" : ext.replace(/^(?=[^.])/, ".");
      const body = new Blob(type === "notebook" ? [JSON.stringify(NOTEBOOK)] : []);
      return this.#free(clean(path), number => `${stem}${number ? ` ${number}` : ""}${ending}`, target =>
        type === "directory" ? this.store.makeFolder(target) : this.store.upload(target, body));
    }

    async copy(from, folderPath) {
      const name = from.split("/").at(-1), dot = name.lastIndexOf(".");
      const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
      const isSame = clean(from).slice(0, -name.length - 1) === clean(folderPath);
      const named = number => (number || isSame ? trans.__("%1-Copy%2", stem, number + (isSame ? 1 : 0)) + ending : name);
      return this.#free(clean(folderPath), named, target => this.store.copy(clean(from), target, false));
    }

    async rename(from, to) {
      await this.store.copy(clean(from), clean(to), true);
      this.#folders.delete(clean(from));
      return this.#changed("rename", clean(to), { path: clean(from) });
    }

    async delete(path) {
      await this.store.remove(clean(path));
      this.#folders.delete(clean(path));
      this.fileChanged.emit({ type: "delete", oldValue: { path: clean(path) }, newValue: null });
    }

    async getDownloadUrl(path) { return this.store.downloadUrl(clean(path)); }

    // S3 keeps one version of a file, and JupyterLab does without checkpoints of its own.
    async createCheckpoint() { return { id: "none", last_modified: NEVER }; }
    async listCheckpoints() { return []; }
    async restoreCheckpoint() {}
    async deleteCheckpoint() {}

    #count(path) { return this.#pages.path === path ? this.#pages.count : 1; }

    async #folder(path) {
      const entries = [];
      let page = { after: "" }, unnamed = 0;
      try {
        for (let left = this.#count(path); left > 0; left--) {
          page = await this.store.ask("folder", path, page.after ? { after: page.after } : {});
          entries.push(...page.entries);
          unnamed += page.unnamed;
          if (!page.after) break;
        }
      } catch (error) {
        this.#folders.delete(path);
        this.#folders.add("");
        this.listed.emit({ path, problem: error.message });
        throw error;
      }
      const content = entries.map(entry => model(path ? `${path}/${entry.name}` : entry.name, entry, page.may_write));
      content.filter(entry => entry.type === "directory").forEach(entry => this.#folders.add(entry.path));
      const { may_write: mayWrite, is_full: isFull } = page;
      this.listed.emit({ path, shown: entries.length, isMore: page.after !== "", unnamed, mayWrite, isFull });
      return { ...folder(path), content, writable: page.may_write };
    }

    async #file(path, options, known) {
      const about = known ?? await this.store.ask("about", path);
      const found = model(path, about, about.may_write);
      if (options.content === false || about.kind !== "file") return found;
      if (about.size > LARGEST_BYTES) {
        throw new Error(trans.__(
          "“%1” has %2, too much to be opened as a whole. Preview it, or download it.", about.name, size(about.size)));
      }
      return { ...found, ...await contentOf(await this.store.read(path), options) };
    }

    // Tries names until there is one that nothing has.
    async #free(path, named, make) {
      for (let number = 0; ; number++) {
        const target = path ? `${path}/${named(number)}` : named(number);
        try {
          await make(target);
          return this.#changed("new", target);
        } catch (error) {
          if (error.response?.status !== 409 || number > 99) throw error;
        }
      }
    }

    async #changed(type, path, oldValue = null) {
      const about = await this.store.ask("about", path);
      const newValue = model(path, about, about.may_write);
      this.fileChanged.emit({ type, oldValue, newValue });
      return newValue;
    }
  };
}

const clean = path => path.replace(/^\/+|\/+$/g, "");

function model(path, { name, kind, size: length, modified }, writable) {
  const ending = name.split(".").at(-1).toLowerCase();
  const isFolder = kind === "directory";
  const type = isFolder ? "directory" : ending === "ipynb" ? "notebook" : "file";
  return {
    name, path, type, writable, size: length ?? undefined, content: null,
    // Folders have no time in S3; JupyterLab leaves it out then.
    created: modified, last_modified: modified,
    format: isFolder ? "json" : null, mimetype: isFolder ? "" : IMAGES[ending] ?? "",
  };
}

const folder = path => ({ ...model(path, { name: path.split("/").at(-1), kind: "directory", modified: "" }, false) });

async function contentOf(blob, { type, format }) {
  if (type === "notebook" || format === "json") return { format: "json", content: JSON.parse(await blob.text()) };
  const data = new Uint8Array(await blob.arrayBuffer());
  if (format !== "base64") {
    try {
      return { format: "text", content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data) };
    } catch (error) {
      if (format === "text") {
        throw new Error(trans.__("This file is not text in UTF-8. Download it to open it elsewhere."), { cause: error });
      }
    }
  }
  const pieces = [];
  for (let first = 0; first < data.length; first += 0x8000) {
    pieces.push(String.fromCharCode(...data.subarray(first, first + 0x8000)));
  }
  return { format: "base64", content: btoa(pieces.join("")) };
}

function bytes(format, content) {
  if (format === "base64") return Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
  return format === "json" ? `${JSON.stringify(content, null, 1)}\n` : content ?? "";
}
