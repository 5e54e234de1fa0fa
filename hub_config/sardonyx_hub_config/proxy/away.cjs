// What somebody reads at whose page nothing answers, not even the hub, as while a place is upgraded.
const WORDS = {
  en: {
    title: "Back in a moment",
    asked: "This place is being started again. Your files are kept. This page looks again by itself.",
    sent: "This place is being started again, and what you have just sent did not arrive. Go back, and send it again in a minute.",
  },
  fr: {
    title: "De retour dans un instant",
    asked: "Ce service redémarre. Vos fichiers sont conservés. Cette page réessaie d’elle-même.",
    sent: "Ce service redémarre, et ce que vous venez d’envoyer n’est pas arrivé. Revenez en arrière et renvoyez-le dans une minute.",
  },
};
const AGAIN_S = 3;
const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 1.5rem; box-sizing: border-box;
    background: light-dark(#faf7f2, #15110f); color: light-dark(#231a15, #f4ece2); font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 34rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; }`;

// The language of ours that a browser names first, English where it names none.
function language(accepted) {
  const wanted = accepted.toLowerCase().split(",").map((each) => each.trim().slice(0, 2));
  return wanted.find((each) => Object.hasOwn(WORDS, each)) ?? "en";
}

// The page for a browser that shows pages; null for programs, which go by the status.
function page({ method, headers }) {
  if (!(headers.accept ?? "").includes("text/html")) return null;
  const isAsked = ["GET", "HEAD"].includes(method);
  const lang = language(headers["accept-language"] ?? "");
  const words = WORDS[lang];
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${isAsked ? `<meta http-equiv="refresh" content="${AGAIN_S}">` : ""}<title>${words.title}</title><style>${STYLE}</style></head>
<body><main><h1>${words.title}</h1><p>${isAsked ? words.asked : words.sent}</p></main></body></html>
`;
}

module.exports = { page, AGAIN_S };
