// @ts-check
/** Block Kit blocks to elements: one function a block type, and one table that names them all. */
/** @import { Env, Block, Target } from "./types.js" */

import { chart } from "./charts.js";
import { h, icon, keyed, safeUrl } from "./dom.js";
import { interactive } from "./elements.js";
import { picture } from "./files.js";
import { inputBlock } from "./inputs.js";
import { markdown } from "./markdown.js";
import { textNodes } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";
import { plain } from "./tokens.js";

/** @typedef {(block: Block, env: Env, target: Target) => Node | null} Maker */

/** @type {Maker} */
function section(block, env, target) {
  const fields = (block.fields ?? []).map((/** @type {Block} */ field) =>
    h("div", { class: "field" }, textNodes(field, env)),
  );
  const accessory = block.accessory;
  const side =
    accessory?.type === "image"
      ? imageOf(accessory, env)
      : accessory && interactive(accessory, env, target, block.block_id ?? "");
  return h(
    "div",
    { class: "block section" },
    h(
      "div",
      { class: "section-text" },
      textNodes(block.text, env),
      fields.length ? h("div", { class: "fields" }, fields) : null,
    ),
    side ? h("div", { class: "accessory" }, side) : null,
  );
}

/** @type {Maker} */
function header(block) {
  return h("h3", { class: "block header-block" }, plain(block.text?.text ?? ""));
}

/** @type {Maker} */
function context(block, env) {
  const parts = (block.elements ?? []).map((/** @type {Block} */ element) =>
    element.type === "image"
      ? h("img", { class: "context-image", src: safeUrl(element.image_url), alt: element.alt_text ?? "" })
      : h("span", { class: "context-text" }, textNodes(element, env)),
  );
  return h("div", { class: "block context" }, parts);
}

/** @type {Maker} */
function actions(block, env, target) {
  const controls = (block.elements ?? []).map((/** @type {Block} */ element) =>
    interactive(element, env, target, block.block_id ?? ""),
  );
  return h("div", { class: `block actions ${block.type === "context_actions" ? "context-actions" : ""}` }, controls);
}

/** @param {Block} block @param {Env} env @returns {Node} */
function imageOf(block, env) {
  const fileId = block.slack_file?.id;
  const source = fileId ? env.fileUrl(fileId) : safeUrl(block.image_url ?? block.slack_file?.url);
  const title = plain(block.title?.text ?? "");
  if (!source) return h("p", { class: "unknown" }, "This image cannot be shown.");
  return picture({ source, alt: block.alt_text ?? "", title, fileId }, env);
}

/** @type {Maker} */
function container(block, env, target) {
  const children = blocksOf(block.child_blocks ?? [], env, target);
  const title = plain(block.title?.text ?? "");
  const look = `block container width-${block.width ?? "standard"}`;
  if (!block.is_collapsible) return h("section", { class: look, "aria-label": title }, h("h4", {}, title), children);
  return h(
    "details",
    { class: look, open: !block.default_collapsed },
    h("summary", {}, icon("chevron"), title),
    h("div", {}, children),
  );
}

/** @type {Maker} */
function alertBlock(block, env) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return h("div", { class: `block alert alert-${level}`, role: "note" }, textNodes(block.text, env));
}

/** @type {Record<string, Maker>} */
const MAKERS = {
  section,
  header,
  context,
  actions,
  context_actions: actions,
  container,
  alert: alertBlock,
  divider: () => h("hr", { class: "block" }),
  image: (block, env) => h("div", { class: "block" }, imageOf(block, env)),
  markdown: (block, env) => h("div", { class: "block prose" }, markdown(block.text ?? "", env)),
  rich_text: (block, env) => h("div", { class: "block prose" }, richText(block, env)),
  table: (block, env) => h("div", { class: "block" }, table(block, env)),
  data_table: (block, env) => h("div", { class: "block" }, dataTable(block, env)),
  data_visualization: (block) => h("div", { class: "block" }, keyed(chart(block), `chart ${JSON.stringify(block)}`)),
  input: (block, env, target) => inputBlock(block, env, target),
};

/**
 * @param {Block[]} blocks
 * @param {Env} env
 * @param {Target} target
 * @returns {Node[]}
 */
export function blocksOf(blocks, env, target) {
  return blocks.flatMap((block) => {
    const make = Object.hasOwn(MAKERS, block.type) ? MAKERS[block.type] : null;
    const node = make
      ? make(block, env, target)
      : h("p", { class: "unknown" }, `This page cannot show a block of type “${block.type}”.`);
    return node ? [node] : [];
  });
}
