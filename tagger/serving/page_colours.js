// A colour for each tag and type of span, the same for all models, and the legend that counts them.

import { countsOf, typesOf } from "./page_answers.js";
import { byId, el } from "./page_dom.js";

const N_COLOURS = 12;
const N_SHOWN = 20; // entries of the legend before the rest is folded
const PREFIX = /^[BIESLUMW][-_](?=.)/; // of a tag with a scheme

const colours = new Map();

/** Give the tags of a model their colours, in the order in which it lists them. */
export function addColours(model) {
  for (const head of model.heads) {
    if (head.kind === "strings") continue;
    for (const tag of head.tags) if (head.kind !== "spans" || tag !== "O") colourOf(head.kind === "spans" ? tag.replace(PREFIX, "") : tag);
  }
}

/** The class of a type's colour. */
export function colourOf(type) {
  if (!colours.has(type)) colours.set(type, colours.size % N_COLOURS);
  return `c${colours.get(type)}`;
}

/** Show what was found with its counts; each entry is a button that shows only its tokens.
 *
 * @param sentences the heads of each sentence.
 * @param choose is called with the name of a head and a type, or with null to show all.
 */
export function showLegend(sentences, choose) {
  const counts = [...countsOf(sentences).values()];
  const groups = counts.map(({ head, types }) => {
    const entries = [...types].map(([type, count]) => entry(head, type, count, choose));
    const name = counts.length > 1 ? el("span", { class: "note" }, `${head.name}:`) : null;
    const rest = entries.splice(N_SHOWN);
    const folded = rest.length ? el("details", {}, el("summary", {}, `${rest.length} more`), rest) : null;
    return el("div", { class: "row legend", role: "group", "aria-label": `Show only, ${head.name}` }, name, entries, folded);
  });
  byId("legend").replaceChildren(...groups);
}

function entry(head, type, count, choose) {
  const swatch = el("span", { class: `swatch ${colourOf(type)}`, "aria-hidden": "true" });
  const toggle = ({ currentTarget: button }) => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    for (const each of byId("legend").querySelectorAll("button")) each.setAttribute("aria-pressed", each === button && isOn);
    choose(isOn ? { name: head.name, type } : null);
  };
  return el("button", { type: "button", "aria-pressed": "false", onclick: toggle }, swatch, type, " ", el("b", {}, count));
}

/** Whether a token, or the sentence for a label, has the chosen type. */
export const isChosen = (heads, i, { name, type }) =>
  heads.some((head) => head.name === name && typesOf(head)[head.kind === "label" ? 0 : i] === type);
