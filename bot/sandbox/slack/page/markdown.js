// @ts-check
/**
 * Standard Markdown, as a `markdown` block takes it: block structure here, runs of text in `markdown_inline.js`.
 * Made for what models write; anything it does not know stays text.
 */
/** @import { Env } from "./types.js" */

import { h } from "./dom.js";
import { codeBlock } from "./code.js";
import { spans } from "./markdown_inline.js";

const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*).*$/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^\s{0,3}(?:>|&gt;)\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Lines with a position; every reader below takes what it understands from the front. */
class Lines {
  /** @param {string[]} lines */
  constructor(lines) {
    this.lines = lines;
    this.at = 0;
  }
  get done() {
    return this.at >= this.lines.length;
  }
  peek(ahead = 0) {
    return this.lines[this.at + ahead] ?? "";
  }
  take() {
    return this.lines[this.at++] ?? "";
  }
}

/**
 * @param {string} text
 * @param {Env} env
 * @returns {Node[]}
 */
export function markdown(text, env) {
  return blocks(new Lines(text.replace(/\r\n?/g, "\n").split("\n")), env);
}

/** @param {Lines} lines @param {Env} env @returns {Node[]} */
function blocks(lines, env) {
  /** @type {Node[]} */
  const nodes = [];
  while (!lines.done) {
    if (!lines.peek().trim()) lines.take();
    else nodes.push(block(lines, env));
  }
  return nodes;
}

/** @param {Lines} lines @param {Env} env @returns {Node} */
function block(lines, env) {
  const line = lines.peek();
  if (FENCE.test(line)) return fence(lines);
  const heading = HEADING.exec(line);
  if (heading) {
    lines.take();
    return h("h3", { class: "md-heading", "aria-level": String(heading[1].length + 2) }, spans(heading[2], env));
  }
  if (RULE.test(line)) {
    lines.take();
    return h("hr");
  }
  if (QUOTE.test(line)) return quote(lines, env);
  if (ITEM.test(line)) return list(lines, env);
  if (line.includes("|") && TABLE_RULE.test(lines.peek(1)) && lines.peek(1).includes("-")) return table(lines, env);
  return paragraph(lines, env);
}

/** @param {Lines} lines @returns {Node} */
function fence(lines) {
  const [, mark, language] = /** @type {RegExpExecArray} */ (FENCE.exec(lines.take()));
  /** @type {string[]} */
  const code = [];
  while (!lines.done && !lines.peek().trim().startsWith(mark)) code.push(lines.take());
  lines.take();
  return codeBlock(code.join("\n"), language);
}

/** @param {Lines} lines @param {Env} env @returns {Node} */
function quote(lines, env) {
  /** @type {string[]} */
  const inside = [];
  while (!lines.done && QUOTE.test(lines.peek())) inside.push(lines.take().replace(QUOTE, ""));
  return h("blockquote", {}, blocks(new Lines(inside), env));
}

/** @param {string} line @returns {boolean} */
function startsBlock(line) {
  return !line.trim() || [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));
}

/** @param {Lines} lines @param {Env} env @returns {Node} */
function paragraph(lines, env) {
  const text = [lines.take()];
  while (!lines.done && !startsBlock(lines.peek()) && !TABLE_RULE.test(lines.peek(1))) text.push(lines.take());
  return h("p", {}, withBreaks(text, env));
}

/** A line break in Slack's Markdown is a line break. @param {string[]} lines @param {Env} env @returns {Node[]} */
function withBreaks(lines, env) {
  return lines.flatMap((line, index) => [...(index ? [h("br")] : []), ...spans(line.trim(), env)]);
}

/** @param {Lines} lines @param {Env} env @returns {Node} */
function list(lines, env) {
  const [, indent, marker] = /** @type {RegExpExecArray} */ (ITEM.exec(lines.peek()));
  const depth = indent.length;
  const ordered = /\d/.test(marker);
  /** @type {Node[]} */
  const items = [];
  while (!lines.done) {
    const match = ITEM.exec(lines.peek());
    if (!match || match[1].length < depth || /\d/.test(match[2]) !== ordered) break;
    lines.take();
    items.push(item(match[3], itemBody(lines, depth), env));
  }
  return h(ordered ? "ol" : "ul", ordered ? { start: parseInt(marker, 10) } : {}, items);
}

/** The lines that belong to an item: indented deeper than its marker. @param {Lines} lines @param {number} depth */
function itemBody(lines, depth) {
  /** @type {string[]} */
  const body = [];
  while (!lines.done) {
    const indent = /** @type {RegExpExecArray} */ (/^\s*/.exec(lines.peek()))[0].length;
    const blank = !lines.peek().trim();
    if (blank ? !/^\s{2,}\S/.test(lines.peek(1)) || /^\s*/.exec(lines.peek(1))?.[0].length === depth : indent <= depth)
      break;
    body.push(lines.take());
  }
  return body;
}

/** @param {string} first @param {string[]} rest @param {Env} env @returns {Node} */
function item(first, rest, env) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const text = spans(task ? task[2] : first, env);
  const inner = blocks(new Lines(rest), env);
  if (!task) return h("li", {}, text, inner);
  const done = task[1] !== " ";
  return h(
    "li",
    { class: "task" },
    h("span", { role: "img", "aria-label": done ? "done" : "open" }, done ? "☑" : "☐"),
    " ",
    text,
    inner,
  );
}

/** @param {string} line @returns {string[]} */
function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

/** @param {Lines} lines @param {Env} env @returns {Node} */
function table(lines, env) {
  const head = cells(lines.take());
  const align = cells(lines.take()).map((rule) =>
    /^:-+:$/.test(rule) ? "center" : /-:$/.test(rule) ? "right" : "left",
  );
  /** @type {string[][]} */
  const rows = [];
  while (!lines.done && lines.peek().includes("|")) rows.push(cells(lines.take()));
  const cell = (/** @type {string} */ tag, /** @type {string} */ text, /** @type {number} */ index) =>
    h(tag, { class: `align-${align[index] ?? "left"}`, scope: tag === "th" ? "col" : null }, spans(text ?? "", env));
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      { class: "grid" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((text, index) => cell("th", text, index)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            head.map((_, index) => cell("td", row[index] ?? "", index)),
          ),
        ),
      ),
    ),
  );
}
