// Tells the server that somebody is there. Requests of a window do not: it asks by itself all the time.
import { server } from "./server.js";

const SIGNS = ["keydown", "pointerdown", "wheel", "touchstart", "drop"];
const EVERY_MS = 10_000;

export async function presence(shared) {
  const ask = await server(shared);
  let next = 0;

  function tell() {
    if (performance.now() < next) return;
    next = performance.now() + EVERY_MS;
    // A server that does not answer says so elsewhere.
    ask("keep", "POST", { seconds: 0 }).catch(() => {});
  }

  return {
    id: "sardonyx:presence",
    description: "Tells the server that somebody is there, so that it is not stopped meanwhile",
    autoStart: true,
    activate() {
      SIGNS.forEach(sign => document.addEventListener(sign, tell, { capture: true, passive: true }));
      tell();
    },
  };
}
