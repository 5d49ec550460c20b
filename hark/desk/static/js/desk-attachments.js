// Files beside the text: picked, pasted or dropped. Each is taken in at once, so that sending is quick and a draft keeps it.
import { act, toast } from "./desk-ask.js";

export class Attachments {
  #waiting = 0;

  constructor(composer, changed) {
    Object.assign(this, { composer, changed, list: composer.querySelector("[data-attached]") });
    this.#again();
    const input = composer.querySelector("input[type=file]");
    input.addEventListener("change", () => { this.take(input.files); input.value = ""; });
    composer.box.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.take(event.clipboardData.files);
    });
    composer.addEventListener("dragover", (event) => { event.preventDefault(); composer.classList.add("over"); });
    composer.addEventListener("dragleave", () => composer.classList.remove("over"));
    composer.addEventListener("drop", (event) => {
      event.preventDefault();
      composer.classList.remove("over");
      this.take(event.dataTransfer.files);
    });
  }

  get length() { return this.list.children.length; }
  get busy() { return this.#waiting > 0; }
  get all() { return [...this.list.querySelectorAll("[name=file]")].map((field) => JSON.parse(field.value)); }

  async take(files) {
    for (const file of [...files]) {
      const line = this.#line(this.composer.texts.uploading.replace("{name}", file.name));
      this.#waiting += 1;
      const fields = new FormData();
      fields.append("files", file, file.name);
      try {
        const said = await act("/attachments", fields);
        line.remove();
        this.put(said.files);
        this.changed();
      } catch (error) {
        line.remove();
        toast(error.message, undefined, true);
      } finally { this.#waiting -= 1; }
    }
  }

  put(files) {
    for (const file of files ?? []) {
      const line = this.#line(file.name);
      line.append(Object.assign(document.createElement("input"), { type: "hidden", name: "file", value: JSON.stringify(file) }));
      const away = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      away.setAttribute("aria-label", `× ${file.name}`);
      away.addEventListener("click", () => { line.remove(); this.changed(); });
      line.append(away);
    }
  }

  // What a draft brought along gets its button.
  #again() {
    const files = this.all;
    this.clear();
    this.put(files);
  }

  clear() { this.list.replaceChildren(); }

  #line(words) {
    const line = Object.assign(document.createElement("li"), { className: "file" });
    line.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: words }));
    this.list.append(line);
    return line;
  }
}
