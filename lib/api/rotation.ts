import { z } from "zod";
import { promoteAndCheck, rollBackAndCheck } from "#lib/delivery/connection-check/save-and-check.ts";
import { testStaged } from "#lib/delivery/connection-check/test-staged.ts";
import { discardStaged, forgetPrevious } from "#lib/oauth/rotation/discard.ts";
import { getRotation } from "#lib/oauth/rotation/get-rotation.ts";
import { promoteInput, rollBackInput, stageInput } from "#lib/oauth/rotation/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { certificateInfo, id, instant, version } from "./answers.ts";
import { checkStep, credentialDetail } from "./credential-answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const kept = {
  id: id.meta({ description: "Another one with everything that is put in this place." }),
  clientSecretSetAt: instant.nullable(),
  privateKeySetAt: instant.nullable(),
  certificateInfo: certificateInfo.nullable(),
  secretExpiresOn: z.iso.date().nullable(),
  endsAt: instant.nullable().meta({ description: "As noted, or as the certificate says." }),
  placedAt: instant.meta({ description: "When it was staged, or replaced by the one in force." }),
  placedBy: z.string(),
  unusable: z
    .string()
    .nullable()
    .meta({ description: "Why it can't be used with the credential as it is configured now, null when it can." }),
};

const stagedTest = named(
  "StagedSecretTest",
  z.object({
    at: instant,
    by: z.string(),
    passed: z.boolean(),
    reason: z.string(),
    field: z.string().nullable().meta({ description: "The field that most likely needs a change." }),
    outdated: z
      .boolean()
      .meta({ description: "Whether the credential was changed since then in a way that matters to it." }),
    steps: z.array(checkStep),
    report: z.string().meta({ description: "All of it as plain text for the IT team, without secrets." }),
  }),
);

const rotation = named(
  "Rotation",
  z.object({
    version: version.meta({ description: "The credential's version." }),
    staged: z.object({ ...kept, test: stagedTest.nullable() }).nullable(),
    previous: z.object(kept).nullable(),
  }),
);

const which = z.object({
  secretId: z.uuid().optional().meta({ description: "Deletes just this one; left out: whichever it is by now." }),
});

const tag = "Credentials";
const write = { tag, permission: "credentials.write" } as const;
const exampleId = "0190c7a0-0000-7000-8000-000000000001";

/** Replacing a credential's secret in two slots: stage, test, promote, roll back. */
export const rotationEndpoints = [
  defineEndpoint({
    tag,
    permission: "credentials.read",
    method: "get",
    path: "/credentials/{id}/rotation",
    summary: "Read which secrets are staged and kept",
    description: "Beside the secret in force: one staged to take its place, and the previous one. Never the secrets.",
    answer: rotation,
    run: (ctx, input) => getRotation(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/credentials/{id}/rotation/stage",
    summary: "Stage the next secret",
    description:
      "Kept beside the one in force, which goes on being used: version, status and tokens stay. Refused while another one is staged.",
    body: named("StageSecretInput", stageInput),
    example: { clientSecret: "…", secretExpiresOn: "2027-01-31" },
    answer: rotation,
    problems: ["conflict"],
    run: (ctx, input) => stageSecret(ctx, input.id, input.body),
  }),
  defineEndpoint({
    tag,
    permission: "credentials.check",
    method: "post",
    path: "/credentials/{id}/rotation/test",
    summary: "Test the staged secret",
    description:
      "Asks the provider with it, by the steps of a check. Answers 200 whether it passed or not; the credential's status stays, and the token is thrown away.",
    answer: stagedTest,
    problems: ["conflict", "credential_disabled", "secret_unreadable"],
    run: (ctx, input) => testStaged(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/credentials/{id}/rotation/promote",
    summary: "Promote the staged secret",
    description:
      "It becomes the one in force, with its dates, as a new version; the former is kept as previous; tokens in hand stay. Without a test that passed it needs `untested`, and a token is asked for at once.",
    body: named("PromoteInput", promoteInput),
    example: { version: 1, stagedId: exampleId },
    answer: credentialDetail,
    problems: ["conflict", "stale_version", "secret_unreadable"],
    run: (ctx, input) => promoteAndCheck(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/credentials/{id}/rotation/roll-back",
    summary: "Roll back to the previous secret",
    description: "Swaps it with the one in force, as a new version, and asks for a token at once; tokens in hand stay.",
    body: named("RollBackInput", rollBackInput),
    example: { version: 2, previousId: exampleId },
    answer: credentialDetail,
    problems: ["conflict", "stale_version", "secret_unreadable"],
    run: (ctx, input) => rollBackAndCheck(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/credentials/{id}/rotation/staged",
    summary: "Discard the staged secret",
    query: which,
    problems: ["conflict"],
    run: (ctx, { id, query }) => discardStaged(ctx, id, query.secretId),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/credentials/{id}/rotation/previous",
    summary: "Forget the previous secret",
    description: "There is no rolling back to it then.",
    query: which,
    problems: ["conflict"],
    run: (ctx, { id, query }) => forgetPrevious(ctx, id, query.secretId),
  }),
];
