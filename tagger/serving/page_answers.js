// The answers of a model: one form for any number of heads, differences between two, counts.

import { counted, isLow, percent } from "./page_dom.js";

/** The heads of an answered sentence.
 *
 * Each has `name`, `kind` (tag, string or label), `tags` (all of the model), `values` (one per token; a label has one),
 * `confidence` (as many, or empty) and `spans` ({type, start, end} in tokens, end exclusive; null without a scheme).
 */
export function headsOf(sentence, model) {
  const known = (name) => model.heads.find((head) => head.name === name)?.tags ?? [];
  if (sentence.heads) {
    return Object.entries(sentence.heads).map(([name, head]) => ({ ...asHead(name, head.kind, head), tags: known(name) }));
  }
  const name = (kind) => model.heads.find((head) => (head.kind === "label") === (kind === "label"))?.name ?? kind;
  const heads = [];
  if ("label" in sentence) {
    const confidence = sentence.label_confidence == null ? [] : [sentence.label_confidence];
    heads.push(asHead(name("label"), "label", { values: sentence.label == null ? [] : [sentence.label], confidence }));
  }
  if (sentence.tags) {
    const strings = model.heads.every((head) => head.kind === "strings");
    heads.push(asHead(name("tag"), strings ? "string" : "tag", { ...sentence, values: sentence.tags }));
  }
  return heads.map((head) => ({ ...head, tags: known(head.name) }));
}

/** The heads with the tags of another of the best sequences, which are those of the first head of tags. */
export function withRanked(heads, ranked) {
  const first = heads.findIndex((head) => head.kind === "tag");
  return heads.map((head, i) => (i === first ? { ...head, ...asHead(head.name, "tag", { ...ranked, values: ranked.tags }) } : head));
}

function asHead(name, kind, { values, confidence, spans }) {
  const asSpan = ({ label, tokens: [start, end] }) => ({ type: label, start, end });
  return { name, kind, values, confidence: confidence ?? [], spans: spans ? spans.map(asSpan) : null };
}

/** The head of another answer to compare with: that of this name, else with these tags, else the only one of its kind. */
export function counterpart(head, heads) {
  const alike = heads.filter((other) => other.kind === head.kind);
  const same = (other) => other.tags.length > 0 && String(other.tags) === String(head.tags);
  return alike.find((other) => other.name === head.name) ?? alike.find(same) ?? (alike.length === 1 ? alike[0] : undefined);
}

/** What a row of answers is called: its model and its head; the only head of a network has no name of its own. */
export const rowName = (model, head) => [model, head && head.name !== "head" ? head.name : ""].filter(Boolean).join(" ");

/** Positions whose values differ, as a set. */
export const differing = (values, others) => new Set(values.flatMap((value, i) => (value === others[i] ? [] : [i])));

/** What a value is counted and coloured as: the type of a span, or the tag itself; null if it is outside all spans. */
export function typesOf(head) {
  if (!head.spans) return head.values;
  const types = head.values.map(() => null);
  for (const { type, start, end } of head.spans) types.fill(type, start, end);
  return types;
}

/** The confidence of a span: that of its least certain token. */
export const spanConfidence = (head, { start, end }) =>
  head.confidence.length ? Math.min(...head.confidence.slice(start, end)) : undefined;

/** The number of spans of each type, or of tokens or sentences with each value, for each head by name. */
export function countsOf(sentences) {
  const counts = new Map();
  for (const heads of sentences) {
    for (const head of heads) {
      if (head.kind === "string") continue;
      if (!counts.has(head.name)) counts.set(head.name, { head, types: new Map() });
      const { types } = counts.get(head.name);
      for (const type of head.spans ? head.spans.map((span) => span.type) : head.values) {
        types.set(type, (types.get(type) ?? 0) + 1);
      }
    }
  }
  for (const each of counts.values()) each.types = new Map([...each.types].sort((a, b) => b[1] - a[1]));
  return counts;
}

/** The result in a sentence, such as `7 tokens, 2 spans: 1 PER, 1 LOC; 1 answer below 70 %`. */
export function summaryOf(sentences, nTokens, isSeries, doubt) {
  const unit = isSeries ? counted(nTokens, "step") : counted(nTokens, "token");
  const parts = [`${isSeries ? `${sentences.length} series` : counted(sentences.length, "sentence")}, ${unit}`];
  const several = sentences.some((heads) => heads.length > 1);
  for (const { head, types } of countsOf(sentences).values()) {
    const n = [...types.values()].reduce((sum, each) => sum + each, 0);
    const listed = [...types].slice(0, 5).map(([type, count]) => `${count} ${type}`);
    const more = types.size > 5 ? `, ${types.size - 5} more` : "";
    if (head.spans) parts.push(n ? `${counted(n, "span")}: ${listed.join(", ")}${more}` : "no span");
    else if (head.kind === "label") parts.push(`${head.name}: ${listed.join(", ")}${more}`);
    else {
      const different = counted(types.size, `different ${isSeries ? "state" : "tag"}`);
      parts.push(several ? `${head.name}: ${different}` : `${different}: ${listed.join(", ")}${more}`);
    }
  }
  const low = sentences.flat().flatMap((head) => head.confidence).filter((share) => isLow(share, doubt)).length;
  return `${parts.join("; ")}; ${low ? counted(low, "answer") : "no answer"} below ${percent(doubt)}`;
}
