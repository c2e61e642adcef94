// @ts-check
/**
 * The only place where elements are made. Data reaches the document as text nodes or as attributes that are
 * checked here; nothing is ever parsed as HTML.
 *
 * Listeners go through one table, so that `morph` can hand the newest ones to an element that stays in place.
 */

/** @type {WeakMap<Element, Record<string, (event: any) => unknown>>} */
const listeners = new WeakMap();

const SVG = "http://www.w3.org/2000/svg";
const SAFE_SCHEME = /^(https?:|mailto:|tel:)/i;

/**
 * The address if a person may follow it, else null (`javascript:`, `data:` and the like).
 * @param {unknown} address
 * @returns {string | null}
 */
export function safeUrl(address) {
  const text = String(address ?? "").trim();
  return SAFE_SCHEME.test(text) ? text : null;
}

/**
 * @param {Element} element
 * @param {string} type
 * @param {(event: any) => unknown} listener
 */
export function listen(element, type, listener) {
  let own = listeners.get(element);
  if (!own) listeners.set(element, (own = {}));
  if (!(type in own)) element.addEventListener(type, (event) => listeners.get(element)?.[type]?.(event));
  own[type] = listener;
}

/**
 * Sets one property of `h`: `on` are listeners, `data` is the dataset, `style` sets CSS properties,
 * booleans become bare attributes; null, undefined and false are left out.
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
function assign(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [type, listener] of Object.entries(value)) listen(element, type, listener);
  else if (name === "data") Object.assign(/** @type {HTMLElement} */ (element).dataset, value);
  else if (name === "style") {
    for (const [key, text] of Object.entries(value)) /** @type {HTMLElement} */ (element).style.setProperty(key, text);
  } else if (name === "href" && safeUrl(value) === null) return;
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * Makes an HTML element.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/**
 * Makes an SVG element.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** @param {Element} element @param {Record<string, any> | null | undefined} props @param {any[]} children */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) assign(element, name, value);
  for (const child of children.flat(4)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Line icons, 24 by 24; drawn for this page. @type {Record<string, string>} */
const ICONS = {
  reply: "M4 6h16v10h-9l-4 4v-4H4z M8 10h8 M8 13h5",
  trash: "M5 7h14 M10 7V5h4v2 M7 7l1 13h8l1-13 M10.5 11v5 M13.5 11v5",
  edit: "M5 19l1-4L16 5l3 3L9 18z M14 7l3 3",
  close: "M6 6l12 12 M18 6L6 18",
  send: "M4 12l16-8-6 16-3-6z M11 14l9-10",
  more: "M6 12h.01 M12 12h.01 M18 12h.01",
  chevron: "M7 10l5 5 5-5",
  down: "M12 5v13 M6 12l6 6 6-6",
  menu: "M4 7h16 M4 12h16 M4 17h16",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8 M12 3v2 M12 19v2 M3 12h2 M19 12h2 M5.6 5.6l1.4 1.4 M17 17l1.4 1.4 M5.6 18.4L7 17 M17 7l1.4-1.4",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
  help: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18 M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7 M12 16.8h.01",
  traffic: "M4 8h13 M13 4l4 4-4 4 M20 16H7 M11 12l-4 4 4 4",
  eye: "M3 12c4-7 14-7 18 0c-4 7-14 7-18 0z M12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5",
  download: "M12 4v11 M7 11l5 5 5-5 M5 20h14",
  code: "M9 7l-5 5 5 5 M15 7l5 5-5 5",
  lock: "M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  shared: "M9.5 6a6 6 0 1 0 0 12a6 6 0 0 0 0-12 M14.5 6a6 6 0 1 0 0 12a6 6 0 0 0 0-12",
  check: "M5 12.5l4.5 4.5L19 7.5",
  up: "M8 11v9H4v-9z M8 11l4-7c2 0 2.6 1.5 2 3.5L13.5 10H19l-1.5 10H8",
  spark: "M12 3l2.2 6.8L21 12l-6.8 2.2L12 21l-2.2-6.8L3 12l6.8-2.2z",
};

/**
 * A decorative icon; its button carries the name.
 * @param {string} name
 * @returns {any}
 */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] ?? ICONS.more }),
  );
}

/**
 * Gives an element a key: `morph` leaves an element alone whose key did not change, and never mixes two keys.
 * Elements with state of their own (an opened table page, a loaded snippet) have one.
 * @param {any} element
 * @param {string} key
 * @returns {any}
 */
export function keyed(element, key) {
  element.morphKey = key;
  return element;
}

/**
 * Changes `from` into the likeness of `to`, touching only what differs, so that focus, selection, scroll and
 * loaded images survive an edit. Returns the element that stands in the document afterwards.
 * @param {any} from
 * @param {any} to
 * @returns {any}
 */
export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || from.morphKey !== to.morphKey) {
    from.replaceWith(to);
    return to;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    morphText(from, to);
    return from;
  }
  const own = listeners.get(to);
  for (const [type, listener] of Object.entries(own ?? {})) listen(from, type, listener);
  for (const type of Object.keys(listeners.get(from) ?? {})) {
    if (!own || !(type in own)) listen(from, type, () => undefined);
  }
  if (from.morphKey !== undefined) return from;
  morphAttributes(from, to);
  morphChildren(from, to);
  return from;
}

/** Streaming appends; appending keeps a selection in the text alive. @param {Text} from @param {Text} to */
function morphText(from, to) {
  if (from.data === to.data) return;
  if (to.data.startsWith(from.data)) from.appendData(to.data.slice(from.data.length));
  else from.data = to.data;
}

/** What the person opened stays open, what they chose stays chosen. @param {Element} from @param {Element} to */
function morphAttributes(from, to) {
  for (const { name, value } of to.attributes) {
    if (name !== "open" && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (name !== "open" && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

/** @param {Element} from @param {Element} to */
function morphChildren(from, to) {
  let at = /** @type {any} */ (from.firstChild);
  for (const wanted of /** @type {any[]} */ ([...to.childNodes])) {
    if (wanted.morphKey !== undefined && at?.morphKey !== wanted.morphKey) {
      const kept = [...from.childNodes].find((/** @type {any} */ node) => node.morphKey === wanted.morphKey);
      if (kept) from.insertBefore(kept, at);
      else from.insertBefore(wanted, at);
      at = (kept ?? wanted).nextSibling;
    } else if (at) at = morph(at, wanted).nextSibling;
    else from.append(wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @param {Element} element @param {...(Child | Child[])} children */
export function replace(element, ...children) {
  element.replaceChildren();
  fill(element, null, children);
}
