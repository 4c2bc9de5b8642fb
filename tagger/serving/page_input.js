// What is typed, as the body of a request: text, tokens or the rows of a table.

const MISSING = new Set(["", "na", "nan", "null", "none", "?"]);
const GROUPS = ["series", "sentence"]; // columns whose value changes with each series

/** The kinds of input that a model reads, the best first. */
export function kindsOf(model) {
  if (model.series) return ["series"];
  return model.columns.length ? ["tokens"] : ["text", "tokens"];
}

/** How a kind of input is written. */
export function helpOf(model, kind) {
  if (kind === "series") {
    return `CSV with a header line: ${model.channels.join(", ")}. A blank line, or another value in a column ` +
      "named series, starts the next series; an empty cell is a missing number; further columns are not read.";
  }
  if (kind === "text") return "One sentence per line. The text is split into words and punctuation.";
  const columns = model.columns.length ? `, then ${model.columns.join(", ")}, separated by tabs` : "";
  return `One token per line${columns}; a blank line starts the next sentence.`;
}

/** The key of the body that holds the input, and its value.
 *
 * Throws an object with `message` and `hint` if the input cannot be read.
 */
export function bodyOf(model, kind, text) {
  if (kind === "text") return { text };
  const blocks = text.split(/\n[^\S\n\t]*\n+/).map((block) => block.split("\n").filter((line) => line.trim()));
  if (kind === "tokens") {
    return { sentences: blocks.filter((block) => block.length).map((block) => sentence(model, block)) };
  }
  return { series: seriesOf(model.channels, text.split("\n")) };
}

function sentence({ columns }, lines) {
  if (!columns.length) return lines.map((line) => line.trim());
  const rows = lines.map((line) => line.split("\t").map((cell) => cell.trim()));
  const short = rows.findIndex((row) => row.length !== columns.length + 1);
  if (short >= 0) {
    throw {
      message: `"${lines[short]}": expected ${columns.length + 1} cells, got ${rows[short].length}`,
      hint: ["token", ...columns].join(" TAB "),
    };
  }
  const column = (i) => rows.map((row) => row[i]);
  return { tokens: column(0), ...Object.fromEntries(columns.map((name, i) => [name, column(i + 1)])) };
}

/** Read the series of a table.
 *
 * >>> seriesOf(["x"], ["series,x", "1,0.5", "1,", "2,3"])
 * [{ x: [0.5, null] }, { x: [3] }]
 */
export function seriesOf(channels, lines) {
  const first = lines.findIndex((line) => line.trim());
  if (first < 0) return [];
  const delimiter = ["\t", ";", ","].find((each) => lines[first].includes(each)) ?? ",";
  const split = (line) => line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const header = split(lines[first]);
  const places = channels.map((name) => header.indexOf(name));
  const missing = channels.filter((_, i) => places[i] < 0);
  if (missing.length) {
    throw {
      message: `line ${first + 1}: the header has no column ${missing.join(", ")}; it has ${header.join(", ")}`,
      hint: `a header line such as ${channels.join(",")}`,
    };
  }
  const group = header.findIndex((name) => GROUPS.includes(name) && !channels.includes(name));
  const all = [];
  let current = null;
  let value = null;
  lines.slice(first + 1).forEach((line, i) => {
    if (!line.trim()) {
      current = null;
      return;
    }
    const cells = split(line);
    if (!current || (group >= 0 && cells[group] !== value)) {
      current = Object.fromEntries(channels.map((name) => [name, []]));
      all.push(current);
    }
    value = cells[group];
    channels.forEach((name, j) => current[name].push(number(cells[places[j]], delimiter, first + i + 2, name)));
  });
  return all;
}

function number(cell, delimiter, line, name) {
  if (MISSING.has((cell ?? "").toLowerCase())) return null;
  const value = Number(delimiter === "," ? cell : cell.replace(",", "."));
  if (Number.isFinite(value)) return value;
  throw { message: `line ${line}: expected a number in column ${name}, got "${cell}"`, hint: null };
}
