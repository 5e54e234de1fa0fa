// The texts of this extension, in JupyterLab's language: plugins.js gives them before a plugin begins.

export let trans;
// What JupyterLab itself says, by its English text.
export let ofLab;
let language = "en";

export function speak(translator) {
  trans = translator.load("sardonyx");
  const lab = translator.load("jupyterlab");
  ofLab = text => lab.gettext(text);
  language = translator.languageCode;
}

export function number(count, digits = 0) {
  return count.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A text of so many signs at most; the last one says that there is more.
export const shortened = (text, most) => text.length > most ? `${text.slice(0, most - 1)}…` : text;

export const hour = date => new Intl.DateTimeFormat(language === "en" ? [] : language, { timeStyle: "short" }).format(date);

export const day = date => new Intl.DateTimeFormat(language === "en" ? [] : language, { dateStyle: "full", timeStyle: "short" }).format(date);

// A moment near to now as people say it: a day of this week has its name only, and today none.
export function moment(date, now = new Date()) {
  if (date.toDateString() === now.toDateString()) return trans.__("today %1", hour(date));
  if (Math.abs(date - now) > 6 * 86400e3) return day(date);
  const weekday = new Intl.DateTimeFormat(language === "en" ? [] : language, { weekday: "long" }).format(date);
  return `${weekday} ${hour(date)}`;
}
