// @ts-check
/** A place where people talk, the channel or one thread of it: its messages and its composer. */
/** @import { Env, Message } from "./types.js" */
/** @import { Client } from "./client.js" */
/** @import { Store } from "./store.js" */

import { sentence } from "./client.js";
import { Composer } from "./composer.js";
import { confirmed } from "./dialog.js";
import { h, icon } from "./dom.js";
import { plural } from "./format.js";
import { MessageList } from "./list.js";
import { avatar, messageElement } from "./message.js";
import { encode, typed } from "./outgoing.js";
import { sharing, tagOf } from "./people.js";
import { channelSign } from "./sidebar.js";

/**
 * @typedef {{
 *   store: Store, client: Client, env: Env, channel: string, root?: string,
 *   openThread(message: Message): void,
 *   problem(text: string): void,
 * }} Place
 */

export class Conversation {
  /** @param {Place} place `root` is the ts of the thread's first message; without it this is the channel */
  constructor(place) {
    this.place = place;
    const { store, channel, root } = place;
    const title = store.title(channel);
    const where = store.channels.get(channel)?.is_im ? title : `#${title}`;
    this.list = new MessageList({
      label: root ? `Thread in ${where}` : `Messages in ${where}`,
      days: !root,
      draw: (message, compact) => this.#draw(message, compact),
      intro: () => (root ? null : this.#intro(where)),
    });
    this.composer = new Composer({
      store,
      id: root ? "reply" : "write",
      label: root ? "Reply…" : `Message ${where}`,
      draftKey: `${store.me}.${channel}.${root ?? ""}`,
      submit: (text) => this.#submit(text),
      editLast: () => this.#editLast(),
    });
    this.refresh();
  }

  close() {
    this.list.close();
  }

  /** @returns {Message[]} */
  get messages() {
    const { store, channel, root } = this.place;
    return root
      ? store.thread(channel, root)
      : store.timeline(channel).filter((message) => !message.ephemeral || !message.thread_ts);
  }

  /** @param {boolean} [fresh] */
  refresh(fresh = false) {
    this.list.show(this.messages, fresh);
  }

  /** Asks the workspace for what was said here. */
  async load() {
    const { client, store, channel, root } = this.place;
    const asked = store.now();
    const answer = root
      ? await client.call("conversations.replies", { channel, ts: root, limit: 200 })
      : await client.call("conversations.history", { channel, limit: 100 });
    if (answer.ok) store.putAll(channel, answer.messages ?? [], asked);
    else this.place.problem(sentence(answer.error));
  }

  /** @param {string} where */
  #intro(where) {
    const { store, channel } = this.place;
    const known = store.channels.get(channel);
    const partner = known?.is_im ? store.partner(known) : undefined;
    const text = partner
      ? `This is where you and ${where} talk.`
      : `This is the beginning of ${where}. ${plural(known?.members?.length ?? 0, "member")}.`;
    const shared = sharing(known, store);
    return h(
      "div",
      { class: "intro" },
      partner || !known
        ? avatar(partner)
        : h("span", { class: "intro-sign", "aria-hidden": "true" }, channelSign(known)),
      h(
        "div",
        {},
        h("h2", {}, where),
        h("p", { class: "quiet" }, text),
        shared ? h("p", { class: "quiet" }, shared) : null,
      ),
    );
  }

  /** @param {Message} message @param {boolean} compact */
  #draw(message, compact) {
    const { env, channel, root, store, openThread } = this.place;
    const deeds = {
      openThread,
      remove: (/** @type {Message} */ one) => void this.#remove(one),
      edit: (/** @type {Message} */ one) => this.edit(one),
      dismiss: (/** @type {Message} */ one) => store.remove(channel, one.ts),
    };
    const element = messageElement(message, { env, deeds, channel, compact, inThread: Boolean(root) });
    if (!root || message.ts !== root || !message.reply_count) return element;
    element.append(h("p", { class: "reply-count" }, h("span", {}, plural(message.reply_count, "reply"))));
    return element;
  }

  /** @param {Message} message */
  async #remove(message) {
    const yes = await confirmed({
      title: "Delete message",
      text: "Delete this message for everybody?",
      confirm: "Delete",
      danger: true,
    });
    if (!yes) return;
    const answer = await this.place.client.call("chat.delete", { channel: this.place.channel, ts: message.ts });
    if (!answer.ok) this.place.problem(sentence(answer.error));
  }

  /** @param {Message} message */
  edit(message) {
    const { client, store, channel } = this.place;
    this.composer.edit(typed(message.text ?? "", store), async (text) => {
      const answer = await client.call("chat.update", { channel, ts: message.ts, text: encode(text, store) });
      return answer.ok ? "" : sentence(answer.error);
    });
  }

  #editLast() {
    const own = this.messages.filter(
      (message) => message.user === this.place.store.me && !message.bot_id && !message.ephemeral,
    );
    const last = own.at(-1);
    if (last) this.edit(last);
  }

  /** @param {string} text @returns {Promise<string>} */
  async #submit(text) {
    const { client, store, channel, root } = this.place;
    this.list.stuck = true;
    if (text.startsWith("/")) return this.#command(text);
    const answer = await client.call("chat.postMessage", {
      channel,
      text: encode(text.trim(), store),
      thread_ts: root,
    });
    return answer.ok ? "" : sentence(answer.error);
  }

  /** @param {string} text @returns {Promise<string>} */
  async #command(text) {
    const { client, store, channel, root } = this.place;
    const [name, ...rest] = text.trim().split(/\s+/);
    if (root) return `${name} is not supported in threads. Sorry!`;
    if (name === "/invite") return this.#invite(rest[0] ?? "");
    if (!store.commands.some(({ command }) => command === name)) {
      return `${name} is not a valid command. To send it as a message, put a space before the slash.`;
    }
    const answer = await client.page("command", { channel, text: text.trim() });
    return answer.ok ? "" : `${name} failed: ${sentence(answer.error)}`;
  }

  /** @param {string} who @returns {Promise<string>} */
  async #invite(who) {
    const { client, store, channel } = this.place;
    const person = [...store.people.values()].find(({ name }) => name === who.replace(/^@/, ""));
    if (!person) return "Name whom to invite: /invite @name";
    const answer = await client.call("conversations.invite", { channel, users: person.id });
    return answer.ok ? "" : sentence(answer.error);
  }
}

/**
 * The head of a channel: its name, with whom it is shared, and how many there are.
 * @param {Store} store
 * @param {string} channel
 * @returns {any}
 */
export function channelHead(store, channel) {
  const known = store.channels.get(channel);
  const partner = known?.is_im ? store.partner(known) : undefined;
  const sign = h("span", { class: "channel-sign", "aria-hidden": "true" }, known ? channelSign(known) : "#");
  const tag = tagOf(partner, store.myself);
  const shared = sharing(known, store);
  return h(
    "header",
    { class: "pane-head" },
    partner ? avatar(partner) : sign,
    h("h2", {}, store.title(channel)),
    tag ? h("span", { class: "tag" }, tag) : null,
    shared ? h("span", { class: "shared-mark" }, icon("shared"), h("span", {}, shared)) : null,
    partner ? null : h("span", { class: "quiet" }, plural(known?.members?.length ?? 0, "member")),
  );
}
