// Operation: people and their servers, a page at a time.
import { _, ngettext } from "./language.js";
import { ago, base, call, element, say, sure, user as me } from "./hub.js";

const LIMIT = 50;
const rows = document.getElementById("people");
const before = document.getElementById("before");
const after = document.getElementById("after");
let offset = 0;
let find = "";

async function act(work) {
  say("");
  try {
    await work();
  } catch (fault) {
    say(fault.message);
  }
  await load();
}

function button(text, about, style, work) {
  const made = element("button", { className: `btn btn-sm ${style}`, type: "button", textContent: text });
  made.append(element("span", { className: "visually-hidden", textContent: _(": {about}", { about }) }));
  made.addEventListener("click", () => act(work));
  return made;
}

function serverPath(name, server) {
  return `users/${encodeURIComponent(name)}/${server ? `servers/${encodeURIComponent(server)}` : "server"}`;
}

function log(name, server, title) {
  const href = `${base}log/${encodeURIComponent(name)}${server ? `/${encodeURIComponent(server)}` : ""}`;
  return element("a", { className: "btn btn-sm btn-link", href }, _("Log"), element("span", { className: "visually-hidden", textContent: _(": {about}", { about: `${name}, ${title}` }) }));
}

function servers(person) {
  const running = Object.values(person.servers ?? {}).filter((server) => server.ready || server.pending);
  // The log is wanted most where nothing runs; its page leads to those of named servers.
  if (!running.length) return [element("div", { className: "sx-row" }, element("span", { className: "sx-muted", textContent: _("none") }), log(person.name, "", _("none runs")))];
  return running.map((server) => {
    const title = server.name || _("the usual one");
    const state = element("span", { className: `badge ${server.ready ? "sx-ok" : "sx-busy"}`, textContent: server.ready ? _("Running") : _("Busy") });
    return element("div", { className: "sx-row" }, `${title} `, state, log(person.name, server.name, title), button(_("Stop"), `${person.name}, ${title}`, "btn-danger", () => call("DELETE", serverPath(person.name, server.name))));
  });
}

// The way to where that is done; nowhere where all may make them, or nobody is let.
function letMake(person) {
  if (!rows.dataset.lets) return [];
  const href = rows.dataset.roles + "?text=" + encodeURIComponent(person.name);
  const textContent = rows.dataset.lets === "classes" ? _("Let them make classes …") : _("Let them make events …");
  const link = element("a", { className: "btn btn-sm", href, textContent });
  link.append(element("span", { className: "visually-hidden", textContent: _(": {about}", { about: person.name }) }));
  return [link];
}

function actions(person) {
  if (person.name === me) return [];
  const path = `users/${encodeURIComponent(person.name)}`;
  const role = person.admin
    ? button(_("Take operation away"), person.name, "", () => call("PATCH", path, { admin: false }))
    : button(_("Make administrator"), person.name, "", async () => {
        const text = _("{name} will see everybody here, and can stop servers, remove people, and look into their servers.", { name: person.name });
        if (await sure(_("Make {name} an administrator?", { name: person.name }), text, _("Make administrator"))) await call("PATCH", path, { admin: true });
      });
  const remove = button(_("Remove"), person.name, "btn-danger", async () => {
    const { titles } = await call("GET", `sardonyx/people/${encodeURIComponent(person.name)}/left-alone`);
    const texts = [_("Servers of {name} stop, and {name} can sign in no more. Files and data are kept on this machine.", { name: person.name })];
    if (titles.length) texts.push(_("Without {name}, nobody leads: {titles}. They go on; name somebody else on the page “The whole place”, now or later.", { name: person.name, titles: titles.join(", ") }));
    if (await sure(_("Remove {name}?", { name: person.name }), texts.join(" "), _("Remove {name}", { name: person.name }))) await call("DELETE", path);
  });
  return [...letMake(person), role, remove];
}

// The roles are written out: on a phone the style makes blocks of rows, and browsers then forget that it is a table.
function cell(options, ...children) {
  return element("td", { role: "cell", ...options }, ...children);
}

function row(person) {
  return element(
    "tr",
    { role: "row" },
    element("th", { role: "rowheader", scope: "row", textContent: person.name }),
    cell({ textContent: person.admin ? _("Administrator") : _("Person") }),
    cell({ className: "sx-not-phone", textContent: ago(person.last_activity) }),
    cell({}, ...servers(person)),
    cell({ className: "is-end" }, element("div", { className: "sx-row" }, ...actions(person))),
  );
}

async function load() {
  const query = new URLSearchParams({ limit: LIMIT, offset, include_stopped_servers: "1" });
  if (find) query.set("name_filter", find);
  try {
    const page = await call("GET", `users?${query}`);
    const total = page._pagination.total;
    rows.replaceChildren(...page.items.map(row));
    if (!page.items.length) rows.append(element("tr", { role: "row" }, cell({ colSpan: 5, textContent: find ? _("Nobody's name has “{text}” in it.", { text: find }) : _("Nobody has signed in yet.") })));
    before.hidden = offset === 0;
    after.hidden = offset + LIMIT >= total;
    document.getElementById("count").textContent = ngettext("{count} person", "{count} people", total);
  } catch (fault) {
    say(fault.message);
  }
}

before.addEventListener("click", () => {
  offset = Math.max(0, offset - LIMIT);
  load();
});
after.addEventListener("click", () => {
  offset += LIMIT;
  load();
});
document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  find = document.getElementById("find").value.trim();
  offset = 0;
  load();
});
load();
