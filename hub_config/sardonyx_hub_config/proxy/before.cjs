// Loaded into JupyterHub's proxy before it starts (configurable-http-proxy 5.3), for two things that it has no option for.
const http = require("node:http");

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
