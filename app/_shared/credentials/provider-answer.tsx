import { readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import { linkEntraCode, linkEntraPage } from "#lib/oauth/explanations/entra-pages.ts";
import { explainProviderAnswer } from "#lib/oauth/explanations/explain.ts";

type Props = {
  /** `error` of RFC 6749. */
  code: string | null;
  /** What the provider said, with Entra's code at its start. */
  description: string | null;
  /** Whose app registration the link leads to. */
  credential: { clientId: string; endpointUrl: string };
};

/** What a provider's answer means, what to do, and where in Entra; nothing when nothing is known of it. */
export function ProviderAnswer({ code, description, credential }: Props) {
  const told = explainProviderAnswer(code, description);
  return (
    <>
      {told && (
        <span>
          {told.words}. {told.hint}
        </span>
      )}
      <EntraLinks code={readEntraCode(description)} page={told?.page ?? null} credential={credential} />
    </>
  );
}

type LinksProps = {
  code: string | null;
  page: Parameters<typeof linkEntraPage>[0] | null;
  credential: Props["credential"];
};

/** The page of the Entra admin center to open, and Microsoft's own page about the code. */
export function EntraLinks({ code, page, credential }: LinksProps) {
  const link = page && linkEntraPage(page, credential);
  if (!link && code === null) return null;
  return (
    <span className="flex flex-wrap gap-x-3">
      {link && (
        <a className="link inline-block min-h-6" href={link.url} target="_blank" rel="noreferrer">
          Open in Entra: {link.label}
        </a>
      )}
      {code !== null && (
        <a className="link inline-block min-h-6" href={linkEntraCode(code)} target="_blank" rel="noreferrer">
          AADSTS{code} at Microsoft
        </a>
      )}
    </span>
  );
}
