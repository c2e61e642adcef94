// @ts-check
/** Files in messages: pictures that open in full, and snippets whose code can be read in place. */
/** @import { Env, Block } from "./types.js" */

import { codeBlock } from "./code.js";
import { csvRows } from "./csv.js";
import { h, icon, keyed, replace } from "./dom.js";
import { sizeOf } from "./format.js";
import { markdown } from "./markdown.js";
import { plain } from "./tokens.js";

const PREVIEW_LINES = 8;
const DOCUMENT_LINES = 12;
const PREVIEW_ROWS = 5;
const ALL_ROWS = 200;
const NUMBER = /^[-+]?[\d.,]+%?$/;
/** Files that are read as documents. @type {Record<string, boolean>} */
const DOCUMENTS = { md: true, markdown: true };
const TEXT_TYPES = /sql|json|text|csv|python|javascript|markdown|\bmd\b|yaml|xml|html|shell/;

/**
 * A picture that opens in full. Until Slack can show it a placeholder stands there; a `fileready` event tries again.
 * @param {{source: string, alt: string, title: string, fileId?: string}} picture
 * @param {Env} env
 * @returns {Node}
 */
export function picture({ source, alt, title, fileId }, env) {
  const image = h("img", { src: source, alt });
  const fail = () => frame.classList.add("pending");
  const load = () => frame.classList.remove("pending");
  const retry = () => image.setAttribute("src", `${source}${source.includes("?") ? "&" : "?"}again=${Date.now()}`);
  image.addEventListener("error", fail);
  image.addEventListener("load", load);
  const open = () => env.openImage(image.currentSrc || source, alt, title);
  const button = h(
    "button",
    { type: "button", class: "picture-button", "aria-label": `Open image: ${alt || title || "no description"}`, on: { click: open } },
    image,
  );
  const waiting = h("span", { class: "picture-wait" }, "This image is not ready yet");
  const caption = title ? h("figcaption", {}, title) : null;
  const frame = h(
    "figure",
    { class: "picture", data: fileId ? { file: fileId } : {}, on: { fileready: retry } },
    caption,
    button,
    waiting,
  );
  return keyed(frame, `picture ${JSON.stringify([source, alt, title])}`);
}

/** @param {Block} file @returns {boolean} */
function isText(file) {
  return file.mode === "snippet" || TEXT_TYPES.test(`${file.mimetype ?? ""} ${file.filetype ?? ""}`);
}

/**
 * @param {Block} file
 * @param {Env} env
 * @returns {Node}
 */
export function fileCard(file, env) {
  if (file.mode === "tombstone" || file.file_access === "file_not_found") {
    return h("p", { class: "unknown" }, "This file was deleted.");
  }
  const title = plain(file.title || file.name || file.id);
  if (/^image\//.test(file.mimetype ?? "")) {
    return picture({ source: env.fileUrl(file.id), alt: file.alt_txt ?? "", title, fileId: file.id }, env);
  }
  return isText(file) ? snippet(file, title, env) : attachment(file, title, env);
}

/** @param {Block} file @param {string} title @param {Env} env @returns {Node} */
function attachment(file, title, env) {
  return h(
    "div",
    { class: "file-card", data: { file: file.id } },
    icon("download"),
    h("span", { class: "file-name" }, title),
    downloadLink(file, title, env),
  );
}

/** @param {Block} file @param {string} title @param {Env} env @returns {Node} */
function downloadLink(file, title, env) {
  // The address is this page's own, so it is set past the check for addresses that come from data.
  const anchor = h(
    "a",
    { class: "icon-button", download: file.name ?? title, "aria-label": `Download ${title}`, title: "Download" },
    icon("download"),
  );
  anchor.setAttribute("href", env.fileUrl(file.id));
  return anchor;
}

/** @param {string} name @returns {string} */
function languageOf(name) {
  return /\.(\w+)$/.exec(name)?.[1] ?? "";
}

/**
 * How a text is shown: the beginning of it, or all; a table or a document where the file is one.
 * @typedef {{view: (open: boolean) => Node, more: string}} Preview
 */

/** @param {string} code @param {string} language @param {Env} env @returns {Preview} */
function previewOf(code, language, env) {
  if (language === "csv") {
    const rows = csvRows(code, ALL_ROWS);
    if (rows.length > 1) return tablePreview(rows);
  }
  const lines = code.replace(/\n$/, "").split("\n");
  const most = language in DOCUMENTS ? DOCUMENT_LINES : PREVIEW_LINES;
  const show = (/** @type {string} */ text) =>
    language in DOCUMENTS
      ? h("div", { class: "snippet-document prose" }, markdown(text, env))
      : codeBlock(text, language, true);
  return {
    view: (open) => show((open ? lines : lines.slice(0, most)).join("\n")),
    more: lines.length > most ? `Show all ${lines.length} lines` : "",
  };
}

/** @param {string[][]} rows the first one is the header @returns {Preview} */
function tablePreview([head, ...rows]) {
  const row = (/** @type {string[]} */ cells, /** @type {string} */ tag) =>
    h(
      "tr",
      {},
      head.map((_, index) => h(tag, { scope: tag === "th" ? "col" : null, class: look(index) }, cells[index] ?? "")),
    );
  const look = (/** @type {number} */ index) =>
    rows.every((cells) => !cells[index] || NUMBER.test(cells[index])) ? "align-right" : "align-left";
  const view = (/** @type {boolean} */ open) =>
    h(
      "div",
      { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Preview" },
      h(
        "table",
        { class: "grid" },
        h("thead", {}, row(head, "th")),
        h(
          "tbody",
          {},
          (open ? rows : rows.slice(0, PREVIEW_ROWS)).map((cells) => row(cells, "td")),
        ),
      ),
    );
  const all = rows.length + 1 >= ALL_ROWS ? `the first ${rows.length} rows` : `all ${rows.length} rows`;
  return { view, more: rows.length > PREVIEW_ROWS ? `Show ${all}` : "" };
}

/** @param {Block} file @param {string} title @param {Env} env @returns {Node} */
function snippet(file, title, env) {
  const name = String(file.name ?? title);
  const language = file.filetype || languageOf(name);
  const state = { open: false, preview: /** @type {Preview | null} */ (null) };
  const body = h("div", { class: "snippet-body" });
  const more = h("button", { type: "button", class: "snippet-more", "aria-expanded": "false" });
  const draw = () => {
    const { preview, open } = state;
    replace(body, preview ? preview.view(open) : h("p", { class: "quiet" }, "This file is not ready yet."));
    replace(more, icon("chevron"), open ? "Show less" : (preview?.more ?? ""));
    more.setAttribute("aria-expanded", String(open));
    more.hidden = !preview?.more;
    root.classList.toggle("snippet-cut", !open && Boolean(preview?.more));
  };
  const load = async () => {
    const response = await fetch(env.fileUrl(file.id)).catch(() => null);
    state.preview = response?.ok ? previewOf(await response.text(), language.toLowerCase(), env) : null;
    draw();
  };
  more.addEventListener("click", () => {
    state.open = !state.open;
    draw();
  });
  const head = h(
    "figcaption",
    { class: "snippet-head" },
    icon("code"),
    h("span", { class: "file-name" }, title),
    h(
      "span",
      { class: "quiet" },
      [language.toUpperCase(), file.size ? sizeOf(file.size) : ""].filter(Boolean).join(" · "),
    ),
    downloadLink(file, name, env),
  );
  const root = h("figure", { class: "snippet", data: { file: file.id }, on: { fileready: load } }, head, body, more);
  more.hidden = true;
  void load();
  return keyed(root, `snippet ${file.id} ${title}`);
}
