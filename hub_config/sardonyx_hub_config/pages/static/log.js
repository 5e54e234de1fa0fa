// Follows the log of a server that runs: asks now and then for its end, and leaves alone what is being read.
import { ask } from "./ask.js";
import { xsrf } from "./hub.js";
import { _ } from "./language.js";

const SHORTEST_MS = 2000;
const LONGEST_MS = 10000;
const place = document.querySelector("[data-follow]");
const log = document.getElementById("log");
const pause = document.getElementById("pause");
const state = document.getElementById("state");
let wait = SHORTEST_MS;
let seen = "";
let timer = 0;

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
const isBeingCopied = () => !getSelection().isCollapsed && log.contains(getSelection().anchorNode);

async function look() {
  let said = _("New lines appear by themselves.");
  // Nobody reads a page in the background.
  if (!document.hidden && !isBeingCopied()) {
    const headers = seen ? { "X-XSRFToken": xsrf, "If-None-Match": seen } : { "X-XSRFToken": xsrf };
    const answer = await ask(place.dataset.follow, { headers });
    wait = Math.min(wait * 1.5, LONGEST_MS);
    if (answer?.status === 200) {
      seen = answer.headers.get("ETag") ?? "";
      if (answer.text !== log.textContent) show(answer.text);
    } else if (answer?.status !== 304) {
      said = _("There is no answer now. Look at your connection; this page tries again.");
    }
  }
  if (pause.ariaPressed === "true") return;
  if (state.textContent !== said) state.textContent = said;
  timer = setTimeout(look, wait);
}

function show(text) {
  const follow = isAtEnd();
  log.textContent = text;
  if (follow) log.scrollTop = log.scrollHeight;
  wait = SHORTEST_MS;
}

log.scrollTop = log.scrollHeight;
if (place) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    const paused = pause.ariaPressed !== "true";
    pause.ariaPressed = String(paused);
    state.textContent = paused ? _("New lines wait.") : "";
    clearTimeout(timer);
    if (!paused) look();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || pause.ariaPressed === "true") return;
    clearTimeout(timer);
    look();
  });
  look();
}
