// The steps of a start, as the hub tells them.
import { ask } from "./ask.js";
import { base } from "./hub.js";
import { _ } from "./language.js";
import { lookAgain } from "./still.js";

const AGAIN_MS = 2000;
const SILENT_MS = 15000;
const main = document.querySelector("[data-progress]");
const steps = document.getElementById("steps");
const bar = document.getElementById("bar");
const icon = (name) => document.getElementById(`icon-${name}`).content.cloneNode(true);

function add(text, state) {
  const now = steps.querySelector(".is-now");
  // What is done takes the place of the same step under way: "Getting your code" becomes "Got your code".
  // A place in the queue gives way to the next.
  if (now && (state !== "now" || now.dataset.state === "wait")) now.remove();
  else if (now) settle(now, "done");
  if ([...steps.children].some((item) => item.dataset.text === text)) return;
  const item = document.createElement("li");
  item.dataset.text = text;
  item.dataset.state = state;
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words, document.createElement("span"));
  settle(item, state);
  steps.append(item);
}

function settle(item, state) {
  const look = { done: "is-done", now: "is-now", warn: "is-bad", bad: "is-bad" }[state] ?? "is-now";
  item.className = look;
  item.querySelector("svg")?.remove();
  item.prepend(icon(state === "wait" ? "now" : state));
  if (state === "done" && !item.querySelector(".visually-hidden")) {
    const done = document.createElement("span");
    done.className = "visually-hidden";
    done.textContent = _(", done");
    item.children[1].append(done);
  }
}

function show(percent) {
  bar.setAttribute("aria-valuenow", String(percent));
  bar.firstElementChild.style.setProperty("--v", `${percent}%`);
}

const source = new EventSource(main.dataset.progress);
let silence = setInterval(lookAgain, SILENT_MS);
source.onmessage = (message) => {
  // A connection can be gone without a word, as where what it led to is; it is asked elsewhere then.
  clearInterval(silence);
  silence = setInterval(lookAgain, SILENT_MS);
  const event = JSON.parse(message.data);
  if (event.progress !== undefined) show(event.progress);
  if (event.ready || event.failed) {
    source.close();
    // The hub leads on: to the server, or to the page that says why not.
    window.location.reload();
    return;
  }
  if (event.message && event.state) add(event.message, event.state);
};

// A hub that is upgraded meanwhile tells nothing any more. The next one knows what became of the start: it is on this page, loaded anew.
async function askAgain() {
  add(_("There is no answer now. Look at your connection; this page tries again."), "warn");
  const answer = await ask(`${base}health`);
  if (answer?.ok) window.location.reload();
  else setTimeout(askAgain, AGAIN_MS);
}

source.onerror = () => {
  // After a connection that broke, browsers connect again by themselves; after a refusal they never do.
  if (source.readyState === EventSource.CLOSED) setTimeout(askAgain, AGAIN_MS);
};
