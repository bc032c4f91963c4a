import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { FormFrame } from "./form-frame.tsx";

test("until the page's code has arrived the fields take no input", () => {
  const html = renderToString(
    <FormFrame onSubmit={() => undefined} className="grid">
      <input name="url" />
    </FormFrame>,
  );
  expect(html).toContain('<fieldset disabled="" class="form-fields grid">');
});
