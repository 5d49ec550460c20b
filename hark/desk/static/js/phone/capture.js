// Photos made small and voice notes, both before they are kept: a phone's photo of 8 MB becomes one of some 200 kB.
const LONGEST_SIDE = 1600, QUALITY = 0.82;
const LONGEST_NOTE = 180_000; // milliseconds
const SOUNDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export async function photo(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  // Drawn anew, so where and with what it was taken (EXIF) does not go along.
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return { blob, name: `${file.name.replace(/\.\w+$/, "") || "photo"}.jpg` };
}

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

// Resolves to a recorder that runs; `stop()` gives the note, `drop()` forgets it.
export async function record(ended = () => {}) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = SOUNDS.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const finished = new Promise((done) => { recorder.onstop = done; });
  const limit = setTimeout(() => ended(), LONGEST_NOTE);
  recorder.start(1000);
  const end = async () => {
    clearTimeout(limit);
    if (recorder.state !== "inactive") recorder.stop();
    await finished;
    for (const track of stream.getTracks()) track.stop();
  };
  return {
    began: Date.now(),
    drop: end,
    async stop() {
      await end();
      const plain = recorder.mimeType.split(";")[0];
      const blob = new Blob(parts, { type: plain });
      return { blob, name: `voice-note.${{ "audio/mp4": "m4a", "audio/ogg": "ogg" }[plain] ?? "webm"}` };
    },
  };
}
