// Single-key shortcuts. They rest while somebody types or a dialog is open, and can be switched
// off in the list of shortcuts (WCAG 2.1.4).
import { all, isTyping, one, store } from "./dom.js";

const CHORD_WITHIN = 900;
let chordUntil = 0;

const rows = () => all("[data-rows] tbody tr, [data-rows] > li").filter((row) => row.offsetParent);
const cursorOf = (list) => list.findIndex((row) => row.classList.contains("cursor"));

function move(step) {
  const list = rows();
  if (!list.length) return;
  const from = cursorOf(list);
  const to = Math.max(0, Math.min(list.length - 1, from + step));
  list[from]?.classList.remove("cursor");
  list[to].classList.add("cursor");
  const link = one("[data-open], a[href]", list[to]);
  (link || list[to]).focus({ preventScroll: true });
  list[to].scrollIntoView({ block: "nearest" });
}

function atCursor(selector, act) {
  const list = rows();
  const found = one(selector, list[cursorOf(list)] || document.createElement("i"));
  if (found) act(found);
  return Boolean(found);
}

const singles = {
  "/": () => {
    const field = one("[data-search]");
    field?.focus();
    field?.select();
    return Boolean(field);
  },
  "?": () => {
    one("#shortcuts")?.showModal();
    return true;
  },
  j: () => (move(1), true),
  k: () => (move(-1), true),
  x: () => atCursor("[data-pick]", (box) => box.click()),
  Enter: () => document.activeElement === document.body && atCursor("[data-open], a[href]", (link) => link.click()),
};

function chord(key) {
  const link = one(`[data-chord="${CSS.escape(key)}"]`);
  if (link) location.href = link.href;
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (store.get("qy-keys") === "off" || isTyping(event.target) || one("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let done = false;
  if (chordUntil > Date.now()) done = chord(key);
  chordUntil = 0;
  if (!done && key === "g") chordUntil = Date.now() + CHORD_WITHIN;
  if (!done && singles[key]) done = singles[key]();
  if (!done && key.length === 1 && key !== "g") {
    const button = one(`[data-key="${CSS.escape(key)}"]`);
    button?.click();
    done = Boolean(button);
  }
  if (done) event.preventDefault();
});
