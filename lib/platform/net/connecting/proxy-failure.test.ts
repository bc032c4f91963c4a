import { expect, test } from "vitest";
import { refusedByProxy } from "./proxy-failure.ts";

const proxy = { url: "http://proxy:3128", authorization: "Basic eDp5" };
test.each([
  [["Negotiate", "NTLM"], /requires Negotiate or NTLM authentication/],
  [["NTLM"], /requires NTLM authentication/],
  [["Negotiate, NTLM"], /requires Negotiate or NTLM authentication/],
  [['Digest realm="a, Basic b", nonce="n", qop="auth"'], /requires Digest authentication/],
  [["negotiate abc=="], /requires negotiate authentication/],
  [['Bearer realm = "p" , NTLM'], /requires Bearer or NTLM authentication/],
  [['Negotiate, Basic realm="p"'], /refused its user and password/],
  [["NTLM", 'basic realm="p"'], /refused its user and password/],
  [[], /refused its user and password/],
  [[""], /refused its user and password/],
])("a proxy with the challenges %j", (challenges, says) => {
  const failure = refusedByProxy(proxy, 407, "idp.example.com:443", challenges);
  expect(failure).toMatchObject({ code: "proxy_authentication_required", message: expect.stringMatching(says) });
});
