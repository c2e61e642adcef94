// @ts-check
/**
 * Shapes that the modules share; nothing here runs. Wire shapes are Slack's own and stay loose.
 *
 * @typedef {{id: string, name: string, real_name?: string, email?: string, token?: string, color?: string,
 *   is_bot?: boolean, standing?: string, team?: string, deactivated?: boolean}} User
 * @typedef {{id: string, name: string, is_im?: boolean, is_private?: boolean, members?: string[], user?: string,
 *   shared_with?: string[], invited?: string[]}} Channel
 * @typedef {{command: string, description?: string, usage_hint?: string}} Command
 * @typedef {Record<string, any>} Block
 * @typedef {{ts: string, thread_ts?: string, user?: string, bot_id?: string, username?: string, text?: string,
 *   subtype?: string, blocks?: Block[], files?: Record<string, any>[], reactions?: Record<string, any>[],
 *   edited?: object, reply_count?: number, latest_reply?: string, ephemeral?: boolean}} Message
 * @typedef {{id: number, at: number | string, direction: "in" | "out", kind: string, name: string, status?: string | number,
 *   ms?: number, summary?: string, body?: unknown}} Entry
 *
 * What the block renderers may ask of the page.
 * @typedef {{
 *   person(id: string): User | undefined,
 *   people(): User[],
 *   channel(id: string): Channel | undefined,
 *   me: string,
 *   goTo(channel: string): void,
 *   fileUrl(id: string): string,
 *   openImage(source: string, alt: string, title: string): void,
 *   act(target: Target, action: Record<string, any>): Promise<boolean>,
 * }} Env
 *
 * Where an action happens: a message or a view.
 * @typedef {{channel?: string, message_ts?: string, view_id?: string, ephemeral?: boolean}} Target
 */
export {};
