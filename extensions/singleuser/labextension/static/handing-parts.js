// What the dialogs of handing in have in common: classes to choose from, and lists of files.
import { element } from "./grid.js";
import { moment, trans } from "./words.js";

const MOST_SHOWN = 100;

export function list(rows, most = MOST_SHOWN) {
  const shown = rows.slice(0, most).map(row => element("li", {}, ...row));
  if (rows.length > most) shown.push(element("li", {}, trans._n("and %1 more", "and %1 more", rows.length - most)));
  return element("ul", {}, ...shown);
}

// What is said beside a class: until when it takes something, and why it does not.
function time({ until, why_not: why }) {
  return [until && trans.__("until %1", moment(new Date(until))), why].filter(Boolean).join(" · ");
}

export function classes(places, chosen, pick, isOffered = () => true) {
  const rows = places.map(place => {
    const button = element("input", { type: "radio", name: "sx-hand-in-class", value: place.group });
    [button.checked, button.disabled] = [place.group === chosen, !isOffered(place)];
    button.onchange = () => pick(place.group);
    return element("label", {}, button, element("span", {}, place.title), element("small", {}, time(place)));
  });
  return element("fieldset", {}, element("legend", {}, trans.__("Class")), ...rows);
}
