import Link from "next/link";
import { CredentialName } from "#app/_shared/credentials/credential-name.tsx";
import { EntraLinks } from "#app/_shared/credentials/provider-answer.tsx";
import { CopyTextButton } from "#app/_ui/copy-button.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { Run, RunAttempt, RunError, RunSoap, RunStatus } from "#lib/delivery/runs/model.ts";
import { toCurl } from "#lib/delivery/runs/to-curl.ts";
import { entraCodes } from "#lib/oauth/explanations/entra-codes.ts";
import { Exchange } from "./exchange.tsx";
import { runEventWords } from "./words.ts";

type Props = {
  run: Run;
  mayReadCredentials: boolean;
  /** Level of the headings inside: one below what is above. */
  headingLevel?: 2 | 3;
};

/** All that is known of a run: how it went, what was sent and received, and with which token. */
export function Receipt({ run, mayReadCredentials, headingLevel = 2 }: Props) {
  const Heading = `h${headingLevel}` as "h2" | "h3";
  const isSent = wasSent(run);
  return (
    <section aria-label="Receipt" className="grid min-w-0 gap-5">
      <div className="grid gap-3">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
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
          {isFinished(run) && (
            <div className="flex flex-wrap items-center gap-2 print:hidden">
              {run.request && <CopyTextButton value={toCurl(run.request)} label="Copy as curl" />}
              {run.triggerId && (
                <LinkButton href={`/runs/${run.id}/compare`} variant="default" size="xs">
                  Compare with last success
                </LinkButton>
              )}
            </div>
          )}
        </div>
        {run.error && <RunErrorNotice run={run} error={run.error} mayReadCredentials={mayReadCredentials} />}
      </div>
      {run.attemptLog.length > 1 ? (
        run.attemptLog.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no ID, and the list never changes.
          <section key={index} className="min-w-0" aria-label={`Attempt ${index + 1} of ${run.attemptLog.length}`}>
            <Heading className="m-0 mb-2 text-base font-semibold">
              Attempt {index + 1} of {run.attemptLog.length}
            </Heading>
            <Attempt
              attempt={attempt}
              Heading={headingLevel === 2 ? "h3" : "h4"}
              queueMs={index === 0 ? queueMsOf(run) : 0}
            />
          </section>
        ))
      ) : (
        <Exchange
          attempt={run}
          Heading={Heading}
          requestTitle={isSent ? "Request" : unsentTitle(run)}
          isSent={isSent}
          queueMs={queueMsOf(run)}
        />
      )}
      <section aria-label="Details" className="min-w-0">
        <Heading className="m-0 mb-2 text-base font-semibold">Details</Heading>
        <KeyValue items={listFacts(run, mayReadCredentials)} />
      </section>
    </section>
  );
}

function queueMsOf({ queuedAt, startedAt }: Run): number {
  return queuedAt === null ? 0 : Math.max(0, Date.parse(startedAt) - Date.parse(queuedAt));
}

type AttemptProps = { attempt: RunAttempt; Heading: "h3" | "h4"; queueMs: number };

function Attempt({ attempt, Heading, queueMs }: AttemptProps) {
  const { error } = attempt;
  return (
    <div className="grid gap-3">
      <p className="m-0 text-sm text-dimmed">
        <Instant at={attempt.startedAt} show="absolute" seconds />, <Duration ms={attempt.durationMs} />
        {`, proxy ${attempt.proxy}`}
      </p>
      {error && (
        <p className="m-0 text-bad">
          {error.message} <code>{error.code}</code>
        </p>
      )}
      <Exchange attempt={attempt} Heading={Heading} queueMs={queueMs} />
    </div>
  );
}

/** Without its token, a request isn't sent. */
function wasSent({ attempts, credentialId, token }: Run): boolean {
  return attempts > 0 && (credentialId === null || token !== null);
}

function isFinished({ status }: Run): boolean {
  return status === "succeeded" || status === "failed";
}

const unfinishedWords: Partial<Record<RunStatus, string>> = {
  queued: "Waiting for its turn and for a worker",
  running: "In progress",
  held: "Retried when its credential works",
};

function describeSent(run: Run): string {
  if (wasSent(run)) return countAttempts(run.attempts);
  return run.error?.code === "interrupted" ? "might have been sent" : "not sent";
}

function unsentTitle(run: Run): string {
  if (!isFinished(run)) return run.status === "held" ? "Request, to be sent again" : "Request, to be sent";
  return run.error?.code === "interrupted" ? "Request, might have been sent" : "Request, not sent";
}

function countAttempts(count: number): string {
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

function listFacts(run: Run, mayReadCredentials: boolean) {
  const { proxy } = run;
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
        <span className="text-dimmed">deleted</span>
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
    { label: "Proxy", value: proxy },
    ...(run.soap ? soapFacts(run.soap) : []),
    ...(run.correlationId
      ? [
          {
            label: "Correlation ID",
            value: <code className="wrap-anywhere">{run.correlationId}</code>,
            hint: "Search logs and traces for this ID",
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
