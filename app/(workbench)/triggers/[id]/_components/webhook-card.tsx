import { Card } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { TriggerDetail, WebhookState } from "#lib/delivery/triggers/model.ts";
import { writeCurlExample } from "#lib/delivery/webhooks/curl-example.ts";
import { authenticationWords, respondWords } from "../../_components/words.ts";
import { RotateSecret } from "./rotate-secret.tsx";

type Props = {
  trigger: TriggerDetail;
  event: Extract<TriggerEvent, { kind: "webhook" }>;
  state: WebhookState;
  /** Public base URL of the portal. */
  portal: string;
  /** A body with everything that the request uses. */
  sampleBody: unknown;
  mayWrite: boolean;
};

/** Where senders post to and how they sign, with an example to try. */
export function WebhookCard({ trigger, event, state, portal, sampleBody, mayWrite }: Props) {
  const url = portal + state.path;
  const example = writeCurlExample(url, event.authentication, sampleBody);
  return (
    <Card
      title="Webhook"
      actions={
        mayWrite &&
        event.authentication === "signature" && <RotateSecret id={trigger.id} hasSecret={state.secretSetAt !== null} />
      }
    >
      <div className="grid grid-cols-1 gap-4">
        <KeyValue
          items={[
            {
              label: "Address",
              value: (
                <span className="flex min-w-0 items-center gap-1">
                  <code className="min-w-0 wrap-anywhere">
                    {portal}
                    <wbr />
                    {state.path}
                  </code>
                  <CopyButton value={url} label="Copy the address" />
                </span>
              ),
              hint: "POST",
            },
            { label: labels["event.authentication"], value: authenticationWords[event.authentication] },
            ...(event.authentication === "signature"
              ? [
                  {
                    label: "Signing secret",
                    value: state.secretSetAt ? (
                      <>
                        Set on <Instant at={state.secretSetAt} />
                      </>
                    ) : null,
                    hint: state.previousSecretUntil ? (
                      <>
                        The one before counts until <Instant at={state.previousSecretUntil} show="absolute" />
                      </>
                    ) : null,
                  },
                ]
              : []),
            { label: labels["event.respond"], value: respondWords[event.respond] },
          ]}
        />
        <details>
          <summary className="cursor-pointer font-semibold">Example with curl</summary>
          <div className="mt-2">
            <CodeBlock text={example} label="Example with curl" copies={example} />
          </div>
        </details>
      </div>
    </Card>
  );
}
