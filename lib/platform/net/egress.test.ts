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
  ["allow:*", "x.example.com", "fd20:ce::254", 80, false],
  ["allow:*", "metadata.tencentyun.com", null, 80, false],
  ["allow:*", "METADATA.google.internal.", null, 80, false],
  // IPv4 in IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, NAT64 of one's own, ISATAP
  ["allow:*", "x.example.com", "::ffff:a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "0:0:0:0:0:ffff:169.254.169.254", 80, false],
  ["allow:*", "x.example.com", "::a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "::ffff:0:a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "64:ff9b::a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "2001:0:1:2:3:4:5601:5601", 80, false],
  ["allow:*", "x.example.com", "64:ff9b:1::a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "64:ff9b:1:a9fe:a9:fe00::", 80, false],
  ["allow:*", "x.example.com", "2001:db8::5efe:a9fe:a9fe", 80, false],
  ["allow:*", "x.example.com", "fe80::1%eth0", 80, false],
  ["", "x.example.com", "::ffff:7f00:1", 80, false],
  ["", "x.example.com", "::7f00:1", 80, false],
  ["", "x.example.com", "::", 80, false],
  ["", "[::1]", null, 80, false],
  ["", "[::ffff:127.0.0.1]", null, 80, false],
  ["", "0.1.2.3", null, 80, false],
  ["deny:10.0.0.0/8", "x.example.com", "::ffff:10.1.2.3", 443, false],
  ["deny:private", "x.example.com", "64:ff9b::10.1.2.3", 443, false],
  ["deny:private", "x.example.com", "fec0::1", 443, false],
  ["deny:private", "x.example.com", "2606:4700::1111", 443, true],
  ["", "x.example.com", "2001:0:1:2:3:4:a1a2:a3a4", 443, true],
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
