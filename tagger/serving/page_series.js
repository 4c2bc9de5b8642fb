// A tagged series: a line for each channel over bands of its states, and its segments as a table.

import { colourOf } from "./page_colours.js";
import { counted, el, isLow, percent, svg } from "./page_dom.js";

const HEIGHT = 80;

/** Runs of equal states: `state`, `start`, `end` (exclusive) and `share`, the mean confidence. */
export function segmentsOf(head) {
  const segments = [];
  head.values.forEach((state, i) => {
    const last = segments.at(-1);
    if (last?.state === state) last.end = i + 1;
    else segments.push({ state, start: i, end: i + 1 });
  });
  for (const segment of segments) {
    const shares = head.confidence.slice(segment.start, segment.end);
    segment.share = shares.length ? shares.reduce((sum, each) => sum + each, 0) / shares.length : undefined;
  }
  return segments;
}

/** Draw a series.
 *
 * @param channels the numbers of each channel by name; null is a missing number.
 * @param rows the heads of tags with their names, and what they are compared with.
 * @param doubt shares below it are marked.
 * @param open is called with a step, from 0, and the button that shows its states.
 */
export function seriesFigure(channels, rows, doubt, open) {
  const rowsOfStates = rows.map((row) => ({ ...row, segments: segmentsOf(row.head) }));
  const nSteps = Math.max(0, ...Object.values(channels).map((values) => values.length));
  const bands = rowsOfStates[0]?.segments ?? [];
  const lines = Object.entries(channels).map(([name, values]) => channelLine(name, values, bands, nSteps));
  const strips = rowsOfStates.map((row) => strip(row, nSteps, rows.length > 1, doubt));
  const step = el("input", { type: "number", min: 1, max: nSteps, value: 1 });
  const position = () => Math.min(nSteps, Math.max(1, Math.round(Number(step.value)))) - 1;
  const button = el("button", { type: "button", onclick: () => open(position(), button) }, "Show states");
  const openAt = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    step.value = Math.min(nSteps, Math.floor(((event.clientX - box.left) / box.width) * nSteps) + 1);
    open(position(), button);
  };
  return el(
    "figure",
    {},
    el("div", { class: "drawing", onclick: openAt }, strips, lines),
    el("p", { class: "axis note" }, el("span", {}, "step 1"), el("span", {}, `step ${nSteps}`)),
    el("p", { class: "row actions" }, el("label", {}, "Step ", step), button),
    rowsOfStates.map((row) => segmentTable(row, rows.length > 1, doubt)),
  );
}

function strip({ name, segments, other }, nSteps, isNamed, doubt) {
  const parts = segments.map(({ state, start, end, share }) => {
    const low = isLow(share, doubt);
    const differs = other && other.values.slice(start, end).some((value) => value !== state);
    const title = `${state}, steps ${start + 1} to ${end}${share === undefined ? "" : `, ${percent(share)}`}`;
    const classes = `segment ${colourOf(state)}${low ? " low" : ""}${differs ? " differs" : ""}`;
    const attributes = { style: { "--steps": (end - start) / nSteps }, dataset: { type: state } };
    return el("span", { class: classes, title, ...attributes }, differs ? "≠ " : "", state, low ? " ?" : "");
  });
  return el("div", { class: "strip-of-states", "aria-hidden": "true" }, isNamed ? el("p", { class: "note" }, name) : null, el("div", { class: "segments" }, parts));
}

function channelLine(name, values, bands, nSteps) {
  const known = values.filter((value) => value !== null);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const y = (value) => (high > low ? (HEIGHT - 4 - ((value - low) / (high - low)) * (HEIGHT - 8)).toFixed(1) : HEIGHT / 2);
  let isDrawing = false;
  const path = values.map((value, i) => {
    const command = value === null ? "" : `${isDrawing ? "L" : "M"}${i + 0.5} ${y(value)}`;
    isDrawing = value !== null;
    return command;
  });
  const isAlone = (value, i) => value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
  const points = values.map((value, i) => (isAlone(value, i) ? `M${i + 0.5} ${y(value)}h0` : ""));
  const range = known.length ? `${format(low)} to ${format(high)}` : "no number";
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${nSteps} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${name} over ${nSteps} steps, ${range}` },
    bands.map(({ state, start, end }) => svg("rect", { x: start, y: 0, width: end - start, height: HEIGHT, class: `band ${colourOf(state)}`, dataset: { type: state } })),
    svg("path", { d: path.join(""), class: "line" }),
    svg("path", { d: points.join(""), class: "points" }),
  );
  return el("div", { class: "channel" }, el("p", { class: "note" }, el("b", {}, name), ` ${range}`), drawing);
}

function segmentTable({ name, segments }, isNamed, doubt) {
  const body = segments.map(({ state, start, end, share }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("span", { class: `swatch ${colourOf(state)}`, "aria-hidden": "true" }), state),
      el("td", {}, start + 1),
      el("td", {}, end),
      el("td", {}, end - start),
      el("td", {}, share === undefined ? "" : `${percent(share)}${isLow(share, doubt) ? " ?" : ""}`),
    ),
  );
  const head = ["state", "from step", "to step", "steps", "mean confidence"].map((text) => el("th", { scope: "col" }, text));
  const title = `${counted(segments.length, "segment")}${isNamed ? `, ${name}` : ""}`;
  const table = el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  return el("details", {}, el("summary", {}, title), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table));
}

const format = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
