// @ts-check
/** The keys that work everywhere on the page. */
/** @import { Session } from "./main.js" */

import { showShortcuts, toggleTheme } from "./chrome.js";

/** @param {Session} session @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
export function pressed(session, event) {
  return shortcut(session, event) || letter(session, event);
}

/** @param {Session} session @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
function shortcut(session, event) {
  if (event.altKey && event.code === "KeyI") session.inspect();
  else if (event.altKey && event.code === "KeyL") toggleTheme();
  else if (event.altKey && event.code === "KeyP") document.getElementById("person")?.click();
  else if (event.altKey && event.key === "ArrowDown") session.step(1);
  else if (event.altKey && event.key === "ArrowUp") session.step(-1);
  else if (event.key === "F6") session.cycle(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") return escape(session);
  else return false;
  return true;
}

/** Closes what is uppermost. @param {Session} session @returns {boolean} */
function escape(session) {
  if (session.sidebar.element.classList.contains("shown")) session.showSidebar(false);
  else if (session.inspector.element.contains(document.activeElement)) session.inspect(false);
  else if (session.thread) session.closeThread();
  else return false;
  return true;
}

/** Single letters work where nothing is being typed. @param {Session} session @param {KeyboardEvent} event @returns {boolean} */
function letter(session, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, .menu")) return false;
  const ts = target.classList.contains("message") ? (target.dataset.ts ?? "") : "";
  const message = ts ? session.store.message(session.channel, ts) : undefined;
  const own = message?.user === session.store.me && !message?.bot_id;
  if (event.key === "?") showShortcuts();
  else if (event.key === "c") (session.side ?? session.main)?.composer.focus();
  else if (message && (event.key === "t" || event.key === "Enter")) session.reply(message);
  else if (message && own && event.key === "e")
    (target.closest(".thread") ? session.side : session.main)?.edit(message);
  else if (message && own && event.key === "Delete")
    /** @type {HTMLElement} */ (target.querySelector('[aria-label="Delete message"]')).click();
  else return false;
  return true;
}
