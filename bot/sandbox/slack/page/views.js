// @ts-check
/** Modals of the app: a stack of views, each with its blocks, its fields and their errors. */
/** @import { Env } from "./types.js" */
/** @import { Client } from "./client.js" */

import { blocksOf } from "./blocks.js";
import { sentence } from "./client.js";
import { dialogHead, openDialog } from "./dialog.js";
import { h, listen, morph } from "./dom.js";
import { missing, showErrors, valuesUnder } from "./inputs.js";
import { plain } from "./tokens.js";

/** @typedef {{view: any, dialog: {element: any, close(): void}, form: any}} Open */

/** @param {Element} form @returns {HTMLElement | null} the field to begin with, if there is one */
function firstField(form) {
  return form.querySelector("[autofocus]") ?? form.querySelector("input, textarea, select");
}

export class Views {
  /** @param {Client} client @param {Env} env */
  constructor(client, env) {
    this.client = client;
    this.env = env;
    /** @type {Open[]} */
    this.stack = [];
  }

  /** @param {{change: string, view: any}} push */
  receive({ change, view }) {
    if (view.type && view.type !== "modal") return;
    if (change === "closed") return this.#forget(view.id);
    const known = this.stack.find((open) => open.view.id === view.id);
    if (known) return this.#update(known, view);
    if (change === "updated") return undefined;
    if (change === "opened") this.closeAll();
    return this.#open(view);
  }

  /** What stands in the fields of an open view. @param {string} id @returns {Record<string, any>} */
  values(id) {
    const open = this.stack.find((one) => one.view.id === id);
    return open ? valuesUnder(open.form) : {};
  }

  closeAll() {
    for (const { dialog } of this.stack.splice(0).reverse()) dialog.close();
  }

  /** @param {string} id the view and everything that was pushed on it */
  #forget(id) {
    const at = this.stack.findIndex((open) => open.view.id === id);
    if (at >= 0) for (const { dialog } of this.stack.splice(at).reverse()) dialog.close();
  }

  /** @param {any} view */
  #open(view) {
    const { head, id } = dialogHead(plain(view.title?.text ?? ""), () => this.#cancel(open));
    const form = h("form", { class: "view", novalidate: true });
    const dialog = openDialog({
      class: "modal",
      labelledBy: id,
      onCancel: () => this.#cancel(open),
      content: [head, form],
    });
    /** @type {Open} */
    const open = { view, dialog, form };
    listen(form, "submit", (event) => {
      event.preventDefault();
      void this.#submit(open);
    });
    form.append(...this.#parts(open));
    firstField(form)?.focus();
    this.stack.push(open);
  }

  /** @param {Open} open @param {any} view */
  #update(open, view) {
    open.view = view;
    const empty = !firstField(open.form);
    const title = open.dialog.element.querySelector("h2");
    if (title) title.textContent = plain(view.title?.text ?? "");
    morph(
      open.form,
      h(
        "form",
        {
          class: "view",
          novalidate: true,
          on: { submit: (/** @type {Event} */ event) => this.#onSubmit(open, event) },
        },
        this.#parts(open),
      ),
    );
    // What was loading has fields now: who waits for them goes on in the first.
    if (empty) firstField(open.form)?.focus();
  }

  /** @param {Open} open @param {Event} event */
  #onSubmit(open, event) {
    event.preventDefault();
    void this.#submit(open);
  }

  /** @param {Open} open @returns {Node[]} */
  #parts(open) {
    const { view } = open;
    const buttons = [
      h(
        "button",
        { type: "button", class: "button", on: { click: () => this.#cancel(open) } },
        plain(view.close?.text ?? "Cancel"),
      ),
      view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text)) : null,
    ];
    return [
      h("div", { class: "dialog-body" }, blocksOf(view.blocks ?? [], this.env, { view_id: view.id })),
      h("p", { class: "view-error", role: "alert" }),
      h("footer", { class: "dialog-foot" }, buttons),
    ];
  }

  /** @param {Open} open */
  #cancel(open) {
    this.#forget(open.view.id);
    void this.client.page("view_close", { view_id: open.view.id });
  }

  /** @param {Open} open */
  async #submit(open) {
    const values = valuesUnder(open.form);
    const gaps = missing(open.view.blocks ?? [], values);
    showErrors(open.form, gaps);
    if (Object.keys(gaps).length) return;
    const button = open.form.querySelector("[type=submit]");
    button?.setAttribute("aria-busy", "true");
    const answer = await this.client.page("view_submit", { view_id: open.view.id, values });
    button?.removeAttribute("aria-busy");
    showErrors(open.form, answer.errors ?? {});
    const place = open.form.querySelector(".view-error");
    if (place) place.textContent = answer.ok ? "" : sentence(answer.error);
  }
}
