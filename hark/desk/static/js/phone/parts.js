// What a thread and a case share: the person at a glance, the composer with photo and voice, and how an act looks.
import { canRecord, photo, record } from "./capture.js";
import { enqueue, resolve } from "./queue.js";
import { at, dayOf, fill, hue, initials, when, word } from "./fill.js";

const MARK = { waiting: "clock", done: "check", conflict: "alert", refused: "alert" };

export function head(thing) {
  const name = thing.person?.name || thing.called || word("somebody");
  return {
    ...thing, name, initials: initials(name), hue: hue(thing.person?.id ?? thing.id), since: when(thing.person?.since),
    page: thing.person ? `/people/${thing.person.id}` : null, call: thing.person?.phone ? `tel:${thing.person.phone}` : null,
    statusWord: word(`status-${thing.status}`), channelWord: word(`channel-${thing.channel}`),
  };
}

// Messages and notes with days between them; acts that wait stand at the end as they will look.
export function lines(messages, acts, me) {
  const shown = new Set(messages.map((one) => one.key ?? one.id));
  const own = acts.filter((act) => (act.kind === "answer" || act.kind === "note") && !shown.has(act.id)).map((act) => asMessage(act, me));
  let day = "";
  return [...messages, ...own].flatMap((one) => {
    const today = dayOf(one.at);
    const parts = today === day ? [] : [fill("phone-day", { day: today })];
    day = today;
    const line = fill("phone-message", {
      ...one, clock: at(one.at), side: `${one.direction}${one.act ? ` ${one.act.state}` : ""}`, who: one.by ?? "",
      stateWord: one.act ? word(`act-${one.act.state}`) : one.direction === "out" ? word(`delivery-${one.state}`) : "",
      failed: one.state === "failed", conflict: one.act?.state === "conflict" || one.act?.state === "refused", why: one.act ? why(one.act) : "",
    });
    const files = line.querySelector(".files");
    for (const file of one.files ?? []) files.append(fill("phone-file", { ...file, picture: file.type?.startsWith("image/"), sound: file.type?.startsWith("audio/") }));
    if (one.act) choices(line, one.act);
    return [...parts, line];
  });
}

function asMessage(act, me) {
  const files = act.files.map((file) => ({ ...file, url: null }));
  return { id: act.id, at: act.at, direction: act.kind === "note" ? "note" : "out", by: me?.name, text: act.data.text, files, act, state: act.state };
}

export const why = (act) => (act.state === "conflict" || act.state === "refused" ? word(`why-${act.why}`) : "");

// Where something stands in the way: do it all the same, or leave it.
export function choices(part, act) {
  for (const button of part.querySelectorAll("button[data-resolve]")) {
    button.addEventListener("click", () => resolve(act.id, button.dataset.resolve));
  }
}

export const mark = (act) => MARK[act.state] ?? "clock";

export function composer(place, current) {
  const form = place.querySelector("form.compose");
  const text = form.querySelector("textarea");
  const tray = form.querySelector(".tray");
  const voice = form.querySelector("[data-do=voice]");
  let files = [];
  let recorder;
  const grow = () => { text.style.height = "auto"; text.style.height = `${Math.min(text.scrollHeight, 160)}px`; };
  const kind = () => form.querySelector("[name=kind]:checked")?.value ?? "note";
  const draft = () => `draft-${current().key}`;

  function show() {
    tray.replaceChildren(...files.map((file, index) => {
      const part = fill("phone-attached", { ...file, picture: Boolean(file.shown), src: file.shown });
      part.querySelector("button").addEventListener("click", () => { files.splice(index, 1); show(); });
      return part;
    }));
    form.classList.toggle("noting", kind() === "note");
  }

  text.value = sessionStorage.getItem(draft()) ?? "";
  text.addEventListener("input", () => { sessionStorage.setItem(draft(), text.value); grow(); });
  form.addEventListener("change", async (event) => {
    if (event.target.type === "file") {
      for (const file of event.target.files) {
        const made = await photo(file).catch(() => null);
        if (made) files.push({ ...made, shown: URL.createObjectURL(made.blob) });
      }
      event.target.value = "";
    }
    show();
  });
  voice.hidden = !canRecord();
  voice.addEventListener("click", async () => {
    if (recorder) {
      files.push(await recorder.stop());
      recorder = undefined;
    } else {
      recorder = await record(() => voice.click()).catch(() => undefined);
    }
    voice.setAttribute("aria-pressed", String(Boolean(recorder)));
    show();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (recorder) { files.push(await recorder.stop()); recorder = undefined; voice.setAttribute("aria-pressed", "false"); }
    if (!text.value.trim() && !files.length) return text.focus();
    await enqueue(kind(), current(), { text: text.value.trim() }, files);
    for (const file of files) if (file.shown) URL.revokeObjectURL(file.shown);
    files = [];
    text.value = "";
    sessionStorage.removeItem(draft());
    grow();
    show();
  });
  grow();
  show();
  return () => recorder?.drop();
}
