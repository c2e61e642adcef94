// @ts-check
/** Completion while typing: people after `@`, channels after `#`, slash commands at the start. */
/** @import { Store } from "./store.js" */

import { h, replace } from "./dom.js";
import { avatar } from "./message.js";

/** @typedef {{label: string, note: string, insert: string, picture: any}} Suggestion */

/** Commands that the page itself understands. */
export const OWN_COMMANDS = [{ command: "/invite", description: "Add somebody to this channel", usage_hint: "@name" }];

/**
 * What fits the text before the cursor, and where it begins.
 * @param {string} before
 * @param {Store} store
 * @returns {{from: number, items: Suggestion[]}}
 */
export function suggestions(before, store) {
  const match = /(?:^|[\s(])([@#])([\w.-]*)$/.exec(before) ?? /^(\/)(\S*)$/.exec(before);
  if (!match) return { from: 0, items: [] };
  const [, kind, typed] = match;
  const from = before.length - typed.length - 1;
  const needle = typed.toLowerCase();
  const items = kind === "@" ? people(needle, store) : kind === "#" ? channels(needle, store) : commands(needle, store);
  return { from, items: items.slice(0, 8) };
}

/** @param {string} needle @param {Store} store @returns {Suggestion[]} */
function people(needle, store) {
  const fits = store
    .visiblePeople()
    .filter(({ name, real_name: real = "" }) =>
      [name, ...real.split(/\s+/)].some((word) => word.toLowerCase().startsWith(needle)),
    );
  return fits.map((person) => ({
    label: `@${person.name}`,
    note: person.real_name === person.name ? "" : (person.real_name ?? ""),
    insert: `@${person.name} `,
    picture: avatar(person),
  }));
}

/** @param {string} needle @param {Store} store @returns {Suggestion[]} */
function channels(needle, store) {
  const fits = [...store.channels.values()].filter(({ name, is_im: direct }) => !direct && name.startsWith(needle));
  return fits.map(({ name }) => ({ label: `#${name}`, note: "", insert: `#${name} `, picture: null }));
}

/** @param {string} needle @param {Store} store @returns {Suggestion[]} */
function commands(needle, store) {
  const fits = [...store.commands, ...OWN_COMMANDS].filter(({ command }) => command.slice(1).startsWith(needle));
  return fits.map(({ command, description = "", usage_hint: usage = "" }) => ({
    label: `${command} ${usage}`.trim(),
    note: description,
    insert: `${command} `,
    picture: null,
  }));
}

/** The list over a text field; the field keeps the focus and says which entry is active. */
export class SuggestList {
  /** @param {HTMLTextAreaElement} field @param {string} id @param {(item: Suggestion) => void} choose */
  constructor(field, id, choose) {
    this.field = field;
    this.id = id;
    this.choose = choose;
    /** @type {Suggestion[]} */
    this.items = [];
    this.active = 0;
    this.element = h("ul", { class: "suggest", id, role: "listbox", "aria-label": "Suggestions", hidden: true });
  }

  get open() {
    return this.items.length > 0;
  }

  /** @param {Suggestion[]} items */
  show(items) {
    this.items = items;
    this.active = 0;
    this.#draw();
  }

  /** @param {number} by */
  move(by) {
    this.active = (this.active + by + this.items.length) % this.items.length;
    this.#draw();
  }

  take() {
    this.choose(this.items[this.active]);
  }

  #draw() {
    this.element.hidden = !this.open;
    const option = (/** @type {Suggestion} */ item, /** @type {number} */ index) =>
      h(
        "li",
        {
          id: `${this.id}-${index}`,
          role: "option",
          "aria-selected": String(index === this.active),
          // The press must not take the focus out of the field.
          on: { mousedown: (/** @type {Event} */ event) => event.preventDefault(), click: () => this.choose(item) },
        },
        item.picture,
        h("b", {}, item.label),
        h("span", { class: "quiet" }, item.note),
      );
    replace(this.element, this.items.map(option));
    if (this.open) this.field.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.field.removeAttribute("aria-activedescendant");
  }
}
