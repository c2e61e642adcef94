// @ts-check
/** `table` blocks, and `data_table` blocks, which a reader can sort and page. */
/** @import { Env, Block } from "./types.js" */

import { h, icon, keyed, replace } from "./dom.js";
import { plural } from "./format.js";
import { richText } from "./richtext.js";

/** @param {Block | null | undefined} cell @returns {string} the text that a cell sorts and reads by */
function cellText(cell) {
  if (!cell) return "";
  if (cell.type === "raw_number") return String(cell.text ?? cell.value ?? "");
  if (cell.type === "rich_text") return written(cell);
  return String(cell.text ?? "");
}

/** The letters of rich text, without its styles. @param {Block} part @returns {string} */
function written(part) {
  const own = part.type === "rich_text" ? "" : String(part.text ?? part.url ?? part.name ?? "");
  return own + (part.elements ?? []).map(written).join("");
}

/** @param {Block} cell @param {Env} env @returns {Node[]} */
function cellNodes(cell, env) {
  if (cell?.type === "rich_text") return richText(cell, env);
  return [document.createTextNode(cellText(cell))];
}

/** @param {Node} table @param {string} label @returns {any} */
function scroller(table, label) {
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}

/**
 * A `table` block; its first row is the header, as Slack shows it.
 * @param {Block} block
 * @param {Env} env
 * @returns {Node}
 */
export function table(block, env) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rows] = block.rows ?? [];
  const look = (/** @type {number} */ index) =>
    `align-${settings[index]?.align ?? "left"}${settings[index]?.is_wrapped ? " wrapped" : ""}`;
  const row = (/** @type {Block[]} */ cells, /** @type {string} */ tag) =>
    h(
      "tr",
      {},
      cells.map((cell, index) =>
        h(tag, { class: look(index), scope: tag === "th" ? "col" : null }, cellNodes(cell, env)),
      ),
    );
  return scroller(
    h(
      "table",
      { class: "grid" },
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        rows.map((/** @type {Block[]} */ cells) => row(cells, "td")),
      ),
    ),
    "Table",
  );
}

/** @param {Block[][]} rows @param {number} column @returns {boolean} */
function isNumeric(rows, column) {
  return rows.length > 0 && rows.every((row) => row[column]?.type === "raw_number");
}

/** @param {Block[][]} rows @param {number} column @param {number} direction @returns {Block[][]} */
function sorted(rows, column, direction) {
  const numeric = isNumeric(rows, column);
  return [...rows].sort((a, b) => {
    if (numeric) return direction * (a[column].value - b[column].value);
    return direction * cellText(a[column]).localeCompare(cellText(b[column]), undefined, { numeric: true });
  });
}

/**
 * A `data_table` block: caption, sortable header, pages. Page and order are the reader's own and survive an edit
 * that leaves the data as they are.
 * @param {Block} block
 * @param {Env} env
 * @returns {Node}
 */
export function dataTable(block, env) {
  const [head = [], ...rows] = /** @type {Block[][]} */ (block.rows ?? []);
  const size = Math.min(100, Math.max(1, block.page_size ?? 5));
  const state = { page: 0, column: -1, direction: 1 };
  const root = keyed(
    h("figure", { class: "data-table" }),
    `data_table ${JSON.stringify([block.caption, block.rows, size])}`,
  );
  const draw = () => {
    const shown = state.column < 0 ? rows : sorted(rows, state.column, state.direction);
    const page = shown.slice(state.page * size, (state.page + 1) * size);
    replace(root, h("figcaption", {}, block.caption), scroller(grid(page), block.caption), pager());
  };
  const sortBy = (/** @type {number} */ column) => {
    state.direction = state.column === column ? -state.direction : 1;
    Object.assign(state, { column, page: 0 });
    draw();
    root.querySelectorAll("thead button")[column]?.focus();
  };
  const header = (/** @type {Block} */ cell, /** @type {number} */ index) => {
    const order = state.column === index ? (state.direction > 0 ? "ascending" : "descending") : "none";
    const button = h(
      "button",
      { type: "button", class: "sorter", on: { click: () => sortBy(index) } },
      cellNodes(cell, env),
      icon("chevron"),
    );
    return h(
      "th",
      { scope: "col", "aria-sort": order, class: isNumeric(rows, index) ? "align-right" : "align-left" },
      button,
    );
  };
  const body = (/** @type {Block} */ cell, /** @type {number} */ index) => {
    const names = index === (block.row_header_column_index ?? 0);
    return h(
      names ? "th" : "td",
      { scope: names ? "row" : null, class: isNumeric(rows, index) ? "align-right" : "align-left" },
      cellNodes(cell, env),
    );
  };
  const grid = (/** @type {Block[][]} */ page) =>
    h(
      "table",
      { class: "grid" },
      h("thead", {}, h("tr", {}, head.map(header))),
      h(
        "tbody",
        {},
        page.map((row) => h("tr", {}, row.map(body))),
      ),
    );
  const turn = (/** @type {number} */ by, /** @type {string} */ name) => {
    state.page += by;
    draw();
    const button = root.querySelector(`[data-turn="${name}"]`);
    (button?.disabled ? root.querySelector(".table-scroll") : button)?.focus();
  };
  const pager = () => {
    const pages = Math.ceil(rows.length / size) || 1;
    const button = (/** @type {string} */ name, /** @type {number} */ by, /** @type {boolean} */ off) =>
      h(
        "button",
        {
          type: "button",
          class: "button small",
          data: { turn: name },
          disabled: off,
          on: { click: () => turn(by, name) },
        },
        name,
      );
    if (pages < 2) return h("div", { class: "pager" }, plural(rows.length, "row"));
    return h(
      "div",
      { class: "pager" },
      button("Previous", -1, state.page === 0),
      h("span", { role: "status" }, `Page ${state.page + 1} of ${pages} · ${plural(rows.length, "row")}`),
      button("Next", 1, state.page >= pages - 1),
    );
  };
  draw();
  return root;
}
