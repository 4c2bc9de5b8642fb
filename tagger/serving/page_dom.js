// Elements of the page. Data reaches the page only as text and as attributes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Make an element: `dataset` and `style` take objects, `on…` functions, `class` and all others attributes. */
export function el(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** Make an element of a drawing. */
export function svg(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Text for screen readers only. */
export const spoken = (text) => el("span", { class: "hidden" }, text);

export const percent = (share) => (share > 0 && share < 0.005 ? "<1\u00a0%" : `${Math.round(100 * share)}\u00a0%`);

/** Whether a share is in doubt, compared as it is shown. */
export const isLow = (share, doubt) => share !== undefined && Math.round(100 * share) < Math.round(100 * doubt);

/** A number with its noun, which gets an s unless another plural is passed. */
export const counted = (n, noun, plural = `${noun}s`) => `${n.toLocaleString("en")} ${n === 1 ? noun : plural}`;

/** Show an error and its hint in an element that is read aloud; without one, empty it. */
export function showProblem(element, problem) {
  element.replaceChildren();
  if (!problem) return;
  const hint = problem.hint && el("p", {}, el("span", { class: "note" }, "hint: "), el("code", {}, problem.hint));
  element.append(el("div", { class: "problem" }, el("p", {}, el("strong", {}, "Error: "), problem.message), hint));
}
