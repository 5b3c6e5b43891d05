// Forms: one send only, questions before acts, drafts that survive, errors that take the focus.
import { all, make, onContent, one, say, store, within } from "./dom.js";
import { toast } from "./toast.js";

// --- one send only ------------------------------------------------------------------------------
function setBusy(form, button) {
  form.dataset.sending = "1";
  for (const each of all("button[type=submit], button:not([type])", form)) {
    if (each === button) {
      each.setAttribute("aria-busy", "true");
      const words = one("span", each);
      if (words && each.dataset.busy) {
        each.dataset.label = words.textContent;
        words.textContent = each.dataset.busy;
      }
    }
    // after the browser has read which button was pressed
    setTimeout(() => { each.disabled = true; });
  }
}

export function setReady(form) {
  delete form.dataset.sending;
  for (const each of all("button", form)) {
    if (each.disabled && !each.hasAttribute("data-always-off")) each.disabled = false;
    if (each.getAttribute("aria-busy")) each.removeAttribute("aria-busy");
    const words = one("span", each);
    if (words && each.dataset.label) words.textContent = each.dataset.label;
    delete each.dataset.label;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-delete]")) return;
  if (form.dataset.draft && navigator.onLine === false) {
    event.preventDefault();
    toast(say("offline"), "warn");
    return;
  }
  setBusy(form, event.submitter);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) setReady(form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) all("form[data-sending]").forEach(setReady);
});

// --- questions before acts ----------------------------------------------------------------------
const dialog = one("#confirm");

/** Ask in our own dialog; the promise tells yes or no. */
export function ask(question) {
  if (!dialog) return Promise.resolve(window.confirm(question));
  one("[data-text]", dialog).textContent = question;
  dialog.showModal();
  one("[value=no]", dialog).focus();
  return new Promise((answer) => {
    const press = (event) => {
      const button = event.target.closest("button");
      if (button) dialog.close(button.value);
    };
    dialog.returnValue = "no";
    dialog.addEventListener("click", press);
    dialog.addEventListener("close", () => {
      dialog.removeEventListener("click", press);
      answer(dialog.returnValue === "yes");
    }, { once: true });
  });
}

document.addEventListener("click", async (event) => {
  const element = event.target.closest("[data-confirm]:not(form)");
  if (!element || element.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(element.dataset.confirm))) return;
  element.dataset.confirmed = "1";
  element.click();
  delete element.dataset.confirmed;
}, true);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(form.dataset.confirm))) return;
  form.dataset.confirmed = "1";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question)) event.detail.issueRequest(true);
});

// --- drafts -------------------------------------------------------------------------------------
const DRAFT_DAYS = 7;
const SENT = "qy-draft-sent";
const kept = (form) => [...form.elements].filter((field) => field.name
  && !["password", "file", "hidden", "submit", "button"].includes(field.type)
  && field.name !== "csrfmiddlewaretoken");

function readDraft(key) {
  try {
    const draft = JSON.parse(store.get(key));
    return draft && Date.now() - draft.at < DRAFT_DAYS * 86400000 ? draft.values : null;
  } catch {
    return null;
  }
}

const valueOf = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);

function keepDraft(form, key, line) {
  const values = kept(form).map((field) => [field.name, field.type, field.value, valueOf(field)]);
  if (!values.some(([, type, , now]) => typeof now === "string" && now.trim() && !type.startsWith("select"))) return;
  store.set(key, JSON.stringify({ at: Date.now(), values }));
  line.textContent = say("draft-kept");
}

function fillDraft(form, values) {
  for (const field of kept(form)) {
    const isChoice = ["checkbox", "radio"].includes(field.type);
    const saved = values.find(([name, , value]) => name === field.name && (!isChoice || value === field.value));
    if (!saved) continue;
    if (isChoice) field.checked = saved[3];
    else field.value = saved[3];
  }
}

function offerDraft(form, key, line) {
  const values = readDraft(key);
  // a slow line brings this script late: what somebody has ticked or typed meanwhile is not undone
  const isAsSent = (field) => (typeof valueOf(field) === "boolean" ? field.checked === field.defaultChecked
    : valueOf(field) === (field.defaultValue ?? "") || field.tagName === "SELECT");
  const isUntouched = kept(form).every(isAsSent);
  if (!values || !isUntouched) return;
  fillDraft(form, values);
  const drop = make("button", { type: "button", class: "link", text: say("draft-drop") });
  drop.addEventListener("click", () => {
    store.drop(key);
    form.reset();
    line.replaceChildren();
  });
  line.replaceChildren(say("draft-back"), " ", drop);
}

function setUpDraft(form) {
  if (form.dataset.draftReady) return;
  form.dataset.draftReady = "1";
  const key = `qy-draft-${form.dataset.draft}`;
  const line = make("p", { class: "draft-line", role: "status" });
  form.append(line);
  offerDraft(form, key, line);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keepDraft(form, key, line), 600);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keepDraft(form, key, line);
    store.set(SENT, key);
  });
}

/** The draft goes when the next page is neither the form again (with errors) nor a refusal. */
function dropSentDraft() {
  const key = store.get(SENT);
  if (!key || document.body.classList.contains("problem")) return;
  store.drop(SENT);
  const isBack = all("form[data-draft]").some((form) => `qy-draft-${form.dataset.draft}` === key);
  if (!isBack) store.drop(key);
}

dropSentDraft();
onContent((root) => {
  within(root, "form[data-draft]").forEach(setUpDraft);
  within(root, "[data-focus]").filter((element) => !element.closest("[data-no-focus]")).forEach((element) => element.focus());
});
