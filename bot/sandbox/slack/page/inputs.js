// @ts-check
/** `input` blocks of views: fields with labels, hints and errors, and the reading of what was entered. */
/** @import { Env, Block, Target } from "./types.js" */

import { h, keyed, listen } from "./dom.js";
import { selectOptions, textNodes } from "./elements.js";
import { plain } from "./tokens.js";

/** @type {WeakMap<Element, () => Record<string, any>>} */
const readers = new WeakMap();

/** @typedef {{control: any, read: () => Record<string, any>, group?: boolean}} Field */

/** @param {Block} element @param {string} id @returns {Field} */
function textField(element, id) {
  const props = {
    id,
    class: "field-text",
    minlength: element.min_length,
    maxlength: element.max_length ?? 3000,
    placeholder: element.placeholder ? plain(element.placeholder.text) : null,
    autofocus: element.focus_on_load,
  };
  const control = element.multiline
    ? h("textarea", { ...props, rows: 4 }, element.initial_value)
    : h("input", { ...props, type: "text", value: element.initial_value });
  return { control, read: () => ({ type: element.type, value: control.value || null }) };
}

/** @param {Block} element @param {string} id @returns {Field} */
function selectField(element, id) {
  const { nodes, all } = selectOptions(element);
  const hint = plain(element.placeholder?.text ?? "Choose");
  const control = h(
    "select",
    { id, class: "select" },
    h("option", { value: "", selected: !element.initial_option }, hint),
    nodes,
  );
  return {
    control,
    read: () => ({ type: element.type, selected_option: control.value === "" ? null : all[Number(control.value)] }),
  };
}

/** Checkboxes and radio buttons. @param {Block} element @param {string} id @param {Env} env @returns {Field} */
function choiceField(element, id, env) {
  const many = element.type === "checkboxes";
  const initial = many ? (element.initial_options ?? []) : element.initial_option ? [element.initial_option] : [];
  const chosen = new Set(initial.map((/** @type {Block} */ option) => option.value));
  const boxes = (element.options ?? []).map((/** @type {Block} */ option) =>
    h("input", { type: many ? "checkbox" : "radio", name: id, checked: chosen.has(option.value) }),
  );
  const labels = element.options.map((/** @type {Block} */ option, /** @type {number} */ index) =>
    h(
      "label",
      { class: "choice" },
      boxes[index],
      h(
        "span",
        {},
        textNodes(option.text, env),
        option.description ? h("small", {}, textNodes(option.description, env)) : null,
      ),
    ),
  );
  const read = () => {
    const options = element.options.filter(
      (/** @type {Block} */ _, /** @type {number} */ index) => boxes[index].checked,
    );
    return many
      ? { type: element.type, selected_options: options }
      : { type: element.type, selected_option: options[0] ?? null };
  };
  return { control: h("div", { class: "choices" }, labels), read, group: true };
}

/** @param {Block} element @param {string} id @param {Env} env @returns {Field} */
function fieldOf(element, id, env) {
  if (element.type === "static_select") return selectField(element, id);
  if (element.type === "checkboxes" || element.type === "radio_buttons") return choiceField(element, id, env);
  return textField(element, id);
}

/**
 * @param {Block} block
 * @param {Env} env
 * @param {Target} target
 * @returns {Node}
 */
export function inputBlock(block, env, target) {
  const element = block.element ?? {};
  const id = `input-${target.view_id ?? target.message_ts}-${block.block_id}`;
  const { control, read, group } = fieldOf(element, id, env);
  const label = [plain(block.label?.text ?? ""), block.optional ? h("span", { class: "quiet" }, " (optional)") : null];
  const hint = block.hint ? h("p", { class: "hint", id: `${id}-hint` }, plain(block.hint.text)) : null;
  const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert" });
  const props = { class: "block input-block", data: { block: block.block_id ?? "" } };
  const root = group
    ? h("fieldset", props, h("legend", {}, label), control, error, hint)
    : h("div", props, h("label", { for: id }, label), control, error, hint);
  control.setAttribute("aria-describedby", `${id}-error ${id}-hint`);
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
    const filled = entered.value || entered.selected_option || entered.selected_options?.length;
    if (!filled) errors[block.block_id] = "Please complete this required field.";
  }
  return errors;
}
