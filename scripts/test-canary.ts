import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { sql } from "drizzle-orm";
import { getDb } from "#lib/db/client.ts";

/** A secret in every form in which it could be written somewhere, by name of the form; each text once. */
export function formsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const forms = {
    "as it is": secret,
    "URL-encoded": encodeURIComponent(secret),
    "JSON-escaped": JSON.stringify(secret).slice(1, -1),
    hex: bytes.toString("hex"),
    // Without the end, which depends on what follows.
    base64: bytes.toString("base64").slice(0, -4),
    base64url: bytes.toString("base64url").slice(0, -4),
  };
  const entries = Object.entries(forms);
  return Object.fromEntries(
    entries.filter(([, text], index) => entries.findIndex((other) => other[1] === text) === index),
  );
}

/** Every row of every table as text, by table; found in the catalogue, so that a new table is in it too. */
export async function dumpDatabase(): Promise<Record<string, string>> {
  const db = getDb();
  const tables = await db.execute<{ name: string }>(
    sql`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const dump: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await db.execute<{ row: string }>(sql`select t::text as row from ${sql.raw(name)} t`);
    dump[name] = rows.map(({ row }) => row).join("\n");
  }
  return dump;
}

type Listening = { url: string; close: () => void };

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  prepare: (server: ReturnType<typeof createServer>) => void = () => undefined,
): Promise<Listening> {
  const server = createServer(handle);
  prepare(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * A careless service: it repeats what it was sent, Authorization included, in headers and body, as services with a debug
 * mode do. Any path; `?status=` chooses the answer. `authorizations` is what it was sent.
 */
export async function startEchoService(): Promise<Listening & { authorizations: Set<string> }> {
  const authorizations = new Set<string>();
  const service = await listen((request, response) => {
    const authorization = request.headers.authorization ?? "none";
    authorizations.add(authorization);
    const value = authorization.split(" ")[1] ?? "";
    const { searchParams } = new URL(request.url ?? "/", "http://service");
    response.writeHead(Number(searchParams.get("status") ?? 200), {
      "Content-Type": "application/json",
      "WWW-Authenticate": `Bearer error="invalid_token", error_description="${value} is not welcome"`,
      "X-Echo": value,
      Location: `/elsewhere?access_token=${value}`,
    });
    response.end(JSON.stringify({ headers: request.headers, token: value, text: `You sent ${authorization}.` }));
  });
  return { ...service, authorizations };
}

/** An HTTP proxy (RFC 9110 section 9.3.6) that wants a user and a password. */
export async function startProxy(username: string, password: string): Promise<Listening> {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return listen(
    (_, response) => response.writeHead(501).end(),
    (server) =>
      server.on("connect", (request, socket) => {
        socket.on("error", () => undefined);
        if (request.headers["proxy-authorization"] !== expected) {
          socket.end(
            `HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="p"\r\nX-Echo: ${request.headers["proxy-authorization"]}\r\n\r\n`,
          );
          return;
        }
        const [host, port] = (request.url ?? "").split(":");
        const upstream = connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on("error", () => socket.destroy());
      }),
  );
}
