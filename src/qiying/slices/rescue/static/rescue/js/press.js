// The red button: parts that follow a choice, the place of the chosen machine.
import { all, one } from "../../qy/js/dom.js";

const form = one("[data-press]");

function follow() {
  for (const part of all("[data-when]", form)) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = one(`[name="${name}"]:checked`, form)?.value !== value;
  }
}

/** The place stands on the register: nobody types it twice. What was typed by hand stays. */
function fillPlace({ target }) {
  const field = one("[name=place]", form);
  if (target.name !== "machine" || !field) return;
  if (field.value && field.value !== field.dataset.given) return;
  field.value = target.dataset.placeWords ?? "";
  field.dataset.given = field.value;
}

if (form) {
  const field = one("[name=place]", form);
  if (field) field.dataset.given = field.value;
  follow();
  form.addEventListener("change", (event) => { follow(); fillPlace(event); });
  form.addEventListener("reset", () => setTimeout(follow));
  one("#machine-q", form)?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
