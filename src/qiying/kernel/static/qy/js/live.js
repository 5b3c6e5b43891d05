// One event stream for all tabs of this browser. A message {"topic": "call", "key": "9f…"} becomes the
// DOM event qy:call on <body>; fragments fetch themselves again through their normal address.
// When the stream is lost the page says so and raises qy:poll every 15 seconds.
import { one, say } from "./dom.js";

const POLL_EVERY = 15000;
const PATIENCE = 8000; // a bounded stream closes and reopens within this time without alarm
const pill = one("#live");
const address = document.body.dataset.live;
let poll = 0;
let alarm = 0;
let wasOff = false;

const raise = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

function show(state) {
  if (!pill || pill.dataset.state === state && !pill.hidden) return;
  pill.hidden = false;
  pill.dataset.state = state;
  pill.title = say(`live-${state}`);
  one("[data-text]", pill).textContent = say(`live-${state}`);
}

function isOn() {
  clearTimeout(alarm);
  alarm = 0;
  clearInterval(poll);
  poll = 0;
  show("on");
  if (wasOff) raise("qy:poll");
  wasOff = false;
}

function isLost() {
  alarm ||= setTimeout(() => {
    wasOff = true;
    show("off");
    poll ||= setInterval(() => document.hidden || raise("qy:poll"), POLL_EVERY);
  }, PATIENCE);
}

// A part that has just begun to fetch itself hears nothing until it has settled (throttle:1s): what
// comes close upon another message of its topic is said once more, so that no last change is missed.
const CLOSE = 1100;
const saidAt = new Map();
const again = new Map();

function receive(text) {
  const message = JSON.parse(text);
  if (!message.topic) return;
  const { topic, key } = message;
  const name = `${topic}:${key}`;
  const since = performance.now() - (saidAt.get(topic) ?? -CLOSE);
  if (since >= CLOSE) {
    saidAt.set(topic, performance.now());
  } else if (!again.has(name)) {
    again.set(name, setTimeout(() => {
      again.delete(name);
      saidAt.set(topic, performance.now());
      raise(`qy:${topic}`, message);
    }, CLOSE - since));
  }
  raise(`qy:${topic}`, message);
}

let source = null; // only in the tab that holds the stream
const channel = "BroadcastChannel" in window ? new BroadcastChannel("qy-live") : null;
const share = (kind, text) => channel?.postMessage({ kind, text });

const hear = {
  message: receive,
  on: isOn,
  lost: isLost,
  ask: () => source?.readyState === EventSource.OPEN && share("on"),
};
if (channel) channel.onmessage = ({ data }) => hear[data.kind]?.(data.text);

function open() {
  source = new EventSource(address);
  source.onopen = () => {
    isOn();
    share("on");
  };
  source.onmessage = (event) => {
    receive(event.data);
    share("message", event.data);
  };
  source.onerror = () => {
    isLost();
    share("lost");
    // refused instead of interrupted: the browser gives up, so we ask again later
    if (source.readyState === EventSource.CLOSED) setTimeout(open, POLL_EVERY);
  };
}

/** Hold the stream until the page goes away. */
const hold = () =>
  new Promise((release) => {
    open();
    addEventListener("pagehide", () => {
      source.close();
      source = null;
      release();
    }, { once: true });
  });

function start() {
  show("wait");
  isLost(); // the alarm runs until the stream, or the tab that holds it, says it is on
  if (channel && navigator.locks) {
    navigator.locks.request("qy-live", hold);
    share("ask");
  } else {
    hold();
  }
}

if (address) {
  start();
  addEventListener("pageshow", (event) => event.persisted && start());
}
