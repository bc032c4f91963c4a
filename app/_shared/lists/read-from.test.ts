import { describe, expect, test } from "vitest";
import { systemContext } from "#lib/access/permissions/context.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { readFrom } from "./read-from.ts";

const ctx = systemContext("test");
const listUnless =
  (refused: string, error: Error) =>
  async (_: unknown, { cursor }: { cursor?: string }) => {
    if (cursor === refused) throw error;
    return { items: [cursor ?? "first"], nextCursor: null };
  };

describe("a page of a list", () => {
  test("begins at its cursor", async () => {
    const list = listUnless("old", invalidInput([]));
    expect((await readFrom(list, ctx, { cursor: "new" })).items).toEqual(["new"]);
  });

  test("is the first one for a cursor that the list didn't make", async () => {
    const list = listUnless("old", invalidInput([]));
    expect((await readFrom(list, ctx, { cursor: "old" })).items).toEqual(["first"]);
  });

  test("isn't shown to users without permission", async () => {
    const list = listUnless("old", new AppError("forbidden", "You don't have permission."));
    await expect(readFrom(list, ctx, { cursor: "old" })).rejects.toThrow("permission");
  });
});
