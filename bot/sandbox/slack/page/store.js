// @ts-check
/**
 * What the page knows: people, channels, messages by channel and ts, and what was read. It changes only through
 * the methods here, and tells its one listener which channel changed.
 */
/** @import { User, Channel, Command, Message } from "./types.js" */

/** @param {string} key @returns {string | null} a blocked storage is an empty one */
export function remembered(key) {
  try {
    return localStorage.getItem(`sandbox.${key}`);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string | null} value */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(`sandbox.${key}`);
    else localStorage.setItem(`sandbox.${key}`, value);
  } catch {
    // Without storage the page works, it only forgets on reload.
  }
}

/** What is remembered of one channel is remembered of another from now on. @param {string} old @param {string} now */
function rememberAs(old, now) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("sandbox.") && key.includes(`.${old}`));
  for (const key of keys) {
    const name = key.slice("sandbox.".length);
    remember(name.replace(old, now), remembered(name));
    remember(name, null);
  }
}

/** @param {Message} message @returns {boolean} */
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

/** @param {Message} a @param {Message} b @returns {number} */
function byTime(a, b) {
  return Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1);
}

export class Store {
  /**
   * @param {any} boot the answer of `/_page/boot`
   * @param {string} me
   * @param {(channel: string, change: {ts: string, fresh: boolean}) => void} changed
   */
  constructor(boot, me, changed) {
    this.me = me;
    this.changed = changed;
    this.team = boot.team ?? {};
    /** @type {Map<string, User>} */
    this.people = new Map();
    /** @type {Map<string, Channel>} */
    this.channels = new Map();
    this.learn(boot);
    this.botUser = boot.bot_user_id ?? "";
    /** An app's commands belong to its own workspace. @type {Command[]} */
    this.commands = this.myself?.standing === "outsider" ? [] : (boot.commands ?? []);
    /** @type {Map<string, Map<string, Message>>} */
    this.messages = new Map();
    this.moment = 0;
    /** When each message was as it is known: a push at its arrival, an answer at its request. @type {Map<string, number>} */
    this.heard = new Map();
  }

  /** @returns {User | undefined} */
  get myself() {
    return this.people.get(this.me);
  }

  /** Takes in who is there, and the channels that this person may see. @param {any} boot */
  learn(boot) {
    this.people = new Map((boot.users ?? []).map((/** @type {User} */ user) => [user.id, user]));
    const seen = (boot.channels ?? []).filter((/** @type {Channel} */ channel) => this.#sees(channel));
    this.channels = new Map(seen.map((/** @type {Channel} */ channel) => [channel.id, channel]));
  }

  /** Guests and outsiders see nothing but what they are members of. @param {Channel} channel @returns {boolean} */
  #sees(channel) {
    if ((channel.members ?? []).includes(this.me)) return true;
    return !channel.is_im && !channel.is_private && this.#inside;
  }

  /** Whether this person is neither a guest nor an outsider. */
  get #inside() {
    return ["owner", "admin", "member"].includes(this.myself?.standing ?? "");
  }

  /** A conversation that has just been made. @param {Channel} channel */
  addChannel(channel) {
    this.channels.set(channel.id, channel);
  }

  /** The channel has another id; what is known of it stays. @param {string} old @param {string} now */
  moveChannel(old, now) {
    const places = [...this.channels.values()].map((one) => (one.id === old ? { ...one, id: now } : one));
    this.channels = new Map(places.map((one) => [one.id, one]));
    const messages = this.messages.get(old);
    this.messages.delete(old);
    if (messages) this.messages.set(now, messages);
    rememberAs(old, now);
  }

  /**
   * The people that this person meets, and the app: a guest and an outsider those of their channels, everybody
   * else the workspace and the outsiders of their channels.
   * @returns {User[]}
   */
  visiblePeople() {
    const places = [...this.channels.values()].filter((channel) => !channel.is_im);
    const met = new Set(places.flatMap((channel) => channel.members ?? []));
    return [...this.people.values()].filter((person) => {
      if (person.deactivated) return false;
      return person.is_bot || met.has(person.id) || (this.#inside && person.standing !== "outsider");
    });
  }

  /** The other person of a direct conversation. @param {Channel} channel @returns {User | undefined} */
  partner(channel) {
    const other = (channel.members ?? []).find((id) => id !== this.me) ?? channel.user ?? this.me;
    return this.people.get(other);
  }

  /** The direct conversation with somebody, if there is one. @param {string} user @returns {Channel | undefined} */
  direct(user) {
    return [...this.channels.values()].find((channel) => channel.is_im && this.partner(channel)?.id === user);
  }

  /** @param {string} channel @returns {string} */
  title(channel) {
    const known = this.channels.get(channel);
    if (!known) return channel;
    const partner = known.is_im ? this.partner(known) : undefined;
    return partner ? partner.real_name || partner.name : known.name;
  }

  /** @param {string} channel */
  #of(channel) {
    let messages = this.messages.get(channel);
    if (!messages) this.messages.set(channel, (messages = new Map()));
    return messages;
  }

  /** A new moment of this page; one is taken when a request begins. @returns {number} */
  now() {
    this.moment += 1;
    return this.moment;
  }

  /** Notes a state of a message, unless a newer one is known. @param {string} channel @param {string} ts @param {number} moment */
  #hear(channel, ts, moment) {
    const key = `${channel} ${ts}`;
    if ((this.heard.get(key) ?? 0) > moment) return false;
    this.heard.set(key, moment);
    return true;
  }

  /**
   * Takes in what the server said; `fresh` marks what has just been posted.
   * @param {string} channel
   * @param {Message} message
   * @param {boolean} [fresh]
   */
  put(channel, message, fresh = false) {
    this.#hear(channel, message.ts, this.now());
    this.#of(channel).set(message.ts, message);
    this.changed(channel, { ts: message.ts, fresh });
  }

  /** A file is known better by now, in every message that has it. @param {any} file */
  putFile(file) {
    for (const [channel, own] of this.messages)
      for (const message of [...own.values()])
        if (message.files?.some((one) => one.id === file.id))
          this.put(channel, { ...message, files: message.files.map((one) => (one.id === file.id ? file : one)) });
  }

  /**
   * What was pushed since the request began is newer than its answer, and stays.
   * @param {string} channel
   * @param {Message[]} messages a page of history, in any order
   * @param {number} asked the moment the request began
   */
  putAll(channel, messages, asked) {
    const own = this.#of(channel);
    for (const message of messages) if (this.#hear(channel, message.ts, asked)) own.set(message.ts, message);
    this.changed(channel, { ts: "", fresh: false });
  }

  /** @param {string} channel @param {string} ts */
  remove(channel, ts) {
    this.#hear(channel, ts, this.now());
    if (this.#of(channel).delete(ts)) this.changed(channel, { ts, fresh: false });
  }

  /** @param {string} channel @param {string} ts @returns {Message | undefined} */
  message(channel, ts) {
    return this.messages.get(channel)?.get(ts);
  }

  /** What stands in the channel itself. @param {string} channel @returns {Message[]} */
  timeline(channel) {
    const all = [...(this.messages.get(channel)?.values() ?? [])];
    return all.filter((message) => !isReply(message) || message.subtype === "thread_broadcast").sort(byTime);
  }

  /** A thread with its root first. @param {string} channel @param {string} root @returns {Message[]} */
  thread(channel, root) {
    const all = [...(this.messages.get(channel)?.values() ?? [])];
    return all.filter((message) => message.ts === root || message.thread_ts === root).sort(byTime);
  }

  /** @param {string} channel @returns {{unread: boolean, mentions: number}} */
  unread(channel) {
    const read = Number(remembered(`read.${this.me}.${channel}`) ?? 0);
    const fresh = this.timeline(channel).filter(
      (message) => Number(message.ts) > read && message.user !== this.me && !message.ephemeral,
    );
    const direct = this.channels.get(channel)?.is_im;
    const mentions = fresh.filter((message) => direct || (message.text ?? "").includes(`<@${this.me}>`));
    return { unread: fresh.length > 0, mentions: mentions.length };
  }

  /** @param {string} channel */
  markRead(channel) {
    const last = this.timeline(channel)
      .filter((message) => !message.ephemeral)
      .at(-1);
    if (last) remember(`read.${this.me}.${channel}`, last.ts);
  }
}
