// @ts-check
/** Runs of Markdown text: emphasis, code, links, escapes, and Slack's `<…>` tokens, which are live there too. */
/** @import { Env } from "./types.js" */

import { h } from "./dom.js";
import { decode, link, plain, token } from "./tokens.js";

const SPAN = new RegExp(
  [
    String.raw`(?<escape>\\[\\\x60*_{}\[\]()#+\-.!|~<>&])`,
    String.raw`(?<code>(?<ticks>\x60+)(?!\x60).+?(?<!\x60)\k<ticks>(?!\x60))`,
    String.raw`(?<token><[^<>\n]+>)`,
    String.raw`(?<image>!\[(?<alt>[^\]\n]*)\]\((?<source>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"\n]*")?\))`,
    String.raw`(?<link>\[(?<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]\((?<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"\n]*")?\))`,
    String.raw`(?<strong>(?<two>\*\*|__)(?=\S)(?<strongText>.+?)(?<=\S)\k<two>)`,
    String.raw`(?<strike>~~(?=\S)(?<strikeText>.+?)(?<=\S)~~)`,
    String.raw`(?<star>\*(?=[^\s*])(?<starText>[^*\n]*[^\s*])\*(?!\*))`,
    String.raw`(?<under>(?<![\p{L}\p{N}_])_(?=[^\s_])(?<underText>[^_\n]*[^\s_])_(?![\p{L}\p{N}_]))`,
    String.raw`(?<url>https?:\/\/[^\s<>]*[^\s<>.,;:!?)\]'"*_~])`,
  ].join("|"),
  "gu",
);

/**
 * @param {string} text
 * @param {Env} env
 * @returns {Node[]}
 */
export function spans(text, env) {
  /** @type {Node[]} */
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(SPAN)) {
    if (match.index > at) nodes.push(document.createTextNode(plain(text.slice(at, match.index))));
    nodes.push(span(match, env));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(document.createTextNode(plain(text.slice(at))));
  return nodes;
}

/** @param {RegExpMatchArray} match @param {Env} env @returns {Node} */
function span(match, env) {
  const g = match.groups ?? {};
  if (g.escape) return document.createTextNode(g.escape.slice(1));
  if (g.code) return h("code", {}, decode(g.code.slice(g.ticks.length, -g.ticks.length).replace(/^ (.+) $/, "$1")));
  if (g.token) return token(g.token.slice(1, -1), env);
  if (g.image) return link(decode(g.source), plain(g.alt) || decode(g.source));
  if (g.link) return link(decode(g.target), spans(g.label, env));
  if (g.strong) return h("strong", {}, spans(g.strongText, env));
  if (g.strike) return h("s", {}, spans(g.strikeText, env));
  if (g.star) return h("em", {}, spans(g.starText, env));
  if (g.under) return h("em", {}, spans(g.underText, env));
  return link(decode(match[0]));
}
