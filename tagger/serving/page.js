// The page of `tagger serve`: reads the form, asks the server, shows the answer.

import { byId, el, showProblem } from "./page_dom.js";
import { helpOf, inputOf, isSeries, kindsOf, tableText } from "./page_input.js";
import { moveByKey, openToken, showResults, stepDifference } from "./page_results.js";
import * as server from "./page_server.js";
import { closePanel } from "./page_states.js";

const PAUSE = 400; // milliseconds without a key before text is tagged
const LIVE = 2_000; // characters of the longest text that is tagged while it is typed
const MOST_EXAMPLES = 8;
const MOST_IN_ADDRESS = 8_000; // characters of the longest text that is kept in the address

let models = [];
let request = null;
let timer = 0;
let latest = null; // what showResults was called with last
let address = ""; // the fragment that this page wrote last

const model = () => models.find(({ name }) => name === byId("model").value);
const other = () => models.find(({ name }) => name === byId("other").value);
const radios = () => [...document.forms.form.elements.kind];
const kind = () => (kindsOf(model()).length > 1 ? document.forms.form.elements.kind.value : kindsOf(model())[0]);
const doubt = () => Number(byId("doubt").value) / 100;

async function start() {
  try {
    models = await server.models();
  } catch (error) {
    showProblem(byId("problem"), error);
    return;
  }
  showProblem(byId("problem"), null);
  byId("model").replaceChildren(...models.map(({ name }) => el("option", {}, name)));
  restore();
}

/** Fit the form to the chosen model. */
function fitForm() {
  const { name, card } = model();
  byId("kinds").hidden = kindsOf(model()).length < 2;
  byId("input-label").textContent = { text: "Text", tokens: "Tokens", table: "Table" }[kind()];
  byId("input-help").textContent = helpOf(model(), kind());
  const comparable = models.filter((each) => each.name !== name && sameColumns(each, model()));
  const chosen = byId("other").value;
  byId("other").replaceChildren(el("option", { value: "" }, "no other model"), ...comparable.map((each) => el("option", { value: each.name }, each.name)));
  byId("other").value = comparable.some((each) => each.name === chosen) ? chosen : "";
  byId("other-field").hidden = !comparable.length;
  byId("best-field").hidden = Boolean(byId("other").value) || !model().best;
  byId("about").hidden = false;
  byId("card").replaceChildren(...aboutModel(model()), card ? el("pre", {}, card) : "");
  const examples = examplesOf(model());
  byId("examples").hidden = !examples.length;
  const button = ({ title, text }) => el("button", { type: "button", dir: "auto", onclick: () => tryExample(text) }, title);
  byId("example-list").replaceChildren(...examples.map((example) => el("li", {}, button(example))));
}

/** The examples of a model: what their buttons say, and the text that they put into the form. */
function examplesOf({ examples = [], series_examples: tables = [] }) {
  const title = (table, i) => (isSeries(model()) ? `Series ${i + 1}, ${table.tokens.length} steps` : table.tokens.join(" "));
  const ofTables = tables.map((table, i) => ({ title: title(table, i), text: tableText(model(), table) }));
  return [...examples.map((text) => ({ title: text, text })), ...ofTables].slice(0, MOST_EXAMPLES);
}

const sameColumns = (a, b) =>
  JSON.stringify([a.channels, a.columns, isSeries(a)]) === JSON.stringify([b.channels, b.columns, isSeries(b)]);

function aboutModel({ heads, channels, versions }) {
  const listed = (tags) => `: ${tags.slice(0, 30).join(", ")}${tags.length > 30 ? `, and ${tags.length - 30} more` : ""}`;
  const lines = heads.map(({ name, kind, tags }) => [name, kind + (tags.length ? listed(tags) : "")]);
  if (channels.length) lines.push(["channels", channels.join(", ")]);
  lines.push(["versions", Object.entries(versions).map(([what, version]) => `${what.replaceAll("_", " ")} ${version}`).join(", ")]);
  return [el("dl", {}, lines.map(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]))];
}

function tryExample(text) {
  radios()[0].checked = true;
  byId("input").value = text;
  fitForm();
  tag();
}

/** Tag what is in the form with one or two models, and show the answer. */
async function tag() {
  clearTimeout(timer);
  if (!models.length) return start(); // the server did not answer when the page was opened
  request?.abort();
  const own = new AbortController();
  request = own;
  keep();
  const text = byId("input").value;
  if (!text.trim()) {
    byId("results").removeAttribute("aria-busy");
    showProblem(byId("problem"), null);
    byId("found").hidden = true;
    byId("summary").textContent = "";
    closePanel({ returnsFocus: false });
    return;
  }
  byId("results").setAttribute("aria-busy", "true");
  try {
    const { body: input, tables = null } = inputOf(model(), kind(), text);
    const chosen = [model(), other()].filter(Boolean);
    const best = byId("best-field").hidden ? 1 : Number(byId("best").value);
    const bodies = chosen.map(({ name }) => ({ model: name, ...input, ...(best > 1 && { best }) }));
    const answers = await Promise.all(bodies.map((body) => server.tag(body, own.signal)));
    showProblem(byId("problem"), null);
    byId("results").classList.remove("old");
    if (byId("found").hidden) byId("examples").open = false;
    latest = [answers.map(({ sentences }, i) => ({ model: chosen[i], sentences })), tables];
    showResults(...latest, doubt());
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error instanceof Error) throw error;
    byId("results").classList.add("old");
    showProblem(byId("problem"), error);
  } finally {
    if (request === own) byId("results").removeAttribute("aria-busy");
  }
}

/** Keep the form in the fragment of the address, which the browser sends to nobody. */
function keep() {
  const text = byId("input").value;
  const state = new URLSearchParams({ model: model().name, kind: kind(), with: byId("other").value, best: byId("best").value, doubt: byId("doubt").value });
  if (text.length <= MOST_IN_ADDRESS) state.set("text", text);
  address = `#${state}`;
  history.replaceState(null, "", address);
}

function restore() {
  const state = new URLSearchParams(location.hash.slice(1));
  const choose = (id, value) => [...byId(id).options].some((option) => option.value === value) && (byId(id).value = value);
  choose("model", state.get("model"));
  for (const radio of radios()) radio.checked = radio.value === (state.get("kind") === "tokens" ? "tokens" : "text");
  choose("best", state.get("best"));
  if (state.has("doubt")) byId("doubt").value = Number(state.get("doubt"));
  byId("input").value = state.get("text") ?? byId("input").value;
  fitForm();
  choose("other", state.get("with"));
  fitForm();
  if (byId("input").value.trim()) tag();
}

const asJson = () => JSON.stringify(latest[0].length > 1 ? latest[0].map(({ model, sentences }) => ({ model: model.name, sentences })) : { model: latest[0][0].model.name, sentences: latest[0][0].sentences }, null, 2);

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    byId("done").textContent = `${what} copied`;
  } catch {
    byId("done").textContent = "the browser does not allow copying here; download it instead";
  }
}

function download() {
  const url = URL.createObjectURL(new Blob([asJson()], { type: "application/json" }));
  el("a", { href: url, download: "tagged.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  byId("done").textContent = "tagged.json downloaded";
}

function listen() {
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    tag();
  });
  byId("input").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) tag();
  });
  byId("input").addEventListener("input", () => {
    clearTimeout(timer);
    if (byId("live").checked && byId("input").value.length <= LIVE) timer = setTimeout(tag, PAUSE);
  });
  for (const id of ["model", "other", "best", "kinds"]) {
    byId(id).addEventListener("change", () => {
      if (models.length) fitForm();
      tag();
    });
  }
  byId("doubt").addEventListener("change", () => {
    if (models.length) keep();
    if (latest && !byId("found").hidden) showResults(...latest, doubt());
  });
  byId("sentences").addEventListener("click", openToken);
  byId("sentences").addEventListener("keydown", moveByKey);
  byId("previous").addEventListener("click", () => stepDifference(-1));
  byId("next").addEventListener("click", () => stepDifference(1));
  byId("close").addEventListener("click", () => closePanel());
  document.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
  byId("copy").addEventListener("click", () => copy(asJson(), "JSON"));
  byId("link").addEventListener("click", () => {
    const isLong = byId("input").value.length > MOST_IN_ADDRESS;
    copy(location.href, isLong ? "The text is too long for a link: a link with the settings alone is" : "Link");
  });
  byId("download").addEventListener("click", download);
  window.addEventListener("hashchange", () => location.hash !== address && location.hash.includes("model=") && restore());
}

listen();
start();
