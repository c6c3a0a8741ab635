// Remembers values on this device between visits. If the browser refuses storage, nothing is remembered.
export function remember(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* storage is full or refused */ }
}

export function recall(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}
