import { randomUUID } from "node:crypto";
import { readClientAddress } from "#lib/access/sessions/client-address.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { receiveWebhook } from "#lib/delivery/webhooks/receive-webhook.ts";
import type { Authenticate } from "./authenticate.ts";
import { type ApiContext, answerProblem, answerRun, counted } from "./endpoint.ts";
import { readBody, readQuery } from "./read-input.ts";

/**
 * `POST /api/hooks/{slug}`: 200 with the finished run, or 202 with one that is queued and where to read it.
 */
export function handleHook(authenticate: Authenticate): (context: ApiContext) => Promise<Response> {
  return counted("POST /api/hooks/{slug}", async (context) => {
    const requestId = randomUUID();
    try {
      const { incoming } = context.env;
      const request = {
        slug: context.req.param("slug") ?? "",
        headers: incoming.headers,
        query: readQuery(context.req.url),
        body: await readBody(incoming),
        address: readClientAddress(incoming),
      };
      const run = await receiveWebhook(request, () => authenticate(incoming));
      return answerRun(run, isFinished(run) ? 200 : 202, requestId);
    } catch (thrown) {
      return answerProblem(thrown, "post", context.req.path, requestId);
    }
  });
}

function isFinished({ status }: Run): boolean {
  return status === "succeeded" || status === "failed";
}
