// One's own corner: notices, installing, and signing out, which clears this phone.
import { begin, end, subscription } from "../hark-notices.js";
import { fact, wipe } from "./store.js";
import { waiting } from "./queue.js";
import { fill, initials, hue, when, word } from "./fill.js";

export function me(place) {
  let started = false;

  async function draw() {
    const [who, refreshed, acts] = await Promise.all([fact("me"), fact("refreshed"), waiting()]);
    if (!started) start();
    started = true;
    const open = acts.filter((act) => act.state !== "done").length;
    place.querySelector(".who").replaceChildren(fill("phone-who", { ...who, initials: initials(who?.name), hue: hue(who?.id ?? ""), refreshed: when(refreshed) }));
    place.querySelector(".unsent").hidden = !open;
    place.querySelector(".unsent").textContent = word("unsent").replace("{count}", open);
    const able = "PushManager" in window && "Notification" in window;
    const on = able && Boolean(await subscription());
    place.querySelector("[data-do=notices]").setAttribute("aria-checked", String(on));
    place.querySelector("[data-do=notices]").disabled = !able || Notification.permission === "denied";
    place.querySelector("[data-do=install]").hidden = !document.querySelector("hark-phone").installing;
  }

  function start() {
    place.replaceChildren(fill("phone-me", {}));
    const app = document.querySelector("hark-phone");
    place.querySelector("[data-do=notices]").addEventListener("click", async (event) => {
      const said = place.querySelector(".notices-said");
      try {
        await (event.currentTarget.getAttribute("aria-checked") === "true" ? end() : begin(app.dataset.worker));
        said.textContent = "";
      } catch (error) {
        said.textContent = error.message;
      }
      draw();
    });
    place.querySelector("[data-do=install]").addEventListener("click", () => app.installing?.prompt());
    place.querySelector("form.sign-out").addEventListener("submit", (event) => leave(event));
  }
  return { draw };
}

async function leave(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const open = (await waiting()).filter((act) => act.state !== "done").length;
  if (open && !confirm(word("sure-unsent").replace("{count}", open))) return;
  form.querySelector("[name=form_token]").value = (await fact("token")) ?? "";
  await end().catch(() => {});
  await wipe();
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  const worker = await navigator.serviceWorker.getRegistration("/phone");
  await worker?.unregister();
  form.submit();
}
