// A process of its own for tests of the proxy variables: sends a GET to each URL of its argument by the proxy of its environment, and
// says on stdout how each went.
import { isAppError } from "#lib/errors.ts";
import { closePools } from "#lib/net/pools.ts";
import { sendRequest } from "#lib/net/request.ts";
import { describeGet } from "./test-servers.ts";

const urls = JSON.parse(process.argv[2] ?? "[]") as string[];
const outcomes = await Promise.all(
  urls.map(async (url) => {
    try {
      const { status, proxy } = await sendRequest(describeGet(url, { proxy: { mode: "environment" } }));
      return { status, proxy };
    } catch (err) {
      return { code: isAppError(err) ? err.code : String(err) };
    }
  }),
);
console.log(JSON.stringify(outcomes));
await closePools();
