// What waits to be sent, and what stood in the way: each with its state, nothing is done about it without being asked.
import { all } from "./store.js";
import { flush, waiting } from "./queue.js";
import { fill, when, word } from "./fill.js";
import { choices, why } from "./parts.js";

export function outbox(place) {
  place.replaceChildren(fill("phone-outbox", {}));
  place.querySelector("[data-do=send]").addEventListener("click", () => flush());

  async function draw() {
    const [acts, things] = await Promise.all([waiting(), all("things")]);
    const byId = new Map(things.map((thing) => [thing.id, thing]));
    const open = acts.filter((act) => act.state !== "done");
    place.querySelector(".rows").replaceChildren(...open.map((act) => {
      const thing = byId.get(act.about);
      const part = fill("phone-act", {
        ...act, title: act.kind === "progress" ? word(`progress-${act.data.to}`) : word(`kind-${act.kind}`), text: act.data.text || act.data.reason,
        who: thing?.person?.name ?? thing?.subject ?? "", link: `/phone/${act.of}s/${act.about}`, when: when(act.at),
        stateWord: word(`act-${act.state}`), why: why(act), conflict: act.state === "conflict" || act.state === "refused",
        count: act.files.length || "",
      });
      choices(part, act);
      return part;
    }));
    place.querySelector(".none").hidden = open.length > 0;
    place.querySelector("[data-do=send]").hidden = !open.length;
  }
  return { draw };
}
