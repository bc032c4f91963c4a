import Link from "next/link";
import { PageHeader } from "#app/_ui/page-header.tsx";

/** Stands in place of a page that the signed-in person may not see; answered with 403. */
export default function Forbidden() {
  return (
    <>
      <PageHeader title="You may not see this page" />
      <p>
        None of your roles allows it. Ask an admin for one that does, or{" "}
        <Link href="/" className="link">
          go to the workbench
        </Link>
        .
      </p>
    </>
  );
}
