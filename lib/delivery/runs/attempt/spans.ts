import type { PlannedCredential } from "#lib/delivery/transports/plan.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import type { IssuedToken } from "#lib/oauth/tokens/model.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { addTraceparent, mayTellTrace } from "#lib/platform/tracing/traceparent.ts";
import type { RunRequest } from "../model.ts";
import type { RunOrder } from "../order.ts";

/** What the span of a run says of it. */
export function describeOrder({ runId, event, trigger, transport, node }: RunOrder) {
  return {
    "sallyport.run.id": runId,
    "sallyport.run.event": event,
    "sallyport.trigger.id": trigger?.id,
    "sallyport.trigger.name": trigger?.name,
    "sallyport.transport.id": transport.id,
    "sallyport.transport.name": transport.name,
    "sallyport.node.id": node.id,
  };
}

/** Asks for the token inside a span; one that is in memory comes without a promise. */
export function traceToken(subject: PlannedCredential, ask: () => IssuedToken | Promise<IssuedToken>) {
  const describe = () => ({ "sallyport.credential.id": subject.id, "sallyport.credential.name": subject.name });
  return traced("token", "INTERNAL", describe, (span) => {
    const describeToken = (issued: IssuedToken) => {
      span.set({ "sallyport.token.source": issued.source });
      return issued;
    };
    const given = ask();
    return given instanceof Promise ? given.then(describeToken) : describeToken(given);
  });
}

/** Sends a request inside a span, which the service is told of where it may be. */
export function traceSend(request: RunRequest, send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const describe = () => describeSend(request);
  return traced("send", "CLIENT", describe, async (span) => {
    if (mayTellTrace(request.url)) request.headers = addTraceparent(request.headers, span.traceparent());
    const answer = await send();
    span.set({ "http.response.status_code": answer.status });
    return answer;
  });
}

/** Only where it goes: path and query are the request's own, and may hold what nobody else should see. The receipt has them. */
function describeSend({ method, url }: RunRequest) {
  const { hostname, port, protocol } = new URL(url);
  return {
    "http.request.method": method,
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
  };
}
