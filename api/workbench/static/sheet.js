// Judging a call without the machine: a sheet of rules, by mouse or by keys.
"use strict";

aq.whenThere("#sheet", (form) => {
  const data = JSON.parse(document.getElementById("call").dataset.call), place = form.dataset.place;
  const chosen = () => Object.fromEntries(new FormData(form));
  try {
    for (const [rule, outcome] of Object.entries(JSON.parse(data.unsent[place] || "{}"))) {
      for (const input of form.elements) if (input.name === rule && input.value === outcome && !input.matches(":disabled")) input.checked = true;
    }
  } catch { /* what was kept is of another kind: begin anew */ }

  const rows = [...form.querySelectorAll("fieldset:not(:disabled)")];
  let at = -1;
  function step(by) {
    rows[at]?.classList.remove("current");
    at = Math.min(Math.max(at + by, 0), rows.length - 1);
    rows[at]?.classList.add("current");
    rows[at]?.scrollIntoView({ block: "nearest" });
  }
  function choose(number) {
    if (at < 0) step(1);
    const input = rows[at]?.querySelectorAll("input")[number - 1];
    if (input) { input.click(); if (at < rows.length - 1) step(1); }
  }
  form.addEventListener("change", () => aq.tell("keep", { place, text: JSON.stringify(chosen()) }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    aq.tell("judge", chosen());
  });
  aq.keys({ n: () => step(1), p: () => step(-1), 1: () => choose(1), 2: () => choose(2), 3: () => choose(3), 4: () => choose(4) });
});

aq.whenThere("#draw", (form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    aq.tell("draw", Object.fromEntries(new FormData(form)));
  });
});
