// The screen of the hall: panels in turn, a way to stop them, full screen. Survives each refresh.
import { all, make, one } from "../../qy/js/dom.js";

const EVERY = 12000;
let shown = 0;
let isStill = false;

const panels = () => all("[data-panel]");

function show(index) {
  const list = panels();
  if (!list.length) return;
  shown = (index + list.length) % list.length;
  list.forEach((panel, i) => {
    panel.hidden = i !== shown;
    panel.inert = i !== shown;
  });
  all(".dot-button").forEach((dot, i) => dot.setAttribute("aria-current", i === shown));
}

function hold(still) {
  isStill = still;
  document.body.classList.toggle("is-still", still);
  one("[data-panel-pause]")?.setAttribute("aria-pressed", still);
}

function setUp() {
  const place = one("[data-panel-dots]");
  if (!place || place.childElementCount) return;
  panels().forEach((panel, i) => {
    const dot = make("button", { type: "button", class: "dot-button", "aria-label": one("h2", panel).textContent });
    dot.addEventListener("click", () => show(i));
    place.append(dot);
  });
  show(shown);
  hold(isStill);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-panel-pause]")) hold(!isStill);
  if (target.closest("[data-full]")) {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("button, a, input")) return;
  const act = { ArrowRight: () => show(shown + 1), ArrowLeft: () => show(shown - 1), " ": () => hold(!isStill) }[event.key];
  if (!act) return;
  act();
  event.preventDefault();
});
document.addEventListener("htmx:afterSettle", setUp);
setInterval(() => isStill || document.hidden || show(shown + 1), EVERY);
setUp();
