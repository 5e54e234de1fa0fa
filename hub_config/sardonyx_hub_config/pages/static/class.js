// The page of a class, live: what everybody does now, every few seconds, with ticks and focus where they were.
import { ask } from "./ask.js";

const EVERY_MS = 3000;

const main = document.querySelector("[data-rows]");
const body = document.getElementById("rows");
const find = document.getElementById("find");
const { xsrf } = JSON.parse(document.getElementById("hub").textContent);

function merge(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = `<table><tbody>${html}</tbody></table>`;
  const rows = [...fresh.content.querySelectorAll("tr")];
  const told = rows.pop().dataset;
  for (const [name, count] of Object.entries(JSON.parse(told.counts))) {
    main.querySelector(`[data-count="${name}"]`).textContent = count;
  }
  for (const [name, count] of Object.entries(JSON.parse(told.reach))) {
    for (const button of main.querySelectorAll(`button[data-reach="${name}"]`)) button.disabled = !count;
  }
  const stop = document.getElementById("stop-all");
  if (stop) stop.textContent = told.stop;
  const run = document.getElementById("run");
  if (run.textContent.trim() !== told.run.trim()) run.textContent = told.run;
  // A row with the keyboard's focus stays as long as nothing of it changed: a reader is not thrown out of it.
  for (const row of rows) {
    const before = document.getElementById(row.id);
    row.querySelector("input").checked = before?.querySelector("input").checked ?? false;
    const hadFocus = before?.contains(document.activeElement);
    if (before && same(before, row)) {
      body.append(before);
    } else {
      before?.remove();
      body.append(row);
    }
    if (hadFocus) document.getElementById(row.id).querySelector("input").focus();
  }
  const known = new Set(rows.map((row) => row.id));
  for (const row of [...body.children]) if (!known.has(row.id)) row.remove();
  filter();
  document.dispatchEvent(new Event("sx-changed"));
}

function same(one, other) {
  const plain = (row) => {
    const copy = row.cloneNode(true);
    // Times are shown in the reader's zone, and rows are hidden, by scripts.
    for (const time of copy.querySelectorAll("time")) time.textContent = "";
    copy.hidden = false;
    return copy.outerHTML;
  };
  return plain(one) === plain(other);
}

function filter() {
  const wanted = find.value.trim().toLowerCase();
  for (const row of body.children) row.hidden = Boolean(wanted) && !(row.dataset.name ?? "").includes(wanted);
}

async function look() {
  if (document.hidden) return;
  const answer = await ask(main.dataset.rows, { headers: { "X-XSRFToken": xsrf } });
  main.classList.toggle("is-stale", !answer?.ok);
  if (answer?.ok) merge(answer.text);
}

find.addEventListener("input", filter);
setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
