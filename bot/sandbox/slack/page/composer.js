// @ts-check
/** The field where a message is written: Enter sends, drafts are kept, names and commands are completed. */
/** @import { Store } from "./store.js" */

import { h, icon, listen } from "./dom.js";
import { remember, remembered } from "./store.js";
import { OWN_COMMANDS, SuggestList, suggestions } from "./suggest.js";

/**
 * @typedef {{
 *   store: Store,
 *   id: string,
 *   label: string,
 *   draftKey: string,
 *   submit(text: string): Promise<string>,
 *   editLast(): void,
 * }} ComposerOptions `submit` returns what went wrong, or an empty text
 */

export class Composer {
  /** @param {ComposerOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {((text: string) => Promise<string>) | null} */
    this.editing = null;
    const { id, label } = options;
    this.field = h("textarea", {
      id,
      rows: "1",
      placeholder: label,
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-controls": `${id}-list`,
      "aria-describedby": `${id}-hint`,
      autocomplete: "off",
    });
    this.list = new SuggestList(this.field, `${id}-list`, (item) => this.#insert(item.insert));
    this.hint = h("span", { class: "composer-hint quiet", id: `${id}-hint` });
    this.error = h("p", { class: "composer-error", role: "alert" });
    this.send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    this.banner = h("p", { class: "composer-banner", hidden: true }, "Editing a message. Enter saves, Escape cancels.");
    const box = h(
      "div",
      { class: "composer-box" },
      this.list.element,
      this.banner,
      this.field,
      h("div", { class: "composer-foot" }, this.hint, this.send),
    );
    this.element = h("form", { class: "composer" }, this.error, box);
    listen(this.element, "submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    listen(this.field, "input", () => this.#typed());
    listen(this.field, "keydown", (event) => this.#key(event));
    listen(this.field, "blur", () => this.list.show([]));
    this.field.value = remembered(`draft.${options.draftKey}`) ?? "";
    this.#fit();
  }

  focus() {
    this.field.focus();
  }

  /** Puts a message into the field to be changed. @param {string} text @param {(text: string) => Promise<string>} save */
  edit(text, save) {
    this.editing = save;
    this.banner.hidden = false;
    this.#set(text);
    this.focus();
  }

  #stopEditing() {
    this.editing = null;
    this.banner.hidden = true;
    this.#set(remembered(`draft.${this.options.draftKey}`) ?? "");
  }

  /** @param {string} text */
  #set(text) {
    this.field.value = text;
    this.#fit();
  }

  #typed() {
    this.error.textContent = "";
    if (!this.editing) remember(`draft.${this.options.draftKey}`, this.field.value || null);
    this.list.show(suggestions(this.field.value.slice(0, this.field.selectionStart), this.options.store).items);
    this.#fit();
  }

  /** The field grows with its text; the foot says what the line will do. */
  #fit() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 220)}px`;
    const [name] = this.field.value.split(/\s/, 1);
    const command = [...this.options.store.commands, ...OWN_COMMANDS].find((one) => one.command === name);
    this.hint.textContent = command
      ? `${command.command} ${command.usage_hint ?? ""}`
      : "Enter sends · Shift + Enter for a new line · @ mentions · / commands";
    this.send.disabled = !this.field.value.trim();
  }

  /** @param {string} text */
  #insert(text) {
    const { selectionStart: at, value } = this.field;
    const { from } = suggestions(value.slice(0, at), this.options.store);
    this.field.setRangeText(text, from, at, "end");
    this.#typed();
    this.list.show([]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (this.list.open && this.#listKey(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.#submit();
    } else if (event.key === "Escape" && this.editing) {
      event.stopPropagation();
      this.#stopEditing();
    } else if (event.key === "ArrowUp" && !this.field.value && !event.altKey) {
      event.preventDefault();
      this.options.editLast();
    }
  }

  /** @param {string} key @returns {boolean} whether the list took the key */
  #listKey(key) {
    if (key === "ArrowDown") this.list.move(1);
    else if (key === "ArrowUp") this.list.move(-1);
    else if (key === "Enter" || key === "Tab") this.list.take();
    else if (key === "Escape") this.list.show([]);
    else return false;
    return true;
  }

  async #submit() {
    const text = this.field.value;
    if (!text.trim()) return;
    const save = this.editing;
    if (save) this.#stopEditing();
    else {
      this.#set("");
      remember(`draft.${this.options.draftKey}`, null);
    }
    this.list.show([]);
    const problem = await (save ?? this.options.submit)(text);
    this.error.textContent = problem;
    // What could not be sent comes back, unless something new was typed meanwhile.
    if (problem && !this.field.value) {
      this.#set(text);
      if (!save) remember(`draft.${this.options.draftKey}`, text);
    }
  }
}
