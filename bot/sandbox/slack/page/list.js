// @ts-check
/**
 * A list of messages that stays where the reader is: messages are kept by ts and changed in place; the list
 * follows the newest only while the reader is at its end.
 */
/** @import { Message } from "./types.js" */

import { h, icon, listen, morph } from "./dom.js";
import { dateOf, dayKey, dayName } from "./format.js";

const NEAR = 48;
const TOGETHER = 300;

/**
 * @typedef {{
 *   label: string,
 *   draw(message: Message, compact: boolean): HTMLElement,
 *   intro(): Node | null,
 *   days: boolean,
 * }} ListOptions
 */

export class MessageList {
  /** @param {ListOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, {element: any, signature: string}>} */
    this.rows = new Map();
    this.stuck = true;
    this.top = 0;
    this.content = h("div", { class: "list-content" });
    this.scroller = h(
      "div",
      { class: "list", role: "log", "aria-label": options.label, "aria-relevant": "additions", tabindex: "0" },
      this.content,
    );
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } },
      icon("down"),
      "New messages",
    );
    this.element = h("div", { class: "list-frame" }, this.scroller, this.jump);
    listen(this.scroller, "scroll", () => this.#scrolled());
    listen(this.scroller, "keydown", (event) => this.#walk(event));
    // Pictures and snippets grow after they are drawn.
    this.observer = new ResizeObserver(() => this.stuck && this.toEnd());
    this.observer.observe(this.content);
    this.observer.observe(this.scroller);
  }

  close() {
    this.observer.disconnect();
  }

  /** @param {Message[]} messages oldest first @param {boolean} [fresh] something new was posted */
  show(messages, fresh = false) {
    const wanted = this.#wanted(messages);
    let before = this.content.firstChild;
    for (const { key, signature, make } of wanted) {
      const element = this.#row(key, signature, make);
      if (element === before) before = before.nextSibling;
      else this.content.insertBefore(element, before);
    }
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { element }] of this.rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.rows.delete(key);
    }
    if (this.stuck) this.toEnd();
    else if (fresh) this.jump.hidden = false;
  }

  /** @param {string} key @param {string} signature @param {() => any} make */
  #row(key, signature, make) {
    const known = this.rows.get(key);
    if (known?.signature === signature) return known.element;
    const element = known ? morph(known.element, make()) : make();
    this.rows.set(key, { element, signature });
    return element;
  }

  /** @param {Message[]} messages */
  #wanted(messages) {
    /** @type {{key: string, signature: string, make: () => any}[]} */
    const rows = [{ key: "intro", signature: "", make: () => this.options.intro() ?? h("div") }];
    /** @type {Message | null} */
    let last = null;
    let day = "";
    for (const message of messages) {
      const date = dateOf(message.ts);
      if (this.options.days && dayKey(date) !== day) {
        day = dayKey(date);
        last = null;
        rows.push({
          key: `day ${day}`,
          signature: dayName(date),
          make: () => h("h3", { class: "day" }, h("span", {}, dayName(date))),
        });
      }
      const compact = follows(message, last);
      rows.push({
        key: message.ts,
        signature: `${compact} ${JSON.stringify(message)}`,
        make: () => this.options.draw(message, compact),
      });
      last = message;
    }
    return rows;
  }

  toEnd() {
    this.stuck = true;
    this.jump.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    // A list that only grew has not been left: the reader leaves its end by going up.
    if (near) this.stuck = true;
    else if (scrollTop < this.top) this.stuck = false;
    this.top = scrollTop;
    if (this.stuck) this.jump.hidden = true;
  }

  /** The arrow keys go from message to message. @param {KeyboardEvent} event */
  #walk(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const active = /** @type {HTMLElement} */ (document.activeElement);
    if (active !== this.scroller && !active.classList.contains("message")) return;
    const messages = /** @type {HTMLElement[]} */ ([...this.content.querySelectorAll(".message")]);
    const at = messages.indexOf(active);
    const next = event.key === "ArrowUp" ? (at < 0 ? messages.length - 1 : at - 1) : at + 1;
    if (at < 0 && event.key === "ArrowDown") return;
    messages[next]?.focus();
    event.preventDefault();
  }

  /** @param {string} ts */
  focus(ts) {
    this.rows.get(ts)?.element.focus();
  }
}

/** Whether a message continues the one before it, without a head of its own. @param {Message} message @param {Message | null} last */
function follows(message, last) {
  if (!last || message.ephemeral || last.ephemeral || last.reply_count) return false;
  const same = message.user === last.user && message.bot_id === last.bot_id && message.username === last.username;
  return same && Number(message.ts) - Number(last.ts) < TOGETHER;
}
