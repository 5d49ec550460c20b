// A case on the way: accepted, on the way, there, done or not done with the reason; its tasks, notes, photos.
import { fact, get } from "./store.js";
import { enqueue, waiting } from "./queue.js";
import { fill, when, word } from "./fill.js";
import { choices, composer, head, lines, why } from "./parts.js";

const STEPS = ["accepted", "en_route", "on_site", "done"];

export function work(place, id) {
  let thing;
  let leave = () => {};
  let drawn = "";

  async function draw() {
    const [found, acts, me] = await Promise.all([get("things", `case:${id}`), waiting(), fact("me")]);
    const first = !thing && found;
    thing = found;
    if (!found) return place.replaceChildren(fill("phone-gone", {}));
    const own = acts.filter((act) => act.about === id);
    const look = JSON.stringify([found.position, own.map((act) => [act.id, act.state])]);
    if (look === drawn) return undefined;
    drawn = look;
    if (first) start();
    const moved = own.findLast((act) => act.kind === "progress" && act.state !== "refused");
    const progress = moved?.data.to ?? found.progress ?? "";
    place.querySelector("header").replaceChildren(fill("phone-head", { ...head(found), back: "/phone", channelWord: `#${found.number}` }));
    place.querySelector(".glance").replaceChildren(fill("phone-glance", head(found)));
    place.querySelector(".about").replaceChildren(fill("phone-case", {
      ...found, due: when(found.due), late: found.due && Date.parse(found.due) < Date.now(), link: found.conversation ? `/phone/conversations/${found.conversation}` : null,
    }));
    steps(progress, moved);
    tasks(found, own);
    place.querySelector(".thread").replaceChildren(...lines(found.notes ?? [], own, me));
    return undefined;
  }

  function steps(progress, moved) {
    const reached = progress === "incomplete" ? STEPS.length : STEPS.indexOf(progress);
    const list = place.querySelector(".steps");
    for (const button of list.querySelectorAll("button[data-step]")) {
      const at = STEPS.indexOf(button.dataset.step);
      button.classList.toggle("reached", at <= reached && progress !== "incomplete");
      if (button.dataset.step === progress) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    const said = place.querySelector(".step-said");
    said.replaceChildren(moved && moved.state !== "done" ? fill("phone-act", { ...moved, title: word(`progress-${moved.data.to}`), stateWord: word(`act-${moved.state}`), why: why(moved), conflict: moved.state === "conflict" || moved.state === "refused" }) : "");
    if (moved) choices(said, moved);
  }

  function tasks(found, own) {
    const list = place.querySelector(".tasks");
    list.replaceChildren(...(found.tasks ?? []).map((task) => {
      const act = own.findLast((one) => one.kind === "task" && one.data.task === task.id);
      const part = fill("phone-task", { ...task, waits: act && act.state !== "done" });
      const box = part.querySelector("input");
      box.checked = act ? act.data.done : Boolean(task.done);
      box.addEventListener("change", () => enqueue("task", thing, { task: task.id, done: box.checked }));
      return part;
    }));
    place.querySelector(".tasks-head").hidden = !found.tasks?.length;
  }

  function start() {
    place.replaceChildren(fill("phone-work", {}));
    leave = composer(place, () => thing);
    const reason = place.querySelector("dialog.reason");
    place.querySelector(".steps").addEventListener("click", (event) => {
      const step = event.target.closest("button")?.dataset.step;
      if (step === "incomplete") reason.showModal();
      else if (step) enqueue("progress", thing, { from: thing.progress, to: step });
    });
    reason.addEventListener("close", () => {
      const said = reason.querySelector("textarea").value.trim();
      if (reason.returnValue === "say" && said) enqueue("progress", thing, { from: thing.progress, to: "incomplete", reason: said });
    });
  }
  return { draw, leave: () => leave() };
}
