import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "./card.tsx";

type Props = {
  uses: { id: string; name: string; nodeName?: string; path?: string }[];
  /** The page of each, without its ID, unless a use has its own. */
  path: string;
  description?: string;
  /** Shown when nothing uses it. */
  empty: string;
  /** How many others use it that the reader can't see. */
  elsewhere?: number;
  action?: ReactNode;
};

const shown = 50;

/** What uses the thing on the page, as links. */
export function UsedByCard({ uses, path, description, empty, elsewhere = 0, action }: Props) {
  return (
    <Card title="Used by" description={description} actions={action}>
      {uses.length + elsewhere === 0 ? (
        <p className="m-0 text-dimmed">{empty}</p>
      ) : (
        <ul className="m-0 grid list-none gap-2 p-0">
          {uses.slice(0, shown).map(({ id, name, nodeName, path: own = path }) => (
            <li key={id} className="wrap-anywhere">
              <Link className="link underline" href={`${own}/${id}`} prefetch={false}>
                {name}
              </Link>
              {nodeName !== undefined && <span className="text-dimmed"> on {nodeName}</span>}
            </li>
          ))}
          {uses.length > shown && <li className="text-dimmed">and {uses.length - shown} more</li>}
          {elsewhere > 0 && <li className="text-dimmed">{elsewhere} elsewhere</li>}
        </ul>
      )}
    </Card>
  );
}
