// @ts-check
/** A menu under a button: arrow keys move, Enter chooses, Escape closes and gives the focus back. */

import { h, listen } from "./dom.js";

/**
 * @typedef {{label: string, note?: string, picture?: Node, checked?: boolean, danger?: boolean, disabled?: boolean,
 *   choose: () => unknown}} Item
 */

/**
 * @param {HTMLElement} anchor
 * @param {Item[]} items
 * @param {string} label
 */
export function openMenu(anchor, items, label) {
  document.querySelector(".menu")?.dispatchEvent(new CustomEvent("dismiss"));
  const menu = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label },
    items.map((item) => entry(item)),
  );
  const abort = new AbortController();
  const close = (/** @type {boolean} */ refocus) => {
    abort.abort();
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (refocus) anchor.focus();
  };
  items.forEach((item, index) =>
    listen(menu.children[index], "click", () => {
      if (item.disabled) return;
      close(true);
      item.choose();
    }),
  );
  listen(menu, "keydown", (event) => move(menu, event, close));
  listen(menu, "dismiss", () => close(false));
  const outside = (/** @type {Event} */ event) => {
    if (!menu.contains(event.target) && !anchor.contains(/** @type {Node} */ (event.target))) close(false);
  };
  document.addEventListener("pointerdown", outside, { signal: abort.signal, capture: true });
  // A modal dialog makes everything outside of it inert: the menu must stand inside.
  (anchor.closest("dialog") ?? document.body).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor);
  (menu.querySelector("[aria-checked=true]") ?? menu.firstElementChild)?.focus();
}

/** @param {Item} item */
function entry(item) {
  const radio = item.checked !== undefined;
  return h(
    "button",
    {
      type: "button",
      class: item.danger ? "menu-item danger" : "menu-item",
      role: radio ? "menuitemradio" : "menuitem",
      "aria-checked": radio ? String(item.checked) : null,
      "aria-disabled": item.disabled ? "true" : null,
      tabindex: "-1",
    },
    item.picture ?? null,
    h("span", { class: "menu-label" }, item.label, item.note ? h("small", {}, item.note) : null),
  );
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event @param {(refocus: boolean) => void} close */
function move(menu, event, close) {
  const items = /** @type {HTMLElement[]} */ ([...menu.children]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in targets) items[(targets[event.key] + items.length) % items.length].focus();
  else if (event.key === "Escape") close(true);
  else if (event.key === "Tab") return close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {HTMLElement} menu @param {HTMLElement} anchor */
function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = box.bottom + 4 + size.height < window.innerHeight;
  const top = below ? box.bottom + 4 : Math.max(8, box.top - size.height - 4);
  const left = Math.max(8, Math.min(box.left, window.innerWidth - size.width - 8));
  menu.style.setProperty("top", `${top}px`);
  menu.style.setProperty("left", `${left}px`);
}
