// @ts-check
/** What somebody is here, and with whom a channel is shared, in words. */
/** @import { Channel, User } from "./types.js" */

/**
 * What stands beside a name: another organisation, or that somebody is a guest.
 * @param {User | undefined} person
 * @param {User | undefined} me who looks
 * @returns {string}
 */
export function tagOf(person, me) {
  if (!person || person.is_bot) return "";
  if (person.team !== me?.team) return person.team ?? "";
  return person.standing === "guest" || person.standing === "single_channel_guest" ? "Guest" : "";
}

const STANDINGS = /** @type {Record<string, string>} */ ({
  owner: "Owner",
  admin: "Admin",
  guest: "Guest",
  single_channel_guest: "Guest of one channel",
});

/** What a person is, with their address where it is known. @param {User} person @returns {string} */
export function about(person) {
  if (person.deactivated) return "Deactivated";
  const what = person.standing === "outsider" ? `Of ${person.team}` : STANDINGS[person.standing ?? ""];
  return [what, person.email || "no address"].filter(Boolean).join(" · ");
}

/**
 * Who else reads a channel, from where this person is.
 * @param {Channel | undefined} channel
 * @param {{myself?: User, team: {name?: string}}} store
 * @returns {string} empty for a channel that is not shared
 */
export function sharing(channel, { myself, team }) {
  const teams = channel?.shared_with?.length ? [team.name ?? "", ...channel.shared_with] : [];
  const others = teams.filter((name) => name !== myself?.team);
  const parts = others.length ? [`Shared with ${others.join(" and ")}`] : [];
  if (channel?.invited?.length) parts.push(`${channel.invited.join(" and ")} invited`);
  return parts.join(" · ");
}
