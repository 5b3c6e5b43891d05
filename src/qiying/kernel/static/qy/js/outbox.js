// Forms that survive a lost connection. A form with data-draft and an idempotency key is written
// to IndexedDB before it is sent, with its files and under its key; what the server did not
// acknowledge is sent again under the same key, so it is recorded exactly once. Each person sees and
// sends only what the same person wrote on this device.
import { all, make, one, onContent, say, store, within } from "./dom.js";
import { toast } from "./toast.js";

const person = document.body.dataset.person ?? "";
const SENT = "qy-outbox-sent";
const DRAFT_SENT = "qy-draft-sent";
const PROBE = "/healthz";
const PATIENCE = 5000;
const AGAIN_EVERY = 30000;
const STUCK_AFTER = 20000;
const KEPT_DAYS = 14;

// --- the store ----------------------------------------------------------------------------------
let opened = null;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("qy-outbox", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function act(mode, work) {
  const entries = (await database()).transaction("entries", mode).objectStore("entries");
  const asked = work(entries);
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const put = (entry) => act("readwrite", (entries) => entries.put(entry));
const drop = (key) => act("readwrite", (entries) => entries.delete(key));
async function mine() {
  const found = (await act("readonly", (entries) => entries.getAll())).filter((entry) => entry.person === person);
  const isOld = (entry) => Date.now() - entry.at > KEPT_DAYS * 86400000;
  await Promise.all(found.filter(isOld).map((entry) => drop(entry.key)));
  return found.filter((entry) => !isOld(entry)).sort((a, b) => a.at - b.at);
}

// --- a form as an entry -------------------------------------------------------------------------
const keyField = (form) => form.elements.namedItem("idempotency_key");
const isOurs = (form) => Boolean(person && form?.matches?.("form[data-draft]:not([hx-post])") && form.method === "post"
  && keyField(form)?.value && window.indexedDB);

function entryOf(form, state, submitter) {
  // an empty file field is sent as an empty word, as the browser itself does: the content stays the same
  const isEmpty = (value) => value instanceof File && value.size === 0 && !value.name;
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken")
    .map(([name, value]) => [name, isEmpty(value) ? "" : value]);
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  return {
    key: keyField(form).value,
    person,
    draft: form.dataset.draft,
    action: form.getAttribute("action") || location.pathname + location.search,
    page: location.pathname + location.search,
    title: form.dataset.title || (one("h1")?.textContent.trim() ?? ""),
    fields,
    state,
    at: Date.now(),
  };
}

async function isReachable() {
  if (navigator.onLine === false) return false;
  try {
    return (await fetch(PROBE, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}

const hasWaiting = async (entry) => (await mine()).some((each) => each.state === "waiting" && each.key !== entry.key);

async function send(form, submitter) {
  form.dataset.sending = "1";
  const entry = entryOf(form, "sending", submitter);
  await put(entry);
  const isReached = await isReachable();
  if (isReached && await hasWaiting(entry)) {
    // what was written before goes first: steps arrive in the order in which they were taken
    await put({ ...entry, state: "waiting" });
    delete form.dataset.sending;
    await flush();
    await draw();
    return;
  }
  if (isReached) {
    sessionStorage.setItem(SENT, entry.key);
    store.set(DRAFT_SENT, `qy-draft-${entry.draft}`);
    if (submitter?.name) form.append(make("input", { type: "hidden", name: submitter.name, value: submitter.value }));
    submitter?.setAttribute("aria-busy", "true");
    form.submit();
    // still here after a while: the answer did not come; what was sent is asked for again by its key
    setTimeout(() => { delete form.dataset.sending; flush(); }, STUCK_AFTER);
    return;
  }
  await put({ ...entry, state: "waiting" });
  delete form.dataset.sending;
  toast(say("outbox-kept"), "warn");
  await draw();
  if (isWanted) await flush(); // the line came back while this was being kept
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isOurs(form) || event.defaultPrevented || (form.dataset.confirm && !form.dataset.confirmed)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.dataset.sending) send(form, event.submitter);
}, true);

// the line drops while somebody writes: what stands in the form is kept, with its files and its key
addEventListener("offline", async () => {
  for (const form of all("form[data-draft]").filter(isOurs)) {
    const known = (await mine()).find((entry) => entry.key === keyField(form).value);
    const entry = entryOf(form, "draft");
    const hasWords = all("textarea, input[type=text], input[type=file]", form).some((field) => field.value.trim());
    if (!known && hasWords) await put(entry);
  }
  await draw();
});

// --- sending what waits -------------------------------------------------------------------------
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

async function post(entry) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  const headers = { "HX-Request": "true", "X-CSRFToken": cookie("csrftoken") };
  const answer = await fetch(entry.action, { method: "POST", body, headers, redirect: "manual" });
  if (answer.status === 401 || answer.status === 403) return { isWaiting: true };
  if (answer.ok || answer.type === "opaqueredirect") return { url: answer.headers.get("HX-Redirect") || entry.page };
  return answer.status >= 500 ? { isWaiting: true } : { isRefused: true };
}

/** What came of an entry: "stop" without a line, "later" when it cannot be taken yet, else the
 * address to go to when its form is on this page. */
async function settle(entry) {
  let came;
  try {
    came = await post(entry);
  } catch {
    return "stop"; // still no line
  }
  if (came.isWaiting) return "later";
  if (came.isRefused) {
    await put({ ...entry, state: "refused" });
    return "";
  }
  await drop(entry.key);
  store.drop(`qy-draft-${entry.draft}`);
  const isHere = all("form[data-draft]").some((form) => keyField(form)?.value === entry.key);
  if (!isHere) sayLink("outbox-sent", entry, came.url);
  return isHere ? came.url : "";
}

// in the order in which they were written; what cannot be taken yet keeps back what was written on
// the same page after it
const flushAll = async () => {
  let next = "";
  const held = new Set();
  for (const entry of await mine()) {
    if (!["waiting", "sending"].includes(entry.state) || held.has(entry.page)) continue;
    const came = await settle(entry);
    if (came === "stop") break;
    if (came === "later") held.add(entry.page);
    else next = came || next;
  }
  if (next) location.href = next;
  else await draw();
};

let isFlushing = false;
let isWanted = false; // asked for while it could not run: whatever stood in the way runs it then
const isSending = () => Boolean(document.querySelector("form[data-draft][data-sending]"));
async function flush() {
  if (!person) return;
  isWanted = true;
  if (isFlushing || isSending()) return;
  isFlushing = true;
  try {
    while (isWanted && !isSending()) {
      isWanted = false;
      if (navigator.locks) await navigator.locks.request("qy-outbox", flushAll);
      else await flushAll();
    }
  } finally {
    isFlushing = false;
  }
}

// --- what the reader sees -----------------------------------------------------------------------
let bar = null;
function lineOf(words, ...parts) {
  return make("p", {}, make("span", { text: words }), ...parts);
}
function buttonOf(key, act) {
  const button = make("button", { type: "button", class: "btn small", text: say(key) });
  button.addEventListener("click", act);
  return button;
}
function sayLink(key, entry, url) {
  show([lineOf(say(key, { title: entry.title }), make("a", { class: "btn small", href: url, text: say("outbox-open") }))]);
}
function show(lines) {
  if (!bar) {
    bar = make("div", { class: "outbox", role: "status" });
    (one("#main") ?? document.body).prepend(bar);
  }
  bar.replaceChildren(...lines);
  bar.hidden = lines.length === 0;
}

async function draw() {
  const entries = (await mine()).filter((entry) => entry.state !== "draft");
  const discard = (entry) => buttonOf("outbox-discard", async () => { await drop(entry.key); await draw(); });
  const lines = entries.map((entry) => (entry.state === "refused"
    ? lineOf(say("outbox-refused", { title: entry.title }), make("a", { class: "btn small", href: entry.page, text: say("outbox-open") }), discard(entry))
    : lineOf(say("outbox-waiting", { title: entry.title }), buttonOf("outbox-send", flush), discard(entry))));
  if (lines.length || bar?.querySelector("button")) show(lines);
}

// --- offered again ------------------------------------------------------------------------------
function fill(form, entry) {
  for (const field of form.elements) {
    const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (!field.name || field.type === "hidden" && field.name !== "idempotency_key") continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (field.type === "file") {
      const basket = new DataTransfer();
      values.filter((value) => value instanceof File).forEach((file) => basket.items.add(file));
      field.files = basket.files;
    } else if (field.name === "idempotency_key") {
      if (entry.state === "draft") field.value = entry.key; // refused ones recorded nothing: a new key
    } else if (values.length) [field.value] = values;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

async function offer(form) {
  if (!isOurs(form) || form.dataset.offered) return;
  form.dataset.offered = "1";
  const entry = (await mine()).find((each) => each.draft === form.dataset.draft && ["draft", "refused"].includes(each.state));
  if (!entry) return;
  const line = lineOf(say("outbox-found", { at: new Date(entry.at).toLocaleString(document.documentElement.lang) }),
    buttonOf("outbox-restore", async () => {
      fill(form, entry);
      line.remove();
      if (entry.state === "refused") await drop(entry.key);
    }),
    buttonOf("outbox-discard", async () => { await drop(entry.key); line.remove(); }));
  line.className = "outbox-offer";
  form.prepend(line);
}

// --- begin --------------------------------------------------------------------------------------
async function confirmSent() {
  const key = sessionStorage.getItem(SENT);
  if (!key || document.body.classList.contains("problem")) return; // asked for again by its key
  sessionStorage.removeItem(SENT);
  const entry = (await mine()).find((each) => each.key === key);
  if (!entry) return;
  const cameFromForm = document.referrer && new URL(document.referrer).pathname === entry.page.split("?")[0];
  const isBack = all("form[data-draft]").some((form) => keyField(form)?.value === key);
  if (cameFromForm || isBack) await drop(key);
}

async function begin() {
  await confirmSent();
  onContent((root) => within(root, "form[data-draft]").forEach(offer));
  await draw();
  if (navigator.onLine !== false) await flush();
}

if (person && window.indexedDB) {
  begin().catch(() => { /* a browser without a store keeps nothing */ });
  addEventListener("online", flush);
  setInterval(() => document.hidden || navigator.onLine === false || bar?.hidden !== false || flush(), AGAIN_EVERY);
}

// the shell of the phone pages is there without a line; pages themselves are never kept
if (document.body.classList.contains("phone") && window.isSecureContext) {
  navigator.serviceWorker?.register("/sw.js").catch(() => { /* works without */ });
}
