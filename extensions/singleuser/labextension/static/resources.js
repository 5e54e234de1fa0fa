// Memory, processors, disk and time left in the status bar; a word before one runs out, those of a class, and what does not work.
import { breaking } from "./broken.js";
import { duration } from "./duration.js";
import { keeping } from "./keeping.js";
import { saying } from "./saying.js";
import { server } from "./server.js";
import { moment, number, shortened, trans } from "./words.js";

const EVERY_MS = 5000;
const NEARLY_FULL = 0.9, ROOM_AGAIN = 0.8;
// JupyterLab cuts what a notification says after 140 signs.
const LONG_NAME = 24;
// So often is it asked for a name before a program without one is told of.
const LOOKS = 2;
// Of a disk without a limit of its own.
const LITTLE_ROOM = 2 ** 30;
const FORBIDDEN = 403;

export async function resources(shared) {
  const { IStatusBar } = await shared("@jupyterlab/statusbar");
  const { ICommandPalette, Notification } = await shared("@jupyterlab/apputils");
  const { PageConfig } = await shared("@jupyterlab/coreutils");
  const { Widget } = await shared("@lumino/widgets");
  const [ask, keeper, tellOfWords, broken] = await Promise.all(
    [server(shared), keeping(shared), saying(shared), breaking(shared)]);

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
      const said = { isFull: false, killed: null, named: 0, looksLeft: 0, hasNoRoom: false, isOut: null };
      keeper.addCommand(app, palette, look);
      broken.watch(app);

      function tellOfSignOut(isOut) {
        if (isOut && said.isOut === null) {
          const [hub, here] = [PageConfig.getOption("hubPrefix"), new URL(PageConfig.getBaseUrl()).pathname];
          const signIn = () => { window.open(`${hub}login?next=${encodeURIComponent(here)}`); };
          const actions = [{ label: trans.__("Sign In"), displayType: "accent", callback: signIn }];
          const words = trans.__("You are signed out, and nothing can be saved. Sign in, in another tab, and go on here.");
          said.isOut = Notification.warning(words, { autoClose: false, actions });
        } else if (!isOut && said.isOut !== null) {
          Notification.dismiss(said.isOut);
          said.isOut = null;
        }
      }

      async function look() {
        // Nobody looks at a window that is hidden.
        if (document.hidden) return;
        let now;
        try {
          now = await ask("resources");
        } catch (error) {
          tellOfSignOut(error.status === FORBIDDEN);
          return;
        }
        tellOfSignOut(false);
        shown.node.textContent = inWords(now);
        shown.node.title = inFull(now);
        tellOfMemory(now, said, Notification);
        tellOfRoom(now.home, said, Notification);
        keeper.tell(now, look);
        tellOfWords(now);
        broken.tell(now);
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
  return gigabytes >= 1 ? trans.__("%1 GB", number(gigabytes, 1)) : trans.__("%1 MB", number(bytes / 2 ** 20));
}

function inWords({ memory, memory_limit, cpu, cpu_limit, home, seconds_left }) {
  const parts = [];
  if (memory !== null) {
    parts.push(memory_limit
      ? trans.__("Memory %1 of %2", size(memory), size(memory_limit))
      : trans.__("Memory %1", size(memory)));
  }
  if (cpu !== null) {
    parts.push(cpu_limit
      ? trans.__("CPU %1 of %2", number(cpu, 1), number(cpu_limit, Number.isInteger(cpu_limit) ? 0 : 1))
      : trans.__("CPU %1", number(cpu, 1)));
  }
  if (home.used !== null && home.limit) parts.push(trans.__("Disk %1 of %2", size(home.used), size(home.limit)));
  else if (isShort(home)) parts.push(trans.__("Disk: %1 free", size(home.free)));
  if (seconds_left !== null) parts.push(trans.__("%1 left", duration(seconds_left)));
  return parts.join(" · ");
}

function inFull({ cpu_limit, home, seconds_left, files_until, is_fresh }) {
  const parts = [trans.__("What this server uses, with its notebooks, terminals and tools.")];
  if (cpu_limit) parts.push(trans._n("It may use %1 processor.", "It may use %1 processors.", cpu_limit));
  if (home.free !== null) parts.push(trans.__("Your home has room for %1 more.", size(home.free)));
  if (is_fresh) parts.push(trans.__("When this server is stopped, its files go with it."));
  else if (files_until !== null) parts.push(trans.__("Your files are kept until %1.", moment(new Date(files_until * 1000))));
  else if (seconds_left !== null) parts.push(trans.__("When its time is over it is stopped; your files stay."));
  return parts.join("\n");
}

// What the server knows by name is said by name; that a kernel ended it knows some seconds after the system ended it.
function tellOfEnded({ memory_limit, killed, victims }, said, Notification) {
  const last = victims.at(-1)?.number ?? 0;
  const named = said.killed === null ? [] : victims.filter(({ number }) => number > said.named);
  for (const { kind, name } of named) {
    const short = shortened(name, LONG_NAME);
    const what = kind === "kernel" ? trans.__("The kernel of %1", short) : short;
    Notification.error(trans.__(
      "%1 was ended: this server's %2 were used up. Work on less at once, or start a larger server.",
      what, size(memory_limit)), { autoClose: false });
  }
  const isMore = said.killed !== null && killed > said.killed;
  if (named.length > 0) said.looksLeft = 0;
  else if (said.looksLeft > 0 && --said.looksLeft === 0) {
    Notification.error(trans.__(
      "A program used more than this server's %1 and was ended. Work on less at once, or start a larger server.",
      size(memory_limit)), { autoClose: false });
  }
  if (isMore && named.length === 0 && said.looksLeft === 0) said.looksLeft = LOOKS;
  said.named = last;
  said.killed = killed;
}

function tellOfMemory(now, said, Notification) {
  tellOfEnded(now, said, Notification);
  const { memory, memory_limit, ends_whole } = now;
  if (memory === null || !memory_limit) return;
  if (memory > NEARLY_FULL * memory_limit && !said.isFull) {
    said.isFull = true;
    const words = ends_whole
      ? trans.__(
        "This server has used %1 of its %2. When all is used, all of it is ended. Save, and shut down notebooks that you do not need.",
        size(memory), size(memory_limit))
      : trans.__(
        "This server has used %1 of its %2. When all is used, a kernel is ended. Shut down notebooks that you do not need.",
        size(memory), size(memory_limit));
    Notification.warning(words, { autoClose: 30000 });
  } else if (memory < ROOM_AGAIN * memory_limit) {
    said.isFull = false;
  }
}

function isShort({ used, limit, free }) {
  if (used !== null && limit) return used > NEARLY_FULL * limit;
  return free !== null && free < LITTLE_ROOM;
}

function tellOfRoom(home, said, Notification) {
  if (isShort(home) && !said.hasNoRoom) {
    said.hasNoRoom = true;
    Notification.warning(trans.__(
      "Your home has room for %1 more. When it is full, nothing can be saved. Delete what you do not need, or move it to the data store.",
      size(home.free)), { autoClose: 30000 });
  } else if (!isShort(home)) {
    said.hasNoRoom = false;
  }
}
