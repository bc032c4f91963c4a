/** Keeps a choice of this browser for a year, readable by the server at the next request. Not for anything secret. */
export function writeCookie(name: string, value: string): void {
  const cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing over plain http.
  document.cookie = cookie;
}
