// The service worker: keeps the shell (style sheets, scripts, icons, the page that says "offline") and
// nothing that a server made for somebody. The lines above this file name VERSION and SHELL.
/* global VERSION, SHELL */
const CACHE = `qy-shell-${VERSION}`;
const OFFLINE = SHELL[0];
const PATIENCE = 4000;

// A line that has just come back can hold a request for ever, and with it the page: what is kept is
// shown then. What is not kept is waited for.
async function shell(request, pathname) {
  const kept = await caches.match(pathname);
  if (!kept) return fetch(request);
  const late = new Promise((_, fail) => { setTimeout(fail, PATIENCE); });
  return Promise.race([fetch(request), late]).catch(() => kept);
}

self.addEventListener("install", (event) => {
  const bare = SHELL.map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(bare)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name.startsWith("qy-shell-") && name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.origin === location.origin && SHELL.includes(address.pathname)) {
    event.respondWith(shell(request, address.pathname));
  }
});
