// Words that help: a wording goes into the form and is counted; @ names a colleague in a note.
import { all, make, one } from "../../qy/js/dom.js";

const cookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-wording]");
  const area = button && one("textarea[name=text]", button.closest("form"));
  if (!area) return;
  area.value = area.value.trim() ? `${area.value.trimEnd()}\n${button.dataset.words}` : button.dataset.words;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  const body = new URLSearchParams({ wording: button.dataset.wording });
  fetch(button.dataset.use, { method: "POST", body, headers: { "X-CSRFToken": cookie() } });
});

// --- @name --------------------------------------------------------------------------------------
let list = null;
let area = null;
let asked = 0;

const close = () => {
  list?.remove();
  list = null;
};
const typed = () => area.value.slice(0, area.selectionStart).match(/[@＠]([^\s@＠]{0,20})$/);

function choose(option) {
  const found = typed();
  if (!found) return;
  const start = area.selectionStart - found[0].length;
  area.setRangeText(`@${option.dataset.insert} `, start, area.selectionStart, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

function mark(step) {
  const options = all("[role=option]", list);
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = options[(now + step + options.length) % options.length];
  options.forEach((option) => option.setAttribute("aria-selected", option === next));
  area.setAttribute("aria-activedescendant", next.id);
}

function show(people) {
  close();
  if (!people.length) return;
  list = make("div", { class: "mention-list", role: "listbox", id: "mention-list" });
  people.forEach((person, i) => {
    const option = make("div", { role: "option", id: `mention-${i}`, "aria-selected": "false", "data-insert": person.insert, text: person.name });
    option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
    list.append(option);
  });
  area.after(list);
  mark(1);
}

document.addEventListener("input", async ({ target }) => {
  if (!target.matches?.("[data-mention] textarea")) return;
  area = target;
  const found = typed();
  if (!found) return close();
  const mine = (asked += 1);
  const answer = await fetch(`${target.form.dataset.mention}?q=${encodeURIComponent(found[1])}`);
  if (answer.ok && mine === asked) show((await answer.json()).people);
});
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== area) return;
  if (event.key === "ArrowDown") mark(1);
  else if (event.key === "ArrowUp") mark(-1);
  else if (event.key === "Enter" || event.key === "Tab") choose(one("[aria-selected=true]", list));
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("focusout", ({ target }) => target === area && setTimeout(close, 150));
