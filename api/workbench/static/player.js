// The player: a waveform for each line, what happened on them, and the place in the sound.
// Everything is in the browser: the server sends the peaks and the recording, and is not asked again.
"use strict";

class Player {
  static LINE = 46;

  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.length = Math.max(data.duration, 1);
    this.from = 0;
    this.to = this.length;
    this.until = null;
    this.peaks = [];
    this.listeners = [];
    this.sound = root.querySelector("audio");
    this.plot = root.querySelector(".plot");
    this.canvas = root.querySelector("canvas");
    this.head = root.querySelector(".playhead");
    this.where = root.querySelector(".where");
    this.button = root.querySelector(".toggle");
    this.listen();
    this.load();
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  // ---------------------------------------------------------------- sound

  listen() {
    const { sound } = this;
    sound.addEventListener("play", () => { this.show(true); this.follow(); });
    for (const name of ["pause", "ended"]) sound.addEventListener(name, () => this.show(false));
    sound.addEventListener("seeked", () => this.place());
    sound.addEventListener("error", () => { this.root.classList.add("mute"); this.show(false); });
    this.button.addEventListener("click", () => this.toggle());
    this.root.querySelector(".rate").addEventListener("change", (event) => {
      sound.playbackRate = +event.target.value;
    });
    for (const step of this.root.querySelectorAll("[data-step]")) {
      step.addEventListener("click", () => this.seek(this.now() + 1000 * step.dataset.step));
    }
    for (const zoom of this.root.querySelectorAll("[data-zoom]")) {
      zoom.addEventListener("click", () => this.zoom(+zoom.dataset.zoom));
    }
    this.plot.addEventListener("pointerdown", (event) => this.press(event));
    this.plot.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.plot.addEventListener("keydown", (event) => this.key(event));
  }

  now() { return this.sound.currentTime * 1000; }
  isPlaying() { return !this.sound.paused; }

  toggle() {
    if (this.isPlaying()) return this.sound.pause();
    if (this.until !== null && this.now() >= this.until - 60) this.until = null;
    this.start();
  }
  start() { this.sound.play().catch(() => this.show(false)); }

  /** Plays [start, end) in ms; to the end of the call where `end` is null. */
  play(start, end = null) {
    this.until = end;
    this.sound.currentTime = Math.max(0, start) / 1000;
    this.reveal(start, end ?? start);
    this.start();
  }
  seek(ms) {
    this.until = null;
    this.sound.currentTime = Math.min(Math.max(0, ms), this.length) / 1000;
    this.place();
  }
  follow() {
    this.place();
    if (this.until !== null && this.now() >= this.until) this.sound.pause();
    if (this.isPlaying()) requestAnimationFrame(() => this.follow());
  }
  show(on) { this.root.classList.toggle("playing", on); }
  onTime(act) { this.listeners.push(act); }

  place() {
    const ms = this.now();
    if (this.isPlaying() && (ms > this.to || ms < this.from)) {
      const width = this.to - this.from;
      this.look(ms - width / 20, ms - width / 20 + width);
    }
    this.head.style.left = `${this.share(ms)}%`;
    this.head.hidden = ms < this.from || ms > this.to;
    this.where.textContent = aq.clock(ms);
    this.plot.setAttribute("aria-valuenow", Math.round(ms / 1000));
    this.plot.setAttribute("aria-valuetext", aq.clock(ms));
    for (const act of this.listeners) act(ms, this.isPlaying());
  }

  // ---------------------------------------------------------------- view

  share(ms) { return (100 * (ms - this.from)) / (this.to - this.from); }
  at(event) {
    const box = this.plot.getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * (this.to - this.from);
  }
  press(event) {
    if (event.button !== 0) return;
    const pin = event.target.closest("[data-target]");
    if (pin) return void document.dispatchEvent(new CustomEvent("aq:visit", { detail: pin.dataset.target }));
    const region = event.target.closest(".event");
    const start = this.at(event);
    const move = (later) => { this.seek(this.at(later)); };
    const stop = (later) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      const moved = Math.abs(later.clientX - event.clientX) > 4;
      if (region && !moved) this.play(+region.dataset.start - 500, +region.dataset.end + 500);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    this.seek(start);
  }
  wheel(event) {
    const width = this.to - this.from;
    if (event.ctrlKey) {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.4 : 1 / 1.4, this.at(event));
    } else if (event.deltaX && width < this.length) {
      event.preventDefault();
      this.look(this.from + (event.deltaX / 600) * width, this.to + (event.deltaX / 600) * width);
    }
  }
  key(event) {
    const step = { ArrowLeft: -5000, ArrowRight: 5000, PageDown: 30000, PageUp: -30000 }[event.key];
    const place = step ? this.now() + step : { Home: 0, End: this.length }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(place);
  }
  /** `factor`: larger than 1 shows less; 0 shows all. */
  zoom(factor, centre = this.now()) {
    if (!factor) return this.look(0, this.length);
    const width = Math.min(this.length, Math.max(2000, (this.to - this.from) / factor));
    const share = Math.min(Math.max((centre - this.from) / (this.to - this.from), 0), 1);
    this.look(centre - share * width, centre + (1 - share) * width);
  }
  look(from, to) {
    const width = Math.min(to - from, this.length);
    this.from = Math.min(Math.max(0, from), this.length - width);
    this.to = this.from + width;
    this.root.classList.toggle("zoomed", width < this.length);
    this.draw();
  }
  reveal(start, end) {
    if (start >= this.from && end <= this.to) return;
    const width = Math.max(this.to - this.from, (end - start) * 1.2);
    this.look((start + end) / 2 - width / 2, (start + end) / 2 + width / 2);
  }

  // ---------------------------------------------------------------- picture

  async load() {
    try {
      const answer = await fetch(this.data.peaks);
      if (!answer.ok) return;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const count = this.data.lines.length, each = Math.floor(bytes.length / count);
      this.peaks = this.data.lines.map((_, i) => bytes.subarray(i * each, (i + 1) * each));
      const sorted = Uint8Array.from(bytes).sort();
      this.loudest = Math.max(8, sorted[Math.floor(sorted.length * 0.995)] || 0);
      this.draw();
    } catch { /* without peaks the regions are drawn alone */ }
  }

  draw() {
    const width = this.plot.clientWidth;
    if (!width) return;
    this.drawRegions();
    this.drawWaves(width);
    this.place();
  }

  drawWaves(width) {
    const { canvas, data } = this, height = Player.LINE * data.lines.length;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
    const brush = canvas.getContext("2d"), style = getComputedStyle(this.root);
    brush.scale(scale, scale);
    data.lines.forEach((line, number) => {
      const middle = Player.LINE * (number + 0.5), most = Player.LINE / 2 - 3;
      const peaks = this.peaks[number];
      let part = 0;
      for (let x = 0; x < width; x += 1) {
        const start = this.from + (x / width) * (this.to - this.from);
        const end = this.from + ((x + 1) / width) * (this.to - this.from);
        while (part < line.parts.length && line.parts[part][1] <= start) part += 1;
        const spoken = part < line.parts.length && line.parts[part][0] < end;
        const role = spoken ? line.parts[part][2] : "";
        const tall = peaks ? this.tallest(peaks, start, end) * most : spoken ? most * 0.55 : 0;
        brush.fillStyle = style.getPropertyValue(role ? `--${role}` : "--quiet");
        brush.fillRect(x, middle - Math.max(tall, 0.5), 1, Math.max(2 * tall, 1));
      }
    });
  }
  tallest(peaks, start, end) {
    const first = Math.floor((start / this.length) * peaks.length);
    const last = Math.max(first + 1, Math.ceil((end / this.length) * peaks.length));
    let most = 0;
    for (let i = first; i < last && i < peaks.length; i += 1) if (peaks[i] > most) most = peaks[i];
    return Math.min(1, Math.sqrt(most / this.loudest));
  }

  drawRegions() {
    for (const node of this.plot.querySelectorAll("[data-start]")) {
      const start = Math.max(+node.dataset.start, this.from), end = Math.min(+node.dataset.end, this.to);
      node.style.display = end < start ? "none" : "";
      node.setAttribute("x", `${this.share(start)}%`);
      if (node.tagName === "rect") node.setAttribute("width", `${Math.max(0, this.share(end) - this.share(start))}%`);
    }
    this.drawAxis();
  }
  drawAxis() {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
    const most = Math.max(3, this.plot.clientWidth / 90), seconds = (this.to - this.from) / 1000;
    const step = 1000 * (steps.find((one) => seconds / one <= most) || 3600);
    const axis = this.root.querySelector(".axis");
    axis.replaceChildren();
    for (let ms = Math.ceil(this.from / step) * step; ms < this.to; ms += step) {
      const tick = document.createElement("span");
      tick.style.left = `${this.share(ms)}%`;
      tick.textContent = aq.clock(ms);
      axis.append(tick);
    }
  }
}
