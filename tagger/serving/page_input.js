// What is typed, as the body of a request: text, tokens or the rows of a table.

const MISSING = new Set(["", "na", "nan", "null", "none", "?"]);
const GROUPS = ["series", "sentence"]; // columns whose value changes with each sentence or series
const TOKEN = ["token", "tokens", "word", "form"]; // names of the column of tokens

/** Whether a model reads more than tokens, and so a table. */
const readsTable = (model) => model.channels.length + model.columns.length > 0;

/** Whether the steps of a model are numbers alone, which are drawn as lines. */
export const isSeries = (model) => model.channels.length > 0 && !model.words;

/** The kinds of input that a model reads, the best first. */
export const kindsOf = (model) => (readsTable(model) ? ["table"] : ["text", "tokens"]);

/** How a kind of input is written. */
export function helpOf(model, kind) {
  if (kind === "text") return "One sentence per line. The text is split into words and punctuation.";
  if (kind === "tokens") return "One token per line; a blank line starts the next sentence.";
  const [what, missing] = isSeries(model) ? ["series", model.fills_missing ? "; an empty cell is a missing number" : ""] : ["sentence", ""];
  return (
    `Rows of a table, separated by commas or tabs, below a header line with ${namesOf(model).join(", ")}. A blank ` +
    `line, or another value in a column named ${what}, starts the next ${what}${missing}. Further columns are not read.`
  );
}

/** The input of a request, and for tables the sentences as objects of lists.
 *
 * Throws an object with `message` and `hint` if the input cannot be read.
 */
export function inputOf(model, kind, text) {
  if (kind === "text") return { body: { text } };
  const lines = text.split(/\r?\n/);
  if (kind === "tokens") return { body: { sentences: blocksOf(lines.map((line) => line.trim())) } };
  const tables = tablesOf(model, lines);
  return { body: isSeries(model) ? { series: tables } : { sentences: tables }, tables };
}

/** An example of a table as the text that `inputOf` reads. */
export function tableText(model, example) {
  const names = namesOf(model);
  const columns = names.map((name) => example[name === "token" ? "tokens" : name]);
  const rows = columns[0].map((_, i) => columns.map((column) => column[i] ?? "").join("\t"));
  return [names.join("\t"), ...rows].join("\n");
}

const namesOf = ({ words, columns, channels }) => [...(words || !channels.length ? ["token"] : []), ...columns, ...channels];

function blocksOf(lines) {
  const blocks = [[]];
  for (const line of lines) {
    if (line) blocks.at(-1).push(line);
    else if (blocks.at(-1).length) blocks.push([]);
  }
  return blocks.filter((block) => block.length);
}

/** The sentences of a table, each with a list of cells for each column. */
function tablesOf(model, lines) {
  const first = lines.findIndex((line) => line.trim());
  const delimiter = ["\t", ";", ","].find((each) => lines[first].includes(each)) ?? ",";
  const header = cellsOf(lines[first], delimiter);
  const names = namesOf(model);
  const places = names.map((name) => (name === "token" ? header.findIndex((each) => TOKEN.includes(each)) : header.indexOf(name)));
  const absent = names.filter((_, i) => places[i] < 0);
  if (absent.length) {
    throw {
      message: `line ${first + 1}: the header has no column ${absent.join(", ")}; it has ${header.join(", ")}`,
      hint: `a header line such as ${names.join(",")}`,
    };
  }
  const group = header.findIndex((name) => GROUPS.includes(name) && !names.includes(name));
  const tables = [];
  let current = null;
  let value = null;
  lines.slice(first + 1).forEach((line, i) => {
    if (!line.trim()) {
      current = null;
      return;
    }
    const cells = cellsOf(line, delimiter);
    if (!current || (group >= 0 && cells[group] !== value)) {
      current = Object.fromEntries(names.map((name) => [name === "token" ? "tokens" : name, []]));
      tables.push(current);
    }
    value = cells[group];
    names.forEach((name, j) => {
      const cell = cells[places[j]] ?? "";
      const isNumber = model.channels.includes(name);
      current[name === "token" ? "tokens" : name].push(isNumber ? number(cell, delimiter, first + i + 2, name) : cell);
    });
  });
  return tables;
}

/** The cells of a line; a delimiter between double quotes is part of a cell. */
function cellsOf(line, delimiter) {
  if (delimiter === "\t" || !line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const pattern = delimiter === "," ? /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g : /("(?:[^"]|"")*"|[^;]*)(?:;|$)/g;
  const cells = [...line.matchAll(pattern)].map(([, cell]) => cell.trim().replace(/^"(.*)"$/, "$1").replaceAll('""', '"'));
  return line.endsWith(delimiter) ? cells : cells.slice(0, -1); // the pattern also matches the empty end
}

function number(cell, delimiter, line, name) {
  if (MISSING.has(cell.toLowerCase())) return null;
  const value = Number(delimiter === "," ? cell : cell.replace(",", "."));
  if (Number.isFinite(value)) return value;
  throw { message: `line ${line}: expected a number in column ${name}, got "${cell}"`, hint: null };
}
