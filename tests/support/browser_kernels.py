"""Code in a kernel, as a page of JupyterLab runs it: scripts for a browser in which somebody has signed in."""

_ASK = """async (base, code, name, hear, notebook = "") => {
  const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const session = { path: notebook, name: notebook, type: "notebook", kernel: { name } };
  const asked = { method: "POST", headers, body: JSON.stringify(notebook ? session : { name }) };
  const made = await (await fetch(base + (notebook ? "api/sessions" : "api/kernels"), asked)).json();
  const kernel = notebook ? made.kernel : made;
  const socket = new WebSocket(`ws://${location.host}${base}api/kernels/${kernel.id}/channels`);
  await new Promise((ok, bad) => { socket.onopen = ok; socket.onerror = bad; });
  const id = Math.random().toString(36).slice(2);
  const header = { msg_id: id, msg_type: "execute_request", username: "", session: id, version: "5.3", date: new Date().toISOString() };
  const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.parent_header?.msg_id === id) hear(message);
  };
  socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] }));
  return async () => {
    socket.close();
    await fetch(base + "api/kernels/" + kernel.id, { method: "DELETE", headers });
  };
}"""

RUN_IN_KERNEL = f"""async ([base, code, name]) => {{
  const ask = {_ASK};
  let said = "", done;
  const ended = new Promise((ok) => {{ done = ok; }});
  const close = await ask(base, code, name, (message) => {{
    if (message.msg_type === "stream") said += message.content.text;
    if (message.msg_type === "error") said += `${{message.content.ename}}: ${{message.content.evalue}}`;
    if (message.msg_type === "status" && message.content.execution_state === "idle") done();
  }});
  await ended;
  await close();
  return said;
}}"""
"""(base, code, name of a kernel) -> what it prints; the kernel is gone afterwards."""

BEGIN_IN_KERNEL = f"""async ([base, code, name, notebook]) => {{
  const ask = {_ASK};
  let begun;
  const began = new Promise((ok, never) => {{
    begun = ok;
    setTimeout(() => never(new Error("the kernel has not begun after 60 s")), 60_000);
  }});
  await ask(base, code, name, (message) => {{ if (message.msg_type === "execute_input") begun(); }}, notebook);
  await began;
}}"""
"""(base, code, name of a kernel, its notebook or ""): the kernel goes on with it, and nobody listens once the page is left."""
