// Row selection and the bar that acts on the selected rows. A filter form also tells its state
// to the chips without :has().
import { all, one, onContent, within } from "./dom.js";

function refresh(scope) {
  const boxes = all("[data-pick]", scope);
  const picked = boxes.filter((box) => box.checked);
  const whole = one("[data-pick-all]", scope);
  boxes.forEach((box) => box.closest("tr")?.setAttribute("aria-selected", box.checked));
  if (whole) {
    whole.checked = boxes.length > 0 && picked.length === boxes.length;
    whole.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  const bar = one("[data-bulk]", scope);
  if (bar) {
    bar.hidden = picked.length === 0;
    one("[data-count]", bar).textContent = picked.length;
  }
}

/** In the card form of a table each plain cell says which column it was. */
function labelCells(table) {
  const names = all("thead th", table).map((head) => head.textContent.trim());
  for (const cell of all("tbody td:not([class*=at-]):not(.pick):not([colspan])", table)) {
    if (names[cell.cellIndex] && !one("button, form", cell)) cell.dataset.label = names[cell.cellIndex];
  }
}
onContent((root) => within(root, "table.stack").forEach(labelCells));

/** Whether a field says something else than the page was drawn with. */
function isChanged(field) {
  if (!field.options) {
    return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  }
  const drawn = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(drawn, 0);
}

// what was filtered before the scripts came is asked for as soon as they listen
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) return;
  for (const form of all("form.filter-bar[hx-get]")) {
    const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
    if (fields.some(isChanged)) form.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// the list may have been filtered in place since the page was drawn: save what the address says
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-save-view]")) return;
  const query = new URLSearchParams(location.search);
  query.delete("cursor");
  event.target.elements.query.value = query.toString();
}, true);

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (!box) return;
  const boxes = all("[data-pick]", box.closest("table"));
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const scope = event.target.closest("[data-bulk-form]") ?? event.target.closest("table");
  if (!scope) return;
  if (event.target.matches("[data-pick-all]")) {
    all("[data-pick]", scope).forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) refresh(scope);
});

// a row's empty space opens the row, so that the target is as large as it looks
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, input, label, summary, select")) return;
  if (String(getSelection())) return;
  one("[data-open]", row)?.click();
});

window.addEventListener("pageshow", () => all("[data-bulk-form]").forEach(refresh));
document.addEventListener("htmx:afterSettle", () => all("[data-bulk-form]").forEach(refresh));
