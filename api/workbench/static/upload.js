// Recordings that are dropped on the list of calls: sent, and followed until their score is there.
"use strict";

aq.whenThere("#uploads", (panel) => {
  const list = panel.querySelector("ul"), attic = "uploads", most = 2;
  const going = JSON.parse(sessionStorage.getItem(attic) || "[]"), queue = [];
  let sending = 0;

  const remember = () => sessionStorage.setItem(attic, JSON.stringify(going));
  const told = (text, style = "") => Object.assign(document.createElement("span"), { textContent: text, className: style });

  function row(name) {
    const item = document.createElement("li"), bar = document.createElement("progress");
    const state = told("", "state");
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    item.append(told(name, "name"), bar, state);
    list.prepend(item);
    return {
      say(text, share = null) {
        state.textContent = text;
        if (share === null) bar.removeAttribute("value"); else bar.value = share;
      },
      fail(text) { item.className = "failed"; bar.remove(); state.textContent = text; },
      done(text, href) {
        const link = Object.assign(document.createElement("a"), { href, textContent: text });
        item.className = "done";
        bar.remove();
        state.replaceChildren(link);
      },
    };
  }

  function add(files) {
    const agent = panel.querySelector("[name=agent_id]").value.trim();
    for (const file of files) queue.push([file, agent, row(file.name)]);
    next();
  }
  function next() {
    while (sending < most && queue.length) send(...queue.shift());
  }
  function send(file, agent, shown) {
    const form = new FormData(), request = new XMLHttpRequest();
    if (agent) form.append("agent_id", agent);
    form.append("recording", file, file.name);
    request.open("POST", "/v1/calls");
    request.setRequestHeader("X-CSRF-Token", document.querySelector(".frame").dataset.token);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) shown.say(panel.dataset.sending, event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      sending -= 1;
      next();
      if (request.status === 401) return aq.ended();
      if (request.status === 429) {
        queue.push([file, agent, shown]);
        shown.say(panel.dataset.waiting);
        return void setTimeout(next, 1000 * (+request.getResponseHeader("Retry-After") || 10));
      }
      if (request.status >= 300 || !request.response) return shown.fail(request.response?.detail || panel.dataset.broken);
      const one = { name: file.name, at: request.getResponseHeader("Location"), id: request.response.id };
      going.push(one);
      remember();
      follow(one, shown);
    });
    sending += 1;
    shown.say(panel.dataset.sending, 0);
    request.send(form);
  }

  async function follow(one, shown, pause = 1000) {
    let call = null;
    try {
      const answer = await fetch(one.at, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return aq.ended();
      call = await answer.json();
      if (answer.status === 404) return over(one, () => shown.fail(call.detail));
    } catch {
      shown.say(panel.dataset.broken);
      return void setTimeout(() => follow(one, shown, 5000), 5000);
    }
    if (call.state === "done" && call.final) {
      const score = call.final.agent.score;
      const text = `${panel.dataset.done} ${score === null ? "–" : Math.floor(score * 10) / 10}`;
      return over(one, () => shown.done(text, `/ui/calls/${encodeURIComponent(one.id)}`));
    }
    if (call.state === "failed") return over(one, () => shown.fail(call.job?.error?.text || call.state));
    shown.say(panel.dataset[call.job?.step] || panel.dataset[call.state] || "");
    setTimeout(() => follow(one, shown, Math.min(pause * 1.3, 5000)), pause);
  }
  function over(one, show) {
    going.splice(going.indexOf(one), 1);
    remember();
    show();
    aq.tell("show", location.search.slice(1));
  }

  for (const one of going) follow(one, row(one.name));
  panel.querySelector("input[type=file]").addEventListener("change", (event) => {
    add([...event.target.files]);
    event.target.value = "";
  });
  let inside = 0;
  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  addEventListener("dragenter", (event) => { if (hasFiles(event)) { inside += 1; document.body.classList.add("dropping"); } });
  addEventListener("dragleave", () => { inside = Math.max(0, inside - 1); if (!inside) document.body.classList.remove("dropping"); });
  addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    inside = 0;
    document.body.classList.remove("dropping");
    add([...event.dataTransfer.files]);
  });
});
