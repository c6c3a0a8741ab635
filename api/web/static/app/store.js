// What this device remembers between visits. Works without when storage is refused: then nothing is remembered.
export function remember(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* storage is full or refused */ }
}

export function recall(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}
