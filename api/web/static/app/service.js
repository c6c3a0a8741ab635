// Talks to the API. Whatever goes wrong is a Trouble, by a code that the strings know.
const TIMEOUT_MS = 60000;

export class Trouble extends Error {
  constructor(code, { retryAfter = null } = {}) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

// `body` is a FormData, or an object that goes as JSON; `secret` is shown as a bearer. `onSending(share)` follows the
// upload, `onSent` its end.
export function call(method, path, { body, secret, signal, onSending, onSent } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "json";
    request.timeout = TIMEOUT_MS;
    if (onSending) request.upload.onprogress = ({ loaded, total }) => onSending(loaded / total);
    if (onSent) request.upload.onload = onSent;
    request.onload = () => (isAnswer(request) ? resolve(request.response) : reject(refusal(request)));
    request.onerror = () => reject(new Trouble(navigator.onLine ? "unreachable" : "offline"));
    request.ontimeout = () => reject(new Trouble("slow"));
    request.onabort = () => reject(new Trouble("cancelled"));
    signal?.addEventListener("abort", () => request.abort());
    if (secret) request.setRequestHeader("Authorization", `Bearer ${secret}`);
    const isJson = body && !(body instanceof FormData);
    if (isJson) request.setRequestHeader("Content-Type", "application/json");
    request.send(isJson ? JSON.stringify(body) : body);
  });
}

const isAnswer = ({ status, response }) => status === 204 || (status < 300 && response);

function refusal(request) {
  const code = request.response?.code ?? (request.status === 413 ? "body_too_large" : "internal");
  return new Trouble(code, { retryAfter: Number(request.getResponseHeader("Retry-After")) || null });
}
