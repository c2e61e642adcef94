// @ts-check
/** Comma-separated values (RFC 4180), for the preview of a file. */

/**
 * The rows of a text; quotes may hold commas, line ends and doubled quotes.
 * @param {string} text
 * @param {number} most rows after which reading ends
 * @returns {string[][]}
 */
export function csvRows(text, most) {
  const source = text.replace(/^\ufeff/, "");
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  while (cell.lastIndex < source.length && rows.length < most) {
    const found = cell.exec(source);
    if (!found) return [];
    const [, value, end] = found;
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
