// Memory, processors and time left in the status bar; a word before memory or time run out.
import { duration } from "./duration.js";
import { keeping } from "./keeping.js";
import { server } from "./server.js";

const EVERY_MS = 5000;
const NEARLY_FULL = 0.9, ROOM_AGAIN = 0.8;

export async function resources(shared) {
  const { IStatusBar } = await shared("@jupyterlab/statusbar");
  const { ICommandPalette, Notification } = await shared("@jupyterlab/apputils");
  const { Widget } = await shared("@lumino/widgets");
  const [ask, keeper] = await Promise.all([server(shared), keeping(shared)]);

  return {
    id: "sardonyx:resources",
    description: "Shows what this server uses, and how long it goes on",
    autoStart: true,
    optional: [IStatusBar, ICommandPalette],
    activate(app, statusBar, palette) {
      const shown = new Widget();
      shown.addClass("jp-StatusBar-TextItem");
      shown.node.setAttribute("role", "status");
      statusBar?.registerStatusItem("sardonyx:resources", { item: shown, align: "left", rank: 90 });
      const said = { isFull: false, killed: null };
      keeper.addCommand(app, palette, look);

      async function look() {
        // Nobody looks at a window that is hidden.
        if (document.hidden) return;
        let now;
        try { now = await ask("resources"); } catch { return; }
        shown.node.textContent = inWords(now);
        shown.node.title = inFull(now);
        tellOfMemory(now, said, Notification);
        keeper.tell(now, look);
      }
      look();
      const clock = setInterval(look, EVERY_MS);
      shown.disposed.connect(() => clearInterval(clock));
      document.addEventListener("visibilitychange", look);
    },
  };
}

function size(bytes) {
  const gigabytes = bytes / 2 ** 30;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.round(bytes / 2 ** 20)} MB`;
}

function inWords({ memory, memory_limit, seconds_left }) {
  const parts = [];
  if (memory !== null) parts.push(`Memory ${size(memory)}${memory_limit ? ` of ${size(memory_limit)}` : ""}`);
  if (seconds_left !== null) parts.push(`${duration(seconds_left)} left`);
  return parts.join(" · ");
}

function inFull({ cpu_limit, seconds_left }) {
  const parts = ["What this server uses, with its notebooks, terminals and tools."];
  if (cpu_limit) parts.push(`It may use ${cpu_limit} ${cpu_limit === 1 ? "processor" : "processors"}.`);
  if (seconds_left !== null) parts.push("When its time is over it is stopped; your files stay.");
  return parts.join("\n");
}

function tellOfMemory({ memory, memory_limit, killed }, said, Notification) {
  if (said.killed !== null && killed > said.killed) {
    Notification.error(
      `A program of this server used more than its ${size(memory_limit)} and was ended: a notebook's kernel, perhaps. ` +
      "Work on less at once, or start a larger server.", { autoClose: false });
  }
  said.killed = killed;
  if (memory === null || !memory_limit) return;
  if (memory > NEARLY_FULL * memory_limit && !said.isFull) {
    said.isFull = true;
    Notification.warning(
      `This server has used ${size(memory)} of its ${size(memory_limit)}. When all is used, a kernel is ended. ` +
      "Shut down notebooks that you do not need.", { autoClose: 30000 });
  } else if (memory < ROOM_AGAIN * memory_limit) {
    said.isFull = false;
  }
}
