import { Badge } from "#app/_ui/badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import type { StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { FieldLink } from "../../_components/check-result.tsx";
import { CheckStepsList } from "../../_components/check-steps-list.tsx";
import { CopyReport } from "../../_components/copy-report.tsx";

/** Fields whose staged value is what was tried: the form of the credential has the present one. */
const stagedFields = new Set(["clientSecret", "privateKey", "certificate"]);

type FieldProps = { id: string; field: string; mayWrite: boolean };

function OtherFieldLink({ field, ...props }: FieldProps) {
  return stagedFields.has(field) ? null : <FieldLink field={field} {...props} />;
}

/** How the last test of a staged secret went, why, and which field to look at. */
export function StagedVerdict({ id, test, mayWrite }: { id: string; test: StagedTest | null; mayWrite: boolean }) {
  if (!test) return <Badge tone="muted">Not tested yet</Badge>;
  return (
    <div className="grid gap-1">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {test.passed ? <Badge tone="ok">Test passed</Badge> : <Badge tone="bad">Test failed</Badge>}
        {test.outdated && <Badge tone="warn">Before the last change</Badge>}
        <span className="text-sm text-dimmed">
          <Instant at={test.at} seconds /> by {test.by}
        </span>
      </span>
      {test.outdated && <span>The credential was changed since: test it again.</span>}
      <span className="wrap-anywhere">
        {test.reason} {test.field && <OtherFieldLink id={id} field={test.field} mayWrite={mayWrite} />}
        {!test.passed && test.field && stagedFields.has(test.field) && " Discard it and stage the right one."}
      </span>
    </div>
  );
}

/** The steps of the last test, open when one of them failed, and the text for the IT team. */
export function StagedTestSteps({ id, test, mayWrite }: { id: string; test: StagedTest; mayWrite: boolean }) {
  return (
    <details open={!test.passed} className="mt-3">
      <summary className="cursor-pointer text-dimmed">Step by step</summary>
      <CheckStepsList
        steps={test.steps}
        renderField={(field) => <OtherFieldLink id={id} field={field} mayWrite={mayWrite} />}
      />
      <CopyReport report={test.report} />
    </details>
  );
}
