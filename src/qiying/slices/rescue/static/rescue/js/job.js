// The page of one job: it refreshes when this very job changed; a step named in the address opens.
import { all, one } from "../../qy/js/dom.js";

document.body.addEventListener("qy:job", ({ detail }) => {
  for (const part of all("[data-job]")) {
    if (part.dataset.job === detail?.key) window.htmx.trigger(part, "qy:this");
  }
});

// one step stands open among its neighbours
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("[data-step]") || !target.open) return;
  for (const other of all("[data-step][open]", target.parentElement)) other.open = other === target;
}, true);

function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const step = name ? document.getElementById(name) : null;
  if (!step?.matches("[data-step]")) return;
  step.open = true;
  step.scrollIntoView({ block: "nearest" });
  one("input:not([type=hidden]), select, textarea", step)?.focus({ preventScroll: true });
}
window.addEventListener("hashchange", openNamed);
openNamed();
