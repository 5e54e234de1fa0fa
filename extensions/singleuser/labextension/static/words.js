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

export const hour = date => new Intl.DateTimeFormat(language === "en" ? [] : language, { timeStyle: "short" }).format(date);

export const day = date => new Intl.DateTimeFormat(language === "en" ? [] : language, { dateStyle: "full", timeStyle: "short" }).format(date);
