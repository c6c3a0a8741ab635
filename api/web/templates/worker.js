// Caches the app shell, so that the app opens offline. It never caches anything under /v1: questions, answers, pictures.
const RELEASE = {{ ("shell-" ~ release) | tojson }};
const SHELL = {{ shell | tojson }};
const PAGES = new Set(SHELL.filter((path) => !path.startsWith("/static/")));

async function cacheShell() {
  const cache = await caches.open(RELEASE);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: PAGES.has(path) ? "reload" : "default" })));
  await self.skipWaiting();
}

async function deleteOlderCaches() {
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

const cacheFirst = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

self.addEventListener("install", (event) => event.waitUntil(cacheShell()));
self.addEventListener("activate", (event) => event.waitUntil(deleteOlderCaches()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(cacheFirst(event.request));
  else if (PAGES.has(pathname)) event.respondWith(networkFirst(event.request));
});
