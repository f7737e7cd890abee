// The list of calls: the address says what is shown, and keys walk through the rows.
"use strict";

aq.whenThere("#choose", (form) => {
  let typing = 0;

  function go(query, keep) {
    const address = query ? `?${query}` : location.pathname;
    history[keep ? "replaceState" : "pushState"]({ is: "list" }, "", address);
    aq.tell("show", query);
  }
  function chosen() {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) values.append(name, value.trim());
    return values.toString();
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); go(chosen()); });
  form.addEventListener("change", (event) => { if (event.target.type !== "search") go(chosen()); });
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(typing);
    typing = setTimeout(() => go(chosen(), true), 300);
  });
  addEventListener("popstate", () => location.reload());

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const query = new URL(link.href).search.slice(1), values = new URLSearchParams(query);
      for (const name of ["sort", "up"]) form[name].value = values.get(name) || "";
      return go(query);
    }
    if (event.target.closest("[data-previous]")) return history.back();
    const row = event.target.closest(".calls tbody tr");
    if (row && !event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
  });

  const rows = () => [...document.querySelectorAll(".calls tbody tr")];
  function step(by) {
    const all = rows(), at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.querySelector("a").focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  aq.keys({
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    "]": () => document.querySelector("[data-next]")?.click(),
    "[": () => document.querySelector("[data-previous]")?.click(),
    "/": () => form.text.focus(),
  });
  form.text.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { event.preventDefault(); step(1); } });
});
