import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listening, listen, upload } from "#scripts/test-servers.ts";
import { answerRefusal } from "./answer-refusal.ts";

let server: Listening;
beforeAll(async () => {
  server = await listen(
    (request, response) => void answerRefusal(request, response, { status: 413, message: "Too large." }),
  );
});
afterAll(() => server.close());

test("a client that sends all of a large body still gets the answer, and the connection is closed", async () => {
  const answer = await upload(server.port, "/", 8_000_000);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/connection: close/i);
  expect(answer).toMatch(/Too large\.$/);
});
