// @ts-check
/** `input` blocks of views: fields with labels, hints and errors, and the reading of what was entered. */
/** @import { Env, Block, Target } from "./types.js" */

import { h, keyed, listen } from "./dom.js";
import { fieldOf } from "./fields.js";
import { plain } from "./tokens.js";

/** @type {WeakMap<Element, () => Record<string, any>>} */
const readers = new WeakMap();

/**
 * @param {Block} block
 * @param {Env} env
 * @param {Target} target
 * @returns {Node}
 */
export function inputBlock(block, env, target) {
  const element = block.element ?? {};
  const id = `input-${target.view_id ?? target.message_ts}-${block.block_id}`;
  const { control, field = control, read, group } = fieldOf(element, id, env);
  const label = [plain(block.label?.text ?? ""), block.optional ? h("span", { class: "quiet" }, " (optional)") : null];
  const hint = block.hint ? h("p", { class: "hint", id: `${id}-hint` }, plain(block.hint.text)) : null;
  const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert" });
  const props = { class: "block input-block", data: { block: block.block_id ?? "" } };
  const root = group
    ? h("fieldset", props, h("legend", {}, label), control, error, hint)
    : h("div", props, h("label", { for: id }, label), control, error, hint);
  (group ? root : field).setAttribute("aria-describedby", `${id}-error ${id}-hint`);
  readers.set(root, () => ({ [block.block_id]: { [element.action_id]: read() } }));
  if (block.dispatch_action) {
    listen(control, "change", () =>
      env.act(target, { action_id: element.action_id, block_id: block.block_id, ...read() }),
    );
  }
  // A view that is updated keeps what was typed into the blocks that did not change, as in Slack.
  return keyed(root, `input ${id} ${JSON.stringify(block)}`);
}

/**
 * What stands in the fields under an element, as `state.values`.
 * @param {Element} root
 * @returns {Record<string, any>}
 */
export function valuesUnder(root) {
  return Object.assign({}, ...[...root.querySelectorAll(".input-block")].map((field) => readers.get(field)?.()));
}

/**
 * Shows errors under their fields, takes old ones away, and moves the focus to the first.
 * @param {Element} root
 * @param {Record<string, string>} errors by block_id
 */
export function showErrors(root, errors) {
  let first = true;
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".input-block"))) {
    const text = errors[field.dataset.block ?? ""] ?? "";
    const control = /** @type {HTMLElement | null} */ (field.querySelector("input, textarea, select"));
    const place = field.querySelector(".field-error");
    if (place) place.textContent = text;
    field.classList.toggle("invalid", Boolean(text));
    control?.setAttribute("aria-invalid", String(Boolean(text)));
    if (text && first) control?.focus();
    if (text) first = false;
  }
}

/**
 * Required fields that are empty, as errors.
 * @param {Block[]} blocks
 * @param {Record<string, any>} values
 * @returns {Record<string, string>}
 */
export function missing(blocks, values) {
  /** @type {Record<string, string>} */
  const errors = {};
  for (const block of blocks) {
    if (block.type !== "input" || block.optional) continue;
    const entered = values[block.block_id]?.[block.element?.action_id] ?? {};
    const filled = Object.entries(entered).some(
      ([name, value]) => name !== "type" && (Array.isArray(value) ? value.length : value),
    );
    if (!filled) errors[block.block_id] = "Please complete this required field.";
  }
  return errors;
}
