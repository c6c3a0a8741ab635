// When a picture was taken, from its EXIF data (CIPA DC-008: DateTimeOriginal and OffsetTimeOriginal); null if absent.
const HEAD_BYTES = 256 * 1024;
const EXIF_IFD = 0x8769, TAKEN = 0x9003, OFFSET = 0x9011;

export async function takenAt(file) {
  try { return readTaken(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer())); } catch { return null; } // cut off or malformed
}

function readTaken(view) {
  const tiff = findTiff(view);
  if (tiff === null) return null;
  const little = view.getUint16(tiff) === 0x4949;
  const main = entries(view, tiff, tiff + view.getUint32(tiff + 4, little), little);
  if (!main.has(EXIF_IFD)) return null;
  const exif = entries(view, tiff, tiff + view.getUint32(main.get(EXIF_IFD) + 8, little), little);
  const [taken, offset] = [TAKEN, OFFSET].map((tag) => (exif.has(tag) ? text(view, tiff, exif.get(tag), little) : ""));
  return moment(taken, offset);
}

// Where the TIFF header of a JPEG's Exif segment starts, or null.
function findTiff(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10; // APP1, "Exif"
    if (view.getUint8(at + 1) === 0xda) return null; // start of the image data
  }
  return null;
}

// The directory at `at`: the position of each entry, by its tag.
function entries(view, tiff, at, little) {
  const count = view.getUint16(at, little);
  return new Map(Array.from({ length: count }, (_, index) => at + 2 + index * 12).map((entry) => [view.getUint16(entry, little), entry]));
}

function text(view, tiff, entry, little) {
  const length = view.getUint32(entry + 4, little);
  const at = length > 4 ? tiff + view.getUint32(entry + 8, little) : entry + 8;
  return String.fromCharCode(...new Uint8Array(view.buffer, at, Math.min(length, 32))).replace(/\0.*$/s, "").trim();
}

// Reads "2026:11:21 21:04:05" and perhaps "+01:00"; without an offset, the time is local.
function moment(taken, offset) {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(taken);
  if (!parts) return null;
  const [, year, month, day, clock] = parts;
  const date = new Date(`${year}-${month}-${day}T${clock}${/^[+-]\d\d:\d\d$/.test(offset) ? offset : ""}`);
  return Number.isNaN(date.getTime()) ? null : date;
}
