/**
 * The URL of a request: the transport's, then the path, then the transport's own query and the given one.
 * @param base absolute, without fragment.
 * @param path begins with / or is empty; complete and encoded.
 * @param search encoded pairs without the leading ?, may be empty.
 */
export function joinUrl(base: string, path: string, search: string): string {
  const mark = base.indexOf("?");
  const origin = mark === -1 ? base : base.slice(0, mark);
  const own = mark === -1 ? "" : base.slice(mark + 1);
  const query = [own, search].filter(Boolean).join("&");
  return new URL(`${path === "" ? origin : origin.replace(/\/$/, "")}${path}${query ? `?${query}` : ""}`).href;
}
