// A table of texts, in the page: whatever is in them is text.
import { trans } from "./words.js";

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function grid({ columns, rows }, title) {
  const head = element("tr", {}, ...columns.map(({ name, type }) =>
    element("th", { scope: "col" }, name, element("small", {}, type))));
  const body = rows.map(row => element("tr", {}, ...row.map((value, at) => cell(value, columns[at]))));
  const table = element("table", {}, element("caption", {}, title), element("thead", {}, head), element("tbody", {}, ...body));
  // It scrolls, so the keyboard has to reach it.
  return element("div", { class: "sx-Preview-grid", role: "region", "aria-label": title, tabindex: "0" }, table);
}

function cell(value, { is_number: isNumber }) {
  if (value === null) return element("td", { class: "sx-mod-none" }, trans.__("none"));
  return element("td", isNumber ? { class: "sx-mod-number" } : {}, value);
}
