import type { ReactNode } from "react";
import type { CertificateInfo } from "#lib/platform/certificates/model.ts";
import { CopyButton } from "./copy-button.tsx";
import { Instant } from "./instant.tsx";

type Fact = { label: string; value: ReactNode; hint?: string };

/** What stands in a certificate, for a list of labels and values. */
export function listCertificateFacts(certificate: CertificateInfo): Fact[] {
  const { chainLength, selfSigned } = certificate;
  const issuers = chainLength === 1 ? "1 certificate of its issuers" : `${chainLength} certificates of its issuers`;
  return [
    { label: "Subject", value: <span className="wrap-anywhere">{certificate.subject}</span>, hint: certificate.key },
    {
      label: "Issuer",
      value: <span className="wrap-anywhere">{selfSigned ? "Itself (self-signed)" : certificate.issuer}</span>,
      hint: chainLength > 0 ? `Sent along: ${issuers}` : undefined,
    },
    { label: "Serial number", value: <code className="wrap-anywhere">{certificate.serialNumber}</code> },
    {
      label: "Valid",
      value: (
        <span>
          <Instant at={certificate.notBefore} show="date" /> to <Instant at={certificate.notAfter} />
        </span>
      ),
    },
    { label: "Thumbprint (SHA-256)", value: <Thumbprint value={certificate.sha256} name="SHA-256" /> },
    {
      label: "Thumbprint (SHA-1)",
      value: <Thumbprint value={certificate.sha1} name="SHA-1" />,
      hint: "The one that Microsoft's portal shows.",
    },
  ];
}

function Thumbprint({ value, name }: { value: string; name: string }) {
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <code className="min-w-0 wrap-anywhere">{value}</code>
      <CopyButton value={value} label={`Copy the ${name} thumbprint`} />
    </span>
  );
}
