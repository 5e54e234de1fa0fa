// The pages of an event, and its large screen: what is live on them, every few seconds; of whoever takes part, every minute.
import { ask } from "./ask.js";

const EVERY_MS = 3000;
// Browsers do not wait for longer than 24 days.
const LONGEST_MS = 2 ** 31 - 1;

const main = document.querySelector("[data-live]");
const turnsIn = new Date(main.dataset.turns ?? Number.NaN) - Date.now();
// Each by its id, in the answer as on the page.
const parts = [...document.querySelectorAll("#figures, #live")];
const { xsrf } = JSON.parse(document.getElementById("hub").textContent);

// Whether an event is under way, over, or gone: what the rest of its page says goes by it.
const stateOf = (shown) => shown.querySelector("[data-state]")?.dataset.state;

async function look() {
  if (document.hidden || !parts.length) return;
  const answer = await ask(main.dataset.live, { headers: { "X-XSRFToken": xsrf } });
  main.classList.toggle("is-stale", !answer?.ok);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(answer.text, "text/html");
  if (stateOf(fresh) !== stateOf(document)) return window.location.reload();
  for (const part of parts) {
    const found = fresh.getElementById(part.id)?.innerHTML.trim() ?? "";
    if (found && found !== part.dataset.seen) part.innerHTML = found;
    part.dataset.seen = found;
  }
  document.dispatchEvent(new Event("sx-changed"));
}

setInterval(look, main.dataset.everyMs ?? EVERY_MS);
if (turnsIn > 0 && turnsIn < LONGEST_MS) setTimeout(look, turnsIn + 500);
document.addEventListener("visibilitychange", look);
