// Keeps the shell of the app, so that it opens offline. Questions, answers and pictures are never kept: they pass by.
const RELEASE = {{ ("shell-" ~ release) | tojson }};
const SHELL = {{ shell | tojson }};
const PAGES = new Set(SHELL.filter((path) => !path.startsWith("/static/")));

async function keep() {
  const cache = await caches.open(RELEASE);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: PAGES.has(path) ? "reload" : "default" })));
  await self.skipWaiting();
}

async function dropOlder() {
  const older = (await caches.keys()).filter((name) => name !== RELEASE);
  await Promise.all(older.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function networkFirst(request) {
  try { return await fetch(request); } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

const keptFirst = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(dropOlder()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(keptFirst(event.request));
  else if (PAGES.has(pathname)) event.respondWith(networkFirst(event.request));
});
