// @ts-check
/** The fields of `input` blocks and what they read as: one maker a kind of element, and one table of them. */
/** @import { Env, Block, User } from "./types.js" */

import { h } from "./dom.js";
import { avatar } from "./message.js";
import { textNodes } from "./mrkdwn.js";
import { MultiSelect } from "./multiselect.js";
import { tagOf } from "./people.js";
import { personName, plain } from "./tokens.js";

/**
 * @typedef {{control: any, field?: any, read: () => Record<string, any>, group?: boolean}} Field
 *   `control` is what is put on the page, `field` the part of it that takes the focus, where that is another one;
 *   the parts of a group have labels of their own
 */

/** @typedef {(element: Block, id: string, env: Env) => Field} Maker */

/** @type {Maker} */
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

/** @param {Block} element @returns {string} */
export function placeholder(element) {
  return plain(element.placeholder?.text ?? "Choose");
}

/** @type {Maker} */
function selectField(element, id) {
  const { nodes, all } = selectOptions(element);
  const empty = h("option", { value: "", selected: !element.initial_option }, placeholder(element));
  const control = h("select", { id, class: "select", autofocus: element.focus_on_load }, empty, nodes);
  return {
    control,
    read: () => ({ type: element.type, selected_option: control.value === "" ? null : all[Number(control.value)] }),
  };
}

/** @type {Maker} */
function userField(element, id, env) {
  const people = env.people();
  const option = (/** @type {User} */ person) =>
    h("option", { value: person.id, selected: person.id === element.initial_user }, person.real_name || person.name);
  const empty = h("option", { value: "", selected: !element.initial_user }, placeholder(element));
  const control = h("select", { id, class: "select" }, empty, people.map(option));
  return { control, read: () => ({ type: element.type, selected_user: control.value || null }) };
}

/** Checkboxes and radio buttons. @type {Maker} */
function choiceField(element, id, env) {
  const many = element.type === "checkboxes";
  const initial = many ? (element.initial_options ?? []) : element.initial_option ? [element.initial_option] : [];
  const chosen = new Set(initial.map((/** @type {Block} */ option) => option.value));
  const options = /** @type {Block[]} */ (element.options ?? []);
  const boxes = options.map((option) =>
    h("input", { type: many ? "checkbox" : "radio", name: id, checked: chosen.has(option.value) }),
  );
  const text = (/** @type {Block} */ option) => [
    textNodes(option.text, env),
    option.description ? h("small", {}, textNodes(option.description, env)) : null,
  ];
  const labels = options.map((option, index) =>
    h("label", { class: "choice" }, boxes[index], h("span", {}, text(option))),
  );
  const read = () => {
    const picked = options.filter((_, index) => boxes[index].checked);
    return many
      ? { type: element.type, selected_options: picked }
      : { type: element.type, selected_option: picked[0] ?? null };
  };
  return { control: h("div", { class: "choices" }, labels), read, group: true };
}

/** @type {Maker} */
function optionsField(element, id) {
  const groups = /** @type {Block[]} */ (element.option_groups ?? [{ options: element.options ?? [] }]);
  const choices = groups.flatMap((group) =>
    /** @type {Block[]} */ (group.options).map((option) => ({ option, group: plain(group.label?.text ?? "") })),
  );
  const known = (/** @type {string} */ key) => {
    const { option, group } = choices[Number(key)];
    const note = option.description ? plain(option.description.text) : "";
    return { key, label: plain(option.text?.text ?? ""), note, group };
  };
  const first = /** @type {Block[]} */ (element.initial_options ?? []).map(({ value }) =>
    choices.findIndex(({ option }) => option.value === value),
  );
  const select = new MultiSelect({
    id,
    hint: placeholder(element),
    choices: () => choices.map((_, index) => known(String(index))),
    known,
    chosen: first.filter((index) => index >= 0).map(String),
    most: element.max_selected_items ?? Infinity,
  });
  const read = () => ({
    type: element.type,
    selected_options: select.chosen.map((key) => choices[Number(key)].option),
  });
  return { control: select.element, field: select.field, read };
}

/** @type {Maker} */
function usersField(element, id, env) {
  const known = (/** @type {string} */ key) => {
    const person = env.person(key);
    const note = person?.is_bot ? "App" : tagOf(person, env.person(env.me));
    return { key, label: personName(env, key), note, picture: avatar(person) };
  };
  const select = new MultiSelect({
    id,
    hint: placeholder(element),
    choices: () => env.people().map((person) => known(person.id)),
    known,
    chosen: element.initial_users ?? [],
    most: element.max_selected_items ?? Infinity,
  });
  const read = () => ({ type: element.type, selected_users: [...select.chosen] });
  return { control: select.element, field: select.field, read };
}

/** @type {Record<string, Maker>} */
const MAKERS = {
  static_select: selectField,
  users_select: userField,
  checkboxes: choiceField,
  radio_buttons: choiceField,
  multi_static_select: optionsField,
  multi_users_select: usersField,
};

/** @param {Block} element @param {string} id @param {Env} env @returns {Field} any other element is a text field */
export function fieldOf(element, id, env) {
  const make = Object.hasOwn(MAKERS, element.type) ? MAKERS[element.type] : textField;
  return make(element, id, env);
}
