// Dashboards: a choice shows at once; paper shows every number.
"use strict";

aq.whenThere("#board", (form) => {
  function show() {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) values.append(name, value);
    location.search = values.toString() || "period=all";
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  form.addEventListener("change", (event) => { if (event.target.type !== "date") show(); });
  form.querySelector("[data-print]").addEventListener("click", () => print());
});
