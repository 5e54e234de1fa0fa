// The end of this server: a word before it comes, and ways to keep it longer.
import { duration } from "./duration.js";
import { server } from "./server.js";
import { moment, trans } from "./words.js";

const WARN_S = [30 * 60, 5 * 60];
const IDLE_WARN_S = 10 * 60;
const STEPS_S = [1, 4, 12, 24, 72].map(hours => hours * 3600);
const LEAST_S = 60;
const KEEP = "sardonyx:keep-server";

// The steps that fit; where none does, all there is.
function steps(most) {
  const found = STEPS_S.filter(each => each <= most);
  return found.length || most < LEAST_S ? found : [most];
}

const day = seconds => moment(new Date(seconds * 1000));

// Short where a day is said, too: JupyterLab cuts what a notification says after 140 signs.
function endInWords(left, canBeKept, { files_until, is_fresh }) {
  if (is_fresh) {
    return canBeKept
      ? trans.__("This server is stopped in %1, and its files go with it. Keep it longer, or copy what you need.", left)
      : trans.__("This server is stopped in %1, and its files go with it. Copy what you need.", left);
  }
  if (files_until !== null) {
    return canBeKept
      ? trans.__("This server is stopped in %1. Keep it longer, or save what you need: your files are kept until %2.", left, day(files_until))
      : trans.__("This server is stopped in %1. Save what you need: your files are kept until %2.", left, day(files_until));
  }
  return canBeKept
    ? trans.__("This server is stopped in %1: its time is over then. Keep it longer, or save what you need; your files stay.", left)
    : trans.__("This server is stopped in %1: its time is over then. Save what you need; your files stay.", left);
}

function idlenessInWords(left, { files_until, is_fresh }) {
  if (is_fresh) return trans.__("Nobody uses this server. It is stopped in %1 if that stays so, and its files go with it.", left);
  return files_until === null
    ? trans.__("Nobody has used this server for a while. It is stopped in %1 if that stays so; your files stay.", left)
    : trans.__("Nobody uses this server. It is stopped in %1 if that stays so; your files are kept until %2.", left, day(files_until));
}

export async function keeping(shared) {
  const { Dialog, InputDialog, Notification, showDialog, showErrorMessage } = await shared("@jupyterlab/apputils");
  const ask = await server(shared);
  let idleNote = null;
  let endNote = null;
  let warned = new Set();

  async function keep(seconds, then) {
    try {
      const { seconds_left } = await ask("keep", "POST", { seconds });
      if (seconds > 0) {
        warned = new Set();
        Notification.success(trans.__("This server goes on for %1.", duration(seconds_left)), { autoClose: 5000 });
      }
    } catch (error) {
      await showErrorMessage(trans.__("The server is not kept longer"), error.message);
    }
    await then();
  }

  function tellOfTime(now, then) {
    const { seconds_left, may_be_kept_s } = now;
    if (seconds_left === null) return;
    for (const limit of WARN_S) {
      if (seconds_left >= limit || warned.has(limit)) continue;
      WARN_S.filter(each => each >= limit).forEach(each => warned.add(each));
      if (endNote !== null) Notification.dismiss(endNote);
      const more = steps(may_be_kept_s).slice(0, 2);
      const actions = more.map(seconds => ({
        label: trans.__("Keep it %1 longer", duration(seconds)), displayType: "accent", callback: () => keep(seconds, then),
      }));
      const left = duration(Math.max(LEAST_S, seconds_left));
      endNote = Notification.warning(endInWords(left, more.length > 0, now), { autoClose: false, actions });
    }
  }

  function tellOfIdleness(now, then) {
    const { idle_seconds_left } = now;
    const isNear = idle_seconds_left !== null && idle_seconds_left < IDLE_WARN_S;
    if (isNear && idleNote === null) {
      const actions = [{ label: trans.__("I am still here"), displayType: "accent", callback: () => keep(0, then) }];
      const left = duration(Math.max(LEAST_S, idle_seconds_left));
      idleNote = Notification.warning(idlenessInWords(left, now), { autoClose: false, actions });
    } else if (!isNear && idleNote !== null) {
      Notification.dismiss(idleNote);
      idleNote = null;
    }
  }

  return {
    tell(now, then) {
      tellOfTime(now, then);
      tellOfIdleness(now, then);
    },

    addCommand(app, palette, then) {
      app.commands.addCommand(KEEP, {
        label: trans.__("Keep My Server Longer …"),
        async execute() {
          const { seconds_left, may_be_kept_s } = await ask("resources");
          const more = steps(may_be_kept_s);
          const title = trans.__("Keep my server");
          if (more.length === 0) {
            const body = seconds_left === null
              ? trans.__("This server has no end.")
              : trans.__("This server ends in %1. It cannot be kept longer: its profile sets that.", duration(seconds_left));
            await showDialog({ title, body, buttons: [Dialog.okButton()] });
            return;
          }
          const label = trans.__("This server ends in %1.", duration(seconds_left));
          const items = more.map(seconds => trans.__("%1 longer", duration(seconds)));
          const { button, value } = await InputDialog.getItem({ title, label, items, okLabel: trans.__("Keep It") });
          if (button.accept) await keep(more[items.indexOf(value)], then);
        },
      });
      palette?.addItem({ command: KEEP, category: trans.__("Server") });
    },
  };
}
