// Makes pictures small enough to send: upright JPEGs with a limited longer side.
import { make } from "./dom.js";
import { Problem } from "./api.js";

export const LONGEST_SIDE = 1280;
const QUALITY = 0.9;

// Decodes a file or blob to an image element; the browser applies the EXIF orientation. Throws the Problem `unreadable`.
export async function decode(blob) {
  const image = new Image();
  const url = URL.createObjectURL(blob);
  try {
    image.src = url;
    await image.decode();
    return image;
  } catch {
    throw new Problem("unreadable");
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function toJpeg(source, width, height, longestSide = LONGEST_SIDE) {
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
}

export async function shrink(blob, longestSide = LONGEST_SIDE) {
  const image = await decode(blob);
  return toJpeg(image, image.naturalWidth, image.naturalHeight, longestSide);
}
