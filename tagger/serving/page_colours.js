// A colour for each tag and type of span, the same for all models, and the legend that counts them.

import { countsOf, rowName, typesOf } from "./page_answers.js";
import { byId, el } from "./page_dom.js";

const N_COLOURS = 12;
const N_SHOWN = 16; // entries of the legend before the rest is folded

const colours = new Map(); // by first use: the first types that a person sees have different colours

/** The classes of what is tinted with a type's colour. */
export function colourOf(type) {
  if (!colours.has(type)) colours.set(type, colours.size % N_COLOURS);
  return `tint c${colours.get(type)}`;
}

/** Show what each model found, with counts; each entry is a button that shows only its tokens.
 *
 * @param answers for each model, its `name`, empty if there is one, and the `heads` of each sentence.
 * @param choose is called with the name of a head and a type, or with null to show all.
 */
export function showLegend(answers, choose) {
  const groups = answers.flatMap(({ name, heads }) => {
    const counts = [...countsOf(heads).values()];
    return counts.map(({ head, types }) => {
      const title = rowName(name, counts.length > 1 || name ? head : null);
      const entries = [...types].map(([type, count]) => entry(head, type, count, choose));
      const rest = entries.splice(N_SHOWN);
      return el(
        "div",
        { class: "row legend", role: "group", "aria-label": `Show only ${title}` },
        title ? el("span", { class: "note" }, `${title}:`) : null,
        entries,
        rest.length ? el("details", {}, el("summary", {}, `${rest.length} more`), rest) : null,
      );
    });
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
