// @ts-check
/** What stands around the conversations: the top bar with the person switcher, the theme, the list of shortcuts. */
/** @import { Store } from "./store.js" */
/** @import { User } from "./types.js" */

import { dialogHead, openDialog } from "./dialog.js";
import { h, icon, svg } from "./dom.js";
import { openMenu } from "./menu.js";
import { avatar } from "./message.js";
import { about } from "./people.js";
import { remember, remembered } from "./store.js";

/** @returns {boolean} */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Takes the theme that was chosen last; without a choice the system decides. */
export function applyTheme() {
  const theme = remembered("theme");
  if (theme) document.documentElement.dataset.theme = theme;
}

export function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  remember("theme", theme);
}

const SHORTCUTS = [
  ["Enter", "Send, or choose what is marked"],
  ["Shift + Enter", "New line"],
  ["@", "Mention somebody"],
  ["/", "Slash commands, at the start of a message"],
  ["↑ in an empty field", "Edit your last message"],
  ["Alt + ↑ / ↓", "Previous or next channel"],
  ["F6 / Shift + F6", "Next or previous part of the page"],
  ["↑ / ↓ in the list", "From message to message"],
  ["T or Enter on a message", "Open its thread"],
  ["E, Delete on your message", "Edit, delete"],
  ["C", "Write a message"],
  ["Alt + I", "Traffic inspector"],
  ["Alt + L", "Light or dark"],
  ["Alt + P", "Act as somebody else"],
  ["Escape", "Close a dialog, a menu, the thread"],
  ["?", "This list"],
];

export function showShortcuts() {
  const { head, id } = dialogHead("Keyboard shortcuts", () => dialog.close());
  const rows = SHORTCUTS.map(([keys, deed]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, deed)));
  const dialog = openDialog({ labelledBy: id, content: [head, h("dl", { class: "shortcuts dialog-body" }, rows)] });
}

/** The sign of the sandbox: a sun over a dune. */
function sign() {
  return svg(
    "svg",
    { viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8, class: "sign-ground" }),
    svg("path", { d: "M7 22c4.5-8 13.500-8 18 0", class: "sign-dune" }),
    svg("circle", { cx: 16, cy: 10.5, r: 3, class: "sign-sun" }),
  );
}

/**
 * @param {Store} store
 * @param {{actAs(user: User): void, inspect(): void, sidebar(): void}} deeds
 */
export function topBar(store, deeds) {
  const me = store.people.get(store.me);
  const name = me?.real_name || me?.name || store.me;
  const choose = () => {
    const people = [...store.people.values()].filter((person) => !person.is_bot);
    const items = people.map((person) => ({
      label: person.real_name || person.name,
      note: about(person),
      picture: avatar(person),
      checked: person.id === store.me,
      disabled: person.deactivated,
      choose: () => deeds.actAs(person),
    }));
    openMenu(person, items, "Act as");
  };
  const person = h(
    "button",
    {
      type: "button",
      class: "person",
      id: "person",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Acting as ${name}. Act as somebody else`,
      on: { click: choose },
    },
    avatar(me),
    h("span", { class: "person-name" }, h("small", {}, "Acting as"), name),
    icon("chevron"),
  );
  const tool = (
    /** @type {string} */ id,
    /** @type {string} */ sign_,
    /** @type {string} */ label,
    /** @type {() => void} */ click,
    /** @type {Record<string, any>} */ more = {},
  ) =>
    h(
      "button",
      { type: "button", id, class: "icon-button", "aria-label": label, title: label, on: { click }, ...more },
      icon(sign_),
    );
  const inspect = h(
    "button",
    {
      type: "button",
      id: "inspect",
      class: "top-button",
      "aria-expanded": "false",
      "aria-controls": "inspector",
      title: "Traffic inspector (Alt + I)",
      on: { click: deeds.inspect },
    },
    icon("traffic"),
    h("span", {}, "Traffic"),
  );
  return h(
    "header",
    { class: "top" },
    tool("open-sidebar", "menu", "Channels and people", deeds.sidebar, {
      "aria-controls": "sidebar",
      "aria-expanded": "false",
    }),
    sign(),
    h("h1", { class: "top-title" }, "Sandbox workspace"),
    h("span", { class: "connection", id: "connection", role: "status" }),
    h("span", { class: "top-space" }),
    inspect,
    tool("theme", isDark() ? "sun" : "moon", "Light or dark (Alt + L)", toggleTheme),
    tool("shortcuts", "help", "Keyboard shortcuts (?)", showShortcuts),
    person,
  );
}

/** Says briefly what went wrong. @param {string} text */
export function toast(text) {
  const note = h("p", { class: "toast" }, text);
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), 6000);
}
