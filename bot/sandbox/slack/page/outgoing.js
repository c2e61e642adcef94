// @ts-check
/** What a person types, as Slack's wire text, and back. */
/** @import { Store } from "./store.js" */

import { decode } from "./tokens.js";

/**
 * Escapes the text and turns `@name`, `#channel`, `@here` into tokens; other names stay text.
 * @param {string} text
 * @param {Store} store
 * @returns {string}
 */
export function encode(text, store) {
  const people = new Map([...store.people.values()].map((person) => [person.name.toLowerCase(), person.id]));
  const channels = new Map(
    [...store.channels.values()].filter((one) => !one.is_im).map((one) => [one.name.toLowerCase(), one.id]),
  );
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped
    .replace(/(?<![\w@])@([\w.-]*\w)/g, (all, name) => {
      if (/^(here|channel|everyone)$/.test(name)) return `<!${name}>`;
      const id = people.get(name.toLowerCase());
      return id ? `<@${id}>` : all;
    })
    .replace(/(?<![\w#&])#([\w-]+)/g, (all, name) =>
      channels.has(name.toLowerCase()) ? `<#${channels.get(name.toLowerCase())}>` : all,
    );
}

/**
 * The text of a message as it would be typed again.
 * @param {string} text
 * @param {Store} store
 * @returns {string}
 */
export function typed(text, store) {
  const readable = text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (all, id) =>
      store.people.has(id) ? `@${store.people.get(id)?.name}` : all,
    )
    .replace(/<#([CG][A-Z0-9]+)(?:\|[^>]*)?>/g, (all, id) =>
      store.channels.has(id) ? `#${store.channels.get(id)?.name}` : all,
    )
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return decode(readable);
}
