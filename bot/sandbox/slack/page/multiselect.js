// @ts-check
/**
 * A field in which several things can be chosen: what is chosen stands in it, typing filters the list below. The
 * text field keeps the focus; arrows move in the list, Enter chooses and takes back, Backspace takes back the last.
 */

import { h, icon, listen, replace } from "./dom.js";

/**
 * @typedef {{key: string, label: string, note?: string, picture?: any, group?: string}} Choice
 * @typedef {{
 *   id: string,
 *   hint: string,
 *   choices(): Choice[],
 *   known(key: string): Choice,
 *   chosen: string[],
 *   most: number,
 * }} MultiSelectOptions `choices` is asked whenever the list opens, `known` for what is chosen
 */

export class MultiSelect {
  /** @param {MultiSelectOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {string[]} */
    this.chosen = [...options.chosen];
    /** @type {Choice[]} */
    this.shown = [];
    this.active = 0;
    this.open = false;
    const { id, hint } = options;
    this.chips = h("ul", { class: "chips", "aria-label": "Chosen" });
    this.field = h("input", {
      id,
      type: "text",
      class: "multi-field",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": `${id}-list`,
      autocomplete: "off",
      placeholder: hint,
    });
    this.list = h("div", {
      class: "multi-list",
      id: `${id}-list`,
      role: "listbox",
      "aria-label": "Choices",
      "aria-multiselectable": "true",
    });
    this.note = h("p", { class: "unseen", role: "status" });
    const box = h("div", { class: "multi-box" }, this.chips, this.field);
    this.element = h("div", { class: "multi" }, box, this.list, this.note);
    listen(box, "click", () => this.#show());
    listen(this.field, "input", () => this.#show());
    listen(this.field, "keydown", (event) => this.#key(event));
    // The text that filters is no choice; only a choice changes the field.
    listen(this.field, "change", (event) => event.stopPropagation());
    listen(this.element, "focusout", (event) => {
      if (!this.element.contains(/** @type {Node | null} */ (event.relatedTarget))) this.#hide();
    });
    this.#drawChips();
    this.#hide();
  }

  #show() {
    this.open = true;
    this.active = 0;
    this.field.focus();
    this.#drawList();
    // At the end of a dialog the list would open out of sight.
    this.element.scrollIntoView({ block: "nearest" });
  }

  #hide() {
    this.open = false;
    this.field.value = "";
    this.#drawList();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key } = event;
    if (key === "Backspace" && !this.field.value && this.chosen.length) {
      this.#toggle(this.chosen[this.chosen.length - 1]);
      return;
    }
    if (!this.open && (key === "ArrowDown" || key === "ArrowUp")) this.#show();
    else if (this.open && key === "ArrowDown") this.#move(1);
    else if (this.open && key === "ArrowUp") this.#move(-1);
    else if (this.open && key === "Enter") this.#take();
    else if (this.open && key === "Escape") this.#hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} by */
  #move(by) {
    if (!this.shown.length) return;
    this.active = (this.active + by + this.shown.length) % this.shown.length;
    this.#drawList();
  }

  #take() {
    const choice = this.shown[this.active];
    if (choice) this.#toggle(choice.key);
  }

  /** @param {string} key chosen if it was not, taken back if it was */
  #toggle(key) {
    const { label } = this.options.known(key);
    const taken = this.chosen.includes(key);
    if (!taken && this.chosen.length >= this.options.most) {
      return this.#say(`At most ${this.options.most} can be chosen.`, true);
    }
    this.chosen = taken ? this.chosen.filter((one) => one !== key) : [...this.chosen, key];
    this.#say(taken ? `${label} taken out` : `${label} added`);
    this.#drawChips();
    // The whole list stands again, and goes on from where this one is.
    this.field.value = "";
    this.active = Math.max(
      0,
      this.options.choices().findIndex((choice) => choice.key === key),
    );
    this.#drawList();
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
    return undefined;
  }

  /** Says something to who cannot see it; `aloud` shows it, too. @param {string} text @param {boolean} [aloud] */
  #say(text, aloud = false) {
    this.note.className = aloud ? "hint" : "unseen";
    this.note.textContent = text;
  }

  #drawChips() {
    this.chips.hidden = !this.chosen.length;
    this.field.placeholder = this.chosen.length ? "" : this.options.hint;
    const chip = (/** @type {string} */ key) => {
      const { label, picture } = this.options.known(key);
      const remove = (/** @type {Event} */ event) => {
        event.stopPropagation();
        this.#toggle(key);
        this.field.focus();
      };
      const props = { type: "button", class: "chip-remove", "aria-label": `Remove ${label}`, on: { click: remove } };
      return h(
        "li",
        { class: "choice-chip" },
        picture ?? null,
        h("span", { class: "choice-name" }, label),
        h("button", props, icon("close")),
      );
    };
    replace(this.chips, this.chosen.map(chip));
  }

  #drawList() {
    const needle = this.field.value.trim().toLowerCase();
    const fits = (/** @type {Choice} */ { label, note = "" }) => `${label} ${note}`.toLowerCase().includes(needle);
    this.shown = this.open ? this.options.choices().filter(fits) : [];
    this.active = Math.min(this.active, Math.max(0, this.shown.length - 1));
    this.list.hidden = !this.open || !this.shown.length;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    replace(this.list, this.#groups());
    const option = this.list.querySelector(".active");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    if (this.open && !this.shown.length) this.#say("Nothing fits what you typed.", true);
    else if (this.note.className === "hint") this.#say("");
  }

  /** @returns {any[]} the options, those of a group under its name */
  #groups() {
    const names = [...new Set(this.shown.map(({ group = "" }) => group))];
    return names.flatMap((name) => {
      const options = this.shown.flatMap((choice, index) =>
        (choice.group ?? "") === name ? [this.#option(choice, index)] : [],
      );
      if (!name) return options;
      const title = h("div", { class: "multi-group", "aria-hidden": "true" }, name);
      return [h("div", { role: "group", "aria-label": name }, title, options)];
    });
  }

  /** @param {Choice} choice @param {number} index */
  #option({ key, label, note, picture }, index) {
    const taken = this.chosen.includes(key);
    const props = {
      id: `${this.options.id}-${index}`,
      role: "option",
      class: index === this.active ? "multi-option active" : "multi-option",
      "aria-selected": String(taken),
      // The press must not take the focus out of the field.
      on: { mousedown: (/** @type {Event} */ event) => event.preventDefault(), click: () => this.#toggle(key) },
    };
    const text = h("span", { class: "menu-label" }, label, note ? h("small", {}, note) : null);
    return h("div", props, picture ?? null, text, taken ? icon("check") : null);
  }
}
