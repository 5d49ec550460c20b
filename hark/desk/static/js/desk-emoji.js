// A small choice of emoji; the keyboard of the system has them all.
const SIGNS = "🙂 😀 😅 😉 😍 🤗 🤔 😕 🙁 😢 😮 🙏 👍 👎 👏 💪 👋 🎉 ✅ ❌ ⭐ ❤️ 🔧 🔌 📦 🚚 📞 📧 📷 🧾 ⏰ 💡".split(" ");

export function emoji(place, chosen) {
  if (!place) return;
  const pop = document.createElement("hark-pop");
  const details = Object.assign(document.createElement("details"), { className: "pop emoji-pick" });
  const summary = Object.assign(document.createElement("summary"), { className: "button plain square small", textContent: "☺" });
  summary.title = place.dataset.title;
  summary.setAttribute("aria-label", place.dataset.title);
  const panel = Object.assign(document.createElement("div"), { className: "panel" });
  for (const sign of SIGNS) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    button.addEventListener("click", () => { details.open = false; chosen(sign); });
    panel.append(button);
  }
  details.append(summary, panel);
  pop.append(details);
  place.replaceWith(pop);
}
