// @ts-check
/** Times, days, sizes, initials and colours as a person reads them. */

/** @param {string} ts a Slack ts, seconds with a fraction @returns {Date} */
export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** @param {string} ts @returns {string} such as "10:42" */
export function timeOf(ts) {
  return dateOf(ts).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** @param {string} ts @returns {string} date and time in full */
export function fullTimeOf(ts) {
  return dateOf(ts).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });
}

/** @param {Date} day @returns {string} a key that two moments of one day share */
export function dayKey(day) {
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

/** @param {Date} day @returns {string} "Today", "Yesterday" or the date */
export function dayName(day) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayKey(day) === dayKey(new Date())) return "Today";
  if (dayKey(day) === dayKey(yesterday)) return "Yesterday";
  return day.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

/** @param {string} ts @returns {string} "today at 10:42" */
export function whenOf(ts) {
  return `${dayName(dateOf(ts)).replace(/^(Today|Yesterday)$/, (word) => word.toLowerCase())} at ${timeOf(ts)}`;
}

/** @param {number} bytes @returns {string} */
export function sizeOf(bytes) {
  if (!(bytes >= 1024)) return `${bytes || 0} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** @param {string} name @returns {string} one or two letters */
export function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return (
    words
      .slice(0, 2)
      .map((word) => [...word][0].toUpperCase())
      .join("") || "?"
  );
}

/** @param {number} count @param {string} noun @returns {string} "1 reply", "2 replies" */
export function plural(count, noun) {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/**
 * Slack's date token, `{date_short} at {time}` and the like.
 * @param {number} seconds
 * @param {string} pattern
 * @returns {string}
 */
export function dateToken(seconds, pattern) {
  const moment = new Date(seconds * 1000);
  /** @type {Record<string, () => string>} */
  const forms = {
    date_num: () => dayKey(moment),
    date: () => moment.toLocaleDateString([], { dateStyle: "long" }),
    date_short: () => moment.toLocaleDateString([], { dateStyle: "medium" }),
    date_long: () => moment.toLocaleDateString([], { dateStyle: "full" }),
    time: () => moment.toLocaleTimeString([], { timeStyle: "short" }),
    time_secs: () => moment.toLocaleTimeString([], { timeStyle: "medium" }),
    ago: () => `${Math.max(0, Math.round((Date.now() - moment.getTime()) / 60000))} minutes ago`,
  };
  return pattern.replace(/\{(\w+?)(_pretty)?\}/g, (all, name) => forms[name]?.() ?? all);
}
