// The texts of this extension, in JupyterLab's language: plugins.js gives them before a plugin begins.

export let trans;
let language = "en";

export function speak(translator) {
  trans = translator.load("sardonyx");
  language = translator.languageCode;
}

export function number(count, digits = 0) {
  return count.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const day = date => new Intl.DateTimeFormat(language === "en" ? [] : language, { dateStyle: "full", timeStyle: "short" }).format(date);
