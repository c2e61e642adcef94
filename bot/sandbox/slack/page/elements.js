// @ts-check
/** Interactive elements of messages and views: buttons, selects, overflow menus, feedback, with their confirm dialogs. */
/** @import { Env, Block, Target } from "./types.js" */

import { confirmed } from "./dialog.js";
import { h, icon, keyed, listen, safeUrl } from "./dom.js";
import { fieldOf, placeholder, selectOptions } from "./fields.js";
import { openMenu } from "./menu.js";
import { textNodes } from "./mrkdwn.js";
import { plain } from "./tokens.js";

/**
 * Asks first if the element wants that, then sends the action. The control is busy until the app has answered.
 * @param {Block} element
 * @param {Record<string, any>} extra what the person chose
 * @param {Env} env
 * @param {Target} target
 * @param {string} blockId
 * @param {HTMLElement | null} control
 */
async function dispatch(element, extra, env, target, blockId, control) {
  const question = element.confirm;
  if (question) {
    const yes = await confirmed({
      title: plain(question.title?.text ?? "Are you sure?"),
      text: textNodes(question.text, env),
      confirm: plain(question.confirm?.text ?? "Yes"),
      deny: plain(question.deny?.text ?? "Cancel"),
      danger: question.style === "danger",
    });
    if (!yes) return;
  }
  control?.setAttribute("aria-busy", "true");
  try {
    await env.act(target, { action_id: element.action_id, block_id: blockId, type: element.type, ...extra });
  } finally {
    control?.removeAttribute("aria-busy");
  }
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node} */
function button(element, env, target, blockId) {
  const label = plain(element.text?.text ?? "");
  const look = `button ${element.style === "primary" || element.style === "danger" ? element.style : ""}`;
  const extra = element.value === undefined ? {} : { value: element.value };
  const aria = element.accessibility_label ?? null;
  if (element.url) {
    const click = () => void dispatch(element, extra, env, target, blockId, null);
    const props = {
      class: look,
      target: "_blank",
      rel: "noopener noreferrer",
      href: element.url,
      "aria-label": aria,
      on: { click },
    };
    return safeUrl(element.url)
      ? h("a", props, label)
      : h("button", { type: "button", class: look, disabled: true }, label);
  }
  const click = (/** @type {Event} */ event) =>
    void dispatch(
      element,
      extra,
      env,
      target,
      blockId,
      /** @type {HTMLElement} */ (event.currentTarget ?? event.target),
    );
  return h("button", { type: "button", class: look, "aria-label": aria, on: { click } }, label);
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node} */
function select(element, env, target, blockId) {
  const { nodes, all } = selectOptions(element);
  const hint = placeholder(element);
  const change = (/** @type {Event} */ event) => {
    const control = /** @type {HTMLSelectElement} */ (event.target);
    const chosen = all[Number(control.value)];
    if (control.value !== "") void dispatch(element, { selected_option: chosen }, env, target, blockId, control);
  };
  const empty = h("option", { value: "", selected: !element.initial_option }, hint);
  return h("select", { class: "select", "aria-label": hint, on: { change } }, empty, nodes);
}

/**
 * Fields that stand outside of `input` blocks: each change is told at once.
 * @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node}
 */
function field(element, env, target, blockId) {
  const id = `field-${target.view_id ?? target.message_ts}-${blockId}-${element.action_id}`;
  const { control, field: inner, read, group } = fieldOf(element, id, env);
  (inner ?? control).setAttribute("aria-label", placeholder(element));
  if (group) control.setAttribute("role", "group");
  listen(control, "change", () => dispatch(element, read(), env, target, blockId, null));
  return keyed(control, `field ${id} ${JSON.stringify(element)}`);
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node} */
function overflow(element, env, target, blockId) {
  const click = (/** @type {Event} */ event) => {
    const control = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!control) return;
    const items = (element.options ?? []).map((/** @type {Block} */ option) => ({
      label: plain(option.text?.text ?? ""),
      note: option.description ? plain(option.description.text) : undefined,
      choose: () => {
        if (safeUrl(option.url)) window.open(option.url, "_blank", "noopener");
        return dispatch(element, { selected_option: option }, env, target, blockId, control);
      },
    }));
    openMenu(control, items, "More actions");
  };
  const props = {
    type: "button",
    class: "button square",
    "aria-label": "More actions",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    on: { click },
  };
  return h("button", props, icon("more"));
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node} */
function feedback(element, env, target, blockId) {
  const one = (/** @type {Block} */ choice, /** @type {string} */ way) => {
    const label = choice.accessibility_label ?? plain(choice.text?.text ?? way);
    const click = (/** @type {Event} */ event) => {
      const control = /** @type {HTMLElement} */ (event.target).closest("button");
      control?.parentElement
        ?.querySelectorAll("button")
        .forEach((other) => other.classList.toggle("chosen", other === control));
      void dispatch(element, { value: choice.value }, env, target, blockId, control);
    };
    return h(
      "button",
      {
        type: "button",
        class: `icon-button ${way}`,
        "aria-label": label,
        title: plain(choice.text?.text ?? ""),
        on: { click },
      },
      icon("up"),
    );
  };
  return h(
    "span",
    { class: "feedback" },
    one(element.positive_button ?? {}, "good"),
    one(element.negative_button ?? {}, "bad"),
  );
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node | null} */
function iconButton(element, env, target, blockId) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(env.me)) return null;
  const label = element.accessibility_label ?? plain(element.text?.text ?? "");
  const extra = element.value === undefined ? {} : { value: element.value };
  const click = (/** @type {Event} */ event) =>
    void dispatch(element, extra, env, target, blockId, /** @type {HTMLElement} */ (event.target).closest("button"));
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click } },
    icon("trash"),
  );
}

/**
 * The element as a node, or null where this person does not see it.
 * @param {Block} element
 * @param {Env} env
 * @param {Target} target
 * @param {string} blockId
 * @returns {Node | null}
 */
export function interactive(element, env, target, blockId) {
  const fields = {
    users_select: field,
    checkboxes: field,
    radio_buttons: field,
    multi_static_select: field,
    multi_users_select: field,
  };
  const menus = { static_select: select, overflow };
  const makers = { button, ...menus, ...fields, feedback_buttons: feedback, icon_button: iconButton };
  const make = /** @type {Record<string, typeof iconButton>} */ (makers)[element.type];
  return make ? make(element, env, target, blockId) : h("span", { class: "unknown" }, `[${element.type}]`);
}
