import { CredentialName } from "#app/_shared/credentials/credential-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import { ShownValues } from "#app/_ui/shown-values.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { isSoapRequest, type SoapRequestTemplate } from "#lib/delivery/requests/model.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { eventWords } from "../../_components/words.ts";

type Props = { trigger: TriggerDetail; mayReadCredentials: boolean };

/** What fires the trigger, over what, and how much of it may be under way. */
export function Configuration({ trigger, mayReadCredentials }: Props) {
  return (
    <Card title="Configuration">
      <KeyValue
        items={[
          { label: labels.nodeId, value: <TextLink href={`/nodes/${trigger.nodeId}`}>{trigger.nodeName}</TextLink> },
          {
            label: labels.transportId,
            value: <TextLink href={`/transports/${trigger.transportId}`}>{trigger.transportName}</TextLink>,
          },
          {
            label: "Credential",
            value: trigger.credentialId ? (
              <CredentialName
                id={trigger.credentialId}
                name={trigger.credentialName ?? "unnamed"}
                mayRead={mayReadCredentials}
              />
            ) : (
              <span className="text-dimmed">none</span>
            ),
          },
          { label: labels.event, value: eventWords[trigger.event.kind] },
          {
            label: labels.maxInProgress,
            value: trigger.maxInProgress === 0 ? "No limit" : trigger.maxInProgress,
          },
          {
            label: labels.queueSize,
            value: trigger.queueSize,
            hint:
              trigger.queued > 0 ? (
                <TextLink href={`/runs?triggerId=${trigger.id}&status=queued`}>
                  {trigger.queued === 1 ? "1 run waits now" : `${trigger.queued} runs wait now`}
                </TextLink>
              ) : null,
          },
          { label: labels.maxExecutionMs, value: formatDuration(trigger.maxExecutionMs) },
          {
            label: labels.repeatInterrupted,
            value: trigger.repeatInterrupted ? "Yes: made again when a worker ends in the middle" : "No",
          },
          {
            label: labels.holdHours,
            value: trigger.holdHours === 0 ? "No: such runs fail" : `For ${countHours(trigger.holdHours)}`,
            hint:
              trigger.held > 0 ? (
                <TextLink href={`/runs?triggerId=${trigger.id}&status=held`}>
                  {trigger.held === 1 ? "1 run is held now" : `${trigger.held} runs are held now`}
                </TextLink>
              ) : null,
          },
          {
            label: labels.notes,
            value: trigger.notes ? <span className="whitespace-pre-wrap">{trigger.notes}</span> : null,
          },
          { label: "Changed", value: <Instant at={trigger.updatedAt} />, hint: `Version ${trigger.version}` },
        ]}
      />
    </Card>
  );
}

/** The request template as it was entered. */
export function RequestTemplate({ trigger }: { trigger: TriggerDetail }) {
  const { request, variables } = trigger;
  if (isSoapRequest(request)) return <SoapTemplate request={request} variables={variables} />;
  const { query } = request;
  return (
    <Card title={labels.request}>
      <KeyValue
        items={[
          { label: labels["request.path"], value: request.path && <code>{request.path}</code> },
          {
            label: labels["request.query"],
            value:
              (query.length > 0 &&
                query.map(({ name, value }) => <Line key={`${name} = ${value}`} text={`${name} = ${value}`} />)) ||
              null,
          },
          {
            label: labels["request.headers"],
            value: request.headers.length > 0 ? <ShownValues values={request.headers} /> : null,
          },
          { label: labels["request.body"], value: request.body && <Code text={request.body} /> },
          { label: "Variables", value: variables.length > 0 ? variables.join(", ") : "none" },
        ]}
      />
    </Card>
  );
}

/** The call of a WS_SOAP trigger as it was entered. */
function SoapTemplate({ request, variables }: { request: SoapRequestTemplate; variables: string[] }) {
  const { operation, headers, envelope, action } = request;
  return (
    <Card title={labels.request}>
      <KeyValue
        items={[
          ...(envelope
            ? [
                { label: labels["request.action"], value: action ? <code>{action}</code> : null },
                { label: labels["request.envelope"], value: <Code text={prettyXml(envelope) ?? envelope} /> },
              ]
            : [
                { label: labels["request.operation"], value: <code>{operation}</code> },
                {
                  label: labels["request.arguments"],
                  value: <Code text={JSON.stringify(request.arguments, null, 2)} />,
                },
              ]),
          ...(headers ? [{ label: labels["request.soapHeaders"], value: <Code text={headers} /> }] : []),
          {
            label: labels["request.safeToRepeat"],
            value: request.safeToRepeat ? "Yes: sent again when a Fault says that the token has expired" : "No",
          },
          { label: "Variables", value: variables.length > 0 ? variables.join(", ") : "none" },
        ]}
      />
    </Card>
  );
}

function Line({ text }: { text: string }) {
  return (
    <div>
      <code>{text}</code>
    </div>
  );
}

function Code({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section tabIndex={0} aria-label="Template" className="code-block">
      <pre className="m-0">{text}</pre>
    </section>
  );
}

function countHours(hours: number): string {
  return hours === 1 ? "1 hour" : `${hours} hours`;
}
