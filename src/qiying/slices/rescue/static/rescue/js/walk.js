// What a technician's phone adds to each step by itself: when it was pressed and where. The place is
// known only while a page with steps is open. Both are fixed when the button is pressed, so that a
// step which waits for a line says when it happened, not when it came through.
import { all, onContent, one, within } from "../../qy/js/dom.js";

const page = one("[data-walk-page]");
const hasSteps = () => Boolean(one("form[data-walk]"));
let place = null;

// --- moment and place ---------------------------------------------------------------------------
function fill(form) {
  if (form.dataset.sending || form.dataset.fixed) return;
  if (!place) return;
  one("[data-walk-lon]", form).value = place.longitude.toFixed(6);
  one("[data-walk-lat]", form).value = place.latitude.toFixed(6);
  one("[data-walk-m]", form).value = Math.round(place.accuracy);
}

// on the window, so that it is done before the outbox keeps the form
window.addEventListener("submit", ({ target }) => {
  if (!target.matches?.("form[data-walk]") || target.dataset.sending) return;
  fill(target);
  const at = one("[data-walk-at]", target);
  if (at && !at.value) at.value = new Date().toISOString();
}, true);

const RADIUS = 6371008.8;
function metres(one_, other) {
  const rad = Math.PI / 180;
  const dLat = (other[1] - one_[1]) * rad;
  const dLon = (other[0] - one_[0]) * rad;
  const a = Math.sin(dLat / 2) ** 2 + Math.cos(one_[1] * rad) * Math.cos(other[1] * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(a));
}

/** Near the machine nobody is asked why; far from it, or without a place, the reason is. */
function judge() {
  for (const form of all("form[data-arrive]")) {
    const [lon, lat, radius] = form.dataset.arrive.split(",").map(Number);
    const reason = one("[data-arrive-reason]", form);
    const far = place ? metres([place.longitude, place.latitude], [lon, lat]) : null;
    reason.hidden = far !== null && far <= radius && !one("textarea", reason).value;
    one("[data-arrive-status]", form).textContent = far === null ? "" : `${Math.round(far)} m`;
  }
}

function located({ coords }) {
  place = coords;
  all("form[data-walk]").forEach(fill);
  judge();
  report();
}

// --- on the way ---------------------------------------------------------------------------------
const EVERY = 45000;
let told = 0;
async function report() {
  const address = page?.dataset.track;
  if (!address || !place || navigator.onLine === false || Date.now() - told < EVERY) return;
  told = Date.now();
  const body = new FormData();
  const key = `p${told}${Math.random().toString(36).slice(2, 10)}`;
  const said = { device_key: key, sent_at: new Date().toISOString(), longitude: place.longitude, latitude: place.latitude, accuracy_m: place.accuracy };
  for (const [name, value] of Object.entries(said)) body.append(name, value);
  const token = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice(10) ?? "";
  await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } }).catch(() => {});
}

// --- the signature ------------------------------------------------------------------------------
class Signature {
  constructor(box) {
    this.input = one("input[type=file]", box);
    this.canvas = one("canvas", box);
    this.clear = one("[data-act=clear-signature]", box);
    this.pen = this.canvas.getContext("2d");
    this.isDown = false;
    box.classList.add("can-draw");
    this.canvas.hidden = false;
    this.clear.hidden = false;
    this.wipe();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => this.end());
    this.clear.addEventListener("click", () => { this.wipe(); this.input.value = ""; });
  }

  wipe() {
    this.pen.fillStyle = "#fff";
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    Object.assign(this.pen, { strokeStyle: "#131a22", lineWidth: 4, lineCap: "round", lineJoin: "round" });
  }

  at({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [(clientX - box.left) * this.canvas.width / box.width, (clientY - box.top) * this.canvas.height / box.height];
  }

  begin(event) {
    event.preventDefault();
    this.isDown = true;
    this.canvas.setPointerCapture?.(event.pointerId);
    this.pen.beginPath();
    this.pen.moveTo(...this.at(event));
  }

  move(event) {
    if (!this.isDown) return;
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
  }

  end() {
    if (!this.isDown) return;
    this.isDown = false;
    this.canvas.toBlob((blob) => {
      const basket = new DataTransfer();
      basket.items.add(new File([blob], "signature.png", { type: "image/png" }));
      this.input.files = basket.files;
    }, "image/png");
  }
}

// --- somebody else moved it on ------------------------------------------------------------------
function isUntouched() {
  return !all("form[data-walk]").some((form) => form.dataset.sending
    || all("textarea, input[type=text], input[type=number], input[type=file]", form).some((field) => field.value.trim()));
}
/** Positions on the way change nothing here: only another version of the rescue does. */
async function hasMovedOn() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer) return false;
  const other = new DOMParser().parseFromString(await answer.text(), "text/html");
  return one("[data-walk-page]", other)?.dataset.version !== page.dataset.version;
}
document.body.addEventListener("qy:job", async ({ detail }) => {
  if (!page || page.dataset.job !== detail?.key || !await hasMovedOn()) return;
  if (isUntouched() && !one("form[data-sending]")) setTimeout(() => location.reload(), 300);
  else one("[data-stale]")?.removeAttribute("hidden");
});

onContent((root) => {
  within(root, "form[data-walk]").forEach(fill);
  if (typeof DataTransfer === "undefined") return;
  within(root, "[data-signature]").forEach((box) => { box.drawn ??= new Signature(box); });
});
judge();
if (navigator.geolocation && hasSteps()) {
  navigator.geolocation.watchPosition(located, () => judge(), { enableHighAccuracy: true, maximumAge: 30000, timeout: 20000 });
}
