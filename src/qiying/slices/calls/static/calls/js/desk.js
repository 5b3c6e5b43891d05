// Pages of the staff: a step named in the address is opened, a form is fetched when it is opened,
// and the page of one call refreshes when this very call changed.
import { all, isTyping, one } from "../../qy/js/dom.js";

const FIELDS = "input:not([type=hidden]), select, textarea, button";

function focusInside(step) {
  const field = one(FIELDS, one(".step-body", step));
  field?.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

// --- the form of a step ---------------------------------------------------------------------------
// It is fetched when somebody reaches for the step: at the press of the mouse, before the click is
// over. The step opens when its form is there, so that nothing jumps.
const lazy = (step) => one(".step-body[data-lazy]", step);

function reach(step) {
  const body = lazy(step);
  if (!body || body.dataset.lazy === "asked") return;
  body.dataset.lazy = "asked";
  step.firstElementChild.setAttribute("aria-busy", "true");
  window.htmx.process(body); // somebody may be faster than the page
  window.htmx.trigger(body, "qy:reach");
}

/** Show a step alone among its neighbours; keys go on in its form, a mouse stays where it is. */
function open(step, withFocus) {
  if (lazy(step)) {
    step.dataset.wanted = withFocus ? "focus" : "look";
    reach(step);
    return;
  }
  for (const other of all("[data-step][open]", step.parentElement)) other.open = other === step;
  step.open = true;
  if (withFocus) focusInside(step);
}

/** The form came, or did not: then the step shows the plain link to it. */
function arrived(body, isThere) {
  const step = body.closest("[data-step]");
  const wanted = step.dataset.wanted;
  step.firstElementChild.removeAttribute("aria-busy");
  delete step.dataset.wanted;
  if (isThere) delete body.dataset.lazy;
  else body.dataset.lazy = "failed";
  if (!wanted) return;
  if (isThere) open(step, wanted === "focus");
  else step.open = true;
}

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.matches?.(".step-body[data-lazy]")) arrived(target, true);
});
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, ({ detail }) => {
    if (detail.elt.matches?.(".step-body[data-lazy]")) arrived(detail.elt, false);
  });
}

document.addEventListener("pointerdown", ({ target, button }) => {
  const summary = button === 0 && target.closest?.("[data-step] > summary");
  if (summary) reach(summary.parentElement);
});

// a step that the browser opened by itself, before this script was here or for a search in the page
function complete(step) {
  const body = lazy(step);
  if (!body) return;
  if (!step.open) body.dataset.lazy = body.dataset.lazy === "failed" ? "" : body.dataset.lazy;
  else if (body.dataset.lazy === "") open(step, false);
}
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("[data-step]")) complete(target);
}, true);
all("[data-step][open]").forEach(complete);

function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const step = name && (document.getElementById(name) ?? one(`[id^="${CSS.escape(name)}-"][data-step]`));
  if (step?.matches?.("[data-step]")) open(step, true);
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest("[data-step] > summary");
  if (!summary) return;
  const step = summary.parentElement;
  if (step.open) return;
  event.preventDefault();
  open(step, event.detail === 0);
});

// Escape in a field leaves it, once more closes the step
document.addEventListener("keydown", (event) => {
  const step = event.target.closest?.("[data-step][open]");
  if (event.key !== "Escape" || event.isComposing || !step || step.closest("[data-drawer]")) return;
  if (one("dialog[open], .mention-list")) return;
  if (!isTyping(event.target)) step.open = false;
  step.firstElementChild.focus();
});

// a matter that the words speak for is put into the field of the same form
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-fill]");
  const field = button?.form?.elements.namedItem(button.dataset.fill);
  if (!field) return;
  field.value = button.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

const isPlaying = (part) => all("audio, video", part).some((media) => !media.paused);

document.body.addEventListener("qy:call", ({ detail }) => {
  for (const part of all("[data-call]")) {
    if (part.dataset.call === detail?.key && !isPlaying(document)) window.htmx.trigger(part, "qy:this");
  }
});

// the browser moves the focus to the named place itself when the page is complete: come after it
const afterwards = () => setTimeout(openNamed);
window.addEventListener("hashchange", afterwards);
if (document.readyState === "complete") afterwards();
else window.addEventListener("load", afterwards);
