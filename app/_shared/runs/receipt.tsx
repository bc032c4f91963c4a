import Link from "next/link";
import type { ReactNode } from "react";
import { CredentialName } from "#app/_shared/credentials/credential-name.tsx";
import { EntraLinks } from "#app/_shared/credentials/provider-answer.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type {
  Run,
  RunAttempt,
  RunError,
  RunRequestReceipt,
  RunResponseReceipt,
  RunSoap,
  RunStatus,
  RunToken,
} from "#lib/delivery/runs/model.ts";
import { entraCodes } from "#lib/oauth/explanations/entra-codes.ts";
import { Message } from "./message.tsx";
import { SoapAnswer } from "./soap-answer.tsx";
import { SoapNotes } from "./soap-notes.tsx";
import { runEventWords, tokenSourceWords } from "./words.ts";

type Props = {
  run: Run;
  mayReadCredentials: boolean;
  /** Level of the headings inside: one below what stands above. */
  headingLevel?: 2 | 3;
};

/** All that is known of a run: how it went, with which token, what was sent and what came back. */
export function Receipt({ run, mayReadCredentials, headingLevel = 2 }: Props) {
  const Heading = `h${headingLevel}` as "h2" | "h3";
  return (
    <section aria-label="Receipt" className="grid min-w-0 gap-5">
      <div className="grid gap-3">
        <p className="m-0 flex flex-wrap items-center gap-x-3 gap-y-1">
          <RunStatusBadge status={run.status} />
          {run.response && <span className="font-semibold tabular-nums">HTTP {run.response.status}</span>}
          {isFinished(run) ? (
            <>
              <span>
                <span className="text-dimmed">in</span> <Duration ms={run.durationMs} />
              </span>
              <span className="text-dimmed">{describeSent(run)}</span>
            </>
          ) : (
            <span className="text-dimmed">{unfinishedWords[run.status] ?? ""}</span>
          )}
        </p>
        {run.error && <RunErrorNotice run={run} error={run.error} mayReadCredentials={mayReadCredentials} />}
      </div>
      <KeyValue items={listFacts(run, mayReadCredentials)} />
      {run.attemptLog.length > 1 ? (
        run.attemptLog.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no identity of their own, and the list never changes.
          <Part key={index} Heading={Heading} title={`Attempt ${index + 1} of ${run.attemptLog.length}`}>
            <Attempt attempt={attempt} />
          </Part>
        ))
      ) : (
        <div className="grid min-w-0 items-start gap-5 xl:grid-cols-2">
          <Part Heading={Heading} title={wasSent(run) ? "Request" : unsentTitle(run)}>
            <RequestPart request={run.request} />
          </Part>
          {wasSent(run) && (
            <Part Heading={Heading} title="Response">
              <ResponsePart response={run.response} soap={run.soap} />
            </Part>
          )}
        </div>
      )}
    </section>
  );
}

/** Without its token a request stays here. */
function wasSent({ attempts, credentialId, token }: Run): boolean {
  return attempts > 0 && (credentialId === null || token !== null);
}

function isFinished({ status }: Run): boolean {
  return status === "succeeded" || status === "failed";
}

const unfinishedWords: Partial<Record<RunStatus, string>> = {
  queued: "It waits for its turn and for a worker.",
  running: "A worker makes it now.",
  held: "It is made again when its credential works.",
};

function describeSent(run: Run): string {
  if (wasSent(run)) return countAttempts(run.attempts);
  return run.error?.code === "interrupted" ? "it is not known whether it was sent" : "nothing was sent";
}

function unsentTitle(run: Run): string {
  if (!isFinished(run)) return run.status === "held" ? "Request, to be sent again" : "Request, to be sent";
  return run.error?.code === "interrupted" ? "Request, perhaps sent" : "Request, not sent";
}

function countAttempts(count: number): string {
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

function listFacts(run: Run, mayReadCredentials: boolean) {
  const { token, proxy } = run;
  return [
    ...(run.dueAt ? [{ label: "Due", value: <Instant at={run.dueAt} seconds /> }] : []),
    ...(run.queuedAt ? [{ label: "Queued", value: <Instant at={run.queuedAt} seconds /> }] : []),
    ...(run.heldUntil
      ? [
          {
            label: run.status === "held" ? "Held until" : "Was held until",
            value: <Instant at={run.heldUntil} seconds />,
          },
        ]
      : []),
    ...(run.status === "queued" ? [] : [{ label: "Started", value: <Instant at={run.startedAt} seconds /> }]),
    { label: "Event", value: runEventWords[run.event], hint: `by ${run.actor}` },
    ...(run.triggerId
      ? [{ label: "Trigger", value: <TextLink href={`/triggers/${run.triggerId}`}>{run.triggerName}</TextLink> }]
      : []),
    { label: "Transport", value: <TextLink href={`/transports/${run.transportId}`}>{run.transportName}</TextLink> },
    {
      label: "Node",
      value: run.nodeName ? (
        <TextLink href={`/nodes/${run.nodeId}`}>{run.nodeName}</TextLink>
      ) : (
        <span className="text-dimmed">deleted since</span>
      ),
    },
    {
      label: "Credential",
      value: run.credentialId ? (
        <CredentialName id={run.credentialId} name={run.credentialName ?? "unnamed"} mayRead={mayReadCredentials} />
      ) : (
        <span className="text-dimmed">none</span>
      ),
      hint:
        run.credentialId && mayReadCredentials ? (
          <Link className="link" href={`/credentials/${run.credentialId}#event-log`}>
            Event log of the credential
          </Link>
        ) : null,
    },
    ...(token ? tokenFacts(token) : []),
    { label: "Proxy", value: proxy },
    ...(run.soap ? soapFacts(run.soap) : []),
    ...(run.correlationId
      ? [
          {
            label: "Correlation id",
            value: <code className="wrap-anywhere">{run.correlationId}</code>,
            hint: "the log lines and the trace of this run have it",
          },
        ]
      : []),
  ];
}

function soapFacts({ operation, action, soapVersion }: RunSoap) {
  return [
    {
      label: "Operation",
      value: operation ? <code>{operation}</code> : <span className="text-dimmed">raw envelope</span>,
      hint: `SOAP ${soapVersion}`,
    },
    ...(action ? [{ label: "Action", value: <code>{action}</code> }] : []),
  ];
}

function tokenFacts(token: RunToken) {
  const { word, meaning } = tokenSourceWords[token.source];
  return [
    ...(token.user
      ? [{ label: "Token of", value: token.user.name, hint: "The person's own token, from the sign-in." }]
      : []),
    { label: "Token source", value: word, hint: meaning },
    { label: "Token age", value: <Duration ms={token.ageSeconds * 1000} /> },
    { label: "Token expires", value: <Instant at={token.expiresAt} seconds /> },
    { label: "Credential version", value: token.credentialVersion },
  ];
}

type ErrorProps = { run: Run; error: RunError; mayReadCredentials: boolean };

function RunErrorNotice({ run, error, mayReadCredentials }: ErrorProps) {
  return (
    <Notice tone="bad" title={error.message}>
      {error.hint && <p className="m-0 mt-0.5">{error.hint}</p>}
      <p className="m-0 mt-1 text-sm">
        Code <code>{error.code}</code>
        {error.providerCode && (
          <>
            , the provider's code <code>{error.providerCode}</code>
          </>
        )}
      </p>
      {error.entraCode && (
        <p className="m-0 mt-1 text-sm">
          <EntraLinks
            code={error.entraCode}
            page={entraCodes.get(error.entraCode)?.page ?? null}
            credential={{ clientId: "", endpointUrl: "" }}
          />
        </p>
      )}
      {run.credentialId && mayReadCredentials && (
        <p className="m-0 mt-1 text-sm">
          <Link className="link" href={`/credentials/${run.credentialId}`}>
            Open the credential {run.credentialName}
          </Link>{" "}
          or{" "}
          <Link className="link" href={`/credentials/${run.credentialId}#event-log`}>
            its event log
          </Link>
        </p>
      )}
    </Notice>
  );
}

type PartProps = { Heading: "h2" | "h3"; title: string; children: ReactNode };

function Part({ Heading, title, children }: PartProps) {
  return (
    <section className="min-w-0" aria-label={title}>
      <Heading className="m-0 mb-2 text-base font-semibold">{title}</Heading>
      {children}
    </section>
  );
}

function Attempt({ attempt }: { attempt: RunAttempt }) {
  const { token, error } = attempt;
  return (
    <div className="grid gap-3">
      <p className="m-0 text-sm text-dimmed">
        <Instant at={attempt.startedAt} show="absolute" seconds />, <Duration ms={attempt.durationMs} />
        {token &&
          `, token ${tokenSourceWords[token.source].word.toLowerCase()}, ${formatDuration(token.ageSeconds * 1000)} old`}
        {`, proxy ${attempt.proxy}`}
      </p>
      {error && (
        <p className="m-0 text-bad">
          {error.message} <code>{error.code}</code>
        </p>
      )}
      <div className="grid min-w-0 items-start gap-5 xl:grid-cols-2">
        <RequestPart request={attempt.request} />
        <ResponsePart response={attempt.response} soap={attempt.soap} />
      </div>
    </div>
  );
}

export function RequestPart({ request }: { request: RunRequestReceipt | null }) {
  if (!request) return <p className="m-0 text-dimmed">Nothing was sent.</p>;
  return <Message name="Request" line={`${request.method} ${request.url}`} {...request} />;
}

function ResponsePart({ response, soap }: { response: RunResponseReceipt | null; soap: RunSoap | null }) {
  if (!response) return <p className="m-0 text-dimmed">No answer came.</p>;
  return (
    <>
      {soap && <SoapNotes soap={soap} />}
      <Message
        name="Response"
        line={`HTTP ${response.status}`}
        {...response}
        shownBody={soap && !soap.fault ? <SoapAnswer soap={soap} body={response.body} /> : null}
      />
      {response.redirectedTo && (
        <p className="m-0 mt-2 text-sm text-dimmed wrap-anywhere">After redirects, from {response.redirectedTo}</p>
      )}
    </>
  );
}
