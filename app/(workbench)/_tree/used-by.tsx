import Link from "next/link";
import { z } from "zod";
import { Instant } from "#app/_ui/instant.tsx";

const usesIn = z.object({
  usedBy: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string(), nextDueAt: z.string().nullish() })),
});

const kinds: Record<string, { word: string; page: (id: string) => string }> = {
  node: { word: "node", page: (id) => `/nodes/${id}` },
  transport: { word: "transport", page: (id) => `/transports/${id}` },
  trigger: { word: "trigger", page: (id) => `/triggers/${id}` },
  user: { word: "role of the user", page: () => "/users" },
  api_key: { word: "API key", page: () => "/api-keys" },
  alert_channel: { word: "alert channel", page: (id) => `/alerts/${id}` },
  credential: { word: "role mapping of the credential", page: (id) => `/credentials/${id}` },
};

/** What a refused delete says is in the way, as links; nothing when the error is about something else. */
export function UsedBy({ details }: { details: Record<string, unknown> }) {
  const uses = usesIn.safeParse(details);
  if (!uses.success) return null;
  return (
    <ul className="m-0 max-h-60 overflow-y-auto pl-5">
      {uses.data.usedBy.map((use) => (
        <li key={`${use.kind} ${use.id}`}>
          {kinds[use.kind]?.word ?? use.kind}{" "}
          <Link className="link underline" href={kinds[use.kind]?.page(use.id) ?? "/"}>
            {use.name}
          </Link>
          {use.nextDueAt && (
            <span className="text-dimmed">
              , next run <Instant at={use.nextDueAt} show="relative" />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
