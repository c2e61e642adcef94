// @ts-check
/** Slack's own text format, mrkdwn: `*bold*`, `_italic_`, `~strike~`, code, quotes and `<…>` tokens. */
/** @import { Block, Env } from "./types.js" */

import { h } from "./dom.js";
import { broadcast, decode, link, plain, token } from "./tokens.js";

const edge = String.raw`(?<![\p{L}\p{N}_*~])`;
const end = String.raw`(?![\p{L}\p{N}_*~])`;

/** @param {string} mark */
const marked = (mark) => String.raw`${edge}[${mark}](?=\S)[^${mark}\n]*[^\s${mark}][${mark}]${end}`;

const INLINE = new RegExp(
  [
    String.raw`(?<code>\x60[^\x60\n]+\x60)`,
    String.raw`(?<token><[^<>\n]+>)`,
    `(?<bold>${marked("*")})`,
    `(?<italic>${marked("_")})`,
    `(?<strike>${marked("~")})`,
    String.raw`(?<url>https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]'"])`,
    String.raw`(?<at>(?<![\w@])@(?:here|channel|everyone)\b)`,
  ].join("|"),
  "gu",
);

/**
 * @param {string} text
 * @param {Env} env
 * @param {{verbatim?: boolean}} [options] verbatim: names and bare addresses stay text
 * @returns {Node[]}
 */
export function inline(text, env, options = {}) {
  /** @type {Node[]} */
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(document.createTextNode(plain(text.slice(at, match.index))));
    nodes.push(inlineNode(match, env, options));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(document.createTextNode(plain(text.slice(at))));
  return nodes;
}

/** @param {RegExpMatchArray} match @param {Env} env @param {{verbatim?: boolean}} options @returns {Node} */
function inlineNode(match, env, options) {
  const groups = match.groups ?? {};
  const inside = match[0].slice(1, -1);
  if (groups.code) return h("code", {}, decode(inside));
  if (groups.token) return token(inside, env);
  if (groups.bold) return h("strong", {}, inline(inside, env, options));
  if (groups.italic) return h("em", {}, inline(inside, env, options));
  if (groups.strike) return h("s", {}, inline(inside, env, options));
  if (options.verbatim) return document.createTextNode(plain(match[0]));
  return groups.url ? link(decode(match[0])) : broadcast(match[0].slice(1));
}

/** @param {string[]} lines @param {Env} env @param {{verbatim?: boolean}} options @returns {Node[]} */
function paragraphs(lines, env, options) {
  /** @type {Node[]} */
  const nodes = [];
  lines.forEach((line, index) => {
    if (index) nodes.push(h("br"));
    nodes.push(...inline(line, env, options));
  });
  return nodes;
}

/**
 * The nodes of a whole mrkdwn text.
 * @param {string} text
 * @param {Env} env
 * @param {{verbatim?: boolean}} [options]
 * @returns {Node[]}
 */
export function mrkdwn(text, env, options = {}) {
  return text.split(/```/).flatMap((piece, index, all) => {
    if (index % 2 && index < all.length - 1)
      return [h("pre", { tabindex: "0" }, decode(piece.replace(/^\n|\n$/g, "")))];
    const open = index % 2 ? "```" : "";
    const trimmed = piece.replace(index ? /^\n/ : /^$/, "").replace(index < all.length - 1 ? /\n$/ : /$^/, "");
    return quotes(open + trimmed, env, options);
  });
}

/** @param {string} text @param {Env} env @param {{verbatim?: boolean}} options @returns {Node[]} */
function quotes(text, env, options) {
  if (!text) return [];
  const quote = /^(?:>|&gt;) ?/;
  /** @type {{quoted: boolean, lines: string[]}[]} */
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = quote.test(line);
    const last = groups.at(-1);
    if (last?.quoted === quoted) last.lines.push(line.replace(quoted ? quote : /^$/, ""));
    else groups.push({ quoted, lines: [line.replace(quoted ? quote : /^$/, "")] });
  }
  return groups.flatMap(({ quoted, lines }) => {
    const nodes = paragraphs(lines, env, options);
    return quoted ? [h("blockquote", {}, nodes)] : [h("div", { class: "para" }, nodes)];
  });
}

/**
 * A text object as nodes.
 * @param {Block | undefined} text
 * @param {Env} env
 * @returns {Node[]}
 */
export function textNodes(text, env) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text ?? "", env, { verbatim: text.verbatim });
  return [document.createTextNode(text.emoji === false ? text.text : plain(text.text ?? ""))];
}
