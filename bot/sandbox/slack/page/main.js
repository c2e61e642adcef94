// @ts-check
/** The page put together: one person's session, what is open in it, and the keys that work everywhere. */
/** @import { Env, Message, User } from "./types.js" */

import { applyTheme, toast, topBar } from "./chrome.js";
import { boot, Client, Live, sentence } from "./client.js";
import { channelHead, Conversation } from "./conversation.js";
import { lightbox } from "./dialog.js";
import { h, icon, morph, replace } from "./dom.js";
import { Inspector } from "./inspector.js";
import { pressed } from "./keys.js";
import { channelAt, followPermalink, hashOf, placeName, route } from "./route.js";
import { places, Sidebar } from "./sidebar.js";
import { isReply, remember, remembered, Store } from "./store.js";
import { Views } from "./views.js";

/** One person at the page; another person is another session. */
export class Session {
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
      people: () => this.store.visiblePeople(),
      channel: (id) => this.store.channels.get(id),
      goTo: (channel) => this.go(channel),
      fileUrl: (id) => this.client.fileUrl(id),
      openImage: lightbox,
      act: async (target, action) => {
        const { ephemeral = false, ...where } = target;
        const values = target.view_id ? { values: this.views.values(target.view_id) } : {};
        const answer = await this.client.page("action", { ...where, ...values, action, ephemeral });
        if (!answer.ok) toast(sentence(answer.error));
        return Boolean(answer.ok);
      },
    };
  }

  /** Opens what the address says. */
  follow() {
    const { place, thread } = route();
    const channel =
      channelAt(this.store, place) ||
      channelAt(this.store, remembered(`place.${this.store.me}`) ?? "") ||
      this.#first();
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
    this.store.addChannel(channel);
    return this.go(channel.id);
  }

  /** @param {string} channel */
  #openChannel(channel) {
    this.main?.close();
    this.#openThread("");
    this.channel = channel;
    remember(`place.${this.store.me}`, placeName(this.store, channel));
    this.main = this.#conversation(channel);
    this.mainElement.setAttribute("aria-label", this.store.title(channel));
    replace(this.mainElement, channelHead(this.store, channel), this.main.list.element, this.main.composer.element);
    const direct = this.store.channels.get(channel)?.is_im;
    document.title = `${direct ? "" : "#"}${this.store.title(channel)} · Sandbox workspace`;
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
    else if (push.kind === "member" || push.kind === "places") void this.#learn();
    else if (push.kind === "channel_moved") this.#moved(push.old, push.new);
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
    if (!this.store.channels.has(channel)) void this.#learn();
  }

  /** Looks again who is there, and which channels this person sees. */
  async #learn() {
    const data = await boot();
    if (!data.users) return;
    this.store.learn(data);
    if (this.store.myself?.deactivated) return this.#lockOut();
    this.#drawSidebar();
    if (this.store.channels.has(this.channel)) {
      const head = this.mainElement.querySelector(".pane-head");
      if (head) morph(head, channelHead(this.store, this.channel));
      return undefined;
    }
    toast("You do not see this channel any more.");
    return this.go(this.#first());
  }

  /** The channel goes on under another id, with what is being written in it. @param {string} old @param {string} now */
  #moved(old, now) {
    this.store.moveChannel(old, now);
    if (this.channel !== old) return this.#drawSidebar();
    const { thread } = this;
    this.#openChannel(now);
    if (thread) this.#openThread(thread);
    return this.go(now, thread);
  }

  /** The account is switched off while its page is open: nothing is left but to act as somebody else. */
  #lockOut() {
    this.close();
    this.#openThread("");
    const text = "This account was deactivated. Act as somebody else.";
    replace(this.mainElement, h("p", { class: "boot", role: "alert" }, text));
    this.sidebar.show({ channels: [], people: [] });
  }

  /** @returns {string} the first channel of the sidebar */
  #first() {
    return [...this.store.channels.values()].find((channel) => !channel.is_im)?.id ?? "";
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

/** @param {any} data @param {string} name @returns {User | undefined} */
function personNamed(data, name) {
  const people = /** @type {User[]} */ (data.users ?? []).filter((user) => !user.is_bot && !user.deactivated);
  return people.find((user) => user.name === name || user.id === name);
}

async function start() {
  applyTheme();
  const data = await boot();
  followPermalink();
  const chosen = () =>
    personNamed(data, route().user) ??
    personNamed(data, remembered("user") ?? "") ??
    personNamed(data, data.users?.find((/** @type {User} */ user) => !user.is_bot && !user.deactivated)?.name);
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
    if (!event.defaultPrevented && pressed(session, event)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => session.store.markRead(session.channel));
  return undefined;
}

void start();
