// An embedded page of the tenant: everything that it shows is asked of the API with the token that it has.
//
// The token comes in the address (?token=), which goes before what localStorage remembers. Shortly before it
// expires the page asks the window around it for another one, one request at a time. A token that the API
// refuses leads to the login page.

const KEY = "wisdom.jwt";
const BEAT = 500;
const { domains, lead, patience } = document.body.dataset;
const LEAD = Number(lead) * 1000;
const PATIENCE = Number(patience) * 1000;

const counts = document.documentElement.dataset;
const content = document.getElementById("content");
const address = new URL(location.href);

let token = address.searchParams.get("token") ?? storage()?.getItem(KEY) ?? "";
let place = { page: document.body.dataset.page, target: document.body.dataset.target };
let asked = null; // when the request that waits for an answer was made

storage()?.setItem(KEY, token);

// -- the token -------------------------------------------------------------------------------------------

/** What outlives the page; null in a browser that keeps nothing for pages inside those of another site. */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function expiry() {
  try {
    const claims = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(claims)).exp * 1000;
  } catch {
    return 0;
  }
}

/** Asks for a new token where it is time; what is asked already is not asked again. */
function beat() {
  const waiting = asked !== null && Date.now() - asked < PATIENCE;
  if (waiting || expiry() - Date.now() > LEAD) return;
  asked = Date.now();
  counts.requests = String(Number(counts.requests) + 1);
  window.parent.postMessage({ type: "REQUEST_JWT_TOKEN" }, "*");
}

function take(event) {
  if (event.source !== window.parent || event.data?.type !== "JWT_TOKEN_RESPONSE") return;
  token = String(event.data.token);
  storage()?.setItem(KEY, token);
  asked = null;
  counts.renewals = String(Number(counts.renewals) + 1);
  greet().catch(fail);
}

// -- the API ---------------------------------------------------------------------------------------------

class Unauthorized extends Error {}

class Refused extends Error {}

async function graphql(query, variables = {}) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  if (errors.some((error) => error.message === "Unauthorized")) throw new Unauthorized();
  if (errors.length > 0) throw new Refused(errors[0].message);
  return data;
}

async function dashboards(path = "") {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`/embed/data/dashboards${path}`, { headers });
  if (response.status === 401) throw new Unauthorized();
  if (!response.ok) throw new Refused((await response.json()).message);
  return response.json();
}

function fail(error) {
  if (error instanceof Unauthorized) {
    location.replace("/login");
    return;
  }
  const sentence = error instanceof Refused ? error.message : "The tenant does not answer";
  content.replaceChildren(element("p", sentence, { id: "refused" }));
}

// -- what is shown ---------------------------------------------------------------------------------------

function element(name, children = [], properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...[children].flat());
  return made;
}

function link(text, page, target) {
  const go = () => {
    place = { page, target };
    history.pushState(place, "", `/embed/${page === "chat" ? "chat" : "dashboards"}/${target}`);
    show();
  };
  return element("button", text, { type: "button", onclick: go });
}

function table(names, rows) {
  const head = element("tr", names.map((name) => element("th", name)));
  const drawn = element("table", [head, ...rows.map((row) => element("tr", row.map(cell)))]);
  return element("div", drawn, { className: "wide" });
}

function cell(value) {
  const number = value !== "" && Number.isFinite(Number(value));
  return number
    ? element("td", Number(value).toLocaleString("en-US"), { className: "number" })
    : element("td", value);
}

function plain(value) {
  try {
    return String(JSON.parse(value) ?? "");
  } catch {
    return value;
  }
}

/** Text without the marks that make it bold, lists and links. */
function unmarked(text) {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("**", "").replace(/^#+ /gm, "").trim();
}

/** A visualization's rows, which some tenants send as one flat list. */
function drawn({ title, columns, data }) {
  const cells = data.flat().map((cell) => plain(cell.value));
  const width = columns.length || 1;
  const rows = Array.from({ length: cells.length / width }, (_, at) => cells.slice(at * width, (at + 1) * width));
  return element("figure", [element("figcaption", title), table(columns.map((each) => each.name), rows)]);
}

function message({ id, sender, body }) {
  const parts = body.ops.map(({ insert }) =>
    insert?.visualization ? drawn(insert.visualization) : element("p", unmarked(insert?.text ?? "")),
  );
  const shown = element("article", parts);
  shown.dataset.sender = sender;
  shown.dataset.message = id;
  if (id === address.searchParams.get("messageid")) shown.setAttribute("aria-current", "true");
  return shown;
}

const PAGES = {
  async search() {
    const known = JSON.parse(domains).map((id, at) => `d${at}: zSheet(id: ${JSON.stringify(id)}) { name }`);
    const found = await graphql(`{ ${known.join(" ")} conversations { nodes { id summary } } }`);
    const names = known.map((_, at) => found[`d${at}`]?.name).filter(Boolean);
    const own = found.conversations.nodes.map(({ id, summary }) => link(summary, "chat", id));
    return [
      element("h1", "What you can ask about"),
      element("ul", names.map((name) => element("li", name)), { id: "domains" }),
      element("h1", "Your conversations"),
      element("nav", own.length > 0 ? own : "None yet", { id: "conversations" }),
    ];
  },
  async chat(id) {
    const query = `query ($id: String!) {
      conversation(id: $id) { summary }
      chatMessages(conversationId: $id) { nodes { id sender body { ops { insert {
        text visualization { title columns { name } data { value } } } } } } }
    }`;
    const found = await graphql(query, { id });
    return [element("h1", found.conversation.summary), ...found.chatMessages.nodes.map(message)];
  },
  async dashboards() {
    const found = await dashboards();
    const links = found.map(({ id, title }) => link(title, "dashboard", id));
    return [element("h1", "Dashboards"), element("nav", links, { id: "dashboards" })];
  },
  async dashboard(id) {
    const { title, columns, rows } = await dashboards(`/${encodeURIComponent(id)}`);
    return [element("h1", title), table(columns, rows)];
  },
};

/** Says whose rights the token carries. */
async function greet() {
  const { currentUser } = await graphql("{ currentUser { email } }");
  document.getElementById("who").textContent = currentUser.email;
}

async function show() {
  try {
    await greet();
    content.replaceChildren(...(await PAGES[place.page](place.target)));
    content.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  } catch (error) {
    fail(error);
  }
}

window.addEventListener("message", take);
window.addEventListener("popstate", (event) => {
  place = event.state ?? { page: document.body.dataset.page, target: document.body.dataset.target };
  show();
});
for (const name of ["click", "keydown", "focus"]) window.addEventListener(name, beat);
document.getElementById("update").addEventListener("click", show);
setInterval(beat, BEAT);
beat();
show();
