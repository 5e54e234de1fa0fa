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

export const clock = date => date.toLocaleTimeString(language === "en" ? [] : language, { hour: "2-digit", minute: "2-digit" });
