import { expect, test } from "vitest";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { store, tester } from "#scripts/test-sandbox.ts";
import { listListedTree, listProfiles } from "./list-profiles.ts";

setUpTestDatabase();

const profile = (name: string, offeredAt: string[] = []) =>
  store({
    name,
    type: "user",
    endpointUrl: "https://login.microsoftonline.com/7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754/oauth2/v2.0/token",
    clientId: "client",
    clientSecret: "secret",
    offeredAt,
  });

test("profiles are offered at their nodes and below, and without nodes everywhere", async () => {
  const plant = await createNode(tester, { name: "Plant" });
  const line = await createNode(tester, { name: "Line", parentId: plant.id });
  const office = await createNode(tester, { name: "Office" });
  const everywhere = await profile("Company");
  const local = await profile("Plant people", [plant.id]);
  const off = await profile("Old");
  await setCredentialEnabled(tester, off.id, false);
  const names = async (nodeId: string | null) => (await listProfiles(nodeId)).map(({ name }) => name);
  expect(await names(null)).toEqual(["Company", "Plant people"]);
  expect(await names(line.id)).toEqual(["Company", "Plant people"]);
  expect(await names(office.id)).toEqual(["Company"]);
  expect(await names("01900000-0000-7000-8000-000000000000")).toEqual([]);
  expect(await listProfiles(null)).toEqual([
    { id: everywhere.id, name: "Company", nodeIds: null },
    { id: local.id, name: "Plant people", nodeIds: [plant.id] },
  ]);
});

test("of the tree only listed nodes are told before a sign-in, under the nearest listed one", async () => {
  const top = await createNode(tester, { name: "North", listed: true });
  const hidden = await createNode(tester, { name: "Secret site", parentId: top.id });
  const below = await createNode(tester, { name: "Gate", parentId: hidden.id, listed: true });
  const here = await profile("Hidden site's people", [hidden.id]);
  const { nodes, profiles } = await listListedTree();
  expect(nodes).toEqual([
    { id: below.id, name: "Gate", parentId: top.id },
    { id: top.id, name: "North", parentId: null },
  ]);
  expect(profiles.find(({ id }) => id === here.id)).toEqual({
    id: here.id,
    name: "Hidden site's people",
    nodeIds: [below.id],
  });
  expect(JSON.stringify(profiles)).not.toContain(hidden.id);
});
