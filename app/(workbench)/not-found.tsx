import { MapPinOffIcon } from "lucide-react";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";

/** A page or a thing that isn't there, inside the shell. */
export default function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <div className="card">
        <EmptyState
          icon={<MapPinOffIcon size={32} strokeWidth={1.4} aria-hidden />}
          title="There is nothing at this address"
          text="It may have been deleted or moved, or the link is incomplete."
          action={<LinkButton href="/">Go to the overview</LinkButton>}
        />
      </div>
    </>
  );
}
