// Proposals of rules: what is written in a form goes to the server with the button that sends it.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-send]");
  if (!form) return;
  event.preventDefault();
  aq.tell(form.dataset.send, Object.fromEntries(new FormData(form)));
});
document.addEventListener("click", (event) => {
  const node = event.target.closest("[data-tell], [data-return], [data-restore]");
  if (!node) return;
  if (node.dataset.tell) return aq.tell(node.dataset.tell, null);
  if (node.dataset.restore) return confirm(node.dataset.ask) && aq.tell("restore", node.dataset.restore);
  const form = node.closest("form");
  form.remark.required = true;
  if (form.reportValidity()) aq.tell("return", Object.fromEntries(new FormData(form)));
  form.remark.required = false;
});
