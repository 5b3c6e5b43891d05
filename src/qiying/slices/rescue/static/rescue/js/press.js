// The red button: parts that follow a choice, the place of the chosen machine.
import { all, one } from "../../qy/js/dom.js";

const form = one("[data-press]");

function follow() {
  for (const part of all("[data-when]", form)) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = one(`[name="${name}"]:checked`, form)?.value !== value;
  }
}

const chosen = () => one("[name=machine]:checked", form);

/** The place stands on the register: nobody types it twice. What was typed by hand stays. */
function fillPlace(machine) {
  const field = one("[name=place]", form);
  if (!field || (field.value && field.value !== field.dataset.given)) return;
  field.value = machine.dataset.placeWords ?? "";
  field.dataset.given = field.value;
}

/** An answer to a search brings other machines; what was chosen meanwhile stays chosen. */
function keepChoice(picks) {
  let held = null;
  picks.addEventListener("htmx:beforeSwap", () => { held = chosen()?.closest("label") ?? null; });
  picks.addEventListener("htmx:afterSwap", () => {
    const value = held && one("input", held).value;
    if (!value) return;
    if (!all("[name=machine]", picks).some((radio) => radio.value === value)) picks.prepend(held);
    all("[name=machine]", picks).find((radio) => radio.value === value).checked = true;
  });
}

if (form) {
  const field = one("[name=place]", form);
  if (field) field.dataset.given = field.value;
  follow();
  // chosen before this script came, as on a slow line
  if (chosen() && !field?.value) fillPlace(chosen());
  form.addEventListener("change", ({ target }) => {
    follow();
    if (target.name === "machine") fillPlace(target);
  });
  form.addEventListener("reset", () => setTimeout(follow));
  const picks = one("#machine-picks", form);
  if (picks) keepChoice(picks);
  one("#machine-q", form)?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
