import { Notice } from "#app/_ui/notice.tsx";
import type { Omission } from "#lib/delivery/soap/model.ts";

const words: Record<Omission["what"], string> = {
  port: "Port",
  operation: "Operation",
  response: "Response of",
  header: "Header of",
  member: "Member",
  document: "Document",
};

/** What a WSDL describes and Sallyport can't use. Everything else works. */
export function OmittedNotice({ omitted }: { omitted: Omission[] }) {
  return (
    <Notice tone="warn" title="Parts of the WSDL can't be used">
      <ul className="m-0 pl-5 text-sm">
        {omitted.map(({ what, name, reason }) => (
          <li key={`${what} ${name} ${reason}`} className="wrap-anywhere">
            {words[what]} {name}: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
