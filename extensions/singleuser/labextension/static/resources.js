// Memory, processors and time left in the status bar; a word before memory or time run out.
import { server } from "./server.js";

const EVERY_MS = 5000;
const NEARLY_FULL = 0.9, ROOM_AGAIN = 0.8;
const WARN_S = [30 * 60, 5 * 60];

export async function resources(shared) {
  const { IStatusBar } = await shared("@jupyterlab/statusbar");
  const { Notification } = await shared("@jupyterlab/apputils");
  const { Widget } = await shared("@lumino/widgets");
  const ask = await server(shared);

  return {
    id: "sardonyx:resources",
    description: "Shows what this server uses, and how long it goes on",
    autoStart: true,
    optional: [IStatusBar],
    activate(app, statusBar) {
      const shown = new Widget();
      shown.addClass("jp-StatusBar-TextItem");
      shown.node.setAttribute("role", "status");
      statusBar?.registerStatusItem("sardonyx:resources", { item: shown, align: "left", rank: 90 });
      const said = { isFull: false, killed: null, warned: new Set() };

      async function look() {
        // Nobody looks at a window that is hidden.
        if (document.hidden) return;
        let now;
        try { now = await ask("resources"); } catch { return; }
        shown.node.textContent = inWords(now);
        shown.node.title = inFull(now);
        tellOfMemory(now, said, Notification);
        tellOfTime(now, said, Notification);
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

function duration(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 10 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 60 / 24)} days`;
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

function tellOfTime({ seconds_left }, said, Notification) {
  if (seconds_left === null) return;
  for (const limit of WARN_S) {
    if (seconds_left < limit && !said.warned.has(limit)) {
      WARN_S.filter(each => each >= limit).forEach(each => said.warned.add(each));
      Notification.warning(
        `This server is stopped in ${duration(seconds_left)}: its time is over then. Save what you need; your files stay.`,
        { autoClose: false });
    }
  }
}
