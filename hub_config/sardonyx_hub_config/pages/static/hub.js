// The hub's REST API for our pages: one call, with the sign of the page it comes from, and faults in words.
import { _, locale } from "./language.js";

const hub = JSON.parse(document.getElementById("hub").textContent);

export const { base, user, xsrf } = hub;

export class Fault extends Error {}

export async function call(method, path, body) {
  const answer = await fetch(`${base}api/${path}`, {
    method,
    headers: { "X-XSRFToken": xsrf, "Content-Type": "application/json", Accept: "application/jupyterhub-pagination+json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Fault(_("The hub does not answer. Look at your connection, then try again."));
  });
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Fault(answer.status < 500 && said?.message ? said.message : _("That did not work. Load the page again, then try again."));
  return said;
}

export function element(name, options = {}, ...children) {
  const made = Object.assign(document.createElement(name), options);
  made.append(...children);
  return made;
}

export function ago(time) {
  if (!time) return _("never");
  const minutes = Math.floor((Date.now() - new Date(time)) / 60000);
  if (minutes < 1) return _("now");
  if (minutes < 60) return _("{count} min ago", { count: minutes });
  if (minutes < 1440) return _("{count} h ago", { count: Math.floor(minutes / 60) });
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" }).format(new Date(time));
}

export function sure(title, text, yes) {
  const dialog = document.getElementById("sure");
  document.getElementById("sure-title").textContent = title;
  document.getElementById("sure-text").textContent = text;
  document.getElementById("sure-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

export function say(text) {
  const place = document.getElementById("fault");
  place.replaceChildren();
  if (text) place.append(element("div", { className: "alert alert-danger" }, element("div", { textContent: text })));
}
