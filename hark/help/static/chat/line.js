// The line between a visitor and us: a WebSocket, or long questions where a proxy lets none through. What is said goes out
// one after the other, each until it is acknowledged; after a lost line everything missed is asked for by position.
import { ask, anonymous, hello } from "./hello.js";
import { stamp, Store } from "./store.js";

const PATIENCE = 12_000; // for an acknowledgement
const BEAT = 25_000;
const SILENCE = 60_000;
const SOCKET_AGAIN = 90_000; // while it polls

export class Line extends EventTarget {
  #element; #settings; #home; #store; #socket; #sending; #timer; #beat; #closed = false;
  #failures = 0; #refused = 0; #heard = 0; #pollingSince = 0; #told; #visitor;
  position = 0;
  state = "connecting";
  outbox = [];

  constructor(element, settings, home) {
    super();
    this.#element = element; this.#settings = settings; this.#home = home;
    this.#store = new Store(settings.source);
    this.outbox = this.#store.waiting();
    addEventListener("online", this.#back);
    addEventListener("offline", this.#away);
    document.addEventListener("visibilitychange", this.#back);
  }

  // `told` is what hello said already, if somebody asked before.
  async start(told) {
    try {
      this.#told = told ?? await hello(this.#element, this.#settings, this.#home);
    } catch (error) {
      this.#become("offline");
      this.#later(() => this.start(), error.after);
      return;
    }
    this.#visitor = this.#told.visitor;
    this.position = this.#told.position;
    this.#tell("hello", this.#told);
    this.#tell("changes", { changes: this.#told.changes, fresh: true });
    this.#connect();
  }

  say(item) {
    const whole = { ...item, ...stamp(), typed_at: new Date().toISOString() };
    if (item.id) whole.id = item.id;
    this.outbox.push(whole);
    this.#store.add(whole);
    this.#store.keep({ talking: true });
    this.#pump();
    return whole;
  }

  // Read marks and typing are worth nothing later, so they never wait.
  mention(word) {
    if (this.#isOpen()) this.#socket.send(JSON.stringify(word));
    else if (word.say && this.state === "polling") this.#post([word.say]).catch(() => {});
  }

  ask(what, body) {
    return ask(this.#home, this.#settings.source, what, { visitor: this.#visitor, ...body });
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    removeEventListener("online", this.#back);
    removeEventListener("offline", this.#away);
    document.removeEventListener("visibilitychange", this.#back);
    this.#socket?.close();
  }

  #back = () => {
    if (document.hidden || this.#closed) return;
    if (!this.#visitor) { clearTimeout(this.#timer); this.start(); return; }
    if (!this.#isOpen() && this.state !== "polling") this.#connect();
  };

  #away = () => {
    this.#become("offline");
    this.#socket?.close();
  };

  #isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#closed || this.#socket) return;
    const socket = this.#socket = new WebSocket(`${this.#home.replace(/^http/, "ws")}/chat/${this.#settings.source}/live`);
    const hurry = setTimeout(() => socket.close(), PATIENCE);
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
      clearTimeout(hurry);
      this.#heard = Date.now();
      socket.send(JSON.stringify({ ...this.#self(), since: this.position }));
      this.#beat = setInterval(() => this.#check(), BEAT);
      this.#become("live");
      this.#pump();
    });
    socket.addEventListener("message", (message) => this.#hear(JSON.parse(message.data)));
    socket.addEventListener("close", (event) => {
      clearTimeout(hurry);
      clearInterval(this.#beat);
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#sending = undefined;
      if (this.#closed) return;
      if (event.code === 4401) { this.#store.keep({ visitor: undefined }); this.#later(() => this.start()); return; }
      this.#refused = opened ? 0 : this.#refused + 1;
      // Somebody between us takes sockets away: ask by POST instead.
      if (this.#refused >= 2 && navigator.onLine) { this.#poll(); return; }
      this.#become("offline");
      this.#later(() => this.#connect());
    });
  }

  #self() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      visitor: this.#visitor, anonymous_id: anonymous(this.#element), language: this.#element.language, time_zone: zone,
      name: this.#element.getAttribute("name") ?? this.#store.read().name,
    };
  }

  #check() {
    if (Date.now() - this.#heard > SILENCE) this.#socket?.close();
    else if (!document.hidden && this.#isOpen()) this.#socket.send('{"beat":1}');
  }

  #hear(frame) {
    this.#heard = Date.now();
    this.#failures = 0;
    if ("ack" in frame || "refused" in frame || "later" in frame) return this.#answered(frame);
    if ("typing" in frame) return this.#tell("typing", frame);
    if (!("position" in frame)) return undefined;
    if (frame.reset) { this.#visitor = undefined; this.#socket?.close(); return this.start(); }
    this.position = Math.max(this.position, frame.position);
    return this.#tell("changes", frame);
  }

  // One at a time and in order: the next goes out when this one is recorded.
  async #pump() {
    if (this.#sending || !this.outbox.length || !this.#visitor) return;
    const item = this.outbox[0];
    if (this.state === "live" && !item.files?.length && this.#isOpen()) {
      this.#sending = item.id;
      this.#socket.send(JSON.stringify({ say: item }));
      const socket = this.#socket;
      setTimeout(() => { if (this.#sending === item.id && this.#socket === socket) socket.close(); }, PATIENCE);
    } else if (this.state === "live" || this.state === "polling") {
      this.#sending = item.id;
      try {
        const [answer] = await this.#post([item]);
        this.#answered(answer);
      } catch (error) {
        this.#sending = undefined;
        if (error.status === 413) this.#answered({ refused: item.id, why: "too_large" });
        else setTimeout(() => this.#pump(), (error.after ?? 3) * 1000);
      }
    }
  }

  async #post(items) {
    return (await ask(this.#home, this.#settings.source, "say", { ...this.#self(), items }, 120)).answers;
  }

  #answered(answer) {
    const number = answer.ack ?? answer.refused ?? answer.later;
    const item = this.outbox.find((one) => one.id === number);
    this.#sending = undefined;
    if (item && !("later" in answer)) {
      this.outbox = this.outbox.filter((one) => one !== item);
      this.#store.remove(item);
      this.#tell(answer.ack ? "ack" : "refused", { item, why: answer.why, at: answer.at });
    }
    if ("later" in answer) setTimeout(() => this.#pump(), answer.after * 1000);
    else this.#pump();
  }

  async #poll() {
    this.#become("polling");
    this.#pollingSince = Date.now();
    this.#pump();
    while (!this.#closed && this.state === "polling") {
      try {
        this.#hear(await ask(this.#home, this.#settings.source, "poll", { visitor: this.#visitor, since: this.position, wait: 25 }, 60));
      } catch (error) {
        if (error.status === 403) { this.#become("offline"); this.#store.keep({ visitor: undefined }); this.start(); return; }
        this.#become("offline");
        this.#later(() => (this.#refused >= 2 && Date.now() - this.#pollingSince < SOCKET_AGAIN ? this.#poll() : this.#connect()), error.after);
        return;
      }
      if (Date.now() - this.#pollingSince > SOCKET_AGAIN) { this.#refused = 1; this.#connect(); return; }
    }
  }

  #later(act, after) {
    clearTimeout(this.#timer);
    const wait = after ? after * 1000 : Math.min(500 * 2 ** this.#failures++, 15_000) * (0.6 + Math.random() * 0.8);
    this.#timer = setTimeout(act, wait);
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#tell("state", { state });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
