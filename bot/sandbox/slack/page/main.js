// @ts-check
/** The page put together: one person's session, what is open in it, and the keys that work everywhere. */
/** @import { Env, Message, User } from "./types.js" */

import { applyTheme, showShortcuts, toast, toggleTheme, topBar } from "./chrome.js";
import { boot, Client, Live, sentence } from "./client.js";
import { Conversation } from "./conversation.js";
import { lightbox } from "./dialog.js";
import { h, icon, replace } from "./dom.js";
import { Inspector } from "./inspector.js";
import { avatar } from "./message.js";
import { channelAt, followPermalink, hashOf, placeName, route } from "./route.js";
import { places, Sidebar } from "./sidebar.js";
import { isReply, remember, remembered, Store } from "./store.js";
import { Views } from "./views.js";

/** One person at the page; another person is another session. */
class Session {
  /** @param {any} data the answer of boot @param {User} user @param {(user: User) => void} actAs */
  constructor(data, user, actAs) {
    this.store = new Store(data, user.id, (channel, change) => this.#changed(channel, change));
    this.client = new Client(user.id, user.token ?? "");
    this.user = user;
    this.channel = "";
    this.thread = "";
    /** @type {Conversation | null} */
    this.main = null;
    /** @type {Conversation | null} */
    this.side = null;
    this.env = this.#env();
    this.views = new Views(this.client, this.env);
    this.inspector = new Inspector(() => this.inspect(false));
    this.sidebar = new Sidebar();
    this.mainElement = h("main", { class: "channel", id: "channel" });
    this.sideElement = h("aside", { class: "thread", id: "thread", "aria-label": "Thread", hidden: true });
    const bar = topBar(this.store, { actAs, inspect: () => this.inspect(), sidebar: () => this.showSidebar() });
    const app = /** @type {HTMLElement} */ (document.getElementById("app"));
    replace(app, bar, this.sidebar.element, this.mainElement, this.sideElement, this.inspector.element);
    app.setAttribute("aria-busy", "false");
    app.setAttribute("data-live", "no");
    this.live = new Live(user.id, {
      message: (push) => this.#receive(push),
      up: () => this.#up(),
      down: () => this.#connection("Reconnecting…"),
    });
    if (remembered("inspector") === "open") this.inspect(true, false);
    void this.inspector.load();
    this.follow();
  }

  close() {
    this.live.close();
    this.views.closeAll();
    this.main?.close();
    this.side?.close();
  }

  /** @returns {Env} */
  #env() {
    return {
      me: this.store.me,
      person: (id) => this.store.people.get(id),
      channel: (id) => this.store.channels.get(id),
      goTo: (channel) => this.go(channel),
      fileUrl: (id) => this.client.fileUrl(id),
      openImage: lightbox,
      act: async (target, action) => {
        const { ephemeral = false, ...where } = target;
        const answer = await this.client.page("action", { ...where, action, ephemeral });
        if (!answer.ok) toast(sentence(answer.error));
        return Boolean(answer.ok);
      },
    };
  }

  /** Opens what the address says. */
  follow() {
    const { place, thread } = route();
    const first = [...this.store.channels.values()].find((channel) => !channel.is_im);
    const channel =
      channelAt(this.store, place) ||
      channelAt(this.store, remembered(`place.${this.store.me}`) ?? "") ||
      first?.id ||
      "";
    if (place.startsWith("@") && !channelAt(this.store, place)) {
      const person = [...this.store.people.values()].find(({ name }) => `@${name}` === place);
      if (person) return void this.talkTo(person.id);
    }
    if (channel !== this.channel) this.#openChannel(channel);
    if (thread !== this.thread) this.#openThread(thread);
    return undefined;
  }

  /** @param {string} channel @param {string} [thread] */
  go(channel, thread = "") {
    const target = hashOf({ user: this.user.name, place: placeName(this.store, channel), thread });
    if (location.hash === target) this.follow();
    else location.hash = target;
    this.showSidebar(false);
  }

  /** @param {string} user */
  async talkTo(user) {
    const known = this.store.direct(user);
    if (known) return this.go(known.id);
    const answer = await this.client.call("conversations.open", { users: user });
    if (!answer.ok) return toast(sentence(answer.error));
    const channel = { is_im: true, name: "", ...answer.channel, members: [this.store.me, user], user };
    this.store.setChannels([channel]);
    return this.go(channel.id);
  }

  /** @param {string} channel */
  #openChannel(channel) {
    this.main?.close();
    this.#openThread("");
    this.channel = channel;
    remember(`place.${this.store.me}`, placeName(this.store, channel));
    this.main = this.#conversation(channel);
    const known = this.store.channels.get(channel);
    const partner = known?.is_im ? this.store.partner(known) : undefined;
    const title = this.store.title(channel);
    const sign = partner ? avatar(partner) : h("span", { class: "channel-sign", "aria-hidden": "true" }, "#");
    const members = partner ? null : h("span", { class: "quiet" }, `${known?.members?.length ?? 0} members`);
    this.mainElement.setAttribute("aria-label", title);
    replace(
      this.mainElement,
      h("header", { class: "pane-head" }, sign, h("h2", {}, title), members),
      this.main.list.element,
      this.main.composer.element,
    );
    document.title = `${partner ? "" : "#"}${title} · Sandbox workspace`;
    this.#read();
    void this.main.load();
    if (matchMedia("(hover: hover)").matches) this.main.composer.focus();
  }

  /** @param {string} root empty closes the pane */
  #openThread(root) {
    this.side?.close();
    this.side = null;
    this.thread = root;
    this.sideElement.hidden = !root;
    document.getElementById("app")?.classList.toggle("with-thread", Boolean(root));
    if (!root) return replace(this.sideElement);
    this.side = this.#conversation(this.channel, root);
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Close thread",
        title: "Close thread (Escape)",
        on: { click: () => this.closeThread() },
      },
      icon("close"),
    );
    const where = h("span", { class: "quiet" }, placeName(this.store, this.channel).replace(/^(?!@)/, "#"));
    replace(
      this.sideElement,
      h("header", { class: "pane-head" }, h("h2", {}, "Thread"), where, h("span", { class: "top-space" }), close),
      this.side.list.element,
      this.side.composer.element,
    );
    return void this.side.load();
  }

  closeThread() {
    const root = this.thread;
    this.go(this.channel);
    this.main?.list.focus(root);
  }

  /** @param {string} channel @param {string} [root] */
  #conversation(channel, root) {
    const { store, client, env } = this;
    const openThread = (/** @type {Message} */ message) => this.reply(message);
    return new Conversation({ store, client, env, channel, root, openThread, problem: toast });
  }

  /** Opens the thread of a message, ready to write in it. @param {Message} message */
  reply(message) {
    this.go(this.channel, isReply(message) ? message.thread_ts : message.ts);
    this.follow();
    this.side?.composer.focus();
  }

  /** @param {any} push */
  #receive(push) {
    if (push.kind === "message") this.#message(push);
    else if (push.kind === "ephemeral") this.store.put(push.channel, { ...push.message, ephemeral: true }, true);
    else if (push.kind === "ephemeral_removed") this.store.remove(push.channel, push.ts);
    else if (push.kind === "view") this.views.receive(push);
    else if (push.kind === "member") void this.#learnChannels();
    else if (push.kind === "traffic") this.inspector.add(push.entry);
    else if (push.kind === "file") {
      this.store.putFile(push.file);
      for (const element of document.querySelectorAll(`[data-file="${CSS.escape(push.file.id)}"]`))
        element.dispatchEvent(new CustomEvent("fileready"));
    }
  }

  /** @param {any} push */
  #message({ change, channel, message }) {
    if (change === "deleted") this.store.remove(channel, message.ts);
    else this.store.put(channel, message, change === "posted");
    if (!this.store.channels.has(channel)) void this.#learnChannels();
  }

  async #learnChannels() {
    this.store.setChannels((await boot()).channels ?? []);
    this.#drawSidebar();
  }

  /** @param {string} channel @param {{ts: string, fresh: boolean}} change */
  #changed(channel, { fresh }) {
    if (channel === this.channel) {
      this.main?.refresh(fresh);
      this.side?.refresh(fresh);
      this.#read();
    } else this.#drawSidebar();
  }

  #read() {
    if (document.visibilityState === "visible") this.store.markRead(this.channel);
    this.#drawSidebar();
  }

  #drawSidebar() {
    const { channels, people } = this.places();
    this.sidebar.show({ channels, people });
  }

  places() {
    return places(
      this.store,
      this.channel,
      (channel) => this.go(channel),
      (user) => void this.talkTo(user),
    );
  }

  /** The other channels are read to know what is unread there. */
  async #loadAll() {
    for (const { id, members = [] } of [...this.store.channels.values()]) {
      if (id === this.channel || !members.includes(this.store.me)) continue;
      const asked = this.store.now();
      const answer = await this.client.call("conversations.history", { channel: id, limit: 20 });
      if (this.live.closed) return;
      if (answer.ok) this.store.putAll(id, answer.messages ?? [], asked);
    }
  }

  /** Asks for what was missed, at the first connection too: what is shown may have been edited before it stood. */
  #up() {
    this.#connection("");
    void this.main?.load();
    void this.side?.load();
    void this.#loadAll();
  }

  /** @param {string} text */
  #connection(text) {
    const place = document.getElementById("connection");
    if (place) place.textContent = text;
    document.getElementById("app")?.setAttribute("data-live", text ? "no" : "yes");
  }

  /** @param {boolean} [open] @param {boolean} [focus] */
  inspect(open = this.inspector.element.hidden, focus = true) {
    this.inspector.element.hidden = !open;
    document.getElementById("inspect")?.setAttribute("aria-expanded", String(open));
    remember("inspector", open ? "open" : null);
    if (open) this.inspector.rows.scrollTop = this.inspector.rows.scrollHeight;
    if (focus) (open ? this.inspector.filter : document.getElementById("inspect"))?.focus();
  }

  /** Only at phone width, where the sidebar covers the page. @param {boolean} [open] */
  showSidebar(open = !this.sidebar.element.classList.contains("shown")) {
    this.sidebar.element.classList.toggle("shown", open);
    document.getElementById("open-sidebar")?.setAttribute("aria-expanded", String(open));
    if (open) this.sidebar.element.querySelector("[aria-current]")?.focus();
  }

  /** @param {number} by */
  step(by) {
    const rows = [...this.places().channels, ...this.places().people];
    const at = rows.findIndex((row) => row.current);
    rows[(at + by + rows.length) % rows.length]?.open();
  }

  /** @param {number} by to the next part of the page */
  cycle(by) {
    const stops = [
      this.sidebar.element.querySelector("[aria-current]"),
      this.main?.list.scroller,
      this.main?.composer.field,
      this.side?.list.scroller,
      this.side?.composer.field,
      this.inspector.element.hidden ? null : this.inspector.filter,
      document.getElementById("person"),
    ].filter(Boolean);
    const at = stops.findIndex((stop) => stop === document.activeElement);
    /** @type {HTMLElement} */ (stops[(at + by + stops.length) % stops.length]).focus();
  }
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

/** @param {any} data @param {string} name @returns {User | undefined} */
function personNamed(data, name) {
  const people = /** @type {User[]} */ (data.users ?? []).filter((user) => !user.is_bot);
  return people.find((user) => user.name === name || user.id === name);
}

async function start() {
  applyTheme();
  const data = await boot();
  followPermalink();
  const chosen = () =>
    personNamed(data, route().user) ??
    personNamed(data, remembered("user") ?? "") ??
    personNamed(data, data.users?.find((/** @type {User} */ user) => !user.is_bot)?.name);
  const first = chosen();
  const app = document.getElementById("app");
  if (!first)
    return (
      app && replace(app, h("p", { class: "boot" }, "The workspace does not answer. Reload the page to try again."))
    );
  const actAs = (/** @type {User} */ user) => {
    location.hash = hashOf({ user: user.name, place: route().place.startsWith("@") ? "" : route().place, thread: "" });
  };
  let session = new Session(data, first, actAs);
  remember("user", first.name);
  window.addEventListener("hashchange", async () => {
    const user = chosen() ?? first;
    if (user.id === session.user.id) return session.follow();
    session.close();
    remember("user", user.name);
    const fresh = await boot();
    session = new Session(fresh.users ? fresh : data, user, actAs);
    return document.getElementById("person")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && (shortcut(session, event) || letter(session, event))) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => session.store.markRead(session.channel));
  return undefined;
}

void start();
