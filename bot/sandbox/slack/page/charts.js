// @ts-check
/** `data_visualization` blocks as small SVG charts: grouped bars, lines, areas and pies. */
/** @import { Block } from "./types.js" */

import { h, svg } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 260;
const BOX = { left: 56, right: 12, top: 12, bottom: 40 };

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
  const names = (spec.type === "pie" ? spec.segments : spec.series) ?? [];
  const legend = names.map((/** @type {Block} */ one, /** @type {number} */ index) =>
    h(
      "li",
      {},
      h("span", { class: `swatch series-${index % 12}` }),
      one.name ?? one.label,
      spec.type === "pie" ? ` · ${short(one.value)}` : null,
    ),
  );
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": inWords(block) },
    spec.type === "pie" ? pie(names) : axes(spec),
  );
  const many = names.length > 1;
  return h(
    "figure",
    { class: "visualization" },
    h("figcaption", {}, block.title),
    drawing,
    many ? h("ul", { class: "legend" }, legend) : null,
  );
}

/** @param {Block[]} segments @returns {Node[]} */
function pie(segments) {
  const total = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const [x, y, radius] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 12];
  let angle = -Math.PI / 2;
  return segments.map(({ label, value }, index) => {
    const turn = Math.min((value / total) * 2 * Math.PI, 2 * Math.PI - 1e-4);
    const point = (/** @type {number} */ at) =>
      `${(x + radius * Math.cos(at)).toFixed(2)} ${(y + radius * Math.sin(at)).toFixed(2)}`;
    const path = `M${x} ${y} L${point(angle)} A${radius} ${radius} 0 ${turn > Math.PI ? 1 : 0} 1 ${point(angle + turn)} Z`;
    angle += turn;
    const share = `${label}: ${value} (${((100 * value) / total).toFixed(1)} %)`;
    return svg("path", { d: path, class: `slice series-${index % 12}` }, svg("title", {}, share));
  });
}

/** @param {Block} spec @returns {Node[]} */
function axes(spec) {
  const config = spec.axis_config ?? {};
  const series = /** @type {Block[]} */ (spec.series ?? []);
  const categories = /** @type {string[]} */ (config.categories ?? []);
  const table = series.map(({ data }) =>
    categories.map((name) => data?.find((/** @type {Block} */ point) => point.label === name)?.value ?? 0),
  );
  const steps = ticks(table.flat());
  const [low, high] = [steps[0], steps[steps.length - 1]];
  const inner = { width: WIDTH - BOX.left - BOX.right, height: HEIGHT - BOX.top - BOX.bottom };
  const y = (/** @type {number} */ value) => BOX.top + inner.height * (1 - (value - low) / (high - low));
  const band = inner.width / Math.max(1, categories.length);
  const x = (/** @type {number} */ index) => BOX.left + band * (index + 0.5);
  const grid = steps.flatMap((value) => [
    svg("line", {
      x1: BOX.left,
      x2: WIDTH - BOX.right,
      y1: y(value),
      y2: y(value),
      class: value ? "gridline" : "baseline",
    }),
    svg("text", { x: BOX.left - 6, y: y(value) + 3.5, class: "tick", "text-anchor": "end" }, short(value)),
  ]);
  const every = Math.ceil(categories.length / 10);
  const labels = categories.map((name, index) =>
    index % every
      ? null
      : svg(
          "text",
          { x: x(index), y: HEIGHT - BOX.bottom + 15, class: "tick", "text-anchor": "middle" },
          name.length > 14 ? `${name.slice(0, 13)}…` : name,
        ),
  );
  const marks = spec.type === "bar" ? bars(table, x, y, band) : lines(table, x, y, spec.type === "area");
  return [...grid, ...marks, ...labels.filter((label) => label !== null), ...axisNames(config, inner)];
}

/** @param {Block} config @param {{width: number, height: number}} inner @returns {Node[]} */
function axisNames(config, inner) {
  const middle = BOX.top + inner.height / 2;
  return [
    svg(
      "text",
      { x: BOX.left + inner.width / 2, y: HEIGHT - 5, class: "axis-name", "text-anchor": "middle" },
      config.x_label ?? "",
    ),
    svg(
      "text",
      { x: 12, y: middle, class: "axis-name", "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` },
      config.y_label ?? "",
    ),
  ];
}

/** @typedef {(value: number) => number} Scale */

/** @param {number[][]} table @param {Scale} x @param {Scale} y @param {number} band @returns {Node[]} */
function bars(table, x, y, band) {
  const width = (band * 0.76) / table.length;
  return table.flatMap((values, which) =>
    values.map((value, index) => {
      const left = x(index) - band * 0.38 + which * width;
      const box = {
        x: left,
        y: Math.min(y(value), y(0)),
        width: Math.max(1, width - 1),
        height: Math.max(0.5, Math.abs(y(value) - y(0))),
      };
      return svg("rect", { ...box, rx: 2, class: `bar series-${which % 12}` }, svg("title", {}, String(value)));
    }),
  );
}

/** @param {number[][]} table @param {Scale} x @param {Scale} y @param {boolean} filled @returns {Node[]} */
function lines(table, x, y, filled) {
  return table.flatMap((values, which) => {
    const points = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`);
    const line = svg("path", { d: `M${points.join(" L")}`, class: `line series-${which % 12}` });
    const dots = values.map((value, index) =>
      svg(
        "circle",
        { cx: x(index), cy: y(value), r: 3, class: `dot series-${which % 12}` },
        svg("title", {}, String(value)),
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
