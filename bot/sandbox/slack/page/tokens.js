// @ts-check
/**
 * What Slack's `<…>` tokens, entities and shortcodes become. A mention that is live in Slack is shown as a live
 * mention here, wherever it came from, so that an injected one can be seen.
 */
/** @import { Env } from "./types.js" */

import { h, safeUrl } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { dateToken } from "./format.js";

/**
 * Decodes the three entities of Slack; nothing else is an entity there.
 * @param {string} text
 * @returns {string}
 */
export function decode(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/**
 * Text as it is read: entities decoded, shortcodes replaced.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  return withEmoji(decode(text));
}

/** @param {Env} env @param {string} id @returns {string} */
export function personName(env, id) {
  const person = env.person(id);
  return person ? person.real_name || person.name : id;
}

/** @param {Env} env @param {string} id */
export function personMention(env, id) {
  const mine = id === env.me;
  return h("span", { class: mine ? "mention mention-me" : "mention", data: { user: id } }, `@${personName(env, id)}`);
}

/** @param {Env} env @param {string} id @param {string} [label] */
export function channelMention(env, id, label) {
  const channel = env.channel(id);
  const name = channel?.name || label || id;
  if (!channel) return h("span", { class: "mention" }, `#${name}`);
  return h("button", { type: "button", class: "mention mention-link", on: { click: () => env.goTo(id) } }, `#${name}`);
}

/** @param {string} name "here", "channel" or "everyone" */
export function broadcast(name) {
  return h("span", { class: "mention mention-me", data: { broadcast: name } }, `@${name}`);
}

/**
 * A link, or plain text where the address is not one to follow.
 * @param {string} address
 * @param {(Node | string)[] | string} [label]
 */
export function link(address, label = address) {
  if (safeUrl(address) === null) return h("span", { class: "dead-link", title: "This address is not a link" }, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

/**
 * The node for what stands between `<` and `>`.
 * @param {string} inner
 * @param {Env} env
 * @returns {Node}
 */
export function token(inner, env) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : inner.slice(bar + 1);
  if (/^@[UW][A-Z0-9]+$/.test(target)) return personMention(env, target.slice(1));
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return channelMention(env, target.slice(1), label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || "@group");
  const date = /^!date\^(\d+)\^([^^]+)/.exec(target);
  if (date) return h("time", {}, dateToken(Number(date[1]), date[2]));
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return link(decode(target), plain(label) || decode(target));
  return document.createTextNode(plain(`<${inner}>`));
}
