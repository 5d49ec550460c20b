// Says that a page of Hark is in front of somebody, so that their phone stays quiet about what they see anyway.
import { post, token } from "./post.js";

const EVERY = 30_000, IDLE = 120_000; // milliseconds
let touched = Date.now();
let told = 0;

function say(away = false) {
  if (!away && Date.now() - told < EVERY - 1000) return;
  told = away ? 0 : Date.now();
  post("/looking", away ? { away: "1" } : {}, { keepalive: true }).catch(() => {}); // the next one will do
}

function look() {
  if (token() && !document.hidden && Date.now() - touched < IDLE) say();
}

if (document.querySelector(".frame, hark-phone")) {
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(kind, () => { touched = Date.now(); look(); }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? say(true) : look()));
  setInterval(look, EVERY);
  look();
}
