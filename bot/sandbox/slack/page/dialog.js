// @ts-check
/** Dialogs on the browser's own modal `<dialog>`: the page behind is inert, Tab stays inside, Escape closes. */

import { h, icon, listen } from "./dom.js";

const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** @type {number} */
let count = 0;

/**
 * Opens a dialog and gives the focus back to where it was when it closes.
 * @param {{label?: string, class?: string, onCancel?: () => void, content: any[], labelledBy?: string}} options
 * @returns {{element: HTMLDialogElement, close: () => void}}
 */
export function openDialog({ label, labelledBy, class: look = "", onCancel, content }) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const props = { class: `dialog ${look}`, "aria-label": label, "aria-labelledby": labelledBy };
  const element = h("dialog", props, content);
  const close = () => {
    if (!element.isConnected) return;
    element.close();
    element.remove();
    if (before?.isConnected) before.focus();
  };
  listen(element, "cancel", (event) => {
    event.preventDefault();
    (onCancel ?? close)();
  });
  listen(element, "keydown", (event) => {
    event.stopPropagation();
    keepInside(element, event);
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    (onCancel ?? close)();
  });
  document.body.append(element);
  element.showModal();
  (
    element.querySelector("[autofocus]") ??
    element.querySelector("input, textarea, select") ??
    element.querySelector("button")
  )?.focus();
  return { element, close };
}

/** Tab goes round inside the dialog. @param {HTMLElement} element @param {KeyboardEvent} event */
function keepInside(element, event) {
  if (event.key !== "Tab") return;
  const stops = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(FOCUSABLE)]).filter(
    (stop) => stop.offsetParent !== null,
  );
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
}

/**
 * The head of a dialog: a title and a close button.
 * @param {string} title
 * @param {() => void} close
 * @returns {{head: any, id: string}}
 */
export function dialogHead(title, close) {
  const id = `dialog-title-${++count}`;
  const head = h(
    "header",
    { class: "dialog-head" },
    h("h2", { id }, title),
    h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: close } }, icon("close")),
  );
  return { head, id };
}

/**
 * Asks a question; true when the person confirms.
 * @param {{title: string, text: any, confirm: string, deny?: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, confirm, deny = "Cancel", danger = false }) {
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => {
      dialog.close();
      resolve(yes);
    };
    const { head, id } = dialogHead(title, () => answer(false));
    const content = [
      head,
      h("div", { class: "dialog-body" }, text),
      h(
        "footer",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, deny),
        h(
          "button",
          {
            type: "button",
            class: danger ? "button danger" : "button primary",
            autofocus: true,
            on: { click: () => answer(true) },
          },
          confirm,
        ),
      ),
    ];
    const dialog = openDialog({ class: "dialog-small", labelledBy: id, onCancel: () => answer(false), content });
  });
}

/**
 * An image in full, with its alt text under it for everybody.
 * @param {string} source
 * @param {string} alt
 * @param {string} title
 */
export function lightbox(source, alt, title) {
  const { head, id } = dialogHead(title || "Image", () => dialog.close());
  const picture = h("img", { src: source, alt });
  const dialog = openDialog({
    class: "lightbox",
    labelledBy: id,
    content: [
      head,
      h(
        "figure",
        {},
        h("div", { class: "lightbox-picture" }, picture),
        alt ? h("figcaption", {}, h("b", {}, "Alt text "), alt) : null,
      ),
    ],
  });
  listen(dialog.element, "click", (event) => {
    if (event.target === dialog.element) dialog.close();
  });
}
