import type { ReactNode } from "react";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { KeptSecret } from "#lib/oauth/credentials/rotation-model.ts";

type Item = Parameters<typeof KeyValue>[0]["items"][number];
type Props = {
  kept: KeptSecret;
  /** What is said of when and by whom it was put here: `Staged`, `Replaced`. */
  placedLabel: string;
  /** More about it, at the end. */
  more?: Item[];
};

/** What may be told of a secret that is not in force, as in the configuration. */
export function KeptSecretFacts({ kept, placedLabel, more = [] }: Props) {
  const { clientSecretSetAt, privateKeySetAt, certificateInfo } = kept;
  const items: Item[] = [
    ...(clientSecretSetAt ? [{ label: labels.clientSecret, value: setOn(clientSecretSetAt) }] : []),
    ...(privateKeySetAt ? [{ label: labels.privateKey, value: setOn(privateKeySetAt) }] : []),
    ...(certificateInfo
      ? [
          {
            label: labels.certificate,
            value: <span className="wrap-anywhere">{certificateInfo.subject}</span>,
            hint: (
              <span className="inline-flex max-w-full items-start gap-1">
                <span className="min-w-0 wrap-anywhere">SHA-1 {certificateInfo.sha1}</span>
                <CopyButton value={certificateInfo.sha1} label={`Copy the SHA-1 thumbprint, ${placedLabel}`} />
              </span>
            ),
          },
        ]
      : []),
    { label: "Expires", value: <DaysLeft endsAt={kept.endsAt} /> },
    {
      label: placedLabel,
      value: (
        <span>
          <Instant at={kept.placedAt} /> by {kept.placedBy}
        </span>
      ),
    },
    ...more,
  ];
  return (
    <div className="grid gap-3">
      {kept.unusable && (
        <Notice tone="warn" title="It can’t be used any more.">
          {kept.unusable}
        </Notice>
      )}
      <KeyValue items={items} />
    </div>
  );
}

function setOn(at: string): ReactNode {
  return (
    <span>
      Set on <Instant at={at} show="absolute" />
    </span>
  );
}
