// What those who lead a class say to everybody: shown once in each browser, until it is taken away.
import { trans } from "./words.js";

const KEY = "sardonyx:said";
// JupyterLab cuts what a notification says after 140 signs.
const SHORT = 120;
const REMEMBERED = 100;

function seen() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; }
}

export async function saying(shared) {
  const { Dialog, Notification, showDialog } = await shared("@jupyterlab/apputils");

  return function tell({ words }) {
    const shown = seen();
    const fresh = words.filter(word => !shown.includes(word.id));
    if (fresh.length === 0) return;
    localStorage.setItem(KEY, JSON.stringify([...shown, ...fresh.map(word => word.id)].slice(-REMEMBERED)));
    for (const { said_by, text } of fresh) {
      const isLong = text.length > SHORT;
      const read = () => showDialog({ title: said_by, body: text, buttons: [Dialog.okButton()] });
      const actions = isLong ? [{ label: trans.__("Read all of it"), displayType: "accent", callback: read }] : [];
      const short = isLong ? `${text.slice(0, SHORT - 20)} …` : text;
      Notification.info(trans.__("%1: %2", said_by, short), { autoClose: false, actions });
    }
  };
}
