// Loaded into JupyterHub's proxy before it starts (configurable-http-proxy 5.3), for three things that it has no option for.
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const { page, AGAIN_S } = require("./away.cjs");

// What opens a link to a file is part of its address, and belongs into no log.
const LINK = /(\/services\/links\/)[^\/\s"?]+/g;

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (text, ...more) => write(typeof text === "string" ? text.replace(LINK, "$1…") : text, ...more);
}

// An answer that breaks off is one for the reader, too: http-proxy-3 (1.23) would leave them waiting for the rest for ever.
const pipe = http.IncomingMessage.prototype.pipe;

http.IncomingMessage.prototype.pipe = function (to, ...more) {
  if (to instanceof http.ServerResponse) {
    this.once("close", () => { if (!this.complete) to.destroy(); });
  }
  return pipe.call(this, to, ...more);
};

// Where neither what is asked for nor the hub answers, it would say "Service Unavailable", for as long as somebody looks at it.
async function sayInWords(program) {
  const { ConfigurableProxy } = await import(pathToFileURL(path.join(path.dirname(fs.realpathSync(program)), "../lib/configproxy.js")));
  const plain = ConfigurableProxy.prototype._handleProxyErrorDefault;
  ConfigurableProxy.prototype._handleProxyErrorDefault = function (code, kind, req, res) {
    const said = res.headersSent || res.writableEnded ? null : page(req);
    if (said === null) return plain.call(this, code, kind, req, res);
    res.writeHead(code, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Retry-After": AGAIN_S });
    res.end(req.method === "HEAD" ? "" : said);
  };
}

// There is none where a test runs a few lines.
if (process.argv[1]) sayInWords(process.argv[1]);
