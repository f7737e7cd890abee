"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const [plot, head, talk, player] = ["plot", "head", "talk", "player"].map(byId);
  const items = [...talk.querySelectorAll("[data-at]")].map((node) => ({
    node, start: +node.dataset.at, end: +node.dataset.end,
  }));
  const audio = new Audio();
  let clip = null, from = 0, until = 0, button = null;

  const clock = (ms) => {
    const s = Math.floor(ms / 1000), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  const clipAt = (ms) => data.clips.findIndex((c) => c.start <= ms && ms < c.end);

  // ------------------------------------------------------------ sound

  function play(number, start, end, pressed) {
    if (pressed && pressed === button && clip === data.clips[number]) return toggle();
    stop();
    clip = data.clips[number]; from = start; until = end; button = pressed;
    if (audio.getAttribute("src") !== clip.src) audio.src = clip.src;
    audio.currentTime = from;
    player.hidden = false;
    const article = pressed && pressed.closest(".finding");
    byId("what").textContent = article ? article.querySelector("h3").textContent : "";
    start_();
  }
  function start_() { audio.play().catch(() => stop()); }
  function stop() { audio.pause(); show(false); }
  function toggle() {
    if (!audio.paused) return stop();
    if (audio.currentTime >= until - 0.05) audio.currentTime = from;
    start_();
  }
  function show(on) {
    for (const node of [byId("toggle"), button]) if (node) node.classList.toggle("playing", on);
  }
  audio.addEventListener("play", () => { show(true); follow(); });
  audio.addEventListener("ended", stop);
  function follow() {
    const ms = clip.start + audio.currentTime * 1000;
    byId("where").textContent = clock(ms);
    const share = (audio.currentTime - from) / Math.max(until - from, 0.1);
    byId("through").setAttribute("width", `${Math.min(100, Math.max(0, 100 * share))}%`);
    point(ms);
    for (const item of items) item.node.classList.toggle("now", item.start <= ms && ms < item.end);
    if (audio.currentTime >= until) stop();
    if (!audio.paused) requestAnimationFrame(follow);
    else for (const item of items) item.node.classList.remove("now");
  }

  // ------------------------------------------------------------ places

  function point(ms) {
    const line = head.querySelector("line"), x = `${(100 * ms) / Math.max(data.duration, 1)}%`;
    line.setAttribute("x1", x); line.setAttribute("x2", x);
    head.classList.add("on");
  }
  function reveal(ms) {
    let found = items[0];
    for (const item of items) if (item.start <= ms) found = item;
    if (!found) return;
    if (talk.scrollHeight > talk.clientHeight + 4) {
      talk.scrollTo({ top: found.node.offsetTop - talk.clientHeight / 3, behavior: "smooth" });
    }
    flash(found.node);
  }
  function flash(node) {
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1600);
  }
  function seek(ms) {
    point(ms); reveal(ms);
    const number = clipAt(ms);
    if (number < 0) return;
    const found = data.clips[number];
    play(number, (ms - found.start) / 1000, (found.end - found.start) / 1000, null);
  }
  function visit(id) {
    const node = document.getElementById(id);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    flash(node);
    const first = node.querySelector(".play");
    if (first) { first.focus({ preventScroll: true }); reveal(+(first.dataset.at || first.dataset.seek)); }
  }

  for (const item of items) {
    const heard = data.clips.some((c) => c.start < item.end - 300 && c.end > item.start + 300 && c.start <= item.start + 600);
    item.node.classList.toggle("audible", heard);
  }
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-clip], [data-seek], [data-target]");
    if (pressed && pressed.dataset.clip) {
      reveal(+pressed.dataset.at);
      play(+pressed.dataset.clip, +pressed.dataset.from, +pressed.dataset.to, pressed);
    } else if (pressed && pressed.dataset.seek) seek(+pressed.dataset.seek);
    else if (pressed) visit(pressed.dataset.target);
    else if (plot.contains(event.target)) {
      const box = plot.getBoundingClientRect();
      seek(((event.clientX - box.left) / box.width) * data.duration);
    }
  });
  byId("toggle").addEventListener("click", toggle);
  byId("close").addEventListener("click", () => { stop(); player.hidden = true; });

  // ------------------------------------------------------------ keys

  const stops = [...document.querySelectorAll(".case.failed, .case.undetermined")];
  let place = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (step && stops.length) {
      place = Math.min(Math.max(place + step, 0), stops.length - 1);
      visit(stops[place].id);
    } else if (event.key === " " && clip && !event.target.closest("button, summary")) {
      event.preventDefault();
      toggle();
    }
  });

  // ------------------------------------------------------------ paper

  const details = [...document.querySelectorAll("details")];
  let open = [];
  addEventListener("beforeprint", () => { open = details.map((d) => d.open); for (const d of details) d.open = true; });
  addEventListener("afterprint", () => details.forEach((d, i) => { d.open = open[i]; }));
})();
