import { expect, test } from "vitest";
import { channelFields, channelSummary } from "#lib/oversight/alerts/definition.ts";
import { kindNames } from "#lib/oversight/alerts/kinds.ts";
import { readRow } from "#lib/platform/definitions/rows.ts";
import { emptyValues, toFormValues, toInput, toUpdate } from "./form-values.ts";

test("only the settings of its kind are sent", () => {
  const own = (kind: (typeof kindNames)[number]) =>
    ["email", "url", "secret"].filter((name) => name in toInput({ ...emptyValues, kind }));
  expect(kindNames.map((kind) => [kind, ...own(kind)])).toEqual([
    ["email", "email", "secret"],
    ["teams", "url"],
    ["slack", "url"],
    ["webhook", "url", "secret"],
  ]);
  expect(toInput(emptyValues)).toMatchObject({ secret: null, nodeId: null, events: ["expiry", "status"] });
});

test("an edit sends what was changed; a secret that is kept is left out, and the kind stays", () => {
  const stored = {
    ...{ id: "1", version: 3, name: "Ops", kind: "webhook", enabled: true, email: null, urlHost: "hooks.example" },
    ...{ urlSetAt: new Date(0), secretSetAt: null, nodeId: null, nodeName: null, events: ["status"], quietMinutes: 5 },
    ...{ createdAt: new Date(0), updatedAt: new Date(0), lastDelivery: null },
  };
  const start = toFormValues(readRow(channelSummary, stored as never));
  expect([start.url, start.secret, start.events]).toEqual([undefined, "", { expiry: false, status: true }]);
  expect(toUpdate(start, start, 3)).toEqual({ version: 3 });
  expect(toUpdate({ ...start, kind: "webhook", secret: "s", quietMinutes: 9 }, start, 3)).toEqual({
    version: 3,
    secret: "s",
    quietMinutes: 9,
  });
  expect(Object.keys(start)).toEqual(Object.keys(channelFields));
});
