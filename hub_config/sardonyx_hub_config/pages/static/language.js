// Texts of page scripts, as the page brings them in its language; the English text is its own name.
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
export const language = document.documentElement.lang || "en";
/** English dates with the day first and 24 hours, as everywhere else here. */
export const locale = language === "en" ? "en-GB" : language;
const forms = new Intl.PluralRules(language);

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function _(text, values = {}) {
  return fill(texts[text] ?? text, values);
}

/** The form of a text that fits a number; `{count}` is the number. */
export function ngettext(one, many, count, values = {}) {
  const [first, others] = texts[one] ?? [one, many];
  return fill(forms.select(count) === "one" ? first : others, { count, ...values });
}
