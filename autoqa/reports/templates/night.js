"use strict";
(() => {
  const { rules, rows, words } = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const form = byId("filters"), body = byId("body"), table = byId("table");
  const PAGE = 50, MOST_PRINTED = 1000;
  const place = new Map(rules.map(([id], i) => [id, i]));
  const count = (text, letter) => text.split(letter).length - 1;
  const calls = rows.map(([file, href, id, key, name, team, started, seconds, score, low, high, verdict, outcomes, error, sheet, grade]) => ({
    file, href, id, key, name, agent: [name, name === key ? "" : key].filter(Boolean).join(" "), team, started, seconds,
    score, low, high, verdict, outcomes, error, sheet, grade,
    failed: count(outcomes, "f"), open: count(outcomes, "u"),
    text: [file, id, key, name, team].join("\n").toLowerCase(),
  }));
  let sort = { by: "score", up: true }, page = 0, shown = [];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  // ------------------------------------------------------------ which calls

  const filters = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  function matches(call, want) {
    const at = (rule) => call.outcomes[place.get(rule)];
    return (!want.text || want.text.toLowerCase().split(/\s+/).every((word) => call.text.includes(word)))
      && (!want.team || call.team === want.team)
      && (!want.agent || call.key === want.agent)
      && (!want.form || call.sheet === want.form)
      && (!want.rule || at(want.rule) === "f")
      && (!want.review || at(want.review) === "u")
      && (!want.verdict || (want.verdict === "review" ? call.open > 0 : call.verdict === want.verdict))
      && (!want.bin || (call.score !== null && Math.min(Math.floor(call.score / 5) * 5, 95) === +want.bin));
  }
  function compare(one, other) {
    const a = one[sort.by], b = other[sort.by];
    const missing = (v) => v === null || v === "";
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const order = typeof a === "number" ? a - b : collator.compare(a, b);
    return sort.up ? order : -order;
  }
  function update(keepPage) {
    const want = filters();
    shown = calls.filter((call) => matches(call, want))
      .sort((a, b) => compare(a, b) || (a.file < b.file ? -1 : 1));
    if (!keepPage) page = 0;
    byId("count").textContent = words.matches.replace("{count}", shown.length.toLocaleString()).replace("{total}", calls.length.toLocaleString());
    byId("reset").hidden = !Object.keys(want).length;
    byId("unbin").hidden = !want.bin;
    byId("unbin").textContent = want.bin ? `${want.bin}–${+want.bin + 5} ×` : "";
    for (const field of form.elements) field.classList.toggle("on", field.tagName === "SELECT" && !!field.value);
    for (const th of table.tHead.rows[0].cells) {
      if (th.dataset.sort === sort.by) th.setAttribute("aria-sort", sort.up ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    }
    remember(want);
    draw();
  }

  // ------------------------------------------------------------ drawing

  function cell(row, kind, text) {
    const td = row.insertCell();
    td.className = kind;
    if (text !== undefined && text !== null) td.textContent = text;
    return td;
  }
  function add(parent, tag, kind, text) {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    node.textContent = text;
    parent.append(node);
    return node;
  }
  const clock = (s) => {
    const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  function draw() {
    const pages = Math.max(Math.ceil(shown.length / PAGE), 1);
    page = Math.min(page, pages - 1);
    fill(shown.slice(page * PAGE, (page + 1) * PAGE));
    byId("page").textContent = words.page.replace("{page}", page + 1).replace("{pages}", pages);
    byId("back").disabled = page === 0;
    byId("next").disabled = page === pages - 1;
    document.querySelector(".pages").hidden = pages === 1;
  }
  function fill(some) {
    const drawn = document.createDocumentFragment();
    for (const call of some) {
      const row = document.createElement("tr");
      const score = cell(row, "n score", call.score ?? "–");
      if (call.low !== call.high) add(score, "small", "", `${call.low}–${call.high}`);
      const verdict = cell(row, "verdict");
      add(verdict, "span", `badge ${call.verdict}`, words[call.verdict]);
      if (call.grade && call.grade !== words[call.verdict]) { verdict.append(" "); add(verdict, "small", "", call.grade); }
      const file = cell(row, "file");
      if (call.href) add(file, "a", "", call.file).href = call.href;
      else file.textContent = call.file;
      if (call.id) { file.append(document.createElement("br")); add(file, "small", "", call.id); }
      cell(row, "agent", call.agent);
      cell(row, "team wide", call.team);
      cell(row, "n wide", call.started);
      cell(row, "n wide", call.seconds === null ? "" : clock(call.seconds));
      if (call.error) cell(row, "what error", call.error);
      else cell(row, "what", rules.filter((_, i) => call.outcomes[i] === "f").map(([, name]) => name).join(words.comma));
      const open = cell(row, "n openings", call.open || "");
      if (call.open) open.dataset.label = words.review;
      drawn.append(row);
    }
    if (!some.length) {
      const row = document.createElement("tr");
      cell(row, "soft", words.nothing).colSpan = 9;
      drawn.append(row);
    }
    body.replaceChildren(drawn);
  }

  // ------------------------------------------------------------ the address remembers

  function remember(want) {
    const hash = new URLSearchParams({ ...want, sort: (sort.up ? "" : "-") + sort.by }).toString();
    try { history.replaceState(null, "", "#" + hash); } catch { /* some browsers forbid it for files */ }
  }
  function recall() {
    const told = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of told) {
      const field = form.elements.namedItem(name);
      if (field && field.name) field.value = value;
    }
    const by = told.get("sort") || "";
    const known = [...table.tHead.rows[0].cells].some((th) => th.dataset.sort === by.replace("-", ""));
    if (known) sort = { by: by.replace("-", ""), up: !by.startsWith("-") };
  }

  // ------------------------------------------------------------ what can be pressed

  function headers(table, press) {
    for (const th of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => press(th));
    }
  }
  headers(table, (th) => {
    const by = th.dataset.sort;
    sort = { by, up: sort.by === by ? !sort.up : !["failed", "open", "seconds"].includes(by) };
    update();
  });
  for (const other of document.querySelectorAll("table[data-sortable]")) {
    headers(other, (th) => {
      const up = th.getAttribute("aria-sort") !== "ascending";
      const value = (tr) => { const td = tr.cells[th.cellIndex]; return td.dataset.v ?? td.textContent; };
      const order = (a, b) => th.dataset.type === "text" ? collator.compare(a, b)
        : (parseFloat(a.replace(",", "")) || 0) - (parseFloat(b.replace(",", "")) || 0);
      const sorted = [...other.tBodies[0].rows].sort((a, b) => (up ? 1 : -1) * order(value(a), value(b)));
      other.tBodies[0].append(...sorted);
      for (const each of other.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
    });
  }
  form.addEventListener("input", () => update());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const field of form.elements) if (field.name) field.value = "";
    update();
  });
  byId("unbin").addEventListener("click", () => { form.elements.namedItem("bin").value = ""; update(); });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-filter]");
    if (!pressed) return;
    for (const field of form.elements) if (field.name) field.value = "";
    form.elements.namedItem(pressed.dataset.filter).value = pressed.dataset.value;
    update();
    byId("calls").scrollIntoView({ behavior: "smooth" });
  });
  const turn = (step) => { page += step; draw(); byId("calls").scrollIntoView(); };
  byId("back").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => fill(shown.slice(0, MOST_PRINTED)));
  addEventListener("afterprint", draw);
  recall();
  update();
})();
