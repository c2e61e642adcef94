// @ts-check
/** Files in messages: pictures that open in full, and snippets whose code can be read in place. */
/** @import { Env, Block } from "./types.js" */

import { codeBlock } from "./code.js";
import { h, icon, keyed, replace } from "./dom.js";
import { sizeOf } from "./format.js";
import { plain } from "./tokens.js";

const PREVIEW_LINES = 8;
const TEXT_TYPES = /sql|json|text|csv|python|javascript|markdown|yaml|xml|html|shell/;

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

/** @param {Block} file @param {string} title @param {Env} env @returns {Node} */
function snippet(file, title, env) {
  const name = String(file.name ?? title);
  const language = file.filetype || languageOf(name);
  const state = { open: false, code: /** @type {string | null} */ (null) };
  const body = h("div", { class: "snippet-body" });
  const more = h("button", { type: "button", class: "snippet-more", "aria-expanded": "false" });
  const draw = () => {
    const lines = (state.code ?? "").replace(/\n$/, "").split("\n");
    const shown = state.open ? lines : lines.slice(0, PREVIEW_LINES);
    replace(
      body,
      state.code === null
        ? h("p", { class: "quiet" }, "This file is not ready yet.")
        : codeBlock(shown.join("\n"), language, true),
    );
    replace(more, icon("chevron"), state.open ? "Show less" : `Show all ${lines.length} lines`);
    more.setAttribute("aria-expanded", String(state.open));
    more.hidden = lines.length <= PREVIEW_LINES;
    root.classList.toggle("snippet-cut", !state.open && lines.length > PREVIEW_LINES);
  };
  const load = async () => {
    const response = await fetch(env.fileUrl(file.id)).catch(() => null);
    state.code = response?.ok ? await response.text() : null;
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
