// The rules: the editor with faults at their lines and completion, the form, the tree.
"use strict";

const rulesPage = (() => {
  let view = null, CM = null, data = { schema: {}, names: {}, points: [], line: 1 };
  let typing = 0, moving = 0, quiet = false, line = 0, marks = [], setMarks = null, wanted = null;

  const bench = () => document.getElementById("rulebench");

  // ---------------------------------------------------------------- editor
  aq.whenThere(".rulecode .cm-editor", async (node) => {
    CM = await import("nicegui-codemirror");
    view = CM.EditorView.findFromDOM(node);
    data = JSON.parse(document.getElementById("rulesdata").textContent);
    setMarks = CM.StateEffect.define();
    view.dispatch({ effects: CM.StateEffect.appendConfig.of([
      faultField(), CM.EditorState.languageData.of(() => [{ autocomplete: complete }]),
      CM.EditorState.tabSize.of(2),
      CM.EditorView.contentAttributes.of({ "aria-label": document.title, spellcheck: "false" }),
      CM.EditorView.updateListener.of(changed),
      CM.keymap.of([{ key: "F8", run: () => nextFault() || true }]),
    ]) });
    if (wanted) { showFaults(wanted); wanted = null; }
    jump(data.line, false);
    aq.tell("examine", null);
  });

  function changed(update) {
    if (update.docChanged && !quiet) {
      clearTimeout(typing);
      typing = setTimeout(() => { typing = 0; aq.tell("typed", view.state.doc.toString()); }, 500);
    }
    if (update.selectionSet || update.docChanged) {
      const now = view.state.doc.lineAt(view.state.selection.main.head).number;
      if (now !== line && !quiet) {
        line = now;
        clearTimeout(moving);
        moving = setTimeout(() => { if (!typing) aq.tell("at", line); }, 250);
      }
    }
  }
  addEventListener("pagehide", () => { if (typing) aq.tell("typed", view.state.doc.toString()); });

  function setText(text) {
    const old = view.state.doc.toString();
    if (old === text) return;
    let start = 0, end = old.length, stop = text.length;
    while (start < end && start < stop && old[start] === text[start]) start++;
    while (end > start && stop > start && old[end - 1] === text[stop - 1]) { end--; stop--; }
    quiet = true;
    view.dispatch({ changes: { from: start, to: end, insert: text.slice(start, stop) } });
    quiet = false;
  }

  function jump(number, focus = true) {
    if (!view) return;
    const at = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
    line = at.number;
    view.dispatch({ selection: { anchor: at.from }, effects: CM.EditorView.scrollIntoView(at.from, { y: "start", yMargin: 40 }) });
    if (focus && bench().dataset.mode === "text") view.focus();
  }

  // ---------------------------------------------------------------- faults at their lines
  function faultField() {
    class Said extends CM.WidgetType {
      constructor(mark) { super(); this.mark = mark; }
      eq(other) { return other.mark.text === this.mark.text && other.mark.severity === this.mark.severity; }
      toDOM() {
        const node = document.createElement("div");
        node.className = `cm-fault ${this.mark.severity}`;
        node.textContent = this.mark.text;
        return node;
      }
    }
    const drawn = (state, found) => {
      const ranges = [];
      for (const mark of found) {
        if (mark.line > state.doc.lines) continue;
        const at = state.doc.line(mark.line), from = Math.min(at.from + mark.column - 1, at.to);
        ranges.push(CM.Decoration.line({ class: `cm-faulty ${mark.severity}` }).range(at.from));
        if (from < at.to) ranges.push(CM.Decoration.mark({ class: `cm-wrong ${mark.severity}` }).range(from, at.to));
        ranges.push(CM.Decoration.widget({ widget: new Said(mark), block: true, side: 1 }).range(at.to));
      }
      return CM.Decoration.set(ranges, true);
    };
    return CM.StateField.define({
      create: () => CM.Decoration.none,
      update(set, change) {
        set = set.map(change.changes);
        for (const effect of change.effects) if (effect.is(setMarks)) set = drawn(change.state, effect.value);
        return set;
      },
      provide: (field) => CM.EditorView.decorations.from(field),
    });
  }
  function showFaults(found) {
    if (!view) { wanted = found; return; }
    marks = found;
    view.dispatch({ effects: setMarks.of(found) });
  }
  function nextFault() {
    if (!marks.length) return false;
    mode("text");
    const now = view.state.doc.lineAt(view.state.selection.main.head).number;
    jump((marks.find((mark) => mark.line > now) || marks[0]).line);
    return true;
  }

  // ---------------------------------------------------------------- completion, by the schema
  const NAMES = { says: "phrases", says_all: "phrases", does_not_say: "phrases", repeats: "phrases", condition: "conditions" };

  /** The keys around a place, the outermost first, by indentation and open brackets. */
  function around(doc, number, column) {
    const keys = [];
    let least = column;
    for (let at = number - 1; at >= 1 && least > 0; at--) {
      const text = doc.line(at).text;
      if (!text.trim() || /^\s*#/.test(text)) continue;
      const found = /^(\s*(?:- +)*)(["']?)([^\s"'#:][^:"']*)\2:(?:\s|$)/.exec(text);
      const indent = /^\s*/.exec(text)[0].length;
      if (indent >= least) continue;
      if (found && found[1].length < least) { keys.unshift(found[3].trim()); least = indent; if (/- /.test(found[1]) && found[1].length > indent) least = indent + 1; }
      else least = indent + 1;
    }
    return keys;
  }
  const resolved = (node) => node && node.$ref ? data.schema.$defs[node.$ref.split("/").pop()] : node;
  function several(node, depth = 0) {
    node = resolved(node);
    if (!node || depth > 6) return [];
    const inner = [...(node.oneOf || []), ...(node.anyOf || []), ...(node.allOf || [])];
    return inner.length ? inner.flatMap((one) => several(one, depth + 1)).concat(node.properties ? [node] : []) : [node];
  }
  function schemaAt(keys) {
    let nodes = several(data.schema);
    for (const key of keys) {
      nodes = nodes.flatMap((node) => node.type === "array" ? several(node.items) : [node]).flatMap((node) => {
        if (node.properties && node.properties[key]) return several(node.properties[key]);
        return node.additionalProperties ? several(node.additionalProperties) : [];
      });
    }
    return nodes.flatMap((node) => node.type === "array" ? [node, ...several(node.items)] : [node]);
  }
  function values(key, nodes) {
    const kind = NAMES[key];
    if (kind) return (data.names[kind] || []).map((label) => ({ label, type: "variable" }));
    return [...new Set(nodes.flatMap((node) => node.enum || (node.const !== undefined ? [node.const] : node.type === "boolean" ? [true, false] : node.examples || [])))]
      .map((one) => ({ label: String(one), type: "constant" }));
  }
  function complete(context) {
    const at = context.state.doc.lineAt(context.pos), before = at.text.slice(0, context.pos - at.from);
    if (/(^|\s)#/.test(before)) return null;
    const word = /[\w\u4e00-\u9fff-]*$/.exec(before)[0], from = context.pos - word.length;
    if (!word && !context.explicit && !/[:\[{,-] $/.test(before)) return null;
    const rest = before.slice(0, before.length - word.length);
    const indent = /^\s*(?:- +)*/.exec(rest)[0].length;
    let keys = around(context.state.doc, at.number, indent), open = null;
    const stack = [];
    for (const part of rest.matchAll(/([^\s,{}\[\]:][^,{}\[\]:]*):(?=\s|$)|[{}\[\]]/g)) {
      if (part[1] !== undefined) open = part[1].replace(/^- +/, "").trim();
      else if (part[0] === "{" || part[0] === "[") { stack.push([open, part[0]]); if (part[0] === "{") open = null; }
      else { const top = stack.pop(); open = top ? top[0] : null; }
    }
    const inMap = stack.length && stack[stack.length - 1][1] === "{";
    keys = keys.concat(stack.filter((one) => one[0]).map((one) => one[0]));
    const key = /:\s+\[?[^{}]*$/.test(rest) ? open : null;
    if (key && !(inMap && /[{,]\s*$/.test(rest))) {
      const path = stack.length && stack[stack.length - 1][0] === key ? keys : keys.concat(key);
      const options = values(key, schemaAt(path));
      return options.length ? { from, options } : null;
    }
    const nodes = schemaAt(keys), seen = new Map();
    if (keys[keys.length - 1] === "rules" && keys.length > 1) for (const one of data.names.rules || []) seen.set(one, { label: one, apply: `${one}: `, type: "variable" });
    for (const node of nodes) for (const [name, inner] of Object.entries(node.properties || {})) {
      if (!seen.has(name)) seen.set(name, { label: name, apply: `${name}: `, type: "property", detail: inner.description || resolved(inner)?.description || "" });
    }
    if (!seen.size && /-\s+$/.test(rest)) for (const one of values(keys[keys.length - 1], nodes)) seen.set(one.label, one);
    return seen.size ? { from, options: [...seen.values()] } : null;
  }

  // ---------------------------------------------------------------- form
  function mode(name) {
    bench().dataset.mode = name;
    localStorage.setItem("rules-mode", name);
    pressed();
    if (name === "text" && view) { view.requestMeasure(); jump(line || data.line); }
  }
  function pressed() {
    for (const one of document.querySelectorAll("[data-show]")) if (one.hasAttribute("aria-pressed")) one.setAttribute("aria-pressed", one.dataset.show === bench().dataset.mode);
  }
  aq.whenThere("#rulebench", (node) => { node.dataset.mode = localStorage.getItem("rules-mode") || "form"; });
  aq.whenThere(".rulehead", pressed);
  const tell = (changes) => { if (changes.length) aq.tell("form", changes); };
  document.addEventListener("change", (event) => {
    const node = event.target;
    if (!node.closest?.(".ruleform")) return;
    if (node.matches("[data-choice]")) return tell(JSON.parse(node.value));
    if (node.dataset.lines) return tell([{ kind: "lines", path: JSON.parse(node.dataset.lines), value: node.value }]);
    const list = node.closest("[data-list]");
    if (list) {
      const chosen = [...new Set([...list.querySelectorAll("select")].map((one) => one.value).filter(Boolean))];
      if (!chosen.length) return aq.tell("at", line);
      return tell([{ kind: "set", path: JSON.parse(list.dataset.list), value: chosen.length === 1 ? chosen[0] : chosen }]);
    }
    if (node.dataset.path) {
      const text = node.value.trim();
      let value = text === "" ? null : text;
      if (value !== null && node.type === "number") value = Number(text);
      if (value !== null && node.dataset.block !== undefined) value = `${text}\n`;
      return tell([{ kind: "set", path: JSON.parse(node.dataset.path), value }]);
    }
  });

  // ---------------------------------------------------------------- the rest of the page
  document.addEventListener("click", (event) => {
    const node = event.target.closest("[data-show], [data-changes], [data-tell], [data-discard], [data-gone], a[data-line], button[data-line]");
    if (!node) return;
    const set = node.dataset;
    if (set.show) return mode(set.show);
    if (set.changes) return tell(JSON.parse(set.changes));
    if (set.tell) return aq.tell(set.tell, null);
    if (set.discard) return confirm(set.discard) && aq.tell("discard", null);
    if (set.gone) return confirm(set.gone) && aq.tell("new", { kind: "gone" });
    const file = node.closest("details[data-file]");
    if (set.line && (!file || file.classList.contains("here"))) {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (node.href) history.replaceState(null, "", node.getAttribute("href"));
      else mode("text");
      jump(Number(set.line));
      aq.tell("at", Number(set.line));
      for (const one of document.querySelectorAll(".ruletree [aria-current]")) one.removeAttribute("aria-current");
      if (node.href) { node.setAttribute("aria-current", "true"); document.querySelector(".ruleedit")?.scrollIntoView({ block: "nearest" }); }
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-new]");
    if (form) aq.tell("new", { kind: form.dataset.new, key: form.key.value, name: form.name.value });
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "treesearch") return;
    const word = event.target.value.trim().toLowerCase();
    for (const file of document.querySelectorAll(".ruletree details")) {
      let any = false;
      for (const link of file.querySelectorAll("a[data-words]")) {
        const shown = link.dataset.words.includes(word);
        link.parentElement.hidden = !shown;
        any ||= shown;
      }
      file.hidden = !any;
      if (word) file.open = any; else file.open = file.classList.contains("here");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !bench()) return;
    if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); aq.tell("try", null); }
    if (event.key.toLowerCase() === "e") { event.preventDefault(); mode(bench().dataset.mode === "text" ? "form" : "text"); }
  }, true);
  aq.keys({ F8: () => nextFault(), "/": () => document.getElementById("treesearch")?.focus() });

  return { setText, jump, showFaults, leave: (address) => location.assign(address) };
})();
