import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { listCertificateFacts } from "#app/_ui/certificate-facts.tsx";
import { CopiedValue } from "#app/_ui/copied-value.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { formatDuration } from "#app/_ui/format-time.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { proxyWords } from "#app/_ui/proxy-words.ts";
import { ShownValues } from "#app/_ui/shown-values.tsx";
import { transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import type { ShownSoapSettings, TransportDetail } from "#lib/delivery/transports/model.ts";
import type { ShownProxy } from "#lib/platform/net/proxy-schema.ts";
import { AuthorizationCell } from "../../_components/authorization-cell.tsx";
import { typeWords } from "../../_components/words.ts";

type Props = { transport: TransportDetail; mayReadCredentials: boolean };
type Item = Parameters<typeof KeyValue>[0]["items"][number];

/** What is configured, secrets only by when they were set. */
export function Configuration({ transport, mayReadCredentials }: Props) {
  const { authorization } = transport;
  const items: Item[] = [
    {
      label: labels.nodeId,
      value: (
        <Link className="link" href={`/nodes/${transport.nodeId}`}>
          {transport.nodeName}
        </Link>
      ),
    },
    { label: labels.type, value: typeWords[transport.type] },
    ...addressOf(transport),
    {
      label: labels.authorization,
      value: <AuthorizationCell authorization={authorization} mayReadCredentials={mayReadCredentials} />,
      hint:
        authorization.kind === "basic" && authorization.passwordSetAt ? (
          <>
            Password set on <Instant at={authorization.passwordSetAt} show="absolute" />
          </>
        ) : null,
    },
    { label: labels.connectTimeoutMs, value: formatDuration(transport.connectTimeoutMs) },
    { label: labels.timeoutMs, value: formatDuration(transport.timeoutMs) },
    { label: labels.maxResponseBytes, value: formatBytes(transport.maxResponseBytes) },
    { label: "Redirects", value: transport.followRedirects ? "Followed" : "Not followed" },
    {
      label: labels.trustedCa,
      value: transport.trustedCaEndsAt ? (
        <>
          {[transport.trustedCaName, transport.trustedCa && countCertificates(transport.trustedCa)]
            .filter(Boolean)
            .join(" and ")}
          , until <Instant at={transport.trustedCaEndsAt} show="date" />
        </>
      ) : (
        "The usual ones"
      ),
    },
    ...listClientCertificate(transport),
    { label: labels.proxy, value: <ProxyInWords proxy={transport.proxy} /> },
    ...listRoute(transport),
    {
      label: labels.notes,
      value: transport.notes ? <span className="whitespace-pre-wrap">{transport.notes}</span> : null,
    },
    { label: "Changed", value: <Instant at={transport.updatedAt} />, hint: `Version ${transport.version}` },
  ];
  return (
    <Card title="Configuration">
      <KeyValue items={items} />
    </Card>
  );
}

function listClientCertificate({ clientCertificate: shown }: TransportDetail): Item[] {
  if (!shown) return [{ label: labels.clientCertificate, value: "None" }];
  const setAt = shown.privateKeySetAt;
  const value =
    setAt === null ? (
      "Without its key"
    ) : (
      <>
        Key set on <Instant at={setAt} show="absolute" />
      </>
    );
  return [{ label: labels.clientCertificate, value }, ...listCertificateFacts(shown)];
}

function listRoute({ route: { state, approvedBy, approvedAt } }: TransportDetail): Item[] {
  if (state === "not_required") return [];
  const value =
    state === "approved" ? (
      <>
        Approved by {approvedBy} on <Instant at={approvedAt} show="absolute" />
      </>
    ) : (
      "Not approved: runs fail until an admin saves this transport"
    );
  return [{ label: "Route of secrets", value }];
}

function addressOf({ http, soap }: TransportDetail): Item[] {
  if (soap) return listSoapItems(soap);
  if (!http) return [];
  return [
    { label: labels["http.url"], value: <CopiedValue value={http.url} label="Copy the URL" /> },
    { label: labels["http.method"], value: <code>{http.method}</code> },
    {
      label: labels["http.headers"],
      value: http.headers.length === 0 ? "None" : <ShownValues values={http.headers} />,
    },
  ];
}

function listSoapItems(soap: ShownSoapSettings): Item[] {
  const { security, tokenExpired } = soap;
  const rule = [...tokenExpired.faultCodes, ...tokenExpired.bodyContains];
  return [
    ...(soap.wsdlUrl
      ? [{ label: labels["soap.wsdlUrl"], value: <CopiedValue value={soap.wsdlUrl} label="Copy the WSDL URL" /> }]
      : []),
    ...(soap.raw
      ? [
          { label: "WSDL", value: "None: triggers bring whole envelopes" },
          { label: labels["soap.soapVersion"], value: `SOAP ${soap.soapVersion}` },
        ]
      : [
          { label: labels["soap.service"], value: <code>{soap.service}</code> },
          { label: labels["soap.port"], value: <code>{soap.port}</code> },
        ]),
    ...(soap.endpointUrl
      ? [
          {
            label: labels["soap.endpointUrl"],
            value: <CopiedValue value={soap.endpointUrl} label="Copy the endpoint URL" />,
          },
        ]
      : []),
    ...(security
      ? [
          {
            label: labels["soap.security"],
            value: `as ${security.username}, ${security.passwordType === "digest" ? "PasswordDigest" : "PasswordText"}`,
            hint: security.passwordSetAt ? (
              <>
                Password set on <Instant at={security.passwordSetAt} show="absolute" />
              </>
            ) : null,
          },
        ]
      : []),
    ...(soap.addressing ? [{ label: labels["soap.addressing"], value: "Sent with each call" }] : []),
    ...(soap.headers
      ? [{ label: labels["soap.headers"], value: <pre className="m-0 whitespace-pre-wrap">{soap.headers}</pre> }]
      : []),
    {
      label: "Token has expired",
      value: rule.length === 0 ? "Only by 401" : `By 401 and ${rule.length} codes and texts`,
    },
  ];
}

function ProxyInWords({ proxy }: { proxy: ShownProxy }) {
  if (proxy.mode === "named") return <>{proxy.proxyName}</>;
  if (proxy.mode !== "manual") return <>{proxyWords[proxy.mode]}</>;
  return (
    <div>
      <div>{proxy.url}</div>
      {proxy.username && (
        <div className="text-sm text-dimmed">
          as {proxy.username}
          {proxy.passwordSetAt && (
            <>
              , password set on <Instant at={proxy.passwordSetAt} show="absolute" />
            </>
          )}
        </div>
      )}
      {proxy.bypass.length > 0 && <div className="text-sm text-dimmed">not for {proxy.bypass.join(", ")}</div>}
    </div>
  );
}

function countCertificates(pem: string): string {
  const count = pem.split("-----BEGIN CERTIFICATE-----").length - 1;
  return count === 1 ? "1 certificate, besides the usual ones" : `${count} certificates, besides the usual ones`;
}
