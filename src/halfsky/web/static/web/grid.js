/* The grid of a return: a table that is edited like a spreadsheet. Everything typed goes into the queue at once. */

import { grouped, less, quotient, readNumber, sum } from "./numbers.js";
import { Queue } from "./queue.js";

const COLUMNS = ["numerator", "denominator", "value", "status", "confidentiality", "comment"];
const NUMBERS = ["numerator", "denominator", "value"];
const WITHOUT = ["M", "L", "Q"];

const table = document.getElementById("grid");
const setup = JSON.parse(table.dataset.script);
const words = setup.words;
const say = (name, more = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => more[key]);
const rows = [...table.querySelectorAll("tr.cell")].filter((tr) => tr.querySelector("[data-column]")).map(row);
const byEntry = new Map(rows.map((r) => [r.entry, r]));
const undone = [], done = [];
let active = { r: 0, c: 0 }, anchor = active, editor = null, findings = {};

function row(tr, r) {
  const cells = Object.fromEntries([...tr.querySelectorAll("[data-column]")].map((td) => [td.dataset.column, td]));
  const fields = Object.fromEntries(COLUMNS.map((c) => [c, cells[c].dataset.raw]));
  if (fields.status === "A") fields.status = "";
  const says = tr.nextElementSibling, data = tr.dataset;
  return {
    r, tr, cells, fields, entry: data.entry, version: Number(data.version), rate: data.scale !== "", scale: data.scale,
    decimals: Number(data.decimals), sums: data.sums.split(" ").filter(Boolean), indicator: data.indicator, sex: data.sex,
    residence: data.residence, says, found: says.querySelector(".found"), live: says.querySelector(".live"), stored: { ...fields },
  };
}

const editable = (x, column) => column === "value" ? !x.rate : NUMBERS.includes(column) ? x.rate : true;

/* ---- saving ---- */

const state = document.getElementById("save-state"), help = document.getElementById("save-help");
const queue = new Queue({
  name: setup.name, url: setup.url, sessionUrl: setup.session, person: setup.person, csrf: null,
  on: {
    state(name, detail) {
      const n = typeof detail === "number" ? detail : queue.counts().waiting;
      state.dataset.state = name;
      help.hidden = name !== "expired";
      if (name === "closed") state.textContent = detail ? detail[words.language] : "";
      else if (name === "saved") state.textContent = say("saved", { time: new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false }) });
      else state.textContent = say(name, { n });
    },
    saved({ entry, version, cell }) {
      const x = byEntry.get(entry);
      if (!x) return;
      x.version = version;
      if (cell) x.stored = Object.fromEntries(COLUMNS.map((c) => [c, c === "value" && x.rate ? x.stored.value : cell[c]]));
      const item = queue.item(entry);
      if (!item && cell) { x.fields = { ...x.fields, ...x.stored, value: x.rate ? rate(x.stored, x) : x.stored.value }; }
      show(x);
    },
    changed(entry, item) {
      const x = byEntry.get(entry);
      if (!x) return;
      if (item) x.fields = filled(item.fields, x);
      show(x);
    },
    answer(body) {
      findings = body.findings;
      rows.forEach((x) => { x.told = true; });
      document.getElementById("filled").textContent = body.filled;
      document.getElementById("progress").value = body.filled;
      rows.forEach(tell);
    },
  },
});

function rate(fields, x) {
  const [n, d] = [readNumber(fields.numerator), readNumber(fields.denominator)];
  return n.number && d.number ? quotient(n.number, d.number, x.scale, x.decimals) : "";
}

function filled(fields, x) { return { ...fields, value: x.rate ? rate(fields, x) : fields.value }; }

/** Change cells at once: [{x, fields}]; one step for Ctrl+Z. */
function change(steps, remember = true) {
  const real = steps.filter(({ x, fields }) => COLUMNS.some((c) => fields[c] !== x.fields[c]));
  if (!real.length) return;
  if (remember) { done.push(real.map(({ x, fields }) => ({ x, before: { ...x.fields }, after: { ...fields } }))); undone.length = 0; }
  for (const { x, fields } of real) {
    x.fields = filled(fields, x);
    const wrong = NUMBERS.filter((c) => editable(x, c)).map((c) => readNumber(x.fields[c]).code).find(Boolean);
    const before = queue.item(x.entry);
    queue.put(x.entry, {
      version: before?.version ?? x.version,
      fields: { ...x.fields, value: x.rate ? "" : x.fields.value },
      ...(wrong ? { refused: { zh: words[wrong], en: words[wrong] } } : {}),
      ...(before?.conflict ? { conflict: before.conflict } : {}),
    });
    show(x);
  }
  for (const name of new Set(real.map(({ x }) => x.indicator))) rows.filter((x) => x.indicator === name).forEach(tell);
}

/** What a cell's fields become when a text is put into one column. */
function put(fields, x, column, text) {
  const next = { ...fields };
  if (NUMBERS.includes(column)) {
    const code = words.codes[text.trim()];
    if (WITHOUT.includes(code)) return { ...next, numerator: "", denominator: "", value: "", status: code };
    const read = readNumber(text);
    next[column] = read.number ?? text.trim();
    if (next[column] !== "" && WITHOUT.includes(next.status)) next.status = "";
  } else if (column === "status") {
    const code = text === "" ? "" : text in words.statuses ? text : words.codes[text.trim()];
    if (code === undefined) { announce("code-unknown"); return next; }
    next.status = code === "A" ? "" : code;
    if (WITHOUT.includes(next.status)) Object.assign(next, { numerator: "", denominator: "", value: "" });
  } else if (column === "confidentiality") {
    const code = text === "" ? "F" : text in words.confidentiality ? text : words.secrecies[text.trim()];
    if (code === undefined) announce("code-unknown"); else next.confidentiality = code;
  } else next.comment = text.slice(0, 2000);
  return next;
}

/* ---- showing ---- */

function text(x, column) {
  const raw = x.fields[column];
  if (NUMBERS.includes(column)) { const { number } = readNumber(raw); return number ? grouped(number) : raw; }
  if (column === "status") return raw ? words.statuses[raw] : "";
  if (column === "confidentiality") return raw === "F" ? "" : words.confidentiality[raw];
  return raw;
}

function show(x) {
  const item = queue.item(x.entry);
  x.tr.classList.toggle("waiting", Boolean(item));
  for (const column of COLUMNS) {
    const td = x.cells[column];
    if (editor?.td === td) continue;
    td.textContent = text(x, column);
    const wrong = NUMBERS.includes(column) && editable(x, column) && readNumber(x.fields[column]).code;
    td.classList.toggle("wrong", Boolean(wrong));
    if (wrong) td.setAttribute("aria-invalid", "true"); else td.removeAttribute("aria-invalid");
  }
  tell(x);
}

function line(kind, content) { const p = document.createElement("p"); p.className = kind; p.textContent = content; return p; }

/** Under the row: what the server found, what the numbers of the page itself show, what has to be chosen. */
function tell(x) {
  const item = queue.item(x.entry);
  if (findings[x.entry] || x.told) {
    x.found.replaceChildren(...(findings[x.entry] ?? []).map((f) => line(f.blocks ? "blocks" : f.explained ? "explained" : "asks", f[words.language])));
  }
  const asks = x.found.querySelector(".asks") !== null;
  x.cells.comment.classList.toggle("asked", asks && !x.fields.comment);
  const live = [];
  if (asks && !x.fields.comment) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "quiet"; button.textContent = words.explain;
    button.onclick = () => { focus(x.r, COLUMNS.indexOf("comment")); edit(); };
    live.push(button);
  }
  const wrong = NUMBERS.filter((c) => editable(x, c)).map((c) => readNumber(x.fields[c]).code).find(Boolean);
  if (wrong) live.push(line("blocks", words[wrong]));
  else if (item?.refused) live.push(line("blocks", item.refused[words.language]));
  if (item?.conflict) live.push(choice(x, item));
  live.push(...reconciled(x));
  const same = live.length === x.live.children.length && live.every((node, i) => node.outerHTML === x.live.children[i].outerHTML);
  if (!same) x.live.replaceChildren(...live);
  x.says.hidden = !(x.found.children.length || live.length || x.says.querySelector(".remarked li, .remark"));
  for (const column of COLUMNS) {
    if (x.says.hidden) x.cells[column].removeAttribute("aria-describedby");
    else x.cells[column].setAttribute("aria-describedby", x.found.id);
  }
}

/** Two versions of a cell, to choose from. */
function choice(x, item) {
  const box = document.createElement("div");
  box.className = "conflict";
  box.append(line("blocks", say("conflict", { by: item.conflict.by || "?" })));
  const told = (f) => [f.numerator && f.denominator ? `${f.numerator} / ${f.denominator}` : f.value, f.status && f.status !== "A" ? words.statuses[f.status] : "", f.comment].filter(Boolean).join(" · ") || words.blank;
  for (const [name, fields] of [["mine", item.fields], ["theirs", item.conflict]]) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "quiet"; button.textContent = say(name, { value: told(fields) });
    button.onclick = () => {
      x.version = item.conflict.version;
      if (name === "mine") queue.put(x.entry, { version: item.conflict.version, fields: item.fields });
      else {
        x.fields = filled(Object.fromEntries(COLUMNS.map((c) => [c, c === "status" && fields[c] === "A" ? "" : fields[c]])), x);
        x.stored = { ...x.fields };
        queue.drop(x.entry);
      }
      show(x);
      focus(x.r, active.c);
    };
    box.append(button);
  }
  return box;
}

/** The parts by sex and by residence beside their total, column by column. */
function reconciled(x) {
  if (x.sex !== "_T" || x.residence !== "_T") return [];
  const of = rows.filter((y) => y.indicator === x.indicator);
  const out = [];
  for (const [name, parts] of [["sex", of.filter((y) => y.sex !== "_T")], ["residence", of.filter((y) => y.residence !== "_T")]]) {
    for (const column of x.sums) {
      const numbers = parts.map((y) => readNumber(y.fields[column]).number);
      const total = readNumber(x.fields[column]).number;
      if (parts.length < 2 || !total || !numbers.every(Boolean)) continue;
      const all = sum(numbers), difference = less(all, total);
      const more = { column: words[column], parts: words[name], sum: grouped(all), total: grouped(total), difference: grouped(difference.replace("-", "")) };
      out.push(difference === "0" ? line("agrees", say("agrees", more)) : line("blocks", say("differs", more)));
    }
  }
  return out;
}

function announce(name, more) { document.getElementById("grid-says").textContent = say(name, more); }

/* ---- moving about ---- */

const at = ({ r, c }) => rows[r].cells[COLUMNS[c]];

function focus(r, c, extend = false) {
  active = { r: Math.max(0, Math.min(rows.length - 1, r)), c: Math.max(0, Math.min(COLUMNS.length - 1, c)) };
  if (!extend) anchor = active;
  for (const td of table.querySelectorAll("td[tabindex='0']")) td.tabIndex = -1;
  at(active).tabIndex = 0;
  at(active).focus();
  select();
}

function area() {
  return { top: Math.min(active.r, anchor.r), bottom: Math.max(active.r, anchor.r), left: Math.min(active.c, anchor.c), right: Math.max(active.c, anchor.c) };
}

function select() {
  const { top, bottom, left, right } = area();
  for (const x of rows) COLUMNS.forEach((column, c) => {
    const chosen = x.r >= top && x.r <= bottom && c >= left && c <= right;
    x.cells[column].setAttribute("aria-selected", String(chosen));
  });
}

/** The next cell that can be typed into, or null past the ends. */
function next(step) {
  for (let i = active.r * COLUMNS.length + active.c + step; i >= 0 && i < rows.length * COLUMNS.length; i += step) {
    const r = Math.floor(i / COLUMNS.length), c = i % COLUMNS.length;
    if (editable(rows[r], COLUMNS[c])) return { r, c };
  }
  return null;
}

/* ---- editing ---- */

function edit(start = null) {
  const x = rows[active.r], column = COLUMNS[active.c], td = at(active);
  if (editor || !editable(x, column)) return;
  const choices = column === "status" ? words.statuses : column === "confidentiality" ? words.confidentiality : null;
  const field = document.createElement(choices ? "select" : column === "comment" ? "textarea" : "input");
  field.setAttribute("aria-label", `${x.tr.querySelector("th").textContent.trim()} ${table.tHead.rows[0].cells[active.c + 1].textContent}`);
  if (choices) {
    for (const [code, name] of Object.entries(choices)) field.append(new Option(name, code === "A" ? "" : code));
    field.value = x.fields[column];
    if (start !== null) { const hit = [...field.options].find((o) => o.value.toLowerCase() === start.toLowerCase() || o.text.toLowerCase().startsWith(start.toLowerCase())); if (hit) field.value = hit.value; }
    field.onchange = () => commit();
  } else {
    if (column !== "comment") field.inputMode = "decimal";
    field.maxLength = column === "comment" ? 2000 : 60;
    field.value = start ?? x.fields[column];
    field.oninput = () => queue.typing(x.entry, column, field.value);
    if (start) queue.typing(x.entry, column, start);
  }
  editor = { td, x, column, field };
  td.replaceChildren(field);
  td.classList.add("editing");
  field.onblur = () => commit();
  field.focus();
  if (start === null && field.select) field.select();
}

function close() {
  const { td, x, column, field } = editor;
  field.onblur = field.onchange = field.oninput = null;
  editor = null;
  queue.typing(x.entry, column, null);
  td.classList.remove("editing");
  return { x, column, typed: field.value };
}

function commit() {
  if (!editor) return;
  const { x, column, typed } = close();
  change([{ x, fields: put(x.fields, x, column, typed) }]);
  show(x);
}

function cancel() { if (editor) { const { x } = close(); show(x); at(active).focus(); } }

function undo(from, to, side, name) {
  const step = from.pop();
  if (!step) return;
  to.push(step);
  change(step.map((s) => ({ x: s.x, fields: { ...s[side] } })), false);
  focus(step[0].x.r, active.c);
  announce(name);
}

function empty() {
  const { top, bottom, left, right } = area();
  change(rows.slice(top, bottom + 1).map((x) => ({
    x, fields: COLUMNS.slice(left, right + 1).filter((c) => editable(x, c)).reduce((f, c) => put(f, x, c, ""), x.fields),
  })));
}

table.addEventListener("keydown", (event) => {
  const inside = editor !== null;
  const { key } = event, command = event.ctrlKey || event.metaKey;
  if (event.isComposing && inside) return;
  if (!inside && !event.target.closest("td[data-column]")) return;
  const stop = () => event.preventDefault();
  if (key === "Tab") {
    if (inside) commit();
    const to = next(event.shiftKey ? -1 : 1);
    if (to) { stop(); focus(to.r, to.c); } else if (inside) at(active).focus();
    return;
  }
  if (inside) {
    if (key === "Escape") { stop(); cancel(); }
    else if (key === "Enter" && !(event.altKey && editor.column === "comment")) { stop(); commit(); focus(active.r + (event.shiftKey ? -1 : 1), active.c); }
    else if (key === "Enter") { stop(); editor.field.setRangeText("\n", editor.field.selectionStart, editor.field.selectionEnd, "end"); editor.field.oninput(); }
    return;
  }
  const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (move) { stop(); focus(active.r + move[0] * (command ? rows.length : 1), active.c + move[1] * (command ? COLUMNS.length : 1), event.shiftKey); }
  else if (key === "Home") { stop(); focus(command ? 0 : active.r, 0, event.shiftKey); }
  else if (key === "End") { stop(); focus(command ? rows.length - 1 : active.r, COLUMNS.length - 1, event.shiftKey); }
  else if (key === "PageDown" || key === "PageUp") { stop(); focus(active.r + (key === "PageDown" ? 10 : -10), active.c, event.shiftKey); }
  else if (key === "Enter" || key === "F2") { stop(); edit(); }
  else if (key === "Delete" || key === "Backspace") { stop(); empty(); }
  else if (command && key.toLowerCase() === "z") { stop(); if (event.shiftKey) undo(undone, done, "after", "redone"); else undo(done, undone, "before", "undone"); }
  else if (command && key.toLowerCase() === "y") { stop(); undo(undone, done, "after", "redone"); }
  else if (command && key.toLowerCase() === "a") { stop(); anchor = { r: 0, c: 0 }; active = { r: rows.length - 1, c: COLUMNS.length - 1 }; select(); }
  else if (key === "Process" || event.keyCode === 229) edit("");  // an input method begins to compose
  else if (key.length === 1 && !command && !event.altKey) { if (editable(rows[active.r], COLUMNS[active.c])) { stop(); edit(key); } }
});

let dragging = false;
function place(target) {
  const td = target.closest?.("td[data-column]");
  const x = td && byEntry.get(td.parentElement.dataset.entry);
  return x ? { r: x.r, c: COLUMNS.indexOf(td.dataset.column) } : null;
}
table.addEventListener("pointerdown", (event) => {
  const to = place(event.target);
  if (!to || editor?.td.contains(event.target)) return;
  event.preventDefault();
  commit();
  const again = event.pointerType !== "mouse" && to.r === active.r && to.c === active.c;
  focus(to.r, to.c, event.shiftKey);
  dragging = event.pointerType === "mouse";
  if (again) edit();
});
table.addEventListener("pointerover", (event) => { const to = dragging && place(event.target); if (to) focus(to.r, to.c, true); });
window.addEventListener("pointerup", () => { dragging = false; });
table.addEventListener("dblclick", (event) => { if (place(event.target)) edit(); });
table.addEventListener("focusin", (event) => {
  const to = place(event.target);
  if (to && (to.r !== active.r || to.c !== active.c) && !editor) { active = to; anchor = to; select(); }
});

/* ---- blocks from and to a spreadsheet ---- */

const inGrid = () => !editor && document.activeElement?.closest("#grid td[data-column]");

document.addEventListener("copy", (event) => {
  if (!inGrid()) return;
  const { top, bottom, left, right } = area();
  const quoted = (t) => /[\t\n"]/.test(t) ? `"${t.replaceAll('"', '""')}"` : t;
  const block = rows.slice(top, bottom + 1).map((x) => COLUMNS.slice(left, right + 1).map((c) => quoted(NUMBERS.includes(c) ? x.fields[c] : text(x, c))).join("\t")).join("\r\n");
  event.clipboardData.setData("text/plain", block);
  event.preventDefault();
});

document.addEventListener("cut", (event) => { if (inGrid()) { document.execCommand("copy"); event.preventDefault(); empty(); } });

document.addEventListener("paste", (event) => {
  if (!inGrid()) return;
  event.preventDefault();
  const block = parsed(event.clipboardData.getData("text/plain"));
  if (!block.length) return;
  const { top, bottom, left, right } = area();
  const single = block.length === 1 && block[0].length === 1;
  const height = single ? bottom - top + 1 : block.length, width = single ? right - left + 1 : Math.max(...block.map((l) => l.length));
  let n = 0, skipped = 0, beyond = 0;
  const steps = [];
  for (let i = 0; i < height; i++) {
    const x = rows[top + i];
    const texts = single ? Array(width).fill(block[0][0]) : block[i];
    if (!x) { beyond += texts.length; continue; }
    let fields = x.fields;
    texts.forEach((t, j) => {
      const column = COLUMNS[left + j];
      if (!column) beyond++;
      else if (!editable(x, column)) skipped += t.trim() === "" ? 0 : 1;
      else { fields = put(fields, x, column, t); n++; }
    });
    steps.push({ x, fields });
  }
  change(steps);
  anchor = { r: top, c: left };
  active = { r: Math.min(rows.length, top + height) - 1, c: Math.min(COLUMNS.length, left + width) - 1 };
  select();
  const told = [say("pasted", { n }), skipped ? say("skipped", { n: skipped }) : "", beyond ? say("beyond", { n: beyond }) : ""];
  document.getElementById("grid-says").textContent = told.filter(Boolean).join(" · ");
});

/** Tab- and newline-separated text as spreadsheets copy it: quoted cells may hold both. */
function parsed(text) {
  const lines = [[""]];
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (source === "") return [];
  for (let i = 0; i < source.length; i++) {
    const c = source[i], current = lines.at(-1);
    if (quoted) {
      if (c === '"' && source[i + 1] === '"') { current[current.length - 1] += '"'; i++; }
      else if (c === '"') quoted = false;
      else current[current.length - 1] += c;
    } else if (c === '"' && current.at(-1) === "") quoted = true;
    else if (c === "\t") current.push("");
    else if (c === "\n") lines.push([""]);
    else current[current.length - 1] += c;
  }
  return lines;
}

/* ---- beginning ---- */

for (const x of rows) for (const column of COLUMNS) {
  const td = x.cells[column];
  td.tabIndex = -1;
  td.setAttribute("role", "gridcell");
  td.setAttribute("aria-readonly", String(!editable(x, column)));
}
for (const [entry, item] of queue.items()) {
  const x = byEntry.get(entry);
  if (!x) continue;
  x.fields = filled(item.fields, x);
}
for (const { entry, column, text: typed } of queue.typed()) {  // an editor that a crash left open
  const x = byEntry.get(entry);
  if (x) change([{ x, fields: put(x.fields, x, column, typed) }]);
  queue.typing(entry, column, null);
}
rows.forEach(show);
if (rows.length) {
  active = editable(rows[0], COLUMNS[0]) ? active : next(1);
  anchor = active;
  at(active).tabIndex = 0;
}
if (queue.items().size) queue.pump();

function toCell() {
  const x = byEntry.get(location.hash.replace("#cell-", ""));
  if (x) focus(x.r, x.rate ? 0 : 2);
}
window.addEventListener("hashchange", toCell);
document.getElementById("faults")?.addEventListener("click", (event) => { if (event.target.closest("a")) setTimeout(toCell); });
document.getElementById("faults")?.focus();

for (const form of document.querySelectorAll(".moves form")) {
  form.addEventListener("submit", async (event) => {
    if (!queue.items().size) return;
    event.preventDefault();
    await queue.wake();
    if (queue.items().size) { state.textContent = words.wait; state.scrollIntoView({ block: "center" }); } else form.submit();
  });
}
