import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maxBodyLength, type RunRequestReceipt } from "./model.ts";
import { toCurl } from "./to-curl.ts";

function receipt(changes: Partial<RunRequestReceipt> = {}): RunRequestReceipt {
  return { method: "GET", url: "https://orders.example.com/v1", headers: [], body: "", bodyBytes: 0, ...changes };
}

/** The arguments that a POSIX shell gives curl, for each command. */
function runAllInShell(commands: string[], variables: Record<string, string> = {}): string[][] {
  const script = `set -eu\ncurl() { printf '%s\\0' "$#" "$@"; }\n${commands.join("\n")}\n`;
  const output = execFileSync("/bin/sh", ["-s"], {
    input: script,
    encoding: "utf8",
    env: variables as NodeJS.ProcessEnv,
  });
  const words = output.split("\0").slice(0, -1);
  const calls: string[][] = [];
  while (words.length > 0) calls.push(words.splice(0, Number(words.shift())));
  return calls;
}
const runInShell = (command: string, variables?: Record<string, string>) => runAllInShell([command], variables)[0]!;

test("a request is sent with its method, headers, and body", () => {
  const headers = [
    { name: "content-type", value: "application/json" },
    { name: "x-empty", value: "" },
  ];
  const command = toCurl(receipt({ method: "PUT", headers, body: '{"id": 1}', bodyBytes: 9 }));
  expect(command).toBe(`curl 'https://orders.example.com/v1' \\
  --request 'PUT' \\
  --header 'content-type: application/json' \\
  --header 'x-empty;' \\
  --data-raw '{"id": 1}'`);
});

test("tokens and secrets are variables of the shell", () => {
  const headers = [
    { name: "authorization", value: "Bearer [removed]" },
    { name: "x-api-key", value: "[removed]" },
    { name: "proxy-authorization", value: "Basic [removed]" },
  ];
  const url = "https://orders.example.com/v1?key=[removed]&site=7";
  const command = toCurl(receipt({ method: "POST", url, headers, body: "[removed]", bodyBytes: 9 }));
  const hostile = `"; echo '$(id)' \`id\``;
  const variables = { TOKEN: hostile, X_API_KEY: "k", BASIC_CREDENTIALS: "b", SECRET: "s" };
  expect(command).not.toContain("removed");
  expect(runInShell(command, variables)).toEqual([
    "https://orders.example.com/v1?key=s&site=7",
    "--header",
    `authorization: Bearer ${hostile}`,
    "--header",
    "x-api-key: k",
    "--header",
    "proxy-authorization: Basic b",
    "--header",
    "content-type:",
    "--data-raw",
    "s",
  ]);
});

test("a shell passes on hostile values unchanged", () => {
  const pieces = [
    "'",
    '"',
    "$(id)",
    "`id`",
    "\\",
    "\n",
    " ",
    ";",
    "&",
    "!",
    "#",
    "*",
    "~",
    "@/etc/passwd",
    "é",
    "%",
    "[removed",
  ];
  const hostile = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "grapheme" })), { maxLength: 8 });
  const text = hostile.map((parts) => parts.join("").replaceAll("\0", ""));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 60, size: "max" }), (cases) => {
      const commands = cases.map(([value, body]) =>
        toCurl(
          receipt({
            url: `https://a.example/${value}`,
            method: "POST",
            headers: [
              { name: "content-type", value: "text/plain" },
              { name: "x-note", value: `-${value}` },
            ],
            body: `-${body}`,
          }),
        ),
      );
      const calls = runAllInShell(commands).map((call) => call.filter((argument) => argument !== "--globoff"));
      expect(calls).toEqual(
        cases.map(([value, body]) => [
          `https://a.example/${value}`,
          "--header",
          "content-type: text/plain",
          "--header",
          `x-note: -${value}`,
          "--data-raw",
          `-${body}`,
        ]),
      );
    }),
    { numRuns: 5 },
  );
});

test("curl doesn't expand brackets, read files, or wait for the body of a HEAD response", () => {
  expect(runInShell(toCurl(receipt({ url: "https://a.example/{a,b}[1-9]" })))).toContain("--globoff");
  expect(runInShell(toCurl(receipt({ method: "HEAD" })))).toEqual(["https://orders.example.com/v1", "--head"]);
});

test("the command says that a body is cut", () => {
  const command = toCurl(receipt({ method: "POST", body: "a", bodyBytes: maxBodyLength + 1 }));
  expect(command).toMatch(/^# The receipt has only the beginning of the body\.\ncurl /);
  expect(runInShell(command)).toContain("a");
});
