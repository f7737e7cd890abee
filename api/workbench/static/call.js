// The page of a call: findings and transcript follow the player, and keys do what a clerk does all day.
"use strict";

aq.whenThere("#call", (page) => {
  const data = JSON.parse(page.dataset.call);
  const player = new Player(page.querySelector(".player"), data);
  const talk = page.querySelector("#talk"), pane = page.querySelector(".talkpane");
  const lines = [...talk.querySelectorAll("[data-at]")].map((node) => ({
    node, start: +node.dataset.at, end: +node.dataset.end,
    words: [...node.querySelectorAll("[data-from]")],
  }));
  window.aqPlayer = player;

  // ---------------------------------------------------------------- the transcript follows the sound

  let spoken = null, word = null, touched = 0;
  player.onTime((ms, playing) => {
    let found = null;
    for (const line of lines) if (line.start <= ms && ms < line.end && (line.words.length || !found)) found = line;
    if (found !== spoken) {
      spoken?.node.classList.remove("now");
      spoken = found;
      spoken?.node.classList.add("now");
      if (spoken && playing && Date.now() - touched > 4000) show(spoken.node, false);
    }
    const said = found?.words.find((one) => +one.dataset.from <= ms && ms < +one.dataset.to) || null;
    if (said !== word) {
      word?.classList.remove("said");
      word = said;
      word?.classList.add("said");
    }
  });
  for (const name of ["wheel", "touchmove", "pointerdown"]) {
    pane.addEventListener(name, () => { touched = Date.now(); }, { passive: true });
  }
  function show(node, far = true) {
    const box = pane.getBoundingClientRect(), place = node.getBoundingClientRect();
    if (pane.scrollHeight <= pane.clientHeight + 4) return;
    if (far || place.top < box.top + 60 || place.bottom > box.bottom - 40) {
      const top = pane.scrollTop + place.top - box.top - box.height / 3;
      pane.scrollTo({ top, behavior: "smooth" });
    }
  }
  function reveal(ms) {
    let found = lines[0];
    for (const line of lines) if (line.start <= ms) found = line;
    if (found) show(found.node);
  }

  // ---------------------------------------------------------------- findings

  const all = () => [...page.querySelectorAll(".finding .case, .finding.bare")].filter((node) => node.offsetParent !== null || node.closest("details:not([open])"));
  const stops = () => {
    const urgent = all().filter((node) => node.matches("[data-open]"));
    return urgent.length ? urgent : all();
  };
  let current = null, evidence = -1;
  const heading = (node) => node.closest(".finding");

  function visit(id, quiet = false) {
    const node = document.getElementById(id);
    if (!node) return;
    page.querySelector(".case.current, .finding.current")?.classList.remove("current");
    const details = node.closest("details.finding");
    if (details) details.open = true;
    current = id;
    evidence = -1;
    node.classList.add("current");
    if (quiet) return;
    node.scrollIntoView({ block: "nearest", behavior: "smooth" });
    heading(node).querySelector("summary")?.focus({ preventScroll: true });
    const first = node.querySelector(".play");
    if (first) reveal(+first.dataset.start);
  }
  function step(by) {
    const found = stops();
    if (!found.length) return;
    const place = found.findIndex((node) => node.id === current);
    const next = place < 0 ? (by > 0 ? 0 : found.length - 1) : Math.min(Math.max(place + by, 0), found.length - 1);
    visit(found[next].id);
  }
  function hear(button) {
    page.querySelector(".play.on")?.classList.remove("on");
    button.classList.add("on");
    reveal(+button.dataset.start);
    player.play(+button.dataset.start - 500, +button.dataset.end + 500);
  }
  function hearNext() {
    if (!current) step(1);
    const plays = [...(document.getElementById(current)?.querySelectorAll(".play") || [])];
    if (!plays.length) return;
    evidence = (evidence + 1) % plays.length;
    hear(plays[evidence]);
  }
  function press(action) {
    if (!current) step(1);
    const place = document.getElementById(current);
    (place?.querySelector(`[data-act=${action}]`) || (place && heading(place).querySelector(`[data-act=${action}]`)))?.click();
  }
  document.addEventListener("aq:visit", (event) => visit(event.detail));
  aq.redrawn = () => { if (current) visit(current, true); filter(); };

  // ---------------------------------------------------------------- which findings

  let chosen = "";
  function filter() {
    const chips = [...page.querySelectorAll(".chips [data-show]")];
    if (!chips.some((chip) => chip.dataset.show === chosen)) chosen = chips[0]?.dataset.show || "all";
    for (const chip of chips) chip.setAttribute("aria-pressed", chip.dataset.show === chosen);
    const findings = page.querySelector(".findings");
    if (findings) findings.dataset.shown = chosen;
  }
  filter();

  // ---------------------------------------------------------------- what the address points at

  /** `#finding=RULE` or `RULE.N` opens a finding (none named: the first that waits), `?at=MS` a moment. */
  function arrive() {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("finding");
    const at = new URLSearchParams(location.search).get("at");
    if (at && +at >= 0) { player.seek(+at); reveal(+at); }
    if (wanted === null) return;
    if (!wanted) return step(1);
    const node = document.getElementById(wanted);
    if (!node?.matches(".finding, .case")) return;
    if (heading(node).matches(".calm")) { chosen = "all"; filter(); }
    const place = node.matches(".finding:not(.bare)") ? node.querySelector(".case") || node : node;
    visit(place.id);
    const first = place.querySelector(".play");
    if (first && !at) player.seek(+first.dataset.start);
  }
  window.addEventListener("hashchange", arrive);
  arrive();

  // ---------------------------------------------------------------- what a person says

  const dialog = page.querySelector("#say") || document.createElement("dialog");
  let drafting = 0, asked = {};
  const attic = `unsent ${location.pathname}`, left = sessionStorage.getItem(attic);
  if (left) {
    Object.assign(data.unsent, JSON.parse(left));
    sessionStorage.removeItem(attic);
  }
  aq.leaving = () => { dialog.close(); sessionStorage.setItem(attic, JSON.stringify(data.unsent)); };
  const place = () => [asked.act, asked.rule, asked.case].join(" ");
  function ask(button) {
    const { act, rule, number, version } = button.dataset;
    const about = { act, rule, number, version, case: button.dataset.case };
    if (act === "confirm") return aq.tell("say", { ...about, outcome: "", reason: "", place: "" });
    asked = about;
    const form = dialog.querySelector("form");
    form.reset();
    dialog.querySelector("h2").textContent = button.dataset.title;
    dialog.querySelector(".about").textContent = button.dataset.about;
    for (const [name, is] of [["outcomes", "correct"], ["decide", "decide"]]) {
      const fields = dialog.querySelector(`fieldset.${name}`);
      fields.hidden = fields.disabled = act !== is;
    }
    for (const input of dialog.querySelectorAll("[name=outcome]")) {
      input.disabled = input.value === button.dataset.outcome;
    }
    form.reason.value = data.unsent[place()] || "";
    dialog.showModal();
    (dialog.querySelector("fieldset:not([hidden]) input:not(:disabled)") || form.reason).focus();
  }
  function keep() {
    clearTimeout(drafting);
    drafting = 0;
    aq.tell("keep", { place: place(), text: data.unsent[place()] || "" });
  }
  dialog.addEventListener("input", (event) => {
    if (event.target.name !== "reason") return;
    data.unsent[place()] = event.target.value;
    clearTimeout(drafting);
    drafting = setTimeout(keep, 400);
  });
  dialog.addEventListener("close", () => { if (drafting) keep(); });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(event.target);
    clearTimeout(drafting);
    drafting = 0;
    aq.tell("say", {
      ...asked, place: place(),
      outcome: values.get("outcome") || values.get("ruling") || "", reason: (values.get("reason") || "").trim(),
    });
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.querySelector("form").requestSubmit();
  });
  /** The server has taken what was said at `where`. */
  aq.said = (where) => { if (where) delete data.unsent[where]; dialog.close(); };

  // ---------------------------------------------------------------- pointers and keys

  page.addEventListener("click", (event) => {
    const target = event.target;
    const play = target.closest(".play");
    if (play) { visit(play.closest(".case, .finding").id, true); evidence = -1; return hear(play); }
    const act = target.closest("[data-act]");
    if (act) { visit(act.closest(".case, .finding").id, true); return ask(act); }
    const chip = target.closest(".chips [data-show]");
    if (chip) {
      chosen = chip.dataset.show;
      return filter();
    }
    const said = target.closest("[data-from]");
    if (said) return player.play(+said.dataset.from, null);
    const time = target.closest("[data-seek]");
    if (time) player.play(+time.dataset.seek, null);
  });
  aq.keys({
    " ": (event) => event.target.closest("button, summary, a") && !event.target.closest(".finding") ? false : player.toggle(),
    ...(page.querySelector("#say") ? { n: () => step(1), p: () => step(-1), e: hearNext } : {}),
    c: () => press("confirm"), x: () => press("correct"), m: () => press("comment"), a: () => press("appeal"), d: () => press("decide"),
    ArrowLeft: () => player.seek(player.now() - 5000), ArrowRight: () => player.seek(player.now() + 5000),
    "+": () => player.zoom(1.6), "=": () => player.zoom(1.6), "-": () => player.zoom(1 / 1.6), 0: () => player.zoom(0),
    "/": () => search.focus(),
    u: () => page.querySelector(".callhead nav a").click(),
    Escape: () => player.sound.pause(),
  });

  // ---------------------------------------------------------------- search

  const search = page.querySelector("#search"), hits = page.querySelector("#hits");
  let found = [], at = -1;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    const ranges = [];
    found = wanted ? lines.filter(({ node }) => {
      const here = matches(node.querySelector(".bubble") || node, wanted);
      ranges.push(...here);
      return here.length;
    }) : [];
    if (window.Highlight) CSS.highlights.set("found", new Highlight(...ranges));
    for (const line of lines) line.node.classList.toggle("found", found.includes(line));
    at = -1;
    hits.textContent = wanted ? `${found.length}` : "";
    if (found.length) { at = 0; show(found[0].node); }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; search.dispatchEvent(new Event("input")); search.blur(); }
    if (event.key !== "Enter" || !found.length) return;
    event.preventDefault();
    at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
    show(found[at].node);
    hits.textContent = `${at + 1}/${found.length}`;
  });
  /** The places of `wanted` in the text below `node`, which may run over several elements. */
  function matches(node, wanted) {
    const texts = [], walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let whole = "";
    while (walk.nextNode()) { texts.push([whole.length, walk.currentNode]); whole += walk.currentNode.data.toLowerCase(); }
    const place = (index) => {
      const [start, text] = texts.findLast(([begin]) => begin <= index);
      return [text, Math.min(index - start, text.length)];
    };
    const ranges = [];
    for (let i = whole.indexOf(wanted); i >= 0; i = whole.indexOf(wanted, i + wanted.length)) {
      const range = new Range();
      range.setStart(...place(i));
      const [text, offset] = place(i + wanted.length - 1);
      range.setEnd(text, offset + 1);
      ranges.push(range);
    }
    return ranges;
  }
});
