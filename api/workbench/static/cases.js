// The case library: what is put in and taken out, by supervisors.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#put");
  if (!form) return;
  event.preventDefault();
  aq.tell("put", Object.fromEntries(new FormData(form)));
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button && confirm(button.dataset.ask)) aq.tell("remove", Number(button.dataset.remove));
});
