// A conversation: the person at a glance, what was said, and an answer or a note of one's own.
import { fact, get } from "./store.js";
import { enqueue, waiting } from "./queue.js";
import { fill } from "./fill.js";
import { composer, head, lines } from "./parts.js";

export function thread(place, id) {
  let thing;
  let leave = () => {};
  let drawn = "";

  async function draw() {
    const [found, acts, me] = await Promise.all([get("things", `conversation:${id}`), waiting(), fact("me")]);
    const first = !thing && found;
    thing = found;
    if (!found) return place.replaceChildren(fill("phone-gone", {}));
    const own = acts.filter((act) => act.about === id);
    const look = JSON.stringify([found.position, own.map((act) => [act.id, act.state])]);
    if (look === drawn) return undefined;
    drawn = look;
    if (first) start();
    const closing = own.findLast((act) => act.kind === "close" || act.kind === "reopen");
    const closed = closing ? closing.kind === "close" : found.status === "closed";
    place.querySelector("header").replaceChildren(fill("phone-head", { ...head(found), back: "/phone" }));
    place.querySelector(".glance").replaceChildren(fill("phone-glance", head(found)));
    place.querySelector(".thread").replaceChildren(...lines(found.messages, own, me));
    place.querySelector("[data-do=close]").hidden = closed;
    place.querySelector("[data-do=reopen]").hidden = !closed;
    place.querySelector("[data-do=take]").hidden = found.member === me?.id || own.some((act) => act.kind === "take");
    place.querySelector(".thread").lastElementChild?.scrollIntoView({ block: "end" });
    return undefined;
  }

  function start() {
    place.replaceChildren(fill("phone-thread", { answers: true }));
    leave = composer(place, () => thing);
    place.querySelector(".acts").addEventListener("click", (event) => {
      const name = event.target.closest("button")?.dataset.do;
      if (name) enqueue(name, thing);
    });
  }
  return { draw, leave: () => leave() };
}
