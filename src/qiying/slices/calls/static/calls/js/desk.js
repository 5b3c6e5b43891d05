// Pages of the staff: a step named in the address is opened, a step that opens takes the focus,
// and the page of one call refreshes when this very call changed.
import { all, one } from "../../qy/js/dom.js";

const FIELDS = "input:not([type=hidden]), select, textarea, button";

function focusInside(step) {
  const field = one(FIELDS, one(".step-body", step));
  field?.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const step = name && (document.getElementById(name) ?? one(`[id^="${CSS.escape(name)}-"][data-step]`));
  if (!step?.matches?.("[data-step]")) return;
  for (const other of all("[data-step][open]", step.parentElement)) other.open = other === step;
  step.open = true;
  focusInside(step);
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest("[data-step] > summary");
  if (!summary) return;
  const step = summary.parentElement;
  if (step.open) return;
  for (const other of all("[data-step][open]", step.parentElement)) other.open = false;
  // the browser opens it after this event; a mouse stays where it is, keys go on in the form
  if (event.detail === 0) setTimeout(() => focusInside(step));
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
    if (Number(part.dataset.call) === detail?.id && !isPlaying(document)) window.htmx.trigger(part, "qy:this");
  }
});

// the browser moves the focus to the named place itself when the page is complete: come after it
const afterwards = () => setTimeout(openNamed);
window.addEventListener("hashchange", afterwards);
if (document.readyState === "complete") afterwards();
else window.addEventListener("load", afterwards);
