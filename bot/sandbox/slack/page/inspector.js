// @ts-check
/** The traffic between the app and the workspace, live: a list that can be filtered, and the body of one entry. */
/** @import { Entry } from "./types.js" */

import { traffic } from "./client.js";
import { codeBlock } from "./code.js";
import { h, icon, listen, replace } from "./dom.js";

const KINDS = ["web_api", "event", "socket", "http", "interaction", "command"];
const KEPT = 1000;

/** @param {unknown} body @returns {string} pretty JSON where it is JSON */
function pretty(body) {
  if (typeof body !== "string") return JSON.stringify(body ?? null, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** @param {number | string} at seconds, milliseconds or ISO @returns {string} */
function clock(at) {
  const number = Number(at);
  const date = new Date(Number.isNaN(number) ? at : number < 1e11 ? number * 1000 : number);
  return Number.isNaN(date.getTime())
    ? ""
    : `${date.toLocaleTimeString([], { hour12: false })}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** @param {Entry} entry @returns {boolean} */
function failed({ status }) {
  const code = Number(status);
  return Number.isNaN(code)
    ? Boolean(status) && !/^(ok|acked?|sent|open|closed?|delivered)$/i.test(String(status))
    : code >= 400;
}

export class Inspector {
  /** @param {() => void} onClose */
  constructor(onClose) {
    /** @type {Map<number, {entry: Entry, row: any, text: string}>} */
    this.entries = new Map();
    this.query = "";
    this.kind = "";
    this.selected = 0;
    this.filter = h("input", {
      type: "search",
      class: "field-text",
      placeholder: "Filter traffic",
      "aria-label": "Filter traffic",
    });
    this.kinds = h(
      "select",
      { class: "select", "aria-label": "Kind of traffic" },
      h("option", { value: "" }, "All kinds"),
      KINDS.map((kind) => h("option", { value: kind }, kind.replace("_", " "))),
    );
    this.count = h("span", { class: "quiet", role: "status" });
    this.rows = h("div", { class: "traffic-rows", role: "listbox", "aria-label": "Traffic", tabindex: "0" });
    this.detail = h(
      "div",
      { class: "traffic-detail" },
      h("p", { class: "quiet" }, "Choose an entry to read its body."),
    );
    const clear = h("button", { type: "button", class: "button small", on: { click: () => this.#clear() } }, "Clear");
    const close = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close the inspector", on: { click: onClose } },
      icon("close"),
    );
    const head = h(
      "header",
      { class: "inspector-head" },
      h("h2", {}, "Traffic"),
      this.filter,
      this.kinds,
      this.count,
      clear,
      close,
    );
    this.element = h(
      "section",
      { class: "inspector", id: "inspector", "aria-label": "Traffic inspector", hidden: true },
      head,
      h("div", { class: "inspector-body" }, this.rows, this.detail),
    );
    listen(this.filter, "input", () => this.#refilter());
    listen(this.kinds, "change", () => this.#refilter());
    listen(this.rows, "keydown", (event) => this.#key(event));
  }

  async load() {
    const { entries = [] } = await traffic();
    for (const entry of entries) this.add(entry);
  }

  /** @param {Entry} entry the same id again replaces the entry */
  add(entry) {
    const follow = this.rows.scrollHeight - this.rows.scrollTop - this.rows.clientHeight < 40;
    const row = this.#row(entry);
    const text =
      `${entry.kind} ${entry.name} ${entry.status ?? ""} ${entry.summary ?? ""} ${JSON.stringify(entry.body ?? "")}`.toLowerCase();
    const known = this.entries.get(entry.id);
    if (known) known.row.replaceWith(row);
    else this.rows.append(row);
    this.entries.set(entry.id, { entry, row, text });
    row.hidden = !this.#fits(entry, text);
    const [oldest] = this.entries.keys();
    if (this.entries.size > KEPT) this.#drop(oldest);
    this.#tally();
    if (follow) this.rows.scrollTop = this.rows.scrollHeight;
  }

  /** @param {number} id */
  #drop(id) {
    this.entries.get(id)?.row.remove();
    this.entries.delete(id);
  }

  /** @param {Entry} entry */
  #row(entry) {
    const into = entry.direction === "in";
    return h(
      "div",
      {
        class: `traffic-row${failed(entry) ? " failed" : ""}`,
        role: "option",
        id: `traffic-${entry.id}`,
        "aria-selected": String(entry.id === this.selected),
        on: { click: () => this.#select(entry.id) },
      },
      h("span", { class: "quiet" }, clock(entry.at)),
      h(
        "span",
        { class: into ? "way way-in" : "way way-out", title: into ? "from the app" : "to the app" },
        into ? "→" : "←",
      ),
      h("span", { class: "kind" }, entry.kind.replace("_", " ")),
      h("b", {}, entry.name),
      h(
        "span",
        { class: "status" },
        [entry.status, entry.ms === undefined || entry.ms === null ? "" : `${Math.round(entry.ms)} ms`]
          .filter(Boolean)
          .join(" · "),
      ),
      h("span", { class: "summary quiet" }, entry.summary ?? ""),
    );
  }

  /** @param {Entry} entry @param {string} text */
  #fits(entry, text) {
    return (!this.kind || entry.kind === this.kind) && text.includes(this.query);
  }

  #refilter() {
    this.query = this.filter.value.trim().toLowerCase();
    this.kind = this.kinds.value;
    for (const { entry, row, text } of this.entries.values()) row.hidden = !this.#fits(entry, text);
    this.#tally();
  }

  #tally() {
    const shown = [...this.entries.values()].filter(({ row }) => !row.hidden).length;
    this.count.textContent = shown === this.entries.size ? `${shown} entries` : `${shown} of ${this.entries.size}`;
  }

  #clear() {
    for (const id of [...this.entries.keys()]) this.#drop(id);
    replace(this.detail, h("p", { class: "quiet" }, "Choose an entry to read its body."));
    this.#tally();
  }

  /** @param {number} id */
  #select(id) {
    this.entries.get(this.selected)?.row.setAttribute("aria-selected", "false");
    const chosen = this.entries.get(id);
    if (!chosen) return;
    this.selected = id;
    chosen.row.setAttribute("aria-selected", "true");
    this.rows.setAttribute("aria-activedescendant", chosen.row.id);
    chosen.row.scrollIntoView({ block: "nearest" });
    const { entry } = chosen;
    replace(
      this.detail,
      h("h3", {}, entry.name),
      h("p", { class: "quiet" }, entry.summary ?? ""),
      codeBlock(pretty(entry.body), "json"),
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const shown = [...this.entries.values()].filter(({ row }) => !row.hidden).map(({ entry }) => entry.id);
    const at = shown.indexOf(this.selected);
    const next = at < 0 ? shown.length - 1 : at + (event.key === "ArrowDown" ? 1 : -1);
    if (shown[next]) this.#select(shown[next]);
    event.preventDefault();
  }
}
