// The start form. It works without this: a link's fragment fills it in (and never sends it), numbers reach the summary.
import { _, ngettext } from "./language.js";

const LONGEST_VALUE = 2000;
const data = JSON.parse(document.getElementById("sx-form-data")?.textContent ?? "null");
const form = document.querySelector(".sx-start")?.closest("form");
const banner = document.getElementById("sx-link");

/** The controls of a field: the radios of a group, or one input. */
function controls(name) {
  const found = form.elements.namedItem(name);
  if (!found) return [];
  return found instanceof RadioNodeList ? [...found] : [found];
}

/** What a person reads for a control's value. */
function words(control) {
  if (control.type !== "radio") return control.value || _("none");
  const label = control.closest("label");
  return (label.querySelector("strong") ?? label).textContent.trim();
}

function chosen(name) {
  const all = controls(name);
  return all.find((control) => control.checked) ?? all[0];
}

function value(name) {
  return chosen(name)?.value ?? "";
}

/** Set a field; false if it does not offer the value. */
function set(name, wanted) {
  const all = controls(name);
  if (!all.length || wanted.length > LONGEST_VALUE) return false;
  if (all[0].type === "radio") {
    const radio = all.find((control) => control.value === wanted);
    if (radio) radio.checked = true;
    return Boolean(radio);
  }
  const before = all[0].value;
  all[0].value = wanted;
  if (all[0].value === wanted && all[0].checkValidity()) return true;
  all[0].value = before;
  return false;
}

/** A question that the other answers leave unasked cannot be changed by a link: nobody would see it. */
function isAsked(name) {
  return Boolean(chosen(name)?.labels?.[0]?.checkVisibility?.() ?? true);
}

function item(title, ...parts) {
  const li = document.createElement("li");
  li.append(_("{title}: ", { title }), ...parts);
  return li;
}

function change(title, before, after) {
  const del = document.createElement("del");
  const not = document.createElement("span");
  not.className = "visually-hidden";
  not.textContent = _("not ");
  del.append(not, before);
  const arrow = document.createElement("span");
  arrow.ariaHidden = "true";
  arrow.textContent = "→";
  const ins = document.createElement("ins");
  ins.textContent = after;
  return item(title, del, " ", arrow, " ", ins);
}

function mark(name) {
  const badge = document.createElement("span");
  badge.className = "badge sx-plain sx-from-link";
  badge.textContent = _("from the link");
  const control = chosen(name);
  (control.closest("fieldset")?.querySelector("legend") ?? control.labels[0]).append(badge);
}

const part = (name) => banner.querySelector(`[data-link="${name}"]`);

function forget() {
  banner.hidden = true;
  for (const badge of form.querySelectorAll(".sx-from-link")) badge.remove();
}

/** What the link asks for, by field name: the profile first, then its questions. */
function wishes(fragment) {
  const wanted = new URLSearchParams(fragment);
  // Questions of a profile that is not offered are not there either: nothing of such a link is applied.
  const profile = wanted.get("profile") ?? value("profile");
  const rest = [...wanted].filter(([name]) => name !== "profile").map(([name, text]) => [`${profile}.${name}`, text]);
  return wanted.has("profile") ? [["profile", wanted.get("profile")], ...rest] : rest;
}

/** Apply the link, and say everything that it changed or could not change. */
function fillIn(fragment) {
  forget();
  const wanted = wishes(fragment);
  if (!wanted.length) return;
  const before = new Map(wanted.map(([name]) => [name, chosen(name) && { value: value(name), words: words(chosen(name)) }]));
  const refused = wanted.filter(([name, text]) => !set(name, text));
  for (const [name, text] of wanted) {
    if (before.get(name) && !isAsked(name)) {
      set(name, before.get(name).value);
      if (!refused.some(([other]) => other === name)) refused.push([name, text]);
    }
  }
  const changed = [...before.keys()].filter((name) => before.get(name) && value(name) !== before.get(name).value);
  show(changed, before, refused);
}

function show(changed, before, refused) {
  const count = changed.length;
  // A link that asks for what somebody would have anyway is nothing to read about.
  if (!count && !refused.length) return;
  part("head").textContent = count
    ? ngettext("A link filled in this form. It changes {count} of your usual choices:", "A link filled in this form. It changes {count} of your usual choices:", count)
    : _("A link wanted to fill in this form. It changes none of your usual choices.");
  part("changes").replaceChildren(
    ...changed.map((name) => change(data.titles[name], before.get(name).words, words(chosen(name)))),
  );
  part("code").hidden = !changed.some((name) => name.endsWith(".repository") && value(name));
  part("refused-head").hidden = !refused.length;
  part("refused").replaceChildren(
    ...refused.map(([name, text]) => item(data.titles[name] ?? name.split(".").slice(1).join(".").slice(0, 40), _("“{text}”", { text: text.slice(0, 80) }))),
  );
  changed.forEach(mark);
  banner.hidden = false;
  updateNumbers();
}

function updateNumbers() {
  for (const shown of form.querySelectorAll("[data-live]")) {
    shown.textContent = document.getElementById(shown.dataset.live).value || "…";
  }
}

/** Put back the fragment that the sign-in page kept for this address. */
function takeKeptFragment() {
  const kept = JSON.parse(sessionStorage.getItem("sx-link") ?? "null");
  sessionStorage.removeItem("sx-link");
  if (kept?.path === location.pathname && !location.hash) {
    history.replaceState(null, "", location.pathname + location.search + kept.hash);
  }
}

if (data && form && banner) {
  takeKeptFragment();
  part("usual").addEventListener("click", () => {
    form.reset();
    forget();
    updateNumbers();
    history.replaceState(null, "", location.pathname + location.search);
    chosen("profile").focus();
  });
  form.addEventListener("input", updateNumbers);
  addEventListener("hashchange", () => {
    if (location.hash.includes("=")) {
      form.reset();
      fillIn(location.hash.slice(1));
    }
  });
  // A browser may restore what was in the fields before a reload; the usual choices are what the server wrote.
  if (location.hash.includes("=")) {
    form.reset();
    fillIn(location.hash.slice(1));
  }
  updateNumbers();
}
