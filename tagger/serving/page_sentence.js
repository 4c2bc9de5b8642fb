// A tagged sentence: each token with a row below it for each head, spans as marked stretches.

import { counterpart, rowName, spanConfidence, typesOf } from "./page_answers.js";
import { colourOf } from "./page_colours.js";
import { el, isLow, percent } from "./page_dom.js";

const CHUNK = 100; // tokens of a list; a longer sentence has several, of which the browser draws those near the window

/** The list of tokens.
 *
 * @param sentence tokens, and their offsets if they come from a text.
 * @param rows objects with `head`, `name` (shown if there are several rows) and `other`, the head to compare with.
 * @param doubt shares below it are marked.
 */
export function tokenList(sentence, rows, doubt) {
  const drawn = rows.map((row) => cellsOf(row, doubt));
  const items = sentence.tokens.map((token, i) => {
    const cells = drawn.map((row) => row.cells[i]);
    const label = [token, ...drawn.map((row, j) => (rows.length > 1 ? `${rows[j].name} ` : "") + row.spoken[i])].join(", ");
    const button = el(
      "button",
      { type: "button", class: "token", tabindex: "-1", "aria-label": label, dataset: { token: i } },
      el("span", { class: "word" }, visible(token)),
      cells,
    );
    return el("li", { class: isJoined(sentence.offsets, i) ? "joined" : "" }, button);
  });
  const names = rows.map(({ name }) => el("span", { class: "cell" }, name));
  const heading = el("li", { class: "names", "aria-hidden": "true", dir: "ltr" }, el("span", { class: "word" }, "\u00a0"), names);
  if (rows.length > 1) items.unshift(heading);
  const chunks = items.flatMap((_, i) => (i % CHUNK ? [] : [items.slice(i, i + CHUNK)]));
  const name = chunks.length > 1 ? "tokens chunk" : "tokens";
  return el("div", { dir: "auto" }, chunks.map((chunk) => el("ol", { class: name }, chunk)));
}

/** The label of a sentence as a headline. */
export function labelLine({ head, name, other }, doubt) {
  const value = head.values[0];
  const differs = other && other.values[0] !== value;
  const share = head.confidence[0];
  const cell = el(
    "span",
    { class: `cell label ${value === undefined ? "" : colourOf(value)}${isLow(share, doubt) ? " low" : ""}`, style: { "--share": share ?? 1 } },
    differs ? mark() : null,
    el("span", { class: "tag" }, value ?? "no label"),
    shareText(share, doubt),
  );
  return el("p", { class: `headline${differs ? " differs" : ""}`, tabindex: differs ? "-1" : null }, el("span", { class: "note" }, `${name}: `), cell);
}

/** The rows of an answer, beside those of another answer to compare it with.
 *
 * @param heads the heads of the answer.
 * @param others the heads to compare with, or null.
 * @param model name of the model, if several are shown.
 */
export function rowsOf(heads, others, model) {
  return heads.map((head) => {
    const other = others && counterpart(head, others);
    return { head, name: rowName(model, head) || "tag", other };
  });
}

function cellsOf({ head, other }, doubt) {
  const types = typesOf(head);
  const starts = new Map((head.spans ?? []).map((span) => [span.start, span]));
  const ends = new Set((head.spans ?? []).map((span) => span.end - 1));
  const cells = [];
  const spokenTexts = head.values.map((value, i) => {
    const share = head.confidence[i];
    const low = isLow(share, doubt);
    const differs = Boolean(other) && other.values[i] !== value;
    const classes = ["cell"];
    if (low) classes.push("low");
    if (differs) classes.push("differs");
    if (head.kind === "string") classes.push("string");
    else if (types[i] !== null) classes.push(colourOf(types[i]));
    let text = value;
    let shown = share;
    if (head.spans) {
      const span = starts.get(i);
      classes.push(types[i] === null ? "outside" : "inside", span ? "start" : "", ends.has(i) ? "end" : "");
      if (span) [text, shown] = [span.type, spanConfidence(head, span)];
      else if (types[i] !== null || !(low || differs)) [text, shown] = ["", low ? share : undefined];
      if (span && isLow(shown, doubt)) classes.push("low");
    }
    cells.push(
      el(
        "span",
        { class: classes.filter(Boolean).join(" "), title: value, style: { "--share": share ?? 1 } },
        differs ? mark() : null,
        el("span", { class: "tag", dir: head.kind === "string" ? "auto" : "ltr" }, text),
        shareText(shown, doubt),
      ),
    );
    const parts = [value, share === undefined ? "" : percent(share), low ? "in doubt" : ""];
    if (differs) parts.push(`differs from ${other.values[i] ?? "nothing"}`);
    return parts.filter(Boolean).join(", ");
  });
  return { cells, spoken: spokenTexts };
}

const mark = () => el("span", { class: "mark" }, "≠");

const shareText = (share, doubt) =>
  share === undefined ? null : el("span", { class: "share", dir: "ltr" }, percent(share), isLow(share, doubt) ? " ?" : "");

/** Whether no space separates a token from the next one in its text. */
const isJoined = (offsets, i) => Boolean(offsets) && i + 1 < offsets.length && offsets[i][1] === offsets[i + 1][0];

/** A token with its white space and control characters as pictures, so that it cannot be mistaken for another. */
export const visible = (token) =>
  token.replace(/[\u0000-\u0020]/g, (c) => String.fromCodePoint(0x2400 + c.codePointAt(0))).replace(/[\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/g, "\ufffd") || "(empty)";
