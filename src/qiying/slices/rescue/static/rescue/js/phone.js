// Pages of one rescue: a part refreshes when this job changed, not with every job of the zone, and
// never while somebody writes in it. A sheet of labels is printed by its button.
import { all, isTyping, one } from "../../qy/js/dom.js";
import "./walk.js";

document.body.addEventListener("qy:job", ({ detail }) => {
  for (const part of all("[data-job][hx-get]")) {
    if (part.dataset.job === detail?.key) window.htmx.trigger(part, "qy:this");
  }
});

// an offer that somebody is answering is not drawn again under the finger
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target.closest?.("[data-keeps-typed]");
  const isBusy = part && (one("details[open]", part) || one("[data-sending]", part)
    || (isTyping(document.activeElement) && part.contains(document.activeElement)));
  if (isBusy && event.target === part) event.preventDefault();
});

one("[data-print]")?.addEventListener("click", () => window.print());
