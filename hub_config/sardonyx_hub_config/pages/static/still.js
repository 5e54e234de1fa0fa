// Whether that which a page says is going on still is so: what the hub says of it at the page's own address, asked for again.
const PATIENCE_MS = 10000;
const AWAY = [502, 503, 504];
const main = document.querySelector("[data-still]");

async function isStill() {
  // The hub leads on where a server is ready. Where nobody answers nothing is known.
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(window.location.href, { cache: "no-store", redirect: "manual", signal }).catch(() => null);
  if (!answer || AWAY.includes(answer.status)) return true;
  return (await answer.text().catch(() => "")).includes(`data-still="${main.dataset.still}"`);
}

// Loads the page anew when it is over.
export async function lookAgain() {
  if (!(await isStill())) window.location.reload();
}
