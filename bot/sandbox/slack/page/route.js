// @ts-check
/** Where the page is, kept in the address: `#/ada/sales/1700000000.000100` is ada, in #sales, with that thread open. */
/** @import { Store } from "./store.js" */

import { remembered } from "./store.js";

/** @typedef {{user: string, place: string, thread: string}} Route names as they stand in the address */

/** @returns {Route} */
export function route() {
  const [, user = "", place = "", thread = ""] = location.hash.split("/").map(safeDecode);
  return { user, place, thread };
}

/** @param {string} part @returns {string} */
function safeDecode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** @param {Store} store @param {string} channel @returns {string} a channel's name, `@name` for a direct conversation */
export function placeName(store, channel) {
  const known = store.channels.get(channel);
  if (!known) return channel;
  const partner = known.is_im ? store.partner(known) : undefined;
  return partner ? `@${partner.name}` : known.name;
}

/** @param {Store} store @param {string} place @returns {string} the channel's id, or empty */
export function channelAt(store, place) {
  const all = [...store.channels.keys()];
  return all.find((id) => id === place || placeName(store, id) === place) ?? "";
}

/** @param {Route} target @returns {string} */
export function hashOf({ user, place, thread }) {
  const parts = [user, place, thread].filter(Boolean).map((part) => encodeURIComponent(part).replace("%40", "@"));
  return `#/${parts.join("/")}`;
}

/** A message's permalink, `/archives/C…/p1700000000000100`, becomes the page at that thread, as whoever was there last. */
export function followPermalink() {
  const match = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
  if (!match) return;
  const thread = new URLSearchParams(location.search).get("thread_ts") ?? `${match[2]}.${match[3]}`;
  history.replaceState(null, "", `/${hashOf({ user: remembered("user") || "me", place: match[1], thread })}`);
}
