// Command palette: pages and actions of this reader at once, records from the server as they type.
import { all, one, say } from "./dom.js";

const dialog = one("#palette");
const input = dialog && one("input", dialog);
const list = dialog && one(".palette-list", dialog);
const PAUSE = 180;
let timer = 0;
let request = null;

export function openPalette() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  filter("");
  input.focus();
}

const options = () => all("[role=option]", list).filter((o) => !o.hidden && !o.closest("[role=group][hidden]"));

function choose(index) {
  const shown = options();
  all("[role=option]", list).forEach((option) => option.setAttribute("aria-selected", "false"));
  input.removeAttribute("aria-activedescendant");
  const chosen = shown[(index + shown.length) % (shown.length || 1)];
  if (!chosen) return;
  chosen.id ||= `palette-${Math.random().toString(36).slice(2, 8)}`;
  chosen.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

const current = () => options().findIndex((o) => o.getAttribute("aria-selected") === "true");

function filter(text) {
  const wanted = text.toLowerCase();
  for (const group of all("[role=group]:not([data-server])", list)) {
    for (const option of all("[role=option]", group)) {
      option.hidden = Boolean(wanted) && !option.textContent.toLowerCase().includes(wanted);
    }
    group.hidden = !all("[role=option]", group).some((option) => !option.hidden);
  }
  finish(text);
}

function finish(text) {
  const count = options().length;
  one(".palette-empty", dialog).hidden = count > 0 || !text;
  list.hidden = count === 0;
  one("[data-count]", dialog).textContent = text ? say("found", { n: count }) : "";
  choose(0);
}

async function ask(text) {
  request?.abort();
  all("[data-server]", list).forEach((group) => group.remove());
  if (!text) return;
  request = new AbortController();
  const address = `${dialog.dataset.search}?q=${encodeURIComponent(text)}`;
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fragment = document.createElement("template");
    fragment.innerHTML = await answer.text(); // our own template's markup, same origin
    list.prepend(fragment.content);
    finish(text);
  } catch (error) {
    if (error.name !== "AbortError") finish(text);
  }
}

input?.addEventListener("input", () => {
  const text = input.value.trim();
  filter(text);
  clearTimeout(timer);
  timer = setTimeout(() => ask(text), PAUSE);
});

dialog?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(current() + 1);
  else if (event.key === "ArrowUp") choose(current() - 1);
  else if (event.key === "Enter") options()[current()]?.click();
  else return;
  event.preventDefault();
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
});
