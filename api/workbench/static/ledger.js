// Alerts and the ledger of problems: forms and buttons go to the server, a workbook is read back.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-send]");
  if (!form) return;
  event.preventDefault();
  aq.tell(form.dataset.send, Object.fromEntries(new FormData(form)));
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-alert]");
  if (button) aq.tell("alert", { number: Number(button.dataset.alert), act: button.dataset.act });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("label.file")) event.target.querySelector("input").click();
});
document.addEventListener("change", async (event) => {
  const input = event.target.closest("[data-import]");
  if (!input || !input.files.length) return;
  const answer = await fetch("/v1/ledger/import", {
    method: "POST",
    body: input.files[0],
    headers: { "X-CSRF-Token": document.querySelector(".frame").dataset.token },
  });
  const said = await answer.json();
  input.value = "";
  const shown = document.getElementById("imported");
  const lines = answer.ok
    ? [
        shown.dataset.done
          .replace("{added}", said.added.length)
          .replace("{changed}", said.changed.length)
          .replace("{conflicts}", said.conflicts.length),
        ...said.conflicts,
      ]
    : [said.detail, ...(said.errors || []).map((one) => `${one.at.join(" ")}: ${one.what}`)];
  shown.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  shown.classList.toggle("failed", !answer.ok);
  shown.hidden = false;
  if (answer.ok && !said.conflicts.length) setTimeout(() => location.reload(), 1500);
});
