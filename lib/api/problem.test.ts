import { describe, expect, test } from "vitest";
import { AppError, errorCodes, invalidInput } from "#lib/platform/errors/app-error.ts";
import { problemHeaders, toProblem } from "./problem.ts";
import { getProblemType } from "./problem-types.ts";

const requestId = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("a problem", () => {
  test("has the members of RFC 9457, the code and the hint", () => {
    const problem = toProblem(
      new AppError("trigger_disabled", "Send order is disabled.", { hint: "Enable it." }),
      requestId,
    );
    expect(problem).toEqual({
      type: "/api/v1/problems#trigger_disabled",
      title: "The trigger is disabled",
      status: 409,
      detail: "Send order is disabled.",
      instance: `urn:uuid:${requestId}`,
      code: "trigger_disabled",
      hint: "Enable it.",
      correlationId: requestId,
    });
  });

  test("lists complaints about fields", () => {
    const problem = toProblem(invalidInput([{ field: "proxy.url", message: "is no URL." }]), requestId);
    expect(problem).toMatchObject({ status: 422, errors: [{ field: "proxy.url", message: "is no URL." }] });
  });

  test("takes more members from the details, but none that RFC 9457 defines", () => {
    const details = { usedBy: [{ kind: "transport", id: "1", name: "Orders" }], status: 200, code: "fine" };
    const problem = toProblem(new AppError("in_use", "Two transports use it.", { details }), requestId);
    expect(problem).toMatchObject({ status: 409, code: "in_use", usedBy: details.usedBy });
  });

  test("tells nothing of an unexpected error but the request's id", () => {
    const problem = toProblem(new Error("select secret from credentials"), requestId);
    expect(problem).toMatchObject({ status: 500, code: "internal", hint: null });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(problem.detail).toContain(requestId);
  });

  test("tells nothing of an error that is not for outside, not even its details", () => {
    const hidden = new AppError("secret_unreadable", "key k1 is gone", {
      expose: false,
      hint: "k1",
      details: { kid: "k1" },
    });
    expect(JSON.stringify(toProblem(hidden, requestId))).not.toContain("k1");
  });

  test("says that the database can't be reached, whoever wrapped that", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
    const problem = toProblem(new Error("Failed query", { cause: refused }), requestId);
    expect(problem).toMatchObject({ status: 503, code: "database_unavailable" });
    expect(problemHeaders(problem)["Retry-After"]).toBe("5");
  });

  test.each([
    ["53100", /disk is full/],
    ["53200", /out of memory/],
    ["53300", /no connection left/],
    ["53000", /limit of its resources/],
    ["57P01", /shutting down/],
    ["57P02", /shutting down/],
    ["57P03", /starting or shutting down/],
    ["57014", /canceled/],
    ["58030", /files/],
    ["08006", /can't reach/],
  ])("answers SQLSTATE %s with 503 and the reason", (code, reason) => {
    const failed = Object.assign(new Error("could not extend file"), { code });
    const problem = toProblem(new Error("Failed query", { cause: failed }), requestId);
    expect(problem).toMatchObject({ status: 503, code: "database_unavailable", detail: expect.stringMatching(reason) });
    expect(JSON.stringify(problem)).not.toContain("extend");
  });

  test("takes a value that the database can't read for the caller's, without repeating it", () => {
    const unreadable = Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code: "22P02" });
    const problem = toProblem(new Error("Failed query", { cause: unreadable }), requestId);
    expect(problem).toMatchObject({ status: 422, code: "invalid_input", errors: [] });
    expect(JSON.stringify(problem)).not.toContain("syntax");
  });

  test.each(["22021", "22P05"])("takes SQLSTATE %s, a text that Postgres can't store, for the caller's", (code) => {
    const refused = Object.assign(new Error("invalid byte sequence"), { code });
    const problem = toProblem(new Error("Failed query", { cause: refused }), requestId);
    expect(problem).toMatchObject({ status: 422, code: "invalid_input" });
  });

  test("has a status and a title for every code", () => {
    for (const code of errorCodes) expect(getProblemType(code).title).not.toBe("");
  });
});

describe("headers of a problem", () => {
  test("401 says how to authenticate", () => {
    const problem = toProblem(new AppError("sign_in_required", "No key."), requestId);
    expect(problemHeaders(problem)["WWW-Authenticate"]).toBe('Bearer realm="Sallyport"');
  });

  test("429 says when to come again, in whole seconds", () => {
    const problem = toProblem(
      new AppError("too_many_attempts", "Wait.", { details: { retryAfterSeconds: 41.2 } }),
      requestId,
    );
    expect(problem.status).toBe(429);
    expect(problemHeaders(problem)["Retry-After"]).toBe("42");
  });
});
