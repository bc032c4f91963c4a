"use client";
import { Card } from "#app/_ui/card.tsx";
import { TextField } from "#app/_ui/form-fields.tsx";
import { labels } from "./words.ts";

/** Where a SOAP service is. */
export function SoapFields() {
  return (
    <Card title="Service">
      <div className="grid gap-4">
        <TextField
          name="soap.wsdlUrl"
          label={labels["soap.wsdlUrl"]}
          mono
          description="Where the WSDL is, such as https://erp.example.com/stock?wsdl."
        />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField name="soap.service" label={labels["soap.service"]} mono description="As in the WSDL." />
          <TextField name="soap.port" label={labels["soap.port"]} mono description="As in the WSDL." />
        </div>
      </div>
    </Card>
  );
}
