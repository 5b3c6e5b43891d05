// The duty board: alarms that are heard, pins that follow, a number in the title of the tab.
// Sound is made here (no file is fetched) and is off until the reader allows it.
import { all, one, store } from "../../qy/js/dom.js";
import { serverNow } from "../../qy/js/countdown.js";

const LOOK_EVERY = 1000;
const AGAIN_AFTER = 20000; // an alarm that nobody has heard sounds again
const KEY = "rescue-sound";
const HEARD = "rescue-heard";
// frequency in hertz and length in seconds, one after the other
const SOUNDS = {
  unacknowledged: [[880, 0.18], [0, 0.06], [1175, 0.26]],
  offer_expired: [[660, 0.2], [0, 0.06], [660, 0.2]],
  about_to_lose: [[740, 0.16], [880, 0.16], [740, 0.16], [880, 0.16]],
  lost: [[988, 0.3], [0, 0.08], [740, 0.3], [0, 0.08], [988, 0.3], [0, 0.08], [740, 0.42]],
};
const RANK = ["lost", "about_to_lose", "unacknowledged", "offer_expired"];

const title = document.title;
const button = one("[data-sound]");
let context = null;
let soundedAt = 0;
let sounded = new Set();

const isOn = () => store.get(KEY) === "on";
const heard = new Set(JSON.parse(sessionStorage.getItem(HEARD) || "[]"));

function keepHeard() {
  try { sessionStorage.setItem(HEARD, JSON.stringify([...heard].slice(-200))); } catch { /* then it sounds again after a reload */ }
}

// --- sound ---

function wake() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  context ??= new Context();
  if (context.state === "suspended") context.resume().then(showState, () => {});
}

function play(code) {
  if (!isOn() || context?.state !== "running") return;
  let at = context.currentTime + 0.02;
  for (const [hertz, seconds] of SOUNDS[code] ?? SOUNDS.lost) {
    if (hertz) tone(hertz, at, seconds);
    at += seconds;
  }
}

function tone(hertz, at, seconds) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = "triangle";
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + seconds + 0.02);
}

function showState() {
  if (!button) return;
  const waits = isOn() && context?.state !== "running";
  button.setAttribute("aria-pressed", String(isOn()));
  button.dataset.state = waits ? "waits" : isOn() ? "on" : "off";
  one("[data-text]", button).textContent = waits ? button.dataset.waits : isOn() ? button.dataset.on : button.dataset.off;
}

button?.addEventListener("click", () => {
  const waits = isOn() && context?.state !== "running";
  if (!waits) store.set(KEY, isOn() ? "off" : "on");
  if (isOn()) {
    wake();
    setTimeout(() => play("offer_expired"), 80); // so that it is known what to listen for
  }
  showState();
});
// a browser lets a page sound only after somebody touched it
document.addEventListener("pointerdown", () => { if (isOn()) wake(); });
document.addEventListener("keydown", () => { if (isOn()) wake(); });

// --- alarms ---

const rank = (alarm) => RANK.indexOf(alarm.dataset.alarm);

// one alarm for each job: the worst that has come
function due() {
  const now = serverNow() / 1000;
  const worst = new Map();
  for (const alarm of all("[data-alarm]")) {
    const known = worst.get(alarm.dataset.job);
    if (Number(alarm.dataset.at) <= now && (!known || rank(alarm) < rank(known))) worst.set(alarm.dataset.job, alarm);
  }
  return [...worst.values()];
}

function look() {
  const open = due();
  for (const alarm of all("[data-alarm]")) if (!open.includes(alarm)) alarm.hidden = true;
  for (const alarm of open) {
    alarm.hidden = false;
    const isHeard = heard.has(alarm.dataset.key);
    alarm.classList.toggle("heard", isHeard);
    one("[data-heard]", alarm).hidden = isHeard;
  }
  const loud = open.filter((alarm) => !heard.has(alarm.dataset.key));
  document.title = loud.length ? `(${loud.length}) ${title}` : title;
  const isNew = loud.some((alarm) => !sounded.has(alarm.dataset.key));
  if (loud.length && (isNew || Date.now() - soundedAt > AGAIN_AFTER)) {
    soundedAt = Date.now();
    sounded = new Set(loud.map((alarm) => alarm.dataset.key));
    play(RANK.find((code) => loud.some((alarm) => alarm.dataset.alarm === code)));
  }
}

document.addEventListener("click", ({ target }) => {
  const alarm = target.closest?.("[data-heard]")?.closest("[data-alarm]");
  if (!alarm) return;
  heard.add(alarm.dataset.key);
  keepHeard();
  look();
});

setInterval(look, LOOK_EVERY);
document.addEventListener("htmx:afterSettle", look);
look();
showState();

// --- pins ---

let waiting = 0;
function follow() {
  waiting ||= setTimeout(() => {
    waiting = 0;
    const map = one("#rescue-map")?.zoneMap;
    map?.refresh("job");
    map?.refresh("technician");
  }, 900);
}
document.body.addEventListener("qy:job", follow);
document.body.addEventListener("qy:poll", follow);

// the people on duty stay unfolded when the board is drawn anew
let isUnfolded = false;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "rescue-live") isUnfolded = one(".duty-list", detail.target)?.open ?? false;
});
document.addEventListener("htmx:afterSwap", () => {
  const list = one("#rescue-live .duty-list");
  if (list && isUnfolded) list.open = true;
});
