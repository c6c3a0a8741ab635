// Registers the service worker, which caches the app shell: the app then opens offline and can be installed.
export function registerWorker() {
  if (!("serviceWorker" in navigator)) return; // not over plain HTTP, nor in some private windows
  navigator.serviceWorker.register("/worker.js").catch((error) => console.warn("The page is not kept for offline use:", error.message));
}
