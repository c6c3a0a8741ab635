// Calls the API. Every failure is thrown as a Problem whose code has its text in the strings.
const TIMEOUT_MS = 60000;

export class Problem extends Error {
  constructor(code, { retryAfter = null } = {}) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

// Sends a request and resolves to the JSON of the answer. `body` is a FormData, or an object that is sent as JSON;
// `secret` is sent as a bearer token. `onSending(share)` is called during the upload, `onSent()` at its end.
export function call(method, path, { body, secret, signal, onSending, onSent } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "json";
    request.timeout = TIMEOUT_MS;
    if (onSending) request.upload.onprogress = ({ loaded, total }) => onSending(loaded / total);
    if (onSent) request.upload.onload = onSent;
    request.onload = () => (isAnswer(request) ? resolve(request.response) : reject(refusal(request)));
    request.onerror = () => reject(new Problem(navigator.onLine ? "unreachable" : "offline"));
    request.ontimeout = () => reject(new Problem("slow"));
    request.onabort = () => reject(new Problem("cancelled"));
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
  return new Problem(code, { retryAfter: Number(request.getResponseHeader("Retry-After")) || null });
}
