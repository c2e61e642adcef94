// @ts-check
/** Code with line numbers, and a light colouring of SQL and JSON. */

import { h } from "./dom.js";

const SQL_WORDS = new Set(
  `ALL ALTER AND ANY AS ASC BETWEEN BY CASE CAST COLLATE CREATE CROSS CURRENT DATE DELETE DESC DISTINCT DROP ELSE END
  ESCAPE EXCEPT EXISTS EXTRACT FALSE FETCH FILTER FIRST FOLLOWING FOR FROM FULL GLOB GROUP HAVING IF ILIKE IN INNER INSERT INTERSECT
  INTERVAL INTO IS JOIN LAST LATERAL LEFT LIKE LIMIT NATURAL NOT NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PRECEDING
  QUALIFY RANGE RECURSIVE REGEXP RIGHT ROW ROWS SELECT SET TABLE THEN TIMESTAMP TRUE UNBOUNDED UNION UPDATE USING VALUES VIEW
  WHEN WHERE WINDOW WITH`.split(/\s+/),
);

const SQL =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*'?)|(?<name>"(?:[^"]|"")*"?|`[^`]*`?|\[[A-Za-z_][^\]\n]*\])|(?<number>\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)/giu;
const JSON_TOKEN =
  /(?<name>"(?:[^"\\\n]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<number>-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)|(?<word>\b(?:true|false|null)\b)/gi;

/** @typedef {{kind: string, text: string}} Token */

/** @param {RegExpMatchArray} match @param {string} code @param {boolean} sql @returns {string} */
function kindOf(match, code, sql) {
  const groups = match.groups ?? {};
  const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? "";
  if (kind !== "word") return kind;
  if (!sql || SQL_WORDS.has(match[0].toUpperCase())) return "keyword";
  return /^\s*\(/.test(code.slice((match.index ?? 0) + match[0].length)) ? "function" : "";
}

/**
 * Splits code into tokens; their texts joined are the code again.
 * @param {string} code
 * @param {string} language
 * @returns {Token[]}
 */
export function tokenize(code, language) {
  const sql = /sql/i.test(language);
  if (!sql && !/json/i.test(language)) return [{ kind: "", text: code }];
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  for (const match of code.matchAll(sql ? SQL : JSON_TOKEN)) {
    if (match.index > at) tokens.push({ kind: "", text: code.slice(at, match.index) });
    tokens.push({ kind: kindOf(match, code, sql), text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < code.length) tokens.push({ kind: "", text: code.slice(at) });
  return tokens;
}

/** @param {Token} token @returns {Node} */
function leaf({ kind, text }) {
  return kind ? h("span", { class: `tok-${kind}` }, text) : document.createTextNode(text);
}

/** The tokens of each line; a token over several lines is cut. @param {string} code @param {string} language */
function linesOf(code, language) {
  /** @type {Node[][]} */
  const lines = [[]];
  for (const token of tokenize(code, language)) {
    token.text.split("\n").forEach((text, index) => {
      if (index) lines.push([]);
      if (text) lines[lines.length - 1].push(leaf({ kind: token.kind, text }));
    });
  }
  return lines;
}

/**
 * A block of code. With `numbered`, lines are counted by CSS, so that copying takes the code alone.
 * @param {string} code
 * @param {string} [language]
 * @param {boolean} [numbered]
 * @returns {HTMLElement}
 */
export function codeBlock(code, language = "", numbered = false) {
  if (!numbered) return h("pre", { class: "code", tabindex: "0" }, tokenize(code, language).map(leaf));
  const lines = linesOf(code.replace(/\n$/, ""), language);
  const props = { class: "code code-numbered", tabindex: "0", "aria-label": language ? `${language} code` : "Code" };
  return h(
    "pre",
    props,
    lines.map((nodes) => h("span", { class: "line" }, nodes, "\n")),
  );
}
