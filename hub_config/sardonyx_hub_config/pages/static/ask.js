// A question to the place that a page asks again and again: over after a while, whatever became of the connection.
const PATIENCE_MS = 10000;

// The answer with its text; null = nobody answered.
export async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { cache: "no-store", ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { ok: answer.ok, status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch {
    return null;
  }
}
