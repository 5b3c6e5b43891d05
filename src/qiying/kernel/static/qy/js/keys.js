// Single-key shortcuts. They rest while somebody types or a dialog is open, and can be switched
// off in the list of shortcuts (WCAG 2.1.4).
import { all, isTyping, one, say, store } from "./dom.js";
import { toast } from "./toast.js";

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

function clearPicked() {
  for (const box of all("[data-pick]:checked")) box.click();
  return true;
}

/** The bar of picked rows first, then the row under the cursor, then a button of the page. */
function act(key) {
  const isKey = (element) => element.dataset.key === key && element.offsetParent;
  const button = all("[data-bulk]:not([hidden]) [data-key]").find(isKey);
  if (button) return button.click(), true;
  if (actOnRow(key)) return true;
  const other = all("[data-key]").find((element) => isKey(element) && !element.closest("[data-bulk]"));
  other?.click();
  return Boolean(other);
}

/** A button of the row itself, or the step that the list's table of keys names for its state. */
function actOnRow(key) {
  const list = rows();
  const row = list[cursorOf(list)];
  if (!row) return false;
  const button = one(`[data-row-key="${CSS.escape(key)}"]`, row);
  if (button) return button.click(), true;
  const table = JSON.parse(row.closest("[data-row-keys]")?.dataset.rowKeys || "{}");
  if (!(key in table)) return false;
  const step = table[key][row.dataset.state];
  const link = one("[data-open]", row);
  if (step && link) location.href = toStep(link.href, step);
  else toast(say("no-such-step"), "warn");
  return true;
}

/** The page of a record with the form of one step open. */
function toStep(href, step) {
  const address = new URL(href);
  address.searchParams.set("step", step);
  address.hash = `do-${step}`;
  return address.href;
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
  Escape: () => Boolean(one("[data-bulk]:not([hidden])")) && clearPicked(),
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
  if (!done && key.length === 1 && key !== "g") done = act(key);
  if (done) event.preventDefault();
});

// from a field: Ctrl+Enter sends the form, Escape leaves the field so that single keys work again
document.addEventListener("keydown", (event) => {
  if (event.isComposing || !isTyping(event.target) || one("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    const button = one("button[type=submit], button:not([type])", event.target.form);
    if (button) event.target.form.requestSubmit(button);
  } else if (event.key === "Escape" && store.get("qy-keys") !== "off") {
    event.target.blur();
  }
});
