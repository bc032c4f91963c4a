import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";
import type { Person } from "#sandbox/people.ts";

/** Where a visit ended: the last page, or the first place that answered no redirect. */
export type Visited = {
  url: URL;
  status: number;
  html: string;
  /** Each place that answered, in order. */
  way: string[];
};

/** As much of a browser as a sign-in needs. */
export type TestBrowser = {
  /** Follows redirects. @param options.form posted. @param options.fromElsewhere a link or form of another site. */
  visit(
    address: string | URL,
    options?: { form?: Record<string, string>; fromElsewhere?: boolean; until?: RegExp },
  ): Promise<Visited>;
  /** Chooses a person on the sandbox's sign-in page. @param until stops before a place is visited. */
  signIn(
    address: string | URL,
    person: Person,
    options?: { until?: RegExp; factor?: "approve" | "skip" },
  ): Promise<Visited>;
  cookies: Map<string, Map<string, string>>;
  /** `Set-Cookie` headers as they came. */
  setCookies: string[];
};

/** A browser with its own cookies. A form that another site posts brings no cookies along: all of ours are `SameSite=Lax`. */
export function openTestBrowser(caFile: string): TestBrowser {
  // No connection is kept: the server could end it while the next request is sent.
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, "utf8") }, pipelining: 0 });
  const cookies: TestBrowser["cookies"] = new Map();
  const setCookies: string[] = [];

  const visit: TestBrowser["visit"] = async (address, { form, fromElsewhere, until } = {}) => {
    let url = new URL(address);
    let body = form && new URLSearchParams(form);
    const way: string[] = [];
    for (;;) {
      if (until?.test(url.href)) return { url, status: 0, html: "", way };
      const jar = cookies.get(url.host) ?? new Map();
      cookies.set(url.host, jar);
      const hidden = body && fromElsewhere;
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        body,
        redirect: "manual",
        headers: {
          accept: "text/html",
          "user-agent": "Test browser",
          ...(!hidden && jar.size > 0 && { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") }),
        },
        dispatcher,
      });
      way.push(url.href);
      for (const line of response.headers.getSetCookie()) {
        setCookies.push(line);
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      const location = response.headers.get("location");
      const html = await response.text();
      if (!location) {
        const posted = /<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(html);
        if (!posted?.[1] || !html.includes("document.forms[0].submit()"))
          return { url, status: response.status, html, way };
        // A page that sends its form by itself: response mode form_post, and a change of the account at the sandbox.
        const fields = [...(posted[2] ?? "").matchAll(/name="([^"]+)" value="([^"]*)"/g)];
        body = new URLSearchParams(fields.map(([, name = "", value = ""]) => [name, unescapeHtml(value)]));
        const from = url;
        url = new URL(unescapeHtml(posted[1]), url);
        fromElsewhere = new URL(url).host !== from.host;
        continue;
      }
      url = new URL(location, url);
      body = undefined;
    }
  };

  const signIn: TestBrowser["signIn"] = async (address, person, { until, factor = "approve" } = {}) => {
    const page = await visit(address);
    const after = await visit(`${page.url.href}/login`, { form: { person: person.subject }, until });
    if (!/second factor/i.test(after.html)) return after;
    return visit(`${after.url.href.replace(/\/login$/, "")}/factor`, {
      form: { person: person.subject, factor },
      until,
    });
  };
  return { visit, signIn, cookies, setCookies };
}

function unescapeHtml(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
