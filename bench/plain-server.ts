import { createServer } from "node:http";
import { Pool } from "undici";

// What the API is compared with: a server that takes the same POST, sends the same request with a token that it was given, and
// answers the same way, but checks nothing, records nothing and redacts nothing.
const [target = "", token = ""] = process.argv.slice(2);
const url = new URL(target);
const pool = new Pool(url.origin, { connections: 256 });
const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on(
    "end",
    () =>
      void run(JSON.parse(Buffer.concat(chunks).toString())).then((body) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
        response.end(body);
      }),
  );
});

async function run({ variables }: { variables: { id: string } }): Promise<string> {
  const body = JSON.stringify({ id: variables.id });
  const answer = await pool.request({ path: url.pathname, method: "POST", headers, body });
  const text = await answer.body.text();
  return JSON.stringify({
    status: answer.statusCode === 200 ? "succeeded" : "failed",
    response: { status: answer.statusCode, body: text },
  });
}

server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
