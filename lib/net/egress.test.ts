import { expect, test } from "vitest";
import { checkEgress, parseEgress } from "./egress.ts";

/** policy, host, address (null: a proxy resolves), port, allowed */
const table: [string, string, string | null, number, boolean][] = [
  ["", "api.example.com", "93.184.216.34", 443, true],
  ["", "erp.internal", "10.1.2.3", 443, true],
  ["", "erp.internal", "192.168.7.7", 8443, true],
  ["", "localhost", "127.0.0.1", 80, false],
  ["", "localhost", "::1", 80, false],
  ["", "localhost", null, 80, false],
  ["", "sneaky.example.com", "127.9.9.9", 80, false],
  ["", "sneaky.example.com", "0.0.0.0", 80, false],
  ["", "sneaky.example.com", "::ffff:127.0.0.1", 80, false],
  ["", "sneaky.example.com", "64:ff9b::7f00:1", 80, false],
  ["allow:loopback", "localhost", "127.0.0.1", 80, true],
  ["allow:loopback", "localhost", null, 80, true],
  ["allow:loopback:8080", "localhost", "127.0.0.1", 8080, true],
  ["allow:loopback:8080", "localhost", "127.0.0.1", 80, false],
  ["allow:localhost", "localhost", "127.0.0.1", 80, true],
  // never, whatever the policy says
  ["allow:*", "169.254.169.254", "169.254.169.254", 80, false],
  ["allow:*", "169.254.169.254", null, 80, false],
  ["allow:*", "metadata.google.internal", null, 80, false],
  ["allow:*", "x.example.com", "169.254.1.1", 80, false],
  ["allow:*", "x.example.com", "fe80::1", 80, false],
  ["allow:*", "x.example.com", "fd00:ec2::254", 80, false],
  ["allow:*", "x.example.com", "::ffff:169.254.169.254", 80, false],
  ["allow:*", "x.example.com", "2002:a9fe:a9fe::", 80, false],
  ["allow:*", "x.example.com", "224.0.0.1", 80, false],
  // the first entry that fits decides
  ["allow:10.1.0.0/16 deny:private", "erp.internal", "10.1.2.3", 443, true],
  ["allow:10.1.0.0/16 deny:private", "erp.internal", "10.2.2.3", 443, false],
  ["allow:*.example.com,deny:*", "api.example.com", "93.184.216.34", 443, true],
  ["allow:*.example.com,deny:*", "example.org", "93.184.216.34", 443, false],
  ["allow:api.example.com:443 deny:*", "api.example.com", "93.184.216.34", 80, false],
  ["deny:*:25", "mail.example.com", "93.184.216.34", 25, false],
  ["deny:2001:db8::/32", "v6.example.com", "2001:db8::1", 443, false],
  ["deny:[2001:db8::1]:443", "v6.example.com", "2001:db8::1", 443, false],
  ["deny:[2001:db8::1]:443", "v6.example.com", "2001:db8::1", 80, true],
  ["deny:10.0.0.7", "10.0.0.7", "10.0.0.7", 443, false],
  ["DENY:API.example.com", "api.EXAMPLE.com.", "93.184.216.34", 443, false],
];

test.each(table)("%j lets %s (%s) port %i through: %s", (policy, host, address, port, allowed) => {
  expect(checkEgress(parseEgress(policy), { host, address, port }) === null).toBe(allowed);
});

test.each(["loopback", "allow:", "permit:*", "allow:exa mple", "allow:10.0.0.0/99", "allow:*:0", "deny:host:99999"])(
  "names the wrong entry of %j",
  (text) => {
    expect(() => parseEgress(text)).toThrow(expect.objectContaining({ code: "configuration_invalid" }));
  },
);
