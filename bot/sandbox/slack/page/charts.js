// @ts-check
/** `data_visualization` blocks as small SVG charts: grouped bars, lines, areas and pies. */
/** @import { Block } from "./types.js" */

import { h, replace, svg } from "./dom.js";

const NARROW = 240;
/** Pixels that a letter of a label takes, and a line of letters. */
const LETTER = 6;
const LINE = 14;
const LONGEST = 18;

/**
 * Where a drawing has its parts, in pixels; it is drawn anew for every width, so that text stays readable.
 * @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number}} Frame
 */

/** @param {number} value @returns {string} */
function full(value) {
  return new Intl.NumberFormat([], { maximumFractionDigits: 6 }).format(value);
}

/** @param {number} value @returns {string} */
function short(value) {
  return new Intl.NumberFormat([], { notation: "compact", maximumFractionDigits: 2 }).format(value);
}

/**
 * Round steps that cover the range, and zero.
 * @param {number[]} values
 * @returns {number[]}
 */
export function ticks(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** @param {Block} block @returns {string} the numbers in words, for those who do not see the drawing */
function inWords(block) {
  const chart = block.chart ?? {};
  const pairs = (/** @type {Block[]} */ data) => data.map(({ label, value }) => `${label} ${value}`).join(", ");
  const parts =
    chart.type === "pie"
      ? [pairs(chart.segments ?? [])]
      : (chart.series ?? []).map((/** @type {Block} */ one) => `${one.name}: ${pairs(one.data ?? [])}`);
  return `${chart.type} chart, ${block.title}. ${parts.join(". ")}`;
}

/**
 * @param {Block} block
 * @returns {Node}
 */
export function chart(block) {
  const spec = block.chart ?? {};
  const round = spec.type === "pie";
  const names = /** @type {Block[]} */ ((round ? spec.segments : spec.series) ?? []);
  const total = round ? names.reduce((sum, { value }) => sum + value, 0) || 1 : 1;
  const legend = names.map((one, index) =>
    h(
      "li",
      {},
      h("span", { class: `swatch series-${index % 12}` }),
      one.name ?? one.label,
      round ? h("span", { class: "quiet" }, ` ${short(one.value)} · ${share(one.value, total)}`) : null,
    ),
  );
  const frame = h("div", { class: "chart-frame" });
  const words = inWords(block);
  const draw = (/** @type {number} */ width) => {
    const height = Math.round(Math.min(300, Math.max(240, width * 0.5)));
    const size = { width, height };
    replace(
      frame,
      svg(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": words },
        round ? pie(names, size) : axes(spec, size),
      ),
    );
  };
  draw(560);
  new ResizeObserver(([entry]) => {
    const width = Math.max(NARROW, Math.floor(entry.contentRect.width));
    if (entry.contentRect.width && width !== Number(frame.firstElementChild?.getAttribute("width"))) draw(width);
  }).observe(frame);
  return h(
    "figure",
    { class: "visualization" },
    h("figcaption", {}, block.title),
    frame,
    names.length > 1 || round ? h("ul", { class: "legend" }, legend) : null,
  );
}

/** @param {number} value @param {number} total @returns {string} */
function share(value, total) {
  return `${((100 * value) / total).toFixed(1)} %`;
}

/** @param {Block[]} segments @param {{width: number, height: number}} size @returns {Node[]} */
function pie(segments, { width, height }) {
  const total = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const [x, y, radius] = [width / 2, height / 2, height / 2 - 10];
  let angle = -Math.PI / 2;
  return segments.map(({ label, value }, index) => {
    const turn = Math.min((value / total) * 2 * Math.PI, 2 * Math.PI - 1e-4);
    const point = (/** @type {number} */ at) =>
      `${(x + radius * Math.cos(at)).toFixed(2)} ${(y + radius * Math.sin(at)).toFixed(2)}`;
    const path = `M${x} ${y} L${point(angle)} A${radius} ${radius} 0 ${turn > Math.PI ? 1 : 0} 1 ${point(angle + turn)} Z`;
    angle += turn;
    const words = `${label}: ${full(value)} (${share(value, total)})`;
    return svg("path", { d: path, class: `slice series-${index % 12}` }, svg("title", {}, words));
  });
}

/**
 * How the labels of the categories stand under their axis: side by side, every second one, or slanted.
 * @param {string[]} names
 * @param {number} band
 * @returns {{slanted: boolean, every: number, height: number}}
 */
function labelling(names, band) {
  const letters = Math.min(LONGEST, Math.max(1, ...names.map((name) => name.length)));
  const needed = letters * LETTER + 8;
  if (needed <= band) return { slanted: false, every: 1, height: LINE };
  if (letters <= 5) return { slanted: false, every: Math.ceil(needed / band), height: LINE };
  return { slanted: true, every: Math.max(1, Math.ceil(LINE / band)), height: 10 + needed * 0.6 };
}

/** @param {Block} spec @param {{width: number, height: number}} size @returns {Node[]} */
function axes(spec, size) {
  const config = spec.axis_config ?? {};
  const series = /** @type {Block[]} */ (spec.series ?? []);
  const categories = /** @type {string[]} */ (config.categories ?? []);
  const table = series.map(({ data }) =>
    categories.map((name) => data?.find((/** @type {Block} */ point) => point.label === name)?.value ?? 0),
  );
  const steps = ticks(table.flat());
  const [low, high] = [steps[0], steps[steps.length - 1]];
  const widest = Math.max(...steps.map((value) => short(value).length));
  const left = (config.y_label ? 20 : 4) + widest * LETTER + 8;
  const band = (size.width - left - 12) / Math.max(1, categories.length);
  const labels = labelling(categories, band);
  const frame = { ...size, left, right: 12, top: 12, bottom: labels.height + (config.x_label ? 24 : 10) };
  const y = (/** @type {number} */ value) =>
    frame.top + (frame.height - frame.top - frame.bottom) * (1 - (value - low) / (high - low));
  const x = (/** @type {number} */ index) => left + band * (index + 0.5);
  const words = series.map(({ name }, which) =>
    categories.map((category, index) => `${name} · ${category}: ${full(table[which][index])}`),
  );
  const marks =
    spec.type === "bar" ? bars(table, words, x, y, band) : lines(table, words, x, y, spec.type === "area");
  return [...grid(steps, frame, y), ...marks, ...below(categories, labels, frame, x), ...axisNames(config, frame)];
}

/** @param {number[]} steps @param {Frame} frame @param {Scale} y @returns {Node[]} */
function grid(steps, frame, y) {
  return steps.flatMap((value) => [
    svg("line", {
      x1: frame.left,
      x2: frame.width - frame.right,
      y1: y(value),
      y2: y(value),
      class: value ? "gridline" : "baseline",
    }),
    svg("text", { x: frame.left - 6, y: y(value) + 4, class: "tick", "text-anchor": "end" }, short(value)),
  ]);
}

/**
 * @param {string[]} names
 * @param {{slanted: boolean, every: number}} labels
 * @param {Frame} frame
 * @param {Scale} x
 * @returns {Node[]}
 */
function below(names, { slanted, every }, frame, x) {
  const top = frame.height - frame.bottom + LINE;
  return names.flatMap((name, index) => {
    if (index % every) return [];
    const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    const place = slanted
      ? { "text-anchor": "end", transform: `rotate(-35 ${x(index) + 4} ${top})`, x: x(index) + 4 }
      : { "text-anchor": "middle", x: x(index) };
    return [svg("text", { ...place, y: top, class: "tick" }, shown, svg("title", {}, name))];
  });
}

/** @param {Block} config @param {Frame} frame @returns {Node[]} */
function axisNames(config, frame) {
  const middle = (frame.top + frame.height - frame.bottom) / 2;
  const center = (frame.left + frame.width - frame.right) / 2;
  return [
    svg("text", { x: center, y: frame.height - 5, class: "axis-name", "text-anchor": "middle" }, config.x_label ?? ""),
    svg(
      "text",
      { x: 12, y: middle, class: "axis-name", "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` },
      config.y_label ?? "",
    ),
  ];
}

/** @typedef {(value: number) => number} Scale */

/**
 * @param {number[][]} table
 * @param {string[][]} words
 * @param {Scale} x
 * @param {Scale} y
 * @param {number} band
 * @returns {Node[]}
 */
function bars(table, words, x, y, band) {
  const width = (band * 0.76) / table.length;
  return table.flatMap((values, which) =>
    values.map((value, index) => {
      const box = {
        x: x(index) - band * 0.38 + which * width,
        y: Math.min(y(value), y(0)),
        width: Math.max(1, width - 1),
        height: Math.max(0.5, Math.abs(y(value) - y(0))),
      };
      return svg("rect", { ...box, rx: 2, class: `bar series-${which % 12}` }, svg("title", {}, words[which][index]));
    }),
  );
}

/**
 * @param {number[][]} table
 * @param {string[][]} words
 * @param {Scale} x
 * @param {Scale} y
 * @param {boolean} filled
 * @returns {Node[]}
 */
function lines(table, words, x, y, filled) {
  return table.flatMap((values, which) => {
    const points = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`);
    const line = svg("path", { d: `M${points.join(" L")}`, class: `line series-${which % 12}` });
    const dots = values.map((value, index) =>
      svg(
        "circle",
        { cx: x(index), cy: y(value), r: 3.5, class: `dot series-${which % 12}` },
        svg("title", {}, words[which][index]),
      ),
    );
    const floor = `L${x(values.length - 1)} ${y(0)} L${x(0)} ${y(0)} Z`;
    return [
      filled ? svg("path", { d: `M${points.join(" L")} ${floor}`, class: `area series-${which % 12}` }) : null,
      line,
      ...dots,
    ].filter((node) => node !== null);
  });
}
