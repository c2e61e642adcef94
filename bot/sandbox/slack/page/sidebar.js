// @ts-check
/** The left side: channels and direct conversations, with what is unread. */
/** @import { Store } from "./store.js" */
/** @import { Channel } from "./types.js" */

import { h, icon, morph } from "./dom.js";
import { avatar } from "./message.js";
import { sharing, tagOf } from "./people.js";

/**
 * @typedef {{id: string, name: string, picture: any, note: string, shared: string, current: boolean, unread: boolean,
 *   mentions: number, open(): void}} Row
 */

/** @param {Row} row @returns {Node} */
function rowElement({ name, picture, note: tag, shared, current, unread, mentions, open }) {
  const note = mentions ? h("span", { class: "count" }, String(mentions)) : null;
  const hidden = unread ? h("span", { class: "unseen" }, mentions ? "unread, for you" : "unread") : null;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: `place${unread ? " unread" : ""}`,
        "aria-current": current ? "page" : null,
        on: { click: open },
      },
      h("span", { class: "place-sign" }, picture),
      h("span", { class: "place-name" }, name),
      tag ? h("span", { class: "tag" }, tag) : null,
      shared ? h("span", { class: "place-shared", title: shared }, icon("shared"), hiddenText(shared)) : null,
      note,
      hidden,
    ),
  );
}

/** @param {string} text */
function hiddenText(text) {
  return h("span", { class: "unseen" }, text);
}

/** @param {Channel} channel a private channel has a lock @returns {any} */
export function channelSign(channel) {
  return channel.is_private ? icon("lock") : "#";
}

/**
 * The places of the sidebar in order: channels, then everybody else.
 * @param {Store} store
 * @param {string} current
 * @param {(channel: string) => void} goTo
 * @param {(user: string) => void} talkTo
 * @returns {{channels: Row[], people: Row[]}}
 */
export function places(store, current, goTo, talkTo) {
  const quiet = { unread: false, mentions: 0 };
  const channels = [...store.channels.values()]
    .filter((channel) => !channel.is_im)
    .map((channel) => ({
      id: channel.id,
      name: channel.name,
      picture: channelSign(channel),
      note: "",
      shared: sharing(channel, store),
      current: channel.id === current,
      ...(channel.id === current ? quiet : store.unread(channel.id)),
      open: () => goTo(channel.id),
    }));
  // An app has no conversation with people of other organisations.
  const outsider = store.myself?.standing === "outsider";
  const people = store
    .visiblePeople()
    .filter((person) => person.id !== store.me && !(outsider && person.is_bot))
    .sort((a, b) => Number(Boolean(b.is_bot)) - Number(Boolean(a.is_bot)))
    .map((person) => {
      const channel = store.direct(person.id);
      const known = channel && channel.id !== current ? store.unread(channel.id) : quiet;
      const open = () => talkTo(person.id);
      return {
        id: person.id,
        name: person.real_name || person.name,
        picture: avatar(person),
        note: tagOf(person, store.myself),
        shared: "",
        current: Boolean(channel) && channel?.id === current,
        ...known,
        open,
      };
    });
  return { channels, people };
}

export class Sidebar {
  constructor() {
    this.element = h("nav", { class: "sidebar", id: "sidebar", "aria-label": "Channels and people" });
  }

  /** @param {{channels: Row[], people: Row[]}} rows */
  show({ channels, people }) {
    const part = (/** @type {string} */ title, /** @type {Row[]} */ rows) =>
      h("section", {}, h("h2", {}, title), h("ul", { "aria-label": title }, rows.map(rowElement)));
    const wanted = h(
      "nav",
      { class: this.element.className, id: "sidebar", "aria-label": "Channels and people" },
      part("Channels", channels),
      part("Direct messages", people),
    );
    morph(this.element, wanted);
  }
}
