// The form that raises a call: parts that follow a choice, the chosen matter in its heading.
import { all, one } from "../../qy/js/dom.js";

const form = one("[data-raise]");
const chosen = (name) => one(`[name="${name}"]:checked`, form);

/** Draw a map that was laid out while it was hidden: the chosen place, else the firm's ground. */
function wake(part) {
  for (const { zoneMap } of all("[data-map]", part)) {
    if (!zoneMap) continue;
    zoneMap.map.invalidateSize();
    const own = zoneMap.layers.find(({ spec }) => spec.kind === "site")?.layer?.getBounds();
    if (own?.isValid()) zoneMap.map.fitBounds(own, { maxZoom: 16, animate: false });
    else zoneMap.fit();
    one("[name=lon]", part)?.dispatchEvent(new Event("change"));
  }
}

function follow() {
  for (const part of all("[data-when]", form)) {
    const [name, value] = part.dataset.when.split("=");
    const isOn = chosen(name)?.value === value;
    if (part.hidden !== isOn) continue;
    part.hidden = !isOn;
    if (isOn) wake(part);
  }
  const words = one("[data-fold-value]", form);
  const matter = chosen("matter")?.closest("label");
  if (words && matter) words.textContent = (one("b", matter) ?? matter).textContent.trim();
}

if (form) {
  follow();
  form.addEventListener("change", follow);
  form.addEventListener("reset", () => setTimeout(follow));
  form.addEventListener("qy:map-ready", () => all("[data-when]:not([hidden])", form).forEach(wake));
  one("#matter-q", form)?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
