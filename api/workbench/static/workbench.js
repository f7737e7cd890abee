// What every page of the workbench has: keys, help, messages of the session.
"use strict";

const aq = (() => {
  const waiting = [];

  /** Calls `start(node)` once for each element of `selector`, now or when the page has drawn it. */
  function whenThere(selector, start) {
    waiting.push([selector, start, new WeakSet()]);
    look();
  }
  function look() {
    for (const [selector, start, met] of waiting) {
      for (const node of document.querySelectorAll(selector)) {
        if (met.has(node)) continue;
        met.add(node);
        start(node);
      }
    }
  }
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });

  /** Tells the server; `emitEvent` is there once the page is connected. */
  function tell(name, value) {
    if (typeof emitEvent === "function") emitEvent(name, value);
  }

  const isTyping = (node) => node instanceof Element && node.closest("input, textarea, select, [contenteditable]");

  /** `table`: key to action; plain keys only, and never while somebody types or a dialog is open. */
  function keys(table) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const act = table[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act && act(event) !== false) event.preventDefault();
    });
  }

  function clock(ms) {
    const s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    const tongue = event.target.closest("button[data-language]");
    if (tongue) {
      document.cookie = `autoqa_language=${tongue.dataset.language}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    }
  });
  keys({ "?": () => document.getElementById("help")?.showModal() });

  /** The session is over; a page may keep what is in it first (`aq.leaving`). */
  function ended() {
    aq.leaving?.();
    document.getElementById("ended")?.showModal();
  }

  return { ended, whenThere, tell, keys, clock, isTyping };
})();
