import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { composeMessage, composeTest, mostItems, type NoticeFacts } from "../messages/compose.ts";
import { signWebhook } from "../sending/sign-webhook.ts";
import { renderMail } from "./email.ts";
import { renderSlack } from "./slack.ts";
import { renderTeams } from "./teams.ts";
import { renderWebhook } from "./webhook.ts";

const now = new Date("2030-06-15T12:00:00Z");
const hostile = `Orders <img src=x onerror="alert(1)"> *b* [x](http://evil.example) <!channel> & | "`;

function notice(more: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    kind: "expiry",
    data: {
      reason: "",
      since: "2030-06-15T11:00:00.000Z",
      ending: { what: "client secret", at: "2030-06-23T00:00:00.000Z", threshold: 7 },
    },
    credentialId: "id",
    transportId: null,
    nodeName: null,
    name: "Orders API",
    owner: "Anna",
    endsAt: new Date("2030-06-23T00:00:00Z"),
    transports: 2,
    triggers: 1,
    successor: null,
    ...more,
  };
}
const lost = notice({
  kind: "lost",
  name: "Stock",
  data: { reason: "The client secret is wrong.", since: "2030-06-15T11:00:00.000Z", status: "action_needed" },
});

test("one credential stands in the title; what, which, owner, since when, days left, what it touches and the link in the text", () => {
  const message = composeMessage([notice()], "https://portal.example", now);
  expect(message.title).toBe("Orders API: The client secret ends on 2030-06-22, in 7 days");
  const { text, subject } = renderMail(message, "m1");
  expect(subject).toBe(`[Sallyport] ${message.title}`);
  expect(text).toContain("Owner: Anna");
  expect(text).toContain("Secret or certificate: 7 days left");
  expect(text).toContain("Touches 2 transports and 1 trigger");
  expect(text).toContain("https://portal.example/credentials/id");
  expect(text).toContain("Message m1");
  expect(renderMail(composeMessage([lost], "https://portal.example", now), "m1").text).toContain(
    "Since 2030-06-15 11:00 UTC",
  );
});

test("a successor that is staged stands in the message of every channel, and the notice goes out all the same", () => {
  const endsAt = "2031-06-23T00:00:00.000Z";
  const successor = { what: "client secret", endsAt, stagedAt: "2030-06-14T09:00:00.000Z", test: "passed" } as const;
  const line = "Successor staged: client secret, ends 2031-06-22, tested";
  const message = composeMessage([notice({ successor })], "https://portal.example", now);
  const { text, html } = renderMail(message, "m1");
  expect(text).toContain(line);
  expect(html).toContain(line);
  expect(renderSlack(message, "m1")).toContain(line);
  expect(renderTeams(message, "m1")).toContain(line);
  expect(JSON.parse(renderWebhook(message, "m1", now)).data.items[0].successor).toEqual(successor);
  expect(renderMail(composeMessage([notice()], "https://portal.example", now), "m1").text).not.toContain("Successor");
});

test("many credentials are one message, the worst first, the rest as a number", () => {
  const many = Array.from({ length: 60 }, (_, index) => notice({ name: `C${index}` }));
  const message = composeMessage([...many, lost], "https://portal.example", now);
  expect(message.title).toBe("61 credentials: 1 not working, 60 with secrets that end");
  expect(message.items).toHaveLength(mostItems);
  expect(message.items[0]?.name).toBe("Stock");
  expect(renderMail(message, "m").text).toContain("And 11 more.");
  expect(JSON.parse(renderSlack(message, "m")).blocks.length).toBeLessThanOrEqual(50);
  expect(renderSlack(message, "m")).toContain("And 46 more.");
  expect(Buffer.byteLength(renderTeams(message, "m"))).toBeLessThan(28_000);
});

test("a hostile name stays text in every form", () => {
  const message = composeMessage([notice({ name: hostile }), lost], "https://portal.example", now);
  const { html, subject } = renderMail(message, "m");
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img");
  expect(renderMail({ ...message, title: "a\r\nBcc: x@example.com" }, "m").subject).not.toMatch(/[\r\n]/);
  expect(subject).toContain("[Sallyport] 2 credentials");
  const slack = JSON.stringify(JSON.parse(renderSlack(message, "m")).blocks);
  expect(slack).not.toContain("<!channel>");
  expect(slack).toContain("&lt;!channel&gt;");
  const card = JSON.parse(renderTeams(message, "m"));
  expect(card.attachments[0].content.body[2].items[0].text).toContain(String.raw`\[x\](http`);
});

test("a generic webhook is signed as Standard Webhooks has it, and a changed body is noticed", () => {
  const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
  const body = renderWebhook(composeTest("Ops", "https://portal.example", "Anna"), "m1", new Date());
  const headers = Object.fromEntries(signWebhook(secret, "m1", body, new Date()));
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "sallyport.test", id: "m1" });
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
});
