const base = "http://portal.invalid";

/**
 * A place to return to after signing in: a path of this portal and nothing else, whatever was asked for. Parsed the way
 * browsers do, so that `//host`, `/\host` and control characters can't lead away.
 */
export function safeReturnTo(asked: unknown): string {
  if (typeof asked !== "string" || !asked.startsWith("/")) return "/";
  const url = URL.parse(asked, base);
  if (!url || url.origin !== base || /^\/(signin|api)(\/|$)/.test(url.pathname)) return "/";
  // Added by Next's router to requests for parts of pages.
  if (url.searchParams.has("_rsc")) url.searchParams.delete("_rsc");
  // A path that begins with two slashes would be read as a host by the next one who parses it.
  return url.pathname.startsWith("//") ? "/" : `${url.pathname}${url.search}${url.hash}`;
}
