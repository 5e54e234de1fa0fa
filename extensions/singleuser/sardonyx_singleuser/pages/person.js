// In each page of a tool or an app: tells of its person. What such a page asks and sends by itself tells of nobody.
{
  const { at } = document.currentScript.dataset;
  const SIGNS = ["keydown", "pointerdown", "wheel", "touchstart"];
  const EVERY_MS = 10_000;
  let next = 0;

  const tell = isThere => {
    const xsrf = document.cookie.split("; ").find(each => each.startsWith("_xsrf="));
    const headers = { "Content-Type": "application/json", "X-XSRFToken": xsrf?.slice("_xsrf=".length) ?? "" };
    // A server that does not answer says so elsewhere.
    fetch(at, { method: "POST", headers, body: JSON.stringify({ is_there: isThere }) }).catch(() => {});
  };
  for (const sign of SIGNS) {
    window.addEventListener(sign, () => {
      if (performance.now() < next) return;
      next = performance.now() + EVERY_MS;
      tell(true);
    }, { capture: true, passive: true });
  }
  tell(false);
}
