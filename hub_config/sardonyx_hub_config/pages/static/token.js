// Keys for programs: make one, shown once, or end one. The list is the server's own, fetched again after each change.
import { _ } from "./language.js";
import { call, element, say, user } from "./hub.js";

const path = `users/${encodeURIComponent(user)}/tokens`;

async function act(work) {
  say("");
  try {
    await work();
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    document.getElementById("list").replaceWith(page.getElementById("list"));
    document.dispatchEvent(new Event("sx-changed"));
  } catch (fault) {
    say(fault.message);
  }
}

document.getElementById("make").addEventListener("submit", (event) => {
  event.preventDefault();
  act(async () => {
    const note = document.getElementById("note").value;
    const made = await call("POST", path, { note, expires_in: Number(document.getElementById("life").value) });
    const code = element("pre", { tabIndex: 0 }, element("code", { textContent: made.token }));
    document
      .getElementById("made")
      .replaceChildren(element("p", { textContent: _("Copy it now: it is shown only this once.") }), element("div", { className: "sx-snippet" }, code));
  });
});

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-end]")?.dataset.end;
  if (key) act(() => call("DELETE", `${path}/${key}`));
});
