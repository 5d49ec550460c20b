// The small forms of the panel: who you are, how it was, where the conversation shall be sent.
import { fill } from "./words.js";

const TYPES = { email: "email", phone: "tel", name: "text" };
const FILL = { email: "email", phone: "tel", name: "name" };
// How far the corners of the mouth hang or rise: drawn, so that they look the same on every machine.
const MOUTHS = [-5, -2.5, 0, 2.5, 5];
const face = (bend) => `<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="9.2"/><path d="M8.7 9.4v.9M15.3 9.4v.9M7.8 ${15.2 - bend / 2.5}q4.2 ${bend} 8.4 0"/></svg>`;
const isEmail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

// Asked before the first message. What is typed here is shown to the team as not verified; it opens nothing.
export function contactForm(panel, asks, away, then) {
  const { texts, settings } = panel;
  const form = element("form", "before");
  form.noValidate = true;
  const kept = panel.store.read().contact ?? {};
  for (const ask of asks) form.append(field(panel, ask, kept[ask.name] ?? "", away));
  if (settings.privacy) {
    const link = element("a", "privacy", texts.privacy);
    Object.assign(link, { href: settings.privacy, target: "_blank", rel: "noopener" });
    form.append(link);
  }
  const button = element("button", "main", texts.start);
  form.append(button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const contact = {};
    let wrong;
    for (const input of form.querySelectorAll("[name]")) {
      const value = input.value.trim();
      const why = !value && input.required ? texts.needed : value && input.type === "email" && !isEmail(value) ? texts.wrong_email : "";
      complain(input, why);
      if (why) wrong ??= input;
      else if (value) contact[input.name] = value;
    }
    if (wrong) wrong.focus();
    else then(contact);
  });
  return form;
}

function field(panel, ask, value, away) {
  const { texts, settings } = panel;
  const label = element("label");
  const title = element("span", "", ask.name === "email" && away ? texts.answer_by_email : texts[ask.name]);
  if (!ask.required) title.append(element("em", "", ` (${texts.optional})`));
  const input = element(ask.name === "topic" ? "select" : "input");
  if (ask.name === "topic") {
    input.append(new Option(texts.choose, ""));
    for (const topic of settings.topics) input.append(new Option(topic, topic));
  } else Object.assign(input, { type: TYPES[ask.name], autocomplete: FILL[ask.name], maxLength: 200 });
  Object.assign(input, { name: ask.name, required: !!ask.required, value });
  label.append(title, input);
  return label;
}

function complain(input, why) {
  input.nextElementSibling?.remove();
  input.toggleAttribute("aria-invalid", !!why);
  if (why) { const said = element("small", "problem", why); said.setAttribute("role", "alert"); input.after(said); }
}

export function ratingCard(panel, conversation) {
  const { texts } = panel;
  const form = element("form", "rating");
  form.append(element("p", "", texts.ended), element("h3", "", texts.rate));
  const faces = element("fieldset");
  faces.append(element("legend", "unseen", texts.rate));
  texts.rates.forEach((label, at) => {
    const choice = element("label"), input = element("input"), drawn = element("span", "face");
    drawn.innerHTML = face(MOUTHS[at]);
    Object.assign(input, { type: "radio", name: "score", value: String(at + 1) });
    input.setAttribute("aria-label", label);
    choice.title = label;
    drawn.setAttribute("aria-hidden", "true");
    choice.append(input, drawn);
    faces.append(choice);
  });
  const comment = element("textarea");
  Object.assign(comment, { placeholder: texts.comment, maxLength: 2000, rows: 2 });
  comment.setAttribute("aria-label", texts.comment);
  const more = element("div", "later");
  more.hidden = true;
  more.append(comment, element("button", "main", texts.send));
  form.append(faces, more);
  faces.addEventListener("change", () => { more.hidden = false; panel.thread.toEnd(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const score = Number(new FormData(form).get("score"));
    panel.line.say({ is: "rating", conversation, score, comment: comment.value.trim(), id: `${conversation}-${score}` });
    form.replaceChildren(element("p", "thanks", texts.thanks));
    form.setAttribute("role", "status");
  });
  return form;
}

export function transcriptForm(panel) {
  const { texts } = panel;
  const form = element("form", "transcript"), label = element("label"), input = element("input");
  form.noValidate = true;
  Object.assign(input, { type: "email", autocomplete: "email", required: true, maxLength: 254, value: panel.store.read().contact?.email ?? "" });
  label.append(element("span", "", texts.email), input);
  form.append(element("h3", "", texts.transcript), label, element("button", "main", texts.send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const email = input.value.trim();
    complain(input, isEmail(email) ? "" : texts.wrong_email);
    if (!isEmail(email)) return input.focus();
    try {
      await panel.line.ask("transcript", { email, language: panel.element.language });
      form.replaceChildren(element("p", "thanks", fill(texts.transcript_sent, { email })));
    } catch {
      form.replaceChildren(element("p", "problem", texts.transcript_failed));
    }
    return form.setAttribute("role", "status");
  });
  return form;
}

function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
