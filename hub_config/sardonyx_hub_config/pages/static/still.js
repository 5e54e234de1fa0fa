// Whether that which a page says is going on still is so: what the hub says of it at the page's own address, asked for again.
import { ask } from "./ask.js";

const AWAY = [502, 503, 504];
const main = document.querySelector("[data-still]");

async function isStill() {
  // The hub leads on where a server is ready. Where nobody answers nothing is known.
  const answer = await ask(window.location.href, { redirect: "manual" });
  return !answer || AWAY.includes(answer.status) || answer.text.includes(`data-still="${main.dataset.still}"`);
}

// Loads the page anew when it is over.
export async function lookAgain() {
  if (!(await isStill())) window.location.reload();
}
