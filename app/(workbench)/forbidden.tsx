import { LockIcon } from "lucide-react";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";

/** A page that the signed-in person may not see (403). */
export default function Forbidden() {
  return (
    <>
      <PageHeader title="You may not see this page" />
      <div className="card">
        <EmptyState
          icon={<LockIcon size={32} strokeWidth={1.4} aria-hidden />}
          title="None of your roles allows it"
          text="Ask an admin for one that does."
          action={<LinkButton href="/">Go to the overview</LinkButton>}
        />
      </div>
    </>
  );
}
