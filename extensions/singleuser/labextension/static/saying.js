// What those who lead a class say: shown once in each browser, until it is taken away.
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
  const { PageConfig } = await shared("@jupyterlab/coreutils");

  // Its page is for the owner of this server alone, and it is there that they decide.
  function letIn(asker) {
    const owner = PageConfig.getOption("hubUser");
    if (!asker || !PageConfig.getBaseUrl().includes(`/user/${encodeURIComponent(owner)}/`)) return [];
    const name = PageConfig.getOption("hubServerName");
    const server = [owner, ...(name ? [name] : [])].map(encodeURIComponent).join("/");
    const page = `${PageConfig.getOption("hubPrefix")}together/${server}?name=${encodeURIComponent(asker)}`;
    return [{ label: trans.__("Let them in …"), displayType: "accent", callback: () => { window.open(page, "_blank"); } }];
  }

  return function tell({ words }) {
    const shown = seen();
    const fresh = words.filter(word => !shown.includes(word.id));
    if (fresh.length === 0) return;
    localStorage.setItem(KEY, JSON.stringify([...shown, ...fresh.map(word => word.id)].slice(-REMEMBERED)));
    for (const { said_by, text, asker } of fresh) {
      const isLong = text.length > SHORT;
      const read = () => showDialog({ title: said_by, body: text, buttons: [Dialog.okButton()] });
      const actions = isLong ? [{ label: trans.__("Read all of it"), displayType: "accent", callback: read }] : letIn(asker);
      const short = isLong ? `${text.slice(0, SHORT - 20)} …` : text;
      Notification.info(trans.__("%1: %2", said_by, short), { autoClose: false, actions });
    }
  };
}
