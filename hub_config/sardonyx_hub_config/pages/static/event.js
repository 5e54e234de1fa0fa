// The page of an event, and its large screen: what is live on it, every few seconds.
import { ask } from "./ask.js";

const EVERY_MS = 3000;

const main = document.querySelector("[data-live]");
const part = document.getElementById("live");
const { xsrf } = JSON.parse(document.getElementById("hub").textContent);

// Whether an event is under way, over, or gone: what the rest of its page says goes by it.
const stateOf = (shown) => shown.querySelector("[data-state]")?.dataset.state;

async function look() {
  if (document.hidden || !part) return;
  const answer = await ask(main.dataset.live, { headers: { "X-XSRFToken": xsrf } });
  main.classList.toggle("is-stale", !answer?.ok);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(answer.text, "text/html");
  const found = fresh.getElementById("live") ?? fresh.body;
  if (stateOf(found) !== stateOf(part)) return window.location.reload();
  if (found.innerHTML.trim() !== part.dataset.seen) part.innerHTML = found.innerHTML;
  part.dataset.seen = found.innerHTML.trim();
  document.dispatchEvent(new Event("sx-changed"));
}

setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
