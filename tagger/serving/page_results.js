// The result: a summary, a legend, the sentences, and steps from one difference between two models to the next.

import { differing, headsOf, summaryOf, withRanked } from "./page_answers.js";
import { isChosen, showLegend } from "./page_colours.js";
import { byId, counted, el, percent } from "./page_dom.js";
import { isSeries } from "./page_input.js";
import { labelLine, rowsOf, tokenList } from "./page_sentence.js";
import { seriesFigure } from "./page_series.js";
import { closePanel, openPanel } from "./page_states.js";

const MANY = 20; // sentences, above which the browser draws only those near the window

let shown = []; // of each sentence: its element, answer and rows
let chosen = null; // the head and type of the legend whose tokens alone are shown; null: all
let steps = []; // elements that differ between the answers
let step = -1;

/** Show the answers of one or two models.
 *
 * @param answers for each model: `model`, its entry, and `sentences`, as the server answered.
 * @param tables the sentences of a table as objects of lists; null for text and tokens.
 * @param doubt shares below it are marked.
 */
export function showResults(answers, tables, doubt) {
  const series = isSeries(answers[0].model);
  const heads = answers.map(({ model, sentences }) => sentences.map((sentence) => headsOf(sentence, model)));
  const list = el("div");
  closePanel({ returnsFocus: false });
  shown = answers[0].sentences.map((sentence, i) => {
    const element = el("section", { class: "sentence", dataset: { sentence: i } });
    const state = { element, sentence, models: answers.map(({ model }) => model), table: tables?.[i], rows: [] };
    const draw = (ranked) => {
      const own = ranked ? withRanked(heads[0][i], ranked) : heads[0][i];
      state.rows = ranked && ranked !== sentence.best[0] ? rowsOf(own, heads[0][i], "") : allRows(answers, heads, i, own);
      drawSentence(state, doubt, answers[0].sentences.length > 1 ? i + 1 : 0);
      element.append(...rankButtons(sentence.best, ranked, draw));
      if (chosen) dim(state);
      startTabbing();
    };
    state.draw = draw;
    list.append(element);
    return state;
  });
  list.classList.toggle("many", shown.length > MANY);
  byId("sentences").replaceChildren(list);
  chosen = null;
  for (const { draw } of shown) draw(null);
  const nTokens = answers[0].sentences.reduce((sum, sentence) => sum + sentence.tokens.length, 0);
  const summaries = answers.map(({ model }, i) => (answers[1] ? `${model.name}: ` : "") + summaryOf(heads[i], nTokens, series, doubt));
  byId("summary").replaceChildren(...summaries.map((text) => el("span", {}, text)));
  showLegend(answers.map(({ model }, i) => ({ name: answers[1] ? model.name : "", heads: heads[i] })), choose);
  byId("keys").textContent = series ? "Choose a step to see the states of the network there. A ? marks an answer in doubt." : "Choose a token (click, or arrow keys and Enter) to see the states of the network there. A ? marks an answer in doubt.";
  byId("found").hidden = false;
  showDifferences(answers.length > 1);
}

function allRows(answers, heads, i, own) {
  if (answers.length === 1) return rowsOf(own, null, "");
  const others = rowsOf(heads[1][i] ?? [], own, answers[1].model.name);
  const below = rowsOf(own, null, answers[0].model.name).flatMap((row) => [row, ...others.filter(({ other }) => other === row.head)]);
  return [...below, ...others.filter(({ other }) => !other)];
}

function drawSentence({ element, sentence, models, table, rows }, doubt, number) {
  const [model] = models;
  const series = isSeries(model);
  const labels = rows.filter(({ head }) => head.kind === "label");
  const others = rows.filter(({ head }) => head.kind !== "label");
  const parts = [number ? el("h3", {}, series ? `Series ${number}` : `Sentence ${number}`) : "", ...labels.map((row) => labelLine(row, doubt))];
  if (series) {
    const channels = Object.fromEntries(model.channels.map((name) => [name, table[name]]));
    const open = (i, button) => openPanel({ models, sentence, table }, i, others, button);
    parts.push(seriesFigure(channels, others, doubt, open));
  }
  else parts.push(sentence.tokens.length ? tokenList(sentence, others, doubt) : el("p", { class: "note" }, "no token"));
  element.replaceChildren(...parts);
}

/** Buttons that show another of the best sequences in place of the best one; what differs from it is marked. */
function rankButtons(best, ranked, draw) {
  if (!best || best.length < 2) return [];
  const buttons = best.map((each, rank) => {
    const isOn = ranked ? each === ranked : rank === 0;
    const n = differing(each.tags, best[0].tags).size;
    const label = `Answer ${rank + 1}, ${percent(each.probability)}, ${rank ? `${counted(n, "tag")} different` : "the best"}`;
    const choose = ({ currentTarget }) => {
      const section = currentTarget.closest("section");
      closePanel({ returnsFocus: false }); // its token is drawn again
      draw(each);
      section.querySelectorAll(".ranks button")[rank].focus();
    };
    return el("button", { type: "button", "aria-pressed": String(isOn), "aria-label": label, onclick: choose }, `${rank + 1} · ${percent(each.probability)}`);
  });
  return [el("div", { class: "row ranks", role: "group", "aria-label": "Best answers" }, el("span", { class: "note" }, "best answers:"), buttons)];
}

function choose(type) {
  chosen = type;
  shown.forEach(dim);
}

/** Dim what has not the chosen type. */
function dim({ element, sentence, rows }) {
  const heads = rows.map(({ head }) => head);
  for (const token of element.querySelectorAll(".token")) {
    token.classList.toggle("dimmed", Boolean(chosen) && !isChosen(heads, Number(token.dataset.token), chosen));
  }
  for (const part of element.querySelectorAll(".segment, .band")) {
    part.classList.toggle("dimmed", Boolean(chosen) && part.dataset.type !== chosen.type);
  }
  element.classList.toggle("dimmed", Boolean(chosen) && !sentence.tokens.some((_, i) => isChosen(heads, i, chosen)));
}

function showDifferences(isComparison) {
  byId("differences").hidden = !isComparison;
  steps = isComparison ? [...byId("sentences").querySelectorAll(".token:has(.differs), .headline.differs, .segment.differs")] : [];
  step = -1;
  const isCompared = shown.some(({ rows }) => rows.some(({ other }) => other));
  byId("difference").textContent = isCompared ? counted(steps.length, "difference") : "The models have no head in common.";
  for (const id of ["previous", "next"]) byId(id).disabled = !steps.length;
}

/** Move the focus to the next difference, or with -1 to the previous one. */
export function stepDifference(by) {
  if (!steps.length) return;
  step = step < 0 && by < 0 ? steps.length - 1 : (step + by + steps.length) % steps.length;
  byId("difference").textContent = `Difference ${step + 1} of ${steps.length}`;
  const target = steps[step];
  for (const each of steps) each.classList.toggle("current", each === target);
  if (target.matches(".token")) focusToken(target);
  else target.focus();
  target.scrollIntoView({ block: "center" });
}

const tokens = () => [...byId("sentences").querySelectorAll(".token")];

/** Exactly one token is reached by Tab; the arrow keys reach the others. */
function startTabbing() {
  const first = byId("sentences").querySelector(".token");
  if (first && !byId("sentences").querySelector('.token[tabindex="0"]')) first.tabIndex = 0;
}

function focusToken(token) {
  for (const each of byId("sentences").querySelectorAll('.token[tabindex="0"]')) each.tabIndex = -1;
  token.tabIndex = 0;
  token.focus();
}

/** Handle a key on a token. */
export function moveByKey(event) {
  const token = event.target.closest(".token");
  if (!token || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = tokens();
  const i = all.indexOf(token);
  const forward = getComputedStyle(token.closest(".tokens")).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  const target = {
    [forward]: () => all[i + 1],
    [backward]: () => all[i - 1],
    ArrowDown: () => onNextLine(token, all.slice(i + 1)),
    ArrowUp: () => onNextLine(token, all.slice(0, i).reverse()),
    Home: () => all[0],
    End: () => all.at(-1),
  }[event.key];
  if (!target) return;
  event.preventDefault();
  const next = target();
  if (next) focusToken(next);
}

/** The token on the next line of a list that is nearest below or above a token. */
function onNextLine(token, others) {
  const middle = (box) => box.left + box.width / 2;
  const own = token.getBoundingClientRect();
  let line = null;
  let nearest = null;
  let distance = Infinity;
  for (const other of others) {
    const box = other.getBoundingClientRect();
    if (Math.abs(box.bottom - own.bottom) < 4) continue;
    line ??= box.bottom;
    if (Math.abs(box.bottom - line) > 4) break;
    if (Math.abs(middle(box) - middle(own)) < distance) [nearest, distance] = [other, Math.abs(middle(box) - middle(own))];
  }
  return nearest;
}

/** Open the panel of a token that was clicked. */
export function openToken(event) {
  const button = event.target.closest(".token");
  if (!button) return;
  focusToken(button);
  const { rows, ...state } = shown[Number(button.closest(".sentence").dataset.sentence)];
  const others = rows.filter(({ head }) => head.kind !== "label");
  openPanel(state, Number(button.dataset.token), others, button);
}
