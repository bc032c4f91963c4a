import { Duration } from "#app/_ui/duration.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import type { TabContent } from "#app/_ui/tab-set.tsx";
import type { RunAttempt, RunRequestReceipt, RunToken } from "#lib/delivery/runs/model.ts";
import { Message } from "./message.tsx";
import { SoapAnswer } from "./soap-answer.tsx";
import { SoapNotes } from "./soap-notes.tsx";
import { Waterfall } from "./waterfall.tsx";
import { tokenSourceWords } from "./words.ts";

type Props = {
  attempt: Pick<RunAttempt, "request" | "response" | "soap" | "token"> & Partial<Pick<RunAttempt, "timing">>;
  Heading: "h2" | "h3" | "h4";
  requestTitle?: string;
  /** Whether the request was sent, so that a response was expected. */
  isSent?: boolean;
  queueMs?: number;
};

/** A request and its response next to each other. */
export function Exchange({ attempt, Heading, requestTitle = "Request", isSent = true, queueMs = 0 }: Props) {
  const { request, token } = attempt;
  const timing = attempt.timing ?? [];
  const timingTab: TabContent[] =
    timing.length > 0
      ? [{ value: "timing", label: "Timing", content: <Waterfall timing={timing} queueMs={queueMs} /> }]
      : [];
  const tokenTab: TabContent[] = token
    ? [{ value: "token", label: "Token", content: <KeyValue items={listTokenFacts(token)} /> }]
    : [];
  const hasResponse = isSent && attempt.response !== null;
  return (
    <div className={`grid min-w-0 grid-cols-1 items-start gap-x-8 gap-y-5 ${isSent ? "lg:grid-cols-2" : ""}`}>
      <section className="min-w-0" aria-label={requestTitle}>
        <Heading className="m-0 mb-1 text-base font-semibold">{requestTitle}</Heading>
        <RequestPart request={request} moreTabs={hasResponse ? tokenTab : [...tokenTab, ...timingTab]} />
      </section>
      {isSent && (
        <section className="min-w-0" aria-label="Response">
          <Heading className="m-0 mb-1 text-base font-semibold">Response</Heading>
          <ResponsePart attempt={attempt} moreTabs={timingTab} />
        </section>
      )}
    </div>
  );
}

/** A request with its body and headers. */
export function RequestPart({ request, moreTabs }: { request: RunRequestReceipt | null; moreTabs?: TabContent[] }) {
  if (!request) return <p className="m-0 text-dimmed">Not sent</p>;
  return <Message name="Request" line={`${request.method} ${request.url}`} moreTabs={moreTabs} {...request} />;
}

function ResponsePart({ attempt: { response, soap }, moreTabs }: Pick<Props, "attempt"> & { moreTabs: TabContent[] }) {
  if (!response) return <p className="m-0 text-dimmed">No response</p>;
  return (
    <>
      {soap && <SoapNotes soap={soap} />}
      <Message
        name="Response"
        line={`HTTP ${response.status}`}
        {...response}
        shownBody={soap && !soap.fault ? <SoapAnswer soap={soap} body={response.body} /> : null}
        moreTabs={moreTabs}
      />
      {response.redirectedTo && (
        <p className="m-0 mt-2 text-sm text-dimmed wrap-anywhere">After redirects, from {response.redirectedTo}</p>
      )}
    </>
  );
}

function listTokenFacts(token: RunToken) {
  const { word, meaning } = tokenSourceWords[token.source];
  return [
    ...(token.user ? [{ label: "Token of", value: token.user.name, hint: "User token" }] : []),
    { label: "Token source", value: word, hint: meaning },
    { label: "Token age", value: <Duration ms={token.ageSeconds * 1000} /> },
    { label: "Token expires", value: <Instant at={token.expiresAt} seconds /> },
    { label: "Credential version", value: token.credentialVersion },
  ];
}
