import { describe, expect, test } from "vitest";
import { listClaimPaths, readClaim } from "#lib/oauth/providers/read-claim.ts";
import { type MappingSettings, mapClaims } from "./claims.ts";

const settings: MappingSettings = {
  provider: "entra",
  claimsSource: "id_token",
  jwtUsernameKey: "preferred_username",
  jwtRolesKey: "roles",
  roleMapping: [
    { claimValue: "Operators", role: "operator", nodeId: "node-7" },
    { claimValue: "Admins", role: "admin", nodeId: null },
    { claimValue: "Plant Engineers", role: "engineer", nodeId: null },
  ],
  defaultRole: null,
};
const person = { sub: "1", preferred_username: "olga@contoso.com", name: "Olga Operator" };
const operator = { role: "operator", nodeId: "node-7" };

describe("a key", () => {
  const claims = {
    roles: ["a", "b"],
    "https://contoso.com/roles": ["c"],
    "dotted.name": "whole",
    dotted: { name: "path" },
    realm_access: { roles: ["d"], "with.dot": { deep: "e" } },
    list: [{ name: "first" }, { name: "second" }],
  };
  test.each([
    ["roles", ["a", "b"]],
    ["roles[1]", "b"],
    ["roles.0", "a"],
    ["https://contoso.com/roles", ["c"]],
    ["https://contoso.com/roles[0]", "c"],
    ["dotted.name", "whole"],
    ["realm_access.roles", ["d"]],
    ["realm_access.with.dot.deep", "e"],
    ["list[1].name", "second"],
    ["list.1.name", "second"],
    ["nothing", undefined],
    ["roles[9]", undefined],
    ["roles.length", undefined],
    ["__proto__", undefined],
    ["constructor.name", undefined],
    ["realm_access.toString", undefined],
  ])("%s reads %j", (key, value) => {
    expect(readClaim(claims, key)).toEqual(value);
  });

  test("can be had for everything in the claims by clicking", () => {
    const paths = listClaimPaths(claims);
    for (const { key, value } of paths) expect(readClaim(claims, key)).toBe(value);
    expect(paths.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["roles[0]", "https://contoso.com/roles", "realm_access.with.dot.deep", "list[0].name"]),
    );
  });
});

describe("roles", () => {
  test.each([
    [["Operators"], "an array of 1"],
    ["Operators", "a single text"],
    ["Operators Visitors", "a text of 2 values separated by spaces"],
    ["Visitors, Operators", "a text of 2 values separated by commas"],
    [{ Operators: { org: "1" }, Visitors: true, Admins: false, "Plant Engineers": "false" }, "an object with 2 names"],
  ])("%j are read, and it is said as what", (roles, shape) => {
    const mapped = mapClaims({ ...person, roles }, settings);
    expect(mapped).toMatchObject({ ok: true, username: "olga@contoso.com", displayName: "Olga Operator" });
    expect(mapped.ok && mapped.grants).toEqual([operator]);
    expect(mapped.found.roles?.shape).toBe(shape);
    expect(mapped.found.mapped).toEqual(["Operators"]);
  });

  test("in a text that is mapped as a whole are not taken apart", () => {
    const mapped = mapClaims({ ...person, roles: "Plant Engineers" }, settings);
    expect(mapped.ok && mapped.grants).toEqual([{ role: "engineer", nodeId: null }]);
  });

  test("are compared exactly: capitals and parts of names count for nothing", () => {
    for (const roles of [["operators"], ["Operators2"], ["Oper"], "admins"]) {
      expect(mapClaims({ ...person, roles }, settings)).toMatchObject({
        ok: false,
        refusal: { code: "no_mapped_role" },
      });
    }
  });

  test.each([
    ["a soft hyphen", "Adm\u00adins"],
    ["a zero-width space", "Admins\u200b"],
    ["a control character", "Admins\u0000"],
    ["a space before it", " Admins"],
  ])("are not those whose names they imitate: with %s", (_, imitation) => {
    for (const roles of [[imitation], { [imitation]: true }, `Visitors,${imitation.trim()}x`]) {
      const { found, ...mapped } = mapClaims({ ...person, roles }, settings);
      expect(mapped.ok).toBe(false);
      expect(found.mapped).toEqual([]);
    }
  });

  test("that look like mapped ones are shown with what makes them others", () => {
    const mapped = mapClaims({ ...person, roles: ["Adm\u00adins"] }, settings);
    expect(mapped.ok === false && mapped.refusal.message).toContain("Adm\\u{ad}ins");
  });

  test("in a text of megabytes take time in proportion to its length", () => {
    // In quadratic time, this text would take hours: longer than the runner's limit on any machine.
    const { found } = mapClaims({ ...person, roles: `a${" ".repeat(8_000_000)}b,c` }, settings);
    expect(found.unmapped).toHaveLength(2);
  });

  test("that nobody mapped are told apart from those that are", () => {
    const { found } = mapClaims({ ...person, roles: ["Operators", "Visitors"] }, settings);
    expect(found).toMatchObject({ mapped: ["Operators"], unmapped: ["Visitors"], usesDefaultRole: false });
  });

  test("of two lines with the same role are granted once", () => {
    const roleMapping = [...settings.roleMapping, { claimValue: "Twins", role: "operator" as const, nodeId: "node-7" }];
    const mapped = mapClaims({ ...person, roles: ["Operators", "Twins"] }, { ...settings, roleMapping });
    expect(mapped.ok && mapped.grants).toEqual([operator]);
  });
});

describe("no access", () => {
  const { preferred_username: _, ...nameless } = person;
  test.each([
    ["username_missing", { ...nameless, roles: ["Operators"] }, "jwtUsernameKey", /JWT username/, /optional claim/],
    ["username_missing", { ...person, preferred_username: null, roles: [] }, "jwtUsernameKey", /no claim/, /name/],
    ["username_empty", { ...person, preferred_username: " " }, "jwtUsernameKey", /empty/, /JWT username/],
    ["username_wrong_type", { ...person, preferred_username: ["a"] }, "jwtUsernameKey", /an array/, /JWT username/],
    ["roles_missing", person, "jwtRolesKey", /no claim “roles”/, /App roles/],
    ["roles_empty", { ...person, roles: [] }, "jwtRolesKey", /nothing in the claim “roles”/, /App roles/],
    ["roles_empty", { ...person, roles: " " }, "jwtRolesKey", /empty text/, /App roles/],
    ["roles_wrong_type", { ...person, roles: 7 }, "jwtRolesKey", /a number/, /JWT roles key/],
    ["roles_wrong_type", { ...person, roles: true }, "jwtRolesKey", /true or false/, /JWT roles key/],
    ["roles_wrong_type", { ...person, roles: [{ id: 1 }] }, "jwtRolesKey", /array of objects/, /JWT roles key/],
    ["no_mapped_role", { ...person, roles: ["Visitors"] }, "roleMapping", /Visitors/, /Role mapping/],
  ])("%s names the field and the setting", (code, claims, field, message, hint) => {
    const mapped = mapClaims(claims, settings);
    expect(mapped).toMatchObject({ ok: false, refusal: { code, field } });
    expect(!mapped.ok && mapped.refusal.message).toMatch(message);
    expect(!mapped.ok && mapped.refusal.hint).toMatch(hint);
  });

  test.each([
    { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph" } } },
    { hasgroups: true },
    { hasgroups: "true" },
  ])("with too many groups is explained as overage", (overage) => {
    const byGroups = { ...settings, jwtRolesKey: "groups", defaultRole: operator as never };
    const mapped = mapClaims({ ...person, ...overage }, byGroups);
    expect(mapped).toMatchObject({ ok: false, refusal: { code: "group_overage", field: "jwtRolesKey" } });
    expect(!mapped.ok && mapped.refusal.hint).toMatch(/Groups assigned to the application/);
  });

  test("groups left out do not matter to who reads the app roles", () => {
    expect(mapClaims({ ...person, roles: ["Operators"], _claim_names: { groups: "src1" } }, settings).ok).toBe(true);
  });
});

describe("a default role", () => {
  const withDefault = { ...settings, defaultRole: { role: "operator" as const, nodeId: null } };
  test.each([[["Visitors"]], [[]], [undefined]])("is for who has %j", (roles) => {
    const mapped = mapClaims({ ...person, roles }, withDefault);
    expect(mapped.ok && mapped.grants).toEqual([withDefault.defaultRole]);
    expect(mapped.found.usesDefaultRole).toBe(true);
  });

  test("is not added to a mapped one, nor given for a claim that can't be read", () => {
    const mapped = mapClaims({ ...person, roles: ["Admins"] }, withDefault);
    expect(mapped.ok && mapped.grants).toEqual([{ role: "admin", nodeId: null }]);
    expect(mapClaims({ ...person, roles: 7 }, withDefault).ok).toBe(false);
  });
});

test("a username loses characters that nobody sees", () => {
  const mapped = mapClaims({ ...person, preferred_username: " ol\u200bga\u0000 ", roles: ["Admins"] }, settings);
  expect(mapped.ok && mapped.username).toBe("olga");
});

test("claims with halves of surrogate pairs give names and reasons that can be stored", () => {
  const mapped = mapClaims({ ...person, preferred_username: "ol\ud800ga", roles: ["Admins"] }, settings);
  expect(mapped.ok && mapped.username).toBe("olga");
  for (const role of ["\ud800", `${"x".repeat(199)}😀x`]) {
    const refused = mapClaims({ ...person, roles: [role] }, settings);
    expect(!refused.ok && refused.refusal.message.isWellFormed()).toBe(true);
  }
});
