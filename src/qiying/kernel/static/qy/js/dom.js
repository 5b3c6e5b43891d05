// Small tools for the other modules.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Make an element: make("b", {class: "x", text: "…", hidden: true}, child, …). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") element.textContent = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

let strings;
/** A sentence of the page's language by key, with %(name)s places filled in. */
export function say(key, values = {}) {
  strings ??= JSON.parse(one("#qy-strings")?.textContent || "{}");
  return (strings[key] ?? key).replace(/%\((\w+)\)[sd]/g, (_, name) => values[name] ?? "");
}

export function setCookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** localStorage that never throws (it may be full, private or forbidden). */
export const store = {
  get(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, value); } catch { /* nothing is kept then */ }
  },
  drop(key) {
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  },
};

export const isTyping = (target) =>
  target instanceof Element && Boolean(target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));

export const clock = (seconds) => {
  const two = (n) => String(n).padStart(2, "0");
  const s = Math.floor(Math.abs(seconds));
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};

/** Run once now and again for everything that htmx brings in later. */
export function onContent(setUp) {
  setUp(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) setUp(event.target);
  });
}

/** Own element and descendants that match. */
export function within(root, selector) {
  const own = root instanceof Element && root.matches(selector) ? [root] : [];
  return [...own, ...all(selector, root)];
}
