// A button beside code that copies it. Without it, a click on the code selects all of it.
import { _ } from "./language.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.firstElementChild.textContent = _("Copied");
  } catch {
    // Only pages with TLS, or on this very machine, may write there.
    getSelection().selectAllChildren(code);
    button.firstElementChild.textContent = _("Press Ctrl+C");
  }
});
