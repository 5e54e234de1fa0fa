// Keys for programs: make one, shown once, or end one.
import { call, element, say, user } from "./hub.js";

const path = `users/${encodeURIComponent(user)}/tokens`;

document.getElementById("make").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const note = document.getElementById("note").value;
    const made = await call("POST", path, { note, expires_in: Number(document.getElementById("life").value) });
    const code = element("pre", { tabIndex: 0 }, element("code", { textContent: made.token }));
    document
      .getElementById("made")
      .replaceChildren(element("p", { textContent: "Copy it now: it is shown only this once." }), element("div", { className: "sx-snippet" }, code));
  } catch (fault) {
    say(fault.message);
  }
});

for (const button of document.querySelectorAll("[data-end]")) {
  button.addEventListener("click", async () => {
    say("");
    try {
      await call("DELETE", `${path}/${button.dataset.end}`);
      button.closest("tr").remove();
    } catch (fault) {
      say(fault.message);
    }
  });
}
