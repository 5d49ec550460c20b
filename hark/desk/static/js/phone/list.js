// Today: conversations and cases in the order in which they want somebody. What waits to be sent is marked on its line.
import { all, fact } from "./store.js";
import { waiting } from "./queue.js";
import { fill, hue, initials, when, word } from "./fill.js";

const views = { mine: (thing, me) => thing.member === me, open: (thing) => !thing.member, all: () => true };

export function list(place) {
  let chosen = sessionStorage.getItem("phone-view") ?? "mine";
  let sought = "";
  place.replaceChildren(fill("phone-list", {}));
  const rows = place.querySelector(".rows");
  place.querySelector("input[type=search]").addEventListener("input", (event) => { sought = event.target.value.toLowerCase(); draw(); });
  place.querySelector(".phone-views").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    chosen = button.value;
    sessionStorage.setItem("phone-view", chosen);
    draw();
  });

  async function draw() {
    const [things, acts, me, refreshed] = await Promise.all([all("things"), waiting(), fact("me"), fact("refreshed")]);
    for (const button of place.querySelectorAll(".phone-views button")) {
      const count = things.filter((thing) => live(thing) && views[button.value](thing, me?.id)).length;
      button.setAttribute("aria-pressed", String(button.value === chosen));
      button.querySelector(".count").textContent = count || "";
    }
    const fitting = things.filter((thing) => live(thing) && (sought ? holds(thing, sought) : views[chosen](thing, me?.id)));
    const now = Date.now();
    const sorted = fitting.sort((a, b) => urgency(b, now) - urgency(a, now) || (a.at < b.at ? 1 : -1));
    rows.replaceChildren(...sorted.map((thing) => line(thing, acts)));
    place.querySelector(".none").hidden = sorted.length > 0 || !refreshed;
    place.querySelector(".fetching").hidden = Boolean(refreshed);
  }
  return { draw };
}

const live = (thing) => thing.status !== "closed";
const holds = (thing, text) => [thing.person?.name, thing.called, thing.subject, thing.preview, thing.number].some((part) => String(part ?? "").toLowerCase().includes(text));

function urgency(thing, now) {
  const late = thing.due && Date.parse(thing.due) < now ? 4 : 0;
  return late + (thing.priority ?? 0) + (thing.waiting ? 2 : 0);
}

function line(thing, acts) {
  const own = acts.filter((act) => act.about === thing.id && act.state !== "done");
  const trouble = own.some((act) => act.state === "conflict" || act.state === "refused");
  const late = thing.due && Date.parse(thing.due) < Date.now();
  const name = thing.person?.name || thing.called || word("somebody");
  return fill("phone-row", {
    ...thing, name, initials: initials(name), hue: hue(thing.person?.id ?? thing.id), link: `/phone/${thing.of}s/${thing.id}`,
    when: when(thing.at), title: thing.of === "case" ? `#${thing.number} ${thing.subject}` : thing.subject ?? "",
    words: thing.of === "case" ? word(`progress-${thing.progress || thing.status}`) : thing.preview,
    isCase: thing.of === "case", channelWord: word(`channel-${thing.channel}`), unread: thing.of === "conversation" && thing.waiting,
    urgent: thing.priority > 0, late, due: thing.due ? when(thing.due) : "", held: own.length > 0 && !trouble, trouble,
  });
}
