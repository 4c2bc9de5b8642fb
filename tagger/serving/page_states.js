// The panel of a token: its answers in full, the most probable tags, and the states of each layer at its step.

import { inspect } from "./page_server.js";
import { isSeries } from "./page_input.js";
import { byId, el, percent, showProblem, svg } from "./page_dom.js";

const N_TAGS = 8;
const HEIGHT = 40;

let request = null;
let opener = null; // the token that the panel was opened from
const inspected = new Map(); // the inspection of the last sentences, by the body of its request

/** Open the panel for a token or step, and move the focus there.
 *
 * @param state the `models`, the answered `sentence`, and its `table` if it comes from one.
 * @param i position of the token, from 0.
 * @param rows the heads and their names.
 * @param button where the focus returns to.
 * @param model the model whose states are shown.
 */
export async function openPanel(state, i, rows, button, model = state.models[0]) {
  const { tokens } = state.sentence;
  closePanel({ returnsFocus: false });
  opener = button;
  button.setAttribute("aria-current", "true");
  const what = isSeries(model) ? "Step" : `“${tokens[i]}”, token`;
  byId("panel-title").textContent = `${what} ${i + 1} of ${tokens.length}`;
  const states = byId("states");
  const choices = state.models.map((each) => {
    const choose = () => openPanel(state, i, rows, button, each);
    return el("button", { type: "button", "aria-pressed": String(each === model), onclick: choose }, each.name);
  });
  const choice = el("div", { class: "row actions", role: "group", "aria-label": "States of" }, el("span", { class: "note" }, "states of:"), choices);
  states.replaceChildren(answers(rows, i), choices.length > 1 ? choice : "");
  showProblem(byId("panel-problem"), null);
  showPanel(true);
  byId("panel-title").focus({ preventScroll: true });
  button.scrollIntoView({ block: "nearest" });
  request = new AbortController();
  const waiting = el("p", { class: "note" }, "Reading the states …");
  states.append(waiting);
  try {
    const { steps } = await inspection(model, state, request.signal);
    states.append(...headBars(steps, i), ...steps.layers.flatMap((layer) => layerStrips(layer, i)));
  } catch (error) {
    if (error.name !== "AbortError") showProblem(byId("panel-problem"), error);
  }
  waiting.remove();
}

/** Close the panel; the focus returns to its token. */
export function closePanel({ returnsFocus = true } = {}) {
  request?.abort();
  if (byId("panel").hidden) return;
  showPanel(false);
  opener?.removeAttribute("aria-current");
  if (returnsFocus) opener?.focus();
}

function showPanel(isShown) {
  byId("panel").hidden = !isShown;
  document.documentElement.classList.toggle("has-panel", isShown);
}

async function inspection(model, { sentence, table }, signal) {
  const body = { model: model.name, ...(table ? { sentence: table } : { tokens: sentence.tokens }), show: ["states", "gates"] };
  const key = JSON.stringify(body);
  if (!inspected.has(key)) {
    const answer = await inspect(body, signal);
    inspected.clear(); // one sentence is enough: its tokens are looked at one after the other
    inspected.set(key, answer);
  }
  return inspected.get(key);
}

function answers(rows, i) {
  const items = rows.map(({ head, name }) => {
    const share = head.confidence[i];
    return [el("dt", {}, name), el("dd", {}, el("b", {}, head.values[i]), share === undefined ? "" : `, ${percent(share)}`)];
  });
  return el("dl", { class: "answers" }, items);
}

/** The most probable tags of each head at a step, as bars. */
function headBars(steps, i) {
  const heads = steps.heads ?? (steps.tags?.length ? [{ name: "", tags: steps.tags, probabilities: steps.probabilities }] : []);
  return heads.flatMap((head) => {
    const tags = head.tags ?? head.labels ?? head.scripts;
    const shares = head.labels ? head.probabilities : head.probabilities[i];
    const best = shares.map((share, j) => [share, tags[j]]).sort((a, b) => b[0] - a[0]).slice(0, N_TAGS);
    const rest = tags.length - best.length;
    const rows = best.map(([share, tag]) =>
      el("li", { style: { "--share": share } }, el("span", { class: "name" }, tag), el("span", { class: "share" }, percent(share))),
    );
    const title = `${head.name ? `${head.name}: probability` : "Probability"} of ${head.labels ? "labels of the sentence" : head.scripts ? "edit scripts" : "tags"}`;
    return [el("h3", {}, title), el("ol", { class: "bars" }, rows), rest > 0 ? el("p", { class: "note" }, `and ${rest} less probable`) : ""];
  });
}

function layerStrips(layer, i) {
  const strips = [
    ...(layer.states ?? []).map((each) => strip(`${each.direction}, ${each.state} state`, each.values[i])),
    ...(layer.gates ?? []).map((each) => strip(`${each.direction}, ${each.gate}`, each.values[i], "gate")),
  ];
  return [el("h3", {}, layer.name), ...strips];
}

/** The values of all units as bars from a middle line: above it positive, below it negative. */
function strip(title, values, kind = "state") {
  const most = Math.max(1, ...values.map(Math.abs));
  const base = kind === "gate" ? HEIGHT : HEIGHT / 2;
  const bars = values.map((value, j) => {
    const height = Math.max((Math.abs(value) / most) * base, 0.5);
    const bar = { x: j + 0.1, width: 0.8, y: value < 0 ? base : base - height, height, class: value < 0 ? "below" : "above" };
    return svg("rect", bar, svg("title", {}, `unit ${j + 1}: ${value}`));
  });
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  const range = `${counted(values)}, ${format(least)} to ${format(greatest)}`;
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${values.length} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${title}: ${range}` },
    bars,
    svg("path", { d: `M0 ${base}H${values.length}`, class: "base" }),
  );
  const list = el("ol", { class: "values" }, values.map((value) => el("li", {}, format(value))));
  return el("div", { class: "strip" }, el("p", {}, title, el("span", { class: "note" }, ` ${range}`)), drawing, el("details", {}, el("summary", {}, "Values"), list));
}

const counted = (values) => `${values.length} units`;

const format = (value) => value.toFixed(3).replace("-", "−");
