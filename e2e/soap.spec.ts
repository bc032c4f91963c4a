import { pick, prepare, prepareCredential, receipt } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";
import { makeWsdl } from "./fixtures/wsdl.ts";

test("a SOAP service is called with a credential's token: WSDL, operation, fields, run, Fault", async ({
  adminPage: page,
}) => {
  const { sandbox } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const credential = `Stock API ${suffix}`;
  await prepare("nodes", { name: `Store ${suffix}`, parentId: null });
  await prepareCredential(credential);

  await test.step("the WSDL is loaded over the same road as the calls, and says in words what is wrong", async () => {
    await page.goto("/transports/new");
    await page.getByLabel("Transport Name").fill(`Stock ${suffix}`);
    await pick(page, "Node", `Store ${suffix}`);
    await page.getByLabel("Type", { exact: true }).selectOption("WS_SOAP");
    await page.getByLabel("WSDL URL").fill(`${sandbox.serviceUrl}/soap/guarded/stock?wsdl`);
    await page.getByRole("button", { name: "Load" }).click();
    await expect(page.getByText(/401/).first()).toBeVisible();
    await page.getByLabel("Authorization", { exact: true }).selectOption({ label: "Credential" });
    await pick(page, "Name", credential);
    await page.getByRole("button", { name: "Load" }).click();
    await expect(page.getByText("1 service, 3 operations")).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Service", exact: true })).toHaveValue("Stock");
    await page.getByRole("combobox", { name: "Port", exact: true }).selectOption("StockSoap12");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Stock ${suffix}`);
  });

  await test.step("the page of the transport shows the WSDL, and that reloading it changes nothing", async () => {
    const wsdl = page.getByRole("region", { name: "WSDL" });
    await expect(wsdl.getByText("SOAP 1.2")).toBeVisible();
    await expectNoAxeViolations(page);
    await wsdl.getByRole("button", { name: "Reload" }).click();
    await expect(page.getByText("has not changed")).toBeVisible();
    await wsdl.getByRole("link", { name: "New trigger for ReserveStock" }).click();
  });

  await test.step("the form is made from the schema, and each problem stands at its field", async () => {
    await expect(page.getByRole("combobox", { name: "Operation" })).toHaveValue("ReserveStock");
    await page.getByLabel("Trigger Name").fill(`Reserve ${suffix}`);
    const lines = page.getByRole("group", { name: "lines", exact: true });
    await page.getByLabel("number", { exact: true }).fill("12");
    const first = lines.getByRole("group", { name: "lines 1" });
    await first.getByLabel("@unit", { exact: true }).selectOption("kg");
    await first.getByLabel("item", { exact: true }).fill("no item");
    await first.getByLabel("quantity", { exact: true }).fill("{{variables.quantity}}");
    await expect(first.getByText(/must look like/)).toBeVisible();
    await page.getByRole("heading", { level: 1 }).scrollIntoViewIfNeeded();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(/must be a date such as/).last()).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Add trigger");
    await expect(first.getByLabel("item", { exact: true })).toBeFocused();
    await first.getByLabel("item", { exact: true }).fill("{{variables.item}}");
  });

  await test.step("lists, choices, optional elements and nil are at hand by role, and go into XML and JSON", async () => {
    const lines = page.getByRole("group", { name: "lines", exact: true });
    await lines.getByRole("button", { name: "Add lines" }).click();
    const second = lines.getByRole("group", { name: "lines 2" });
    await expect(second.getByLabel("@unit", { exact: true })).toBeFocused();
    await second.getByLabel("@unit", { exact: true }).selectOption("piece");
    await second.getByLabel("item", { exact: true }).fill("AB-0002");
    await second.getByLabel("quantity", { exact: true }).fill("1.50");
    await second.getByLabel("Send note", { exact: true }).check();
    await second.getByLabel("note", { exact: true }).fill("a < b");
    await lines.getByRole("button", { name: "Move lines 2 up" }).click();
    await expect(lines.getByRole("group", { name: "lines 1" }).getByLabel("item", { exact: true })).toHaveValue(
      "AB-0002",
    );
    await page.getByLabel("One of these").selectOption({ label: "deliverTo" });
    await page.getByLabel("deliverTo", { exact: true }).fill("Gate 4");
    const preview = page.getByRole("region", { name: "Preview" });
    await preview.getByLabel("item", { exact: true }).fill("CD-0001");
    await expect(preview.getByText(/note>a &lt; b</)).toBeVisible();
    await expect(preview.getByText(/do(es)? not fit/)).toHaveCount(0);
    await preview.getByRole("tab", { name: "JSON" }).click();
    const json = preview.getByLabel("Arguments as JSON");
    await expect(json).toHaveValue(/"quantity": "1\.50"/);
    await json.fill((await json.inputValue()).replace("Gate 4", "Gate 5"));
    await expect(page.getByLabel("deliverTo", { exact: true })).toHaveValue("Gate 5");
    await page.getByRole("heading", { level: 1 }).scrollIntoViewIfNeeded();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Reserve ${suffix}`);
    await expectNoAxeViolations(page);
  });

  await test.step("the receipt shows the answer as a tree, as JSON and as XML", async () => {
    await page.getByRole("link", { name: "Run", exact: true }).click();
    await page.getByLabel("item", { exact: true }).fill("CD-0001");
    await page.getByLabel("quantity", { exact: true }).fill("2");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await expect(receipt(page).getByText(/<n1:deliverTo>Gate 5</)).toBeVisible();
    await expect(receipt(page).getByRole("region", { name: "Data of the response" })).toContainText("reservation");
    await receipt(page).getByRole("tab", { name: "JSON" }).click();
    await expect(receipt(page).getByRole("region", { name: "JSON of the response" })).toContainText('"reservation"');
    await receipt(page).getByRole("tab", { name: "XML" }).click();
    await expect(receipt(page).getByRole("region", { name: "XML of the response" })).toContainText(
      "ReserveStockResponse",
    );
    await expectNoAxeViolations(page);
  });

  await test.step("a Fault is a failed run with its code, reason and detail", async () => {
    await page.getByLabel("item", { exact: true }).fill("ZZ-0000");
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(receipt(page).getByText("Failed", { exact: true })).toBeVisible();
    const fault = receipt(page).getByRole("region", { name: "Fault" });
    await expect(fault).toContainText("there is too little of ZZ-0000");
    await expect(fault).toContainText("available");
    await expectNoAxeViolations(page);
  });
});

test("a large WSDL is uploaded with its schema, searched, and exchanged for one that breaks a trigger", async ({
  adminPage: page,
}) => {
  const suffix = crypto.randomUUID().slice(0, 8);
  const address = `${readStack().sandbox.serviceUrl}/echo/ledger`;
  await prepare("nodes", { name: `Office ${suffix}`, parentId: null });
  await page.goto("/transports/new");
  await page.getByLabel("Transport Name").fill(`Ledger ${suffix}`);
  await pick(page, "Node", `Office ${suffix}`);
  await page.getByLabel("Type", { exact: true }).selectOption("WS_SOAP");
  await page.getByLabel("WSDL", { exact: true }).selectOption({ label: "Uploaded files" });
  const [schema, wsdl] = makeWsdl({ address, operations: 200 });
  await page.getByLabel("Files of the WSDL").setInputFiles([wsdl!]);
  await page.getByRole("button", { name: "Load" }).click();
  await expect(page.getByText(/types\.xsd/).first()).toBeVisible();
  await page.getByLabel("Files of the WSDL").setInputFiles([schema!]);
  await expect(page.getByRole("list", { name: "Files to upload" }).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Load" }).click();
  await expect(page.getByText("1 service, 200 operations")).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Ledger ${suffix}`);

  await page.getByLabel("Search the operations").fill("operation19");
  await expect(page.getByText("12 of 200 fit").or(page.getByText("11 of 200 fit"))).toBeVisible();
  await page.getByRole("link", { name: "New trigger for Operation199" }).click();
  await page.getByLabel("Trigger Name").fill(`Book ${suffix}`);
  await page.getByLabel("amount", { exact: true }).fill("12.50");
  // A type that holds itself opens one level at a time.
  await page.getByLabel("Send account", { exact: true }).check();
  await page.getByLabel("number", { exact: true }).first().fill("1");
  await page.getByLabel("Send parent", { exact: true }).first().check();
  await page.getByLabel("number", { exact: true }).last().fill("2");
  await expect(page.getByLabel("Send parent", { exact: true }).last()).not.toBeChecked();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Book ${suffix}`);

  await page
    .getByRole("main")
    .getByRole("link", { name: `Ledger ${suffix}` })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Ledger ${suffix}`);
  const next = makeWsdl({ address, operations: 199, hasReference: true });
  await page.getByLabel("Files of the new WSDL").setInputFiles(next);
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Operation200")).toBeVisible();
  await expect(dialog.getByText("1 trigger does not fit it:")).toBeVisible();
  await expect(dialog.getByRole("link", { name: `Book ${suffix}` })).toBeVisible();
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Use the new WSDL" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "199 operations" })).toBeVisible();
});

test("a service without a WSDL gets a raw envelope", async ({ adminPage: page }) => {
  const suffix = crypto.randomUUID().slice(0, 8);
  const { sandbox } = readStack();
  await prepare("nodes", { name: `Shed ${suffix}`, parentId: null });
  await page.goto("/transports/new");
  await page.getByLabel("Transport Name").fill(`Raw ${suffix}`);
  await pick(page, "Node", `Shed ${suffix}`);
  await page.getByLabel("Type", { exact: true }).selectOption("WS_SOAP");
  await page.getByLabel("WSDL", { exact: true }).selectOption({ label: "None: raw envelopes" });
  await page.getByLabel("Endpoint URL").fill(`${sandbox.serviceUrl}/public`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Raw ${suffix}`);
  await page.getByRole("link", { name: "New trigger" }).click();
  await page.getByLabel("Trigger Name").fill(`Send ${suffix}`);
  const envelope = page.getByLabel("Envelope", { exact: true });
  await envelope.fill((await envelope.inputValue()).replace("</soap:Body>", "<a>{{variables.a}}</a></soap:Body>"));
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByLabel("a", { exact: true }).fill("x & y");
  await expect(preview.getByText(/<a>x &amp; y<\/a>/)).toBeVisible();
  // What is half below the header counts as too small.
  await page.getByRole("heading", { level: 1 }).scrollIntoViewIfNeeded();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Send ${suffix}`);
});
