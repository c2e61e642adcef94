// @ts-check
/** One message as an element: avatar, author, text or blocks, files, thread link, and the actions on it. */
/** @import { Env, Message, User } from "./types.js" */

import { blocksOf } from "./blocks.js";
import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { fileCard } from "./files.js";
import { fullTimeOf, initials, plural, timeOf, whenOf } from "./format.js";
import { mrkdwn } from "./mrkdwn.js";
import { tagOf } from "./people.js";
import { isReply } from "./store.js";

/**
 * @typedef {{
 *   openThread(message: Message): void,
 *   remove(message: Message): void,
 *   edit(message: Message): void,
 *   dismiss(message: Message): void,
 * }} Deeds
 *
 * @typedef {{env: Env, deeds: Deeds, channel: string, compact: boolean, inThread: boolean}} Setting
 */

/** Steady colours for people who have none. */
const HUES = 8;

/** @param {User | undefined} person @param {string} [name] @returns {any} */
export function avatar(person, name = "?") {
  const id = person?.id ?? name;
  const hue = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
  const color = /^#?[0-9a-f]{6}$/i.test(person?.color ?? "") ? `#${(person?.color ?? "").replace("#", "")}` : null;
  const style = color && !person?.is_bot ? { "--avatar": color } : {};
  return h(
    "span",
    { class: `avatar hue-${hue}${person?.is_bot ? " avatar-bot" : ""}`, "aria-hidden": "true", style },
    person?.is_bot ? icon("spark") : initials(person?.real_name || person?.name || name),
  );
}

/** @param {Message} message @param {Env} env @returns {{person: User | undefined, name: string, bot: boolean}} */
export function authorOf(message, env) {
  const person = message.user ? env.person(message.user) : undefined;
  return {
    person,
    name: message.username || person?.real_name || person?.name || message.user || message.bot_id || "unknown",
    bot: Boolean(message.bot_id || person?.is_bot),
  };
}

/** @param {Message} message @param {Setting} setting @returns {any} */
function toolbar(message, { env, deeds, inThread }) {
  const own = message.user === env.me && !message.bot_id;
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ click) =>
    h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click } }, icon(name));
  const tools = [
    inThread || message.ephemeral ? null : button("reply", "Reply in thread", () => deeds.openThread(message)),
    own && !message.ephemeral ? button("edit", "Edit message", () => deeds.edit(message)) : null,
    own && !message.ephemeral ? button("trash", "Delete message", () => deeds.remove(message)) : null,
  ].filter(Boolean);
  return tools.length
    ? h("div", { class: "message-tools", role: "group", "aria-label": "Message actions" }, tools)
    : null;
}

/** @param {Message} message @param {Setting} setting @returns {Node[]} */
function bodyOf(message, { env, channel }) {
  const target = { channel, message_ts: message.ts, ephemeral: Boolean(message.ephemeral) };
  const blocks = message.blocks ?? [];
  const text = blocks.length
    ? blocksOf(blocks, env, target)
    : message.text
      ? [h("div", { class: "prose" }, mrkdwn(message.text, env))]
      : [];
  const shown = JSON.stringify(blocks);
  const files = (message.files ?? [])
    .filter((file) => !shown.includes(`"${file.id}"`))
    .map((file) => fileCard(file, env));
  return files.length ? [...text, h("div", { class: "files" }, files)] : text;
}

/** @param {Message} message @param {Setting} setting @returns {any} */
function threadLink(message, { deeds, inThread }) {
  if (inThread || isReply(message) || !message.reply_count) return null;
  return h(
    "button",
    { type: "button", class: "thread-link", on: { click: () => deeds.openThread(message) } },
    h("b", {}, plural(message.reply_count, "reply")),
    message.latest_reply ? h("span", { class: "quiet" }, `Last reply ${whenOf(message.latest_reply)}`) : null,
  );
}

/** @param {Message} message @param {Env} env @returns {any} */
function reactions(message, env) {
  const chips = (message.reactions ?? []).map((reaction) => {
    const mine = (reaction.users ?? []).includes(env.me);
    return h(
      "span",
      { class: mine ? "chip chip-mine" : "chip", title: `:${reaction.name}:` },
      emoji(reaction.name) ?? `:${reaction.name}:`,
      ` ${reaction.count ?? ""}`,
    );
  });
  return chips.length ? h("div", { class: "reactions" }, chips) : null;
}

/** What is left of a deleted root: its place over the replies. @param {Message} message @param {Setting} setting @returns {any} */
function tombstone(message, setting) {
  return h(
    "article",
    { class: "message tombstone", tabindex: "-1", data: { ts: message.ts }, "aria-label": message.text },
    h("div", { class: "gutter" }, h("span", { class: "avatar avatar-gone", "aria-hidden": "true" }, icon("trash"))),
    h("div", { class: "message-main" }, h("p", { class: "quiet" }, message.text), threadLink(message, setting)),
  );
}

/**
 * @param {Message} message
 * @param {Setting} setting
 * @returns {HTMLElement}
 */
export function messageElement(message, setting) {
  if (message.subtype === "tombstone") return tombstone(message, setting);
  const { env, deeds, compact } = setting;
  const { person, name, bot } = authorOf(message, env);
  const tag = tagOf(person, env.person(env.me));
  const time = h(
    "time",
    { class: "time", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: fullTimeOf(message.ts) },
    timeOf(message.ts),
  );
  const head = h(
    "div",
    { class: "message-head" },
    h("b", { class: "author" }, name),
    bot ? h("span", { class: "badge" }, "App") : null,
    tag ? h("span", { class: "tag" }, tag) : null,
    time,
  );
  const edited = message.edited && !bot ? h("span", { class: "edited" }, "(edited)") : null;
  const only = message.ephemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null;
  const dismiss = message.ephemeral
    ? h(
        "button",
        { type: "button", class: "link-button", on: { click: () => deeds.dismiss(message) } },
        "Dismiss message",
      )
    : null;
  return h(
    "article",
    {
      class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      tabindex: "-1",
      data: { ts: message.ts },
      "aria-label": `${name}${tag ? ` (${tag})` : ""}, ${timeOf(message.ts)}${message.ephemeral ? ", only visible to you" : ""}`,
    },
    h("div", { class: "gutter" }, compact ? time : avatar(person, name)),
    h(
      "div",
      { class: "message-main" },
      only,
      compact ? null : head,
      h("div", { class: "message-body" }, bodyOf(message, setting), edited),
      reactions(message, env),
      threadLink(message, setting),
      dismiss,
    ),
    toolbar(message, setting),
  );
}
