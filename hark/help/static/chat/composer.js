// Where a visitor writes: a field that grows, emoji, files by button, paste and drop. Enter sends, Shift and Enter goes on.
import { icon } from "./icons.js";
import { EMOJI } from "./emoji.js";
import { fill } from "./words.js";

const LONGEST = 10_000;
const LARGEST = 10_000_000;
const MOST_FILES = 5;

export class Composer {
  #panel; #form; #files = []; #list; #note;

  constructor(panel) {
    this.#panel = panel;
    this.#draw();
    const { dialog } = panel;
    dialog.addEventListener("dragover", (event) => { if (this.#takes(event)) { event.preventDefault(); dialog.classList.add("drop"); } });
    dialog.addEventListener("dragleave", (event) => { if (!dialog.contains(event.relatedTarget)) dialog.classList.remove("drop"); });
    dialog.addEventListener("drop", (event) => { dialog.classList.remove("drop"); if (this.#takes(event)) { event.preventDefault(); this.#add(event.dataTransfer.files); } });
  }

  show() {
    this.#form.hidden = false;
  }

  hide() {
    this.#form.hidden = true;
  }

  #draw() {
    const { texts, settings, dialog } = this.#panel;
    const form = this.#form = document.createElement("form");
    form.className = "write";
    form.innerHTML = `<ul class="chosen"></ul><p class="problem" role="alert"></p><div class="row">
      <textarea rows="1" enterkeyhint="send" dir="auto" maxlength="${LONGEST}"></textarea>
      <details class="emoji"><summary>${icon("emoji")}</summary><div class="grid"></div></details>
      <label class="attach">${icon("attach")}<input type="file" multiple><span class="unseen"></span></label>
      <button class="send">${icon("send")}</button></div>`;
    this.field = form.querySelector("textarea");
    this.#list = form.querySelector(".chosen");
    this.#note = form.querySelector(".problem");
    this.field.placeholder = texts.placeholder;
    this.field.setAttribute("aria-label", texts.message);
    form.querySelector(".send").setAttribute("aria-label", texts.send);
    form.querySelector(".attach span").textContent = texts.attach;
    form.querySelector(".attach").hidden = !settings.files;
    form.querySelector(".attach").title = texts.attach;
    form.querySelector("summary").setAttribute("aria-label", texts.emoji);
    dialog.dataset.drop = texts.drop;
    this.#listen(form);
    this.#fillEmoji(form.querySelector(".emoji"));
    dialog.querySelector(".foot").append(form);
  }

  #listen(form) {
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    form.querySelector("input[type=file]").addEventListener("change", (event) => { this.#add([...event.target.files]); event.target.value = ""; });
    this.field.addEventListener("input", () => { this.#grow(); if (this.field.value) this.#panel.typing(); });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.#send(); }
    });
    this.field.addEventListener("paste", (event) => { if (this.#takes(event) && event.clipboardData.files.length) { event.preventDefault(); this.#add(event.clipboardData.files); } });
  }

  #takes(event) {
    const data = event.dataTransfer ?? event.clipboardData;
    return this.#panel.settings.files && [...(data?.types ?? [])].includes("Files");
  }

  #send() {
    const text = this.field.value.trim();
    if (!text && !this.#files.length) return;
    this.#panel.say(text, this.#files);
    this.field.value = "";
    this.#files = [];
    this.#shown();
    this.#problem("");
    this.#grow();
    this.field.focus();
  }

  #grow() {
    this.field.style.blockSize = "auto";
    this.field.style.blockSize = `${Math.min(this.field.scrollHeight, 132)}px`;
  }

  async #add(list) {
    const { texts } = this.#panel;
    this.#problem("");
    for (const file of [...list]) {
      const size = this.#files.reduce((sum, one) => sum + one.data.length * 0.75, 0) + file.size;
      if (this.#files.length >= MOST_FILES) return this.#problem(texts.too_many_files);
      if (size > LARGEST) return this.#problem(texts.too_large);
      this.#files.push({ name: file.name || "picture.png", data: await encoded(file) });
    }
    this.#shown();
    return this.field.focus();
  }

  #shown() {
    this.#list.replaceChildren(...this.#files.map((file) => {
      const item = document.createElement("li"), button = document.createElement("button");
      item.innerHTML = `${icon("file")}<span></span>`;
      item.lastChild.textContent = file.name;
      button.type = "button";
      button.innerHTML = icon("close");
      button.setAttribute("aria-label", fill(this.#panel.texts.remove, { name: file.name }));
      button.addEventListener("click", () => { this.#files = this.#files.filter((one) => one !== file); this.#shown(); this.field.focus(); });
      item.append(button);
      return item;
    }));
  }

  #problem(text) {
    this.#note.textContent = text;
  }

  #fillEmoji(details) {
    const grid = details.querySelector(".grid");
    for (const letter of EMOJI) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = letter;
      grid.append(button);
    }
    grid.addEventListener("click", (event) => {
      if (event.target.tagName !== "BUTTON") return;
      this.field.setRangeText(event.target.textContent, this.field.selectionStart, this.field.selectionEnd, "end");
      details.open = false;
      this.field.focus();
    });
    grid.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = [...grid.children];
      all[Math.max(0, Math.min(all.length - 1, all.indexOf(event.target) + step))].focus();
    });
  }
}

async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
