// @ts-check
/** `rich_text` blocks: sections, lists, preformatted text and quotes. Their text is never parsed for tokens. */
/** @import { Env, Block } from "./types.js" */

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { dateToken } from "./format.js";
import { broadcast, channelMention, link, personMention } from "./tokens.js";

/**
 * @param {Block} block with `elements`
 * @param {Env} env
 * @returns {Node[]}
 */
export function richText(block, env) {
  return (block.elements ?? []).map((/** @type {Block} */ element) => part(element, env));
}

/** @param {Block} element @param {Env} env @returns {Node} */
function part(element, env) {
  const children = element.elements ?? [];
  if (element.type === "rich_text_list") return list(element, env);
  if (element.type === "rich_text_quote") return h("blockquote", {}, runs(children, env));
  if (element.type === "rich_text_preformatted") {
    const code = children.map((/** @type {Block} */ child) => child.text ?? child.url ?? "").join("");
    return codeBlock(code, element.language ?? "");
  }
  return h("div", { class: "para" }, runs(children, env));
}

/** @param {Block} element @param {Env} env @returns {Node} */
function list(element, env) {
  const ordered = element.style === "ordered";
  const items = (element.elements ?? []).map((/** @type {Block} */ child) =>
    h("li", {}, runs(child.elements ?? [], env)),
  );
  const props = {
    class: `rich-list indent-${Math.min(element.indent ?? 0, 8)}`,
    start: ordered && element.offset ? element.offset + 1 : null,
  };
  return h(ordered ? "ol" : "ul", props, items);
}

/** @param {Block[]} elements @param {Env} env @returns {Node[]} */
function runs(elements, env) {
  return elements.flatMap((element) => styled(run(element, env), element.style ?? {}));
}

/** @param {string} text @returns {Node[]} */
function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => [...(index ? [h("br")] : []), document.createTextNode(line)]);
}

/** @param {Block} element @param {Env} env @returns {Node[]} */
function run(element, env) {
  switch (element.type) {
    case "text":
      return withBreaks(element.style?.code ? element.text : withEmoji(element.text ?? ""));
    case "link":
      return [link(element.url ?? "", element.text || element.url)];
    case "user":
      return [personMention(env, element.user_id)];
    case "channel":
      return [channelMention(env, element.channel_id)];
    case "broadcast":
      return [broadcast(element.range)];
    case "emoji":
      return [document.createTextNode(emoji(element.name) ?? `:${element.name}:`)];
    case "date":
      return [document.createTextNode(dateToken(element.timestamp, element.format ?? element.fallback ?? ""))];
    default:
      return [document.createTextNode(element.text ?? element.fallback ?? "")];
  }
}

/** @param {Node[]} nodes @param {Record<string, boolean>} style @returns {Node[]} */
function styled(nodes, style) {
  let result = nodes;
  for (const [name, tag] of [
    ["code", "code"],
    ["bold", "strong"],
    ["italic", "em"],
    ["strike", "s"],
    ["underline", "u"],
  ]) {
    if (style[name]) result = [h(tag, {}, result)];
  }
  return result;
}
