// Photos with previews and voice notes. Without these scripts both are ordinary file fields.
import { all, clock, make, onContent, one, say, within } from "./dom.js";

const MEGABYTE = 1048576;

// --- photos -------------------------------------------------------------------------------------
class PhotoPicker {
  constructor(box) {
    this.box = box;
    this.input = one("input[type=file]", box);
    this.list = one("[data-photo-list]", box);
    this.add = one("[data-act=add-photo]", box);
    this.error = one("[data-photo-error]", box);
    this.most = Number(box.dataset.most);
    this.limit = Number(box.dataset.megabytes);
    this.files = [];
    this.add.hidden = false;
    this.add.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => this.take([...this.input.files]));
    this.input.tabIndex = -1;
    box.closest("form")?.addEventListener("reset", () => this.keep([]));
    // chosen before this script arrived, over a slow line
    if (this.input.files.length) this.take([...this.input.files]);
  }

  take(chosen) {
    this.tell("");
    for (const file of chosen) {
      if (file.size > this.limit * MEGABYTE) {
        this.tell(say("too-large", { name: file.name, mb: this.limit }));
      } else if (this.files.length >= this.most) {
        this.tell(say("too-many", { n: this.most }));
      } else {
        this.files.push(file);
      }
    }
    this.keep(this.files);
  }

  /** Write the files back into the field, so that an ordinary submit sends them. */
  keep(files) {
    this.files = files;
    const basket = new DataTransfer();
    files.forEach((file) => basket.items.add(file));
    this.input.files = basket.files;
    this.draw();
  }

  draw() {
    all("img", this.list).forEach((image) => URL.revokeObjectURL(image.src));
    this.list.replaceChildren(...this.files.map((file, index) => {
      const image = make("img", { src: URL.createObjectURL(file), alt: file.name });
      const remove = make("button", { type: "button", "aria-label": say("remove", { name: file.name }), text: "×" });
      remove.addEventListener("click", () => {
        this.keep(this.files.filter((_, other) => other !== index));
        this.add.focus();
      });
      return make("li", {}, image, remove);
    }));
    this.add.hidden = this.files.length >= this.most;
  }

  tell(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }
}

// --- voice --------------------------------------------------------------------------------------
const KINDS = [["audio/webm", "webm"], ["audio/mp4", "m4a"], ["audio/ogg", "ogg"]];

class VoiceNote {
  constructor(box) {
    this.box = box;
    this.input = one("input[type=file]", box);
    this.button = one("[data-act=record]", box);
    this.status = one("[data-voice-status]", box);
    this.player = one("[data-voice-play]", box);
    this.drop = one("[data-act=drop-voice]", box);
    this.longest = Number(box.dataset.seconds);
    box.classList.add("can-record");
    this.button.hidden = false;
    this.input.tabIndex = -1;
    this.button.addEventListener("click", () => (this.recorder ? this.stop() : this.start()));
    this.drop.addEventListener("click", () => this.clear());
  }

  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.box.classList.remove("can-record");
      this.button.hidden = true;
      this.input.tabIndex = 0;
      this.status.textContent = say("no-microphone");
      return;
    }
    this.kind = KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? KINDS[0];
    this.recorder = new MediaRecorder(stream, { mimeType: this.kind[0], audioBitsPerSecond: 32000 });
    this.parts = [];
    this.seconds = 0;
    this.recorder.ondataavailable = (event) => this.parts.push(event.data);
    this.recorder.onstop = () => this.finish(stream);
    this.recorder.start(1000);
    this.timer = setInterval(() => this.count(), 1000);
    this.show(true);
    this.status.textContent = say("recording", { clock: clock(0) });
  }

  count() {
    this.seconds += 1;
    // a live region each second would chatter; every ten seconds is enough to hear
    if (this.seconds % 10 === 0) this.status.textContent = say("recording", { clock: clock(this.seconds) });
    if (this.seconds >= this.longest) this.stop();
  }

  stop() {
    clearInterval(this.timer);
    this.recorder.stop();
    this.recorder = null;
    this.show(false);
  }

  finish(stream) {
    stream.getTracks().forEach((track) => track.stop());
    const file = new File(this.parts, `${say("voice-note")}.${this.kind[1]}`, { type: this.kind[0] });
    const basket = new DataTransfer();
    basket.items.add(file);
    this.input.files = basket.files;
    this.player.src = URL.createObjectURL(file);
    this.player.hidden = false;
    this.drop.hidden = false;
    this.status.textContent = say("recorded", { clock: clock(this.seconds) });
  }

  clear() {
    this.input.value = "";
    URL.revokeObjectURL(this.player.src);
    this.player.removeAttribute("src");
    this.player.hidden = true;
    this.drop.hidden = true;
    this.status.textContent = "";
    this.button.focus();
  }

  show(isOn) {
    this.button.setAttribute("aria-pressed", isOn);
    one("[data-on]", this.button).hidden = !isOn;
    one("[data-off]", this.button).hidden = isOn;
  }
}

onContent((root) => {
  if (typeof DataTransfer === "undefined") return;
  within(root, "[data-photos]").forEach((box) => { box.photoPicker ??= new PhotoPicker(box); });
  if (!navigator.mediaDevices?.getUserMedia || typeof MediaRecorder === "undefined") return;
  within(root, "[data-voice]").forEach((box) => { box.voiceNote ??= new VoiceNote(box); });
});
