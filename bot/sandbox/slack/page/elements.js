// @ts-check
/** Interactive elements of messages and views: buttons, selects, overflow menus, feedback, with their confirm dialogs. */
/** @import { Env, Block, Target } from "./types.js" */

import { confirmed } from "./dialog.js";
import { h, icon, safeUrl } from "./dom.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { plain } from "./tokens.js";

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

/**
 * The options of a select; the value of an option is its place, since Slack's values need not differ.
 * @param {Block} element
 * @returns {{nodes: Node[], all: Block[]}}
 */
export function selectOptions(element) {
  /** @type {Block[]} */
  const all = [];
  const chosen = element.initial_option?.value;
  const option = (/** @type {Block} */ one) => {
    all.push(one);
    return h(
      "option",
      { value: String(all.length - 1), selected: chosen !== undefined && one.value === chosen },
      plain(one.text?.text ?? ""),
    );
  };
  const nodes = element.option_groups
    ? element.option_groups.map((/** @type {Block} */ group) =>
        h("optgroup", { label: plain(group.label?.text ?? "") }, group.options.map(option)),
      )
    : (element.options ?? []).map(option);
  return { nodes, all };
}

/** @param {Block} element @param {Env} env @param {Target} target @param {string} blockId @returns {Node} */
function select(element, env, target, blockId) {
  const { nodes, all } = selectOptions(element);
  const hint = plain(element.placeholder?.text ?? "Choose");
  const change = (/** @type {Event} */ event) => {
    const control = /** @type {HTMLSelectElement} */ (event.target);
    const chosen = all[Number(control.value)];
    if (control.value !== "") void dispatch(element, { selected_option: chosen }, env, target, blockId, control);
  };
  const empty = h("option", { value: "", selected: !element.initial_option }, hint);
  return h("select", { class: "select", "aria-label": hint, on: { change } }, empty, nodes);
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
  const makers = { button, static_select: select, overflow, feedback_buttons: feedback, icon_button: iconButton };
  const make = /** @type {Record<string, typeof iconButton>} */ (makers)[element.type];
  return make ? make(element, env, target, blockId) : h("span", { class: "unknown" }, `[${element.type}]`);
}
