// @ts-check
/** The wire: Slack's Web API with the acting person's token, the page's own endpoints, and the live socket. */

/** What a person reads for an error code; other codes are shown as they are. @type {Record<string, string>} */
const SENTENCES = {
  not_in_channel: "You are not in this channel.",
  channel_not_found: "This channel does not exist, or you cannot see it.",
  is_archived: "This channel is archived.",
  msg_too_long: "This message is too long.",
  no_text: "There is nothing to send.",
  ratelimited: "That was too fast. Try again in a moment.",
  message_not_found: "This message does not exist any more.",
  cant_delete_message: "You can delete only your own messages.",
  cant_update_message: "You can edit only your own messages.",
  already_in_channel: "Already in this channel.",
  user_not_found: "There is no such person.",
  no_connection: "The workspace does not answer. Try again in a moment.",
  user_is_restricted: "A guest cannot do this.",
  cant_invite: "This person cannot be invited here.",
  user_not_visible: "You cannot write to this person.",
  user_disabled: "The account of this person is deactivated.",
  account_inactive: "This account is deactivated.",
  unknown_command: "There is no such command in your workspace.",
  dispatch_failed: "The app did not respond.",
  operation_timeout: "The app did not respond in time.",
  action_not_found: "This control is not there any more.",
  view_not_found: "This dialog is closed already.",
};

/** @param {string | undefined} code @returns {string} */
export function sentence(code) {
  const name = code || "unknown_error";
  return SENTENCES[name] ?? `That did not work (${name}).`;
}

/** @param {string} address @param {RequestInit} init @returns {Promise<any>} the JSON answer; a failure has `ok: false` */
async function request(address, init) {
  try {
    const response = await fetch(address, init);
    return await response.json();
  } catch {
    return { ok: false, error: "no_connection" };
  }
}

/** Talks to the workspace as one person. */
export class Client {
  /** @param {string} user @param {string} token */
  constructor(user, token) {
    this.user = user;
    this.token = token;
  }

  /**
   * A Web API method; arguments go as a form, which every method takes.
   * @param {string} method
   * @param {Record<string, string | number | boolean | undefined>} [args]
   * @returns {Promise<any>}
   */
  call(method, args = {}) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(args)) if (value !== undefined) body.set(name, String(value));
    return request(`/api/${method}`, { method: "POST", headers: { Authorization: `Bearer ${this.token}` }, body });
  }

  /** @param {string} name @param {Record<string, unknown>} body @returns {Promise<any>} */
  page(name, body) {
    const headers = { "Content-Type": "application/json" };
    return request(`/_page/${name}`, { method: "POST", headers, body: JSON.stringify({ user: this.user, ...body }) });
  }

  /** @param {string} id @returns {string} */
  fileUrl(id) {
    return `/_page/file/${encodeURIComponent(id)}?user=${encodeURIComponent(this.user)}`;
  }
}

/** @returns {Promise<any>} people, channels and commands of the workspace */
export function boot() {
  return request("/_page/boot", {});
}

/** @returns {Promise<any>} the traffic so far, newest last */
export function traffic() {
  return request("/_page/traffic?limit=200", {});
}

/** The live socket of one person; it comes back by itself, a little slower each time. */
export class Live {
  /**
   * @param {string} user
   * @param {{message(push: any): void, up(): void, down(): void}} hooks
   */
  constructor(user, hooks) {
    this.user = user;
    this.hooks = hooks;
    this.closed = false;
    this.attempts = 0;
    this.#connect();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/_page/socket?user=${encodeURIComponent(this.user)}`);
    this.socket.onopen = () => {
      this.hooks.up();
      this.attempts = 0;
    };
    this.socket.onmessage = ({ data }) => {
      if (!this.closed) this.hooks.message(JSON.parse(data));
    };
    this.socket.onclose = () => this.#again();
  }

  #again() {
    if (this.closed) return;
    this.hooks.down();
    this.attempts += 1;
    this.timer = setTimeout(() => this.#connect(), Math.min(5000, 300 * 2 ** this.attempts));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }
}
