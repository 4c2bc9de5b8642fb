// Makes a page a tool: tables that can be sorted, searched and filtered, a link that is marked in the contents, and
// figures that have room for their texts in any font. Without it, a page shows the same text. Data is only ever read
// from the page and written as text.
"use strict";
(() => {
  const MIN_SORTED = 3, MIN_SEARCHED = 12; // rows
  const NUMBER = /^[+\-−]?(\d[\d,]*(\.\d+)?|\.\d+)(e[+-]?\d+)?(?=$|[\s%±(])/i;
  const collator = new Intl.Collator(undefined, { numeric: true });

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const cellText = (row, column) => row.cells[column].textContent.trim();

  // The number that a text begins with; null if there is none, NaN if the cell is empty.
  function numberIn(text) {
    if (text === "" || text === "–") return NaN;
    const match = NUMBER.exec(text);
    return match && Number(match[0].replaceAll(",", "").replace("−", "-"));
  }

  // Compares rows by a column: as numbers if all of its texts are, else as texts; empty cells come last.
  function comparison(rows, column) {
    const texts = new Map(rows.map((row) => [row, cellText(row, column)]));
    const numbers = new Map(rows.map((row) => [row, numberIn(texts.get(row))]));
    const isNumeric = ![...numbers.values()].includes(null), isEmpty = (row) => Number.isNaN(numbers.get(row));
    const compared = isNumeric
      ? (a, b) => numbers.get(a) - numbers.get(b)
      : (a, b) => collator.compare(texts.get(a), texts.get(b));
    const compare = (a, b, sign) => isEmpty(a) || isEmpty(b) ? isEmpty(a) - isEmpty(b) : sign * compared(a, b);
    return { isNumeric, compare };
  }

  // Each header becomes a button: first by size or alphabet, then in reverse, then as the page was.
  function makeSortable(table) {
    const body = table.tBodies[0], original = [...body.rows], headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const button = element("button", { type: "button" }, ...header.childNodes);
      header.append(button);
      header.ariaSort = "none";
      let order = null;
      button.addEventListener("click", () => {
        order ??= comparison(original, column);
        const directions = order.isNumeric ? ["descending", "ascending"] : ["ascending", "descending"];
        const next = [...directions, "none"][["none", ...directions].indexOf(header.ariaSort)];
        for (const each of headers) each.ariaSort = "none";
        header.ariaSort = next;
        const sign = next === "ascending" ? 1 : -1;
        body.append(...(next === "none" ? original : original.toSorted((a, b) => order.compare(a, b, sign))));
      });
    });
  }

  // A control for each header that has data-filter: `choice` of a text, or a number that is `below` one.
  function filterOf(header, column, rows) {
    const name = header.textContent;
    if (header.dataset.filter === "below") {
      const input = element("input", { type: "number", min: 0, max: 100, step: "any", size: 5 });
      const label = element("label", {}, `${name} below `, input, " %");
      return { label, control: input, accepts: (row) => !(numberIn(cellText(row, column)) >= parseFloat(input.value)) };
    }
    const counts = new Map();
    for (const row of rows) counts.set(cellText(row, column), (counts.get(cellText(row, column)) ?? 0) + 1);
    const frequent = [...counts].sort(([a, n], [b, m]) => m - n || collator.compare(a, b));
    const options = frequent.map(([value, n]) => element("option", { value }, `${value} (${n.toLocaleString("en")})`));
    const select = element("select", {}, element("option", { value: "" }, "any"), ...options);
    const accepts = (row) => !select.selectedIndex || cellText(row, column) === select.value;
    return { label: element("label", {}, `${name} `, select), control: select, accepts };
  }

  // A search field and the filters above a table, and how many rows they leave.
  function makeSearchable(table) {
    const rows = [...table.tBodies[0].rows], name = table.caption.textContent.trim();
    const search = element("input", { type: "search" });
    const texts = new Map();
    const textOf = (row) => {
      if (!texts.has(row)) texts.set(row, [...row.cells].map((cell) => cell.textContent).join("\n").normalize().toLowerCase());
      return texts.get(row);
    };
    const filters = [...table.tHead.rows[0].cells]
      .map((header, column) => header.dataset.filter && filterOf(header, column, rows))
      .filter(Boolean);
    const count = element("output", { ariaLive: "polite" });
    const reset = element("button", { type: "button", hidden: true }, "Show all");
    function update() {
      const query = search.value.trim().normalize().toLowerCase();
      let left = 0;
      for (const row of rows) {
        row.hidden = !(filters.every((filter) => filter.accepts(row)) && textOf(row).includes(query));
        left += !row.hidden;
      }
      reset.hidden = left === rows.length;
      count.textContent = `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    }
    const labels = [...filters.map((filter) => filter.label), element("label", {}, "search ", search)];
    const controls = element("div", { className: "controls", role: "search", ariaLabel: name }, ...labels, count, reset);
    controls.addEventListener("input", update);
    reset.addEventListener("click", () => {
      for (const { control } of [...filters, { control: search }]) control.value = "";
      update();
      search.focus();
    });
    (table.closest(".scroll") ?? table).before(controls);
    update();
    // A link to the table may choose values of its filters.
    for (const link of document.querySelectorAll("a[data-choices]")) {
      if (decodeURIComponent(link.hash.slice(1)) !== table.closest("[id]")?.id) continue;
      link.addEventListener("click", () => {
        const choices = JSON.parse(link.dataset.choices);
        filters.filter(({ control }) => control.localName === "select")
          .forEach(({ control }, i) => { control.value = choices[i] ?? ""; });
        search.value = "";
        update();
      });
    }
  }

  // The contents: open beside a wide page, else closed until they are asked for; the section in view is marked.
  function followContents(contents) {
    const details = contents.querySelector("details"), wide = matchMedia("(min-width: 76rem)");
    const fit = () => { details.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
    const links = [...contents.querySelectorAll("a")];
    const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    for (const link of links) link.addEventListener("click", () => { if (!wide.matches) details.open = false; });
    let isPlanned = false;
    function mark() {
      isPlanned = false;
      const above = targets.findLastIndex((target) => target && target.getBoundingClientRect().top < innerHeight / 3);
      links.forEach((link, i) => {
        if (i === above) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    }
    addEventListener("scroll", () => {
      if (!isPlanned) requestAnimationFrame(mark);
      isPlanned = true;
    }, { passive: true });
    mark();
  }

  // Widens a figure whose texts are larger than estimated: fonts differ from reader to reader.
  function giveRoom(figure) {
    const view = figure.viewBox.baseVal, box = figure.getBBox();
    const left = Math.min(view.x, box.x), top = Math.min(view.y, box.y);
    const right = Math.max(view.x + view.width, box.x + box.width);
    const bottom = Math.max(view.y + view.height, box.y + box.height);
    if (box.width) figure.setAttribute("viewBox", `${left} ${top} ${right - left} ${bottom - top}`);
  }

  document.documentElement.classList.add("scripted");
  for (const table of document.querySelectorAll("table.tool")) {
    const n = table.tBodies[0].rows.length;
    if (n >= MIN_SEARCHED || table.tHead.querySelector("[data-filter]")) makeSearchable(table);
    if (n >= MIN_SORTED) makeSortable(table);
  }
  document.querySelectorAll(".contents").forEach(followContents);
  document.querySelectorAll("svg[viewBox]").forEach(giveRoom);
})();
