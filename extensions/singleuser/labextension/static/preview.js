// Tables without a kernel: columns, number of rows, first rows, statistics and SQL, from a process that reads only that.
import { DRIVE } from "./drive.js";
import { element, grid } from "./grid.js";
import { icons } from "./icons.js";
import { size, storage } from "./storage.js";
import { number, trans } from "./words.js";

export const TABLES = /\.(parquet|geoparquet|csv|tsv|json|jsonl|ndjson|geojson)$/i;
const OWN_TYPES = [
  { name: "sardonyx-parquet", displayName: "Parquet", extensions: [".parquet", ".geoparquet"], fileFormat: "base64" },
  { name: "sardonyx-geojson", displayName: "GeoJSON", extensions: [".geojson"], fileFormat: "text" },
];
const FILE_TYPES = ["csv", "tsv", "json", "jsonl", "sardonyx-parquet", "sardonyx-geojson"];

export async function preview(shared) {
  const { ABCWidgetFactory, DocumentWidget, TextModelFactory } = await shared("@jupyterlab/docregistry");
  const { Widget } = await shared("@lumino/widgets");
  const [store, drawn] = await Promise.all([storage(shared), icons(shared)]);

  // Tells JupyterLab to leave the content where it is.
  class NoContent extends TextModelFactory {
    get name() { return "sardonyx-no-content"; }
    get fileFormat() { return null; }
  }

  class Preview extends Widget {
    #path = "";
    #stop = new AbortController();

    constructor(context) {
      super();
      this.addClass("sx-Preview");
      this.node.tabIndex = -1;
      this.context = context;
      this.facts = element("p", { role: "status" });
      this.notes = element("p");
      this.columns = element("div");
      this.rows = element("div");
      this.sql = this.#sqlForm();
      const columns = element("details", {}, element("summary", {}, trans.__("Columns and statistics")), this.columns);
      const sql = element("details", {}, element("summary", {}, "SQL"), this.sql);
      this.node.append(this.facts, this.notes, columns, sql, this.rows);
      context.ready.then(() => this.look());
    }

    dispose() {
      this.#stop.abort();
      super.dispose();
    }

    async look() {
      const isLocal = !this.context.path.startsWith(`${DRIVE}:`);
      this.#path = { path: isLocal ? this.context.path : this.context.localPath, is_local: isLocal };
      this.facts.textContent = trans.__("Looking …");
      try {
        const first = await this.#ask("first");
        this.#showFacts(first);
        this.notes.textContent = first.notes.join(" · ");
        this.columns.replaceChildren(...this.#columnRows(first.columns));
        this.rows.replaceChildren(grid(first, trans.__("First rows")));
      } catch (error) {
        this.#refuse(error, () => this.look());
      }
    }

    // Another question ends the one before: who asks again does not wait for the old answer.
    #ask(what, ...args) {
      this.#stop.abort();
      this.#stop = new AbortController();
      return store.preview({ ...this.#path, what, arguments: args }, this.#stop.signal);
    }

    #showFacts(first) {
      const { count, rows, columns, left_out: leftOut, size: bytes } = first;
      const facts = [
        count === null
          ? trans._n("at least %2 row", "at least %2 rows", rows.length, number(rows.length))
          : trans._n("%2 row", "%2 rows", count, number(count)),
        trans._n("%2 column", "%2 columns", columns.length + leftOut, number(columns.length + leftOut)),
        size(bytes),
        ...(rows.length === count || rows.length === 0 ? [] : [trans._n("the first is below", "the first %1 are below", rows.length)]),
        ...(leftOut ? [trans._n("%2 column is left out", "%2 columns are left out", leftOut, number(leftOut))] : []),
      ];
      this.facts.replaceChildren(facts.join(" · "));
      if (count !== null) return;
      const button = element("button", { class: "jp-mod-styled jp-mod-minimal", type: "button" }, trans.__("Count all"));
      button.onclick = async () => {
        button.disabled = true;
        try {
          this.#showFacts({ ...first, ...await this.#ask("count") });
        } catch (error) {
          this.#refuse(error, () => button.click());
          button.disabled = false;
        }
      };
      this.facts.append(" ", button);
    }

    #columnRows(columns) {
      return columns.map(({ name, type }) => {
        const found = element("dl");
        const button = element("button", { class: "jp-mod-styled jp-mod-minimal", type: "button" }, trans.__("Statistics"));
        button.setAttribute("aria-label", trans.__("Statistics of %1", name));
        button.onclick = async () => {
          found.replaceChildren(element("dd", { role: "status" }, trans.__("Reading the column …")));
          try {
            const { statistics } = await this.#ask("column", name);
            found.replaceChildren(...statistics.map(([title, value]) =>
              element("div", {}, element("dt", {}, title), element("dd", {}, value ?? trans.__("none")))));
          } catch (error) {
            found.replaceChildren(element("dd", { role: "status" }, error.message));
          }
        };
        return element("div", { class: "sx-Preview-column" },
          element("span", {}, element("strong", {}, name), " ", element("code", {}, type)), button, found);
      });
    }

    #sqlForm() {
      const id = `sx-sql-${Math.random().toString(36).slice(2)}`;
      const text = element("textarea", { id, rows: "3", spellcheck: "false", class: "jp-mod-styled" });
      text.value = "SELECT * FROM data LIMIT 100";
      const run = element("button", { class: "jp-mod-styled jp-mod-accept", type: "submit" }, trans.__("Run"));
      const stop = element("button", { class: "jp-mod-styled", type: "button", disabled: "" }, trans.__("Stop"));
      const said = element("p", { role: "status" });
      const found = element("div");
      stop.onclick = () => this.#stop.abort();
      text.onkeydown = event => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          form.requestSubmit();
        }
      };
      const form = element("form", {}, element("label", { for: id }, trans.__("The file is the table data. Ctrl+Enter runs it.")),
        text, element("div", {}, run, " ", stop), said, found);
      form.onsubmit = async event => {
        event.preventDefault();
        [run.disabled, stop.disabled] = [true, false];
        said.textContent = trans.__("Running …");
        found.replaceChildren();
        try {
          const answer = await this.#ask("query", text.value);
          const count = answer.rows.length;
          said.textContent = answer.is_more
            ? trans._n("%2 row; there are more, which are left out", "%2 rows; there are more, which are left out", count, number(count))
            : trans._n("%2 row", "%2 rows", count, number(count));
          found.replaceChildren(grid(answer, trans.__("Result")));
        } catch (error) {
          said.textContent = error.message;
        } finally {
          [run.disabled, stop.disabled] = [false, true];
        }
      };
      return form;
    }

    #refuse(error, again) {
      if (error.isStop) return;
      const button = element("button", { class: "jp-mod-styled jp-mod-minimal", type: "button" }, trans.__("Try again"));
      button.onclick = again;
      this.facts.replaceChildren(error.message, " ", button);
    }
  }

  class PreviewFactory extends ABCWidgetFactory {
    createNewWidget(context) {
      const shown = new DocumentWidget({ context, content: new Preview(context) });
      shown.title.icon = drawn.data;
      return shown;
    }
  }

  return app => {
    const sheet = element("link", { rel: "stylesheet", href: new URL("data.css", import.meta.url).href });
    document.head.append(sheet);
    app.docRegistry.addModelFactory(new NoContent());
    OWN_TYPES.forEach(type => app.docRegistry.addFileType({ ...type, contentType: "file" }));
    app.docRegistry.addWidgetFactory(new PreviewFactory({
      name: "Preview", label: trans.__("Preview"), modelName: "sardonyx-no-content", readOnly: true,
      fileTypes: FILE_TYPES, defaultFor: ["sardonyx-parquet"],
    }));
  };
}
