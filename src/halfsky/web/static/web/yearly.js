/* A yearly report in the making: what is typed goes into the queue of its page and is saved by itself. Without scripts the
   form saves with its button; with them the button does the same. */

import { Queue } from "./queue.js";

const form = document.getElementById("yearly");
const setup = JSON.parse(form.dataset.script);
const say = (name, more = {}) => setup.words[name].replace(/\{(\w+)\}/g, (_, key) => more[key]);
const parts = new Map([...form.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const state = document.getElementById("save-state"), help = document.getElementById("save-help");
const FIELDS = ["progress", "words", "ahead"];

const input = (part, field) => parts.get(part).querySelector(`[name="${field}-${part}"]`);
const seen = (part) => parts.get(part).querySelector(`[name="seen-${part}"]`);
const fields = (part) => Object.fromEntries(FIELDS.map((f) => [f, input(part, f)?.value ?? ""]));

const queue = new Queue({
  name: setup.name, url: setup.url, sessionUrl: setup.session, person: setup.person, csrf: null,
  on: {
    state(name, detail) {
      const n = typeof detail === "number" ? detail : queue.counts().waiting;
      state.dataset.state = name;
      help.hidden = name !== "expired";
      if (name === "closed") state.textContent = detail ? detail[setup.language] : "";
      else if (name === "saved") state.textContent = say("saved", { time: new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false }) });
      else state.textContent = say(name, { n });
    },
    saved({ entry, version }) { if (parts.has(entry)) seen(entry).value = version; },
    changed(entry, item) { if (parts.has(entry) && item?.conflict) settle(entry, item); },
    answer({ filled, asked }) {
      document.getElementById("filled").textContent = filled;
      const bar = document.getElementById("progress");
      bar.max = asked;
      bar.value = filled;
    },
  },
});

/** Somebody else was faster on this part: show theirs beside mine, and let the person choose. */
function settle(part, item) {
  const box = parts.get(part).querySelector(".conflict"), theirs = item.conflict;
  box.hidden = false;
  box.replaceChildren();
  const told = document.createElement("p"), words = document.createElement("q");
  told.textContent = say("conflict", { by: theirs.by });
  words.textContent = [theirs.words, theirs.ahead].filter(Boolean).join(" / ");
  box.append(told, words, choice("mine", () => queue.put(part, { version: theirs.version, fields: fields(part) })), choice("theirs", () => {
    for (const f of FIELDS) if (input(part, f)) input(part, f).value = theirs[f];
    seen(part).value = theirs.version;
    queue.drop(part);
  }));
  function choice(name, then) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = say(name);
    button.addEventListener("click", () => { box.hidden = true; then(); });
    return button;
  }
}

let soon = null;
const partOf = ({ target }) => FIELDS.includes(target.name?.split("-")[0]) ? target.closest("[data-part]")?.dataset.part : undefined;

function put(part) {
  const held = queue.item(part);
  queue.put(part, { version: held?.version ?? Number(seen(part).value), fields: fields(part), ...(held?.conflict ? { conflict: held.conflict } : {}) });
}

form.addEventListener("input", (event) => {
  const part = partOf(event);
  if (!part) return;
  clearTimeout(soon);
  soon = setTimeout(() => put(part), 400);
});
form.addEventListener("change", (event) => {
  const part = partOf(event);
  if (part) { clearTimeout(soon); put(part); }
});

// What was typed and not acknowledged comes back after a crash or a reload.
for (const [part, item] of queue.items()) {
  if (!parts.has(part)) continue;
  for (const f of FIELDS) if (input(part, f)) input(part, f).value = item.fields[f];
  if (item.conflict) settle(part, item);
}
queue.tell();
queue.pump();

// The form carries everything that stands in it: what waits is sent first, so that nothing is in two places.
form.addEventListener("submit", (event) => {
  if (form.dataset.ready || !queue.counts().waiting) return;
  event.preventDefault();
  const button = event.submitter;
  queue.wake().then(() => { form.dataset.ready = "1"; form.requestSubmit(button); });
});
