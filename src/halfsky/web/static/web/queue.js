/* What was typed and not yet acknowledged. Kept in the browser's own storage, a key per cell, so that neither a killed
   browser nor a lost connection nor an ended session loses it; an item leaves only after the server's answer.

   Two windows of the same return share the queue. One of them sends (Web Locks); where the browser has no locks both may,
   which is harmless: a request carries its key, and the server carries it out once. */

const RETRY = [1, 2, 5, 10, 20, 30];  // seconds

export class Queue {
  /** `on` is told: state(name, detail), saved(entry, version, value), changed(entry, item | null), answer(body). */
  constructor({ name, url, sessionUrl, person, csrf, on }) {
    Object.assign(this, { name, url, sessionUrl, person, csrf, on });
    this.prefix = `halfsky:${name}:`;
    this.store = storage();
    this.tries = 0;
    this.busy = null;
    this.closed = false;
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`halfsky:${name}`) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => this.#heard(data);
    window.addEventListener("storage", (event) => {
      if (event.key?.startsWith(`${this.prefix}cell:`)) {
        on.changed(event.key.slice(this.prefix.length + 5), event.newValue ? JSON.parse(event.newValue) : null);
      }
    });
    window.addEventListener("online", () => this.wake());
    window.addEventListener("focus", () => this.wake());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.pump(); });
  }

  /** Every unacknowledged cell: entry → {fields, version, stamp, conflict?, refused?}. */
  items() {
    const found = new Map();
    for (let i = 0; i < this.store.length; i++) {
      const key = this.store.key(i);
      if (key.startsWith(`${this.prefix}cell:`)) found.set(key.slice(this.prefix.length + 5), this.#read(key));
    }
    return found;
  }

  item(entry) { return this.#read(`${this.prefix}cell:${entry}`); }

  put(entry, item) {
    this.#write(`${this.prefix}cell:${entry}`, { ...item, stamp: random() });
    this.on.state("pending");
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.pump(), 250);
  }

  drop(entry) { this.store.removeItem(`${this.prefix}cell:${entry}`); this.tell(); }

  /** What stands in an open editor, letter by letter; taken up again after a crash. */
  typing(entry, column, text) {
    const key = `${this.prefix}typing:${entry}:${column}`;
    if (text === null) this.store.removeItem(key); else this.#write(key, text);
  }

  typed() {
    const found = [];
    for (let i = 0; i < this.store.length; i++) {
      const key = this.store.key(i);
      if (!key.startsWith(`${this.prefix}typing:`)) continue;
      const [entry, column] = key.slice(this.prefix.length + 7).split(":");
      found.push({ entry, column, text: this.#read(key) });
    }
    return found;
  }

  /** How many cells wait to be sent, and how many wait for a decision of the person. */
  counts() {
    const all = [...this.items().values()];
    return { waiting: all.filter(sendable).length, held: all.filter((i) => !sendable(i)).length };
  }

  wake() { this.tries = 0; clearTimeout(this.later); return this.pump(); }

  /** Send what waits; resolves when nothing is left to send or sending has to wait. */
  pump() {
    this.busy ??= locked(`halfsky:${this.name}`, () => this.#drain()).finally(() => { this.busy = null; });
    return this.busy;
  }

  tell() {
    const { waiting, held } = this.counts();
    if (held) this.on.state("held", held);
    else if (waiting) this.on.state("pending", waiting);
    else this.on.state("saved");
  }

  async #drain() {
    const sending = `${this.prefix}sending`;
    for (;;) {
      let batch = this.#read(sending);
      if (!batch) {
        const ready = [...this.items()].filter(([, item]) => sendable(item)).slice(0, 500);
        if (!ready.length || this.closed) { if (!this.closed) this.tell(); return; }
        batch = {
          key: random(),
          cells: ready.map(([entry, item]) => ({ entry: Number(entry), version: item.version, ...item.fields })),
          stamps: Object.fromEntries(ready.map(([entry, item]) => [entry, item.stamp])),
        };
        this.#write(sending, batch);
      }
      this.on.state("sending", batch.cells.length);
      const { status, body } = await this.#post(batch);
      if ((status === 200 || status === 409) && body.versions) {
        this.store.removeItem(sending);
        this.#acknowledge(batch, body);
        this.tries = 0;
      } else if (status === 401) {
        return this.#wait("expired");
      } else if (status === 403 && body.faults?.[0]?.code === "csrf") {
        this.csrf = null;
        if (this.tries++ > 2) return this.#wait("expired");
      } else if (status === 422 && body.faults?.every((f) => batch.stamps[f.cell])) {
        this.store.removeItem(sending);
        for (const fault of body.faults) this.#flag(fault.cell, { refused: { zh: fault.zh, en: fault.en } });
      } else if (status === 403 || status === 404 || status === 422) {
        this.store.removeItem(sending);
        this.closed = true;
        this.on.state("closed", body.faults?.[0]);
        return;
      } else {
        return this.#wait("offline");
      }
    }
  }

  async #post(batch) {
    try {
      if (this.csrf === null) {
        const session = await fetch(this.sessionUrl, { signal: AbortSignal.timeout(15000) });
        if (!session.ok) return { status: session.status, body: {} };
        const { person, csrf } = await session.json();
        if (person !== this.person) return { status: 401, body: {} };  // somebody else has signed in here meanwhile
        this.csrf = csrf;
      }
      const response = await fetch(this.url, {
        method: "POST", body: JSON.stringify({ cells: batch.cells }), signal: AbortSignal.timeout(30000),
        headers: { "Content-Type": "application/json", "Idempotency-Key": batch.key, "X-CSRFToken": this.csrf, "X-Halfsky-Person": this.person },
      });
      if (response.status === 401) this.csrf = null;  // signing in again makes a new one
      return { status: response.status, body: await response.json().catch(() => ({})) };
    } catch {
      return { status: 0, body: {} };
    }
  }

  #acknowledge(batch, body) {
    for (const [entry, version] of Object.entries(body.versions)) {
      const item = this.item(entry);
      if (item?.stamp === batch.stamps[entry]) this.store.removeItem(`${this.prefix}cell:${entry}`);
      else if (item) this.#write(`${this.prefix}cell:${entry}`, { ...item, version });
      const cell = batch.cells.find((c) => String(c.entry) === entry);
      const message = { entry, version, cell, value: body.values[entry] };
      this.on.saved(message);
      this.channel?.postMessage({ saved: message });
    }
    for (const [entry, theirs] of Object.entries(body.conflicts)) this.#flag(entry, { conflict: theirs });
    const { findings, filled, asked } = body;
    this.on.answer({ findings, filled, asked });
    this.channel?.postMessage({ answer: { findings, filled, asked } });
  }

  #flag(entry, more) {
    const item = this.item(entry);
    if (!item) return;
    this.#write(`${this.prefix}cell:${entry}`, { ...item, ...more });
    this.on.changed(entry, { ...item, ...more });
  }

  #wait(state) {
    this.on.state(state, this.counts().waiting);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.pump(), 1000 * RETRY[Math.min(this.tries++, RETRY.length - 1)]);
  }

  #heard({ saved, answer }) {
    if (saved) this.on.saved(saved);
    if (answer) { this.on.answer(answer); this.tell(); }
  }

  #read(key) { const text = this.store.getItem(key); return text === null ? null : JSON.parse(text); }

  #write(key, content) {
    try { this.store.setItem(key, JSON.stringify(content)); } catch { this.on.state("full"); this.store = copied(this.store, key, content); }
  }
}

function sendable(item) { return !item.conflict && !item.refused; }

function random() { return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""); }

function locked(name, work) { return navigator.locks ? navigator.locks.request(name, work) : work(); }

/** localStorage, or memory where the browser refuses it. */
function storage() {
  try { localStorage.setItem("halfsky:probe", "1"); localStorage.removeItem("halfsky:probe"); return localStorage; } catch { return new Memory(); }
}

function copied(store, key, content) {
  const memory = new Memory();
  for (let i = 0; i < store.length; i++) memory.setItem(store.key(i), store.getItem(store.key(i)));
  memory.setItem(key, JSON.stringify(content));
  return memory;
}

class Memory {
  #map = new Map();
  get length() { return this.#map.size; }
  key(i) { return [...this.#map.keys()][i]; }
  getItem(key) { return this.#map.get(key) ?? null; }
  setItem(key, text) { this.#map.set(key, text); }
  removeItem(key) { this.#map.delete(key); }
}
