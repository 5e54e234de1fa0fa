// How the welcome of an event looks, while it is written: as the page says it that its button leads to without a script.
const AFTER_MS = 500;

const button = document.getElementById("see-welcome");
const seen = document.getElementById("welcome-seen");
let turn = 0;
let timer;

async function look() {
  const mine = ++turn;
  const body = new URLSearchParams(new FormData(button.form, button));
  const answer = await fetch(button.form.action, { method: "POST", body }).catch(() => null);
  seen.classList.toggle("is-stale", !answer?.ok);
  if (!answer?.ok || mine !== turn) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  seen.innerHTML = fresh.getElementById("welcome-seen").innerHTML;
  seen.hidden = false;
  // Whoever tries a link of it keeps what they have written.
  for (const link of seen.querySelectorAll("a")) link.target = "_blank";
}

button.addEventListener("click", (event) => {
  event.preventDefault();
  look();
});
document.getElementById("welcome").addEventListener("input", () => {
  clearTimeout(timer);
  if (!seen.hidden) timer = setTimeout(look, AFTER_MS);
});
