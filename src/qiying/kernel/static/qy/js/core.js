// Entry point of every page: what the shell's buttons do, and the modules of the components.
import { all, one, setCookie, store } from "./dom.js";
import { openPalette } from "./palette.js";
import "./keys.js";
import "./countdown.js";
import "./charts.js";
import "./rows.js";
import "./outbox.js";
import "./forms.js";
import "./media.js";
import "./live.js";
import "./toast.js";

const root = document.documentElement;

const actions = {
  palette: openPalette,
  theme() {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    setCookie("qy_theme", root.dataset.theme);
  },
  large(button) {
    const on = root.classList.toggle("large");
    setCookie("qy_large", on ? "1" : "0");
    button.setAttribute("aria-pressed", on);
  },
  nav(button) {
    const open = document.body.classList.toggle("nav-open");
    button.setAttribute("aria-expanded", open);
    if (open) one("#side a")?.focus();
  },
  close(button) {
    button.closest("dialog")?.close();
  },
  shortcuts() {
    one("#shortcuts")?.showModal();
  },
  print() {
    window.print();
  },
  tree(button) {
    const isClosed = button.closest("li").classList.toggle("closed");
    button.setAttribute("aria-expanded", !isClosed);
  },
  "close-drawer": (button, event) => closeDrawer(event),
  "single-keys": (box) => store.set("qy-keys", box.checked ? "on" : "off"),
};

let opener = null;

/** Empty the drawer's place and give the focus back to what opened it. */
export function closeDrawer(event) {
  const drawer = one("[data-drawer]");
  const link = drawer && one("a[data-act=close-drawer]", drawer);
  if (!drawer || (link && !drawer.closest("#drawer"))) {
    if (link && !event?.target?.closest?.("a[data-act=close-drawer]")) location.href = link.href;
    return;
  }
  event?.preventDefault();
  one("#drawer").replaceChildren();
  opener?.focus();
}

function closeNavigation() {
  document.body.classList.remove("nav-open");
  one("[data-act=nav]")?.setAttribute("aria-expanded", "false");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  const action = button && actions[button.dataset.act];
  if (action) action(button, event);
  if (!button?.matches("[data-act=nav]") && !event.target.closest("#side")) closeNavigation();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    one("summary", menu).focus();
  } else if (document.body.classList.contains("nav-open")) {
    closeNavigation();
    one("[data-act=nav]").focus();
  } else if (one("[data-drawer]") && !one("dialog[open]")) {
    closeDrawer(event);
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "drawer") opener = event.detail.elt;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "drawer") one("[data-drawer]")?.focus();
});

// groups of the navigation stay as the reader left them; the one of this page is open
for (const group of all("[data-nav-group]")) {
  const key = `qy-nav-${group.dataset.navGroup}`;
  const kept = store.get(key);
  if (kept && !one("[aria-current]", group)) group.open = kept === "open";
  group.addEventListener("toggle", () => store.set(key, group.open ? "open" : "closed"));
}

// where one is must be seen in a long navigation too
const here = one("#side [aria-current]");
const shelf = here?.closest(".side-scroll");
if (shelf) {
  const over = here.getBoundingClientRect().bottom - shelf.getBoundingClientRect().bottom;
  if (over > 0) shelf.scrollTop = over + here.offsetHeight;
}

const singleKeys = one("[data-act=single-keys]");
if (singleKeys) singleKeys.checked = store.get("qy-keys") !== "off";

// segments of buttons: one is pressed; pages listen for qy:segment
document.addEventListener("click", (event) => {
  const button = event.target.closest(".segment button");
  if (!button) return;
  for (const other of button.parentNode.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", other === button);
  }
  button.dispatchEvent(new CustomEvent("qy:segment", { bubbles: true, detail: { ...button.dataset } }));
});
