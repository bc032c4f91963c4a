import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const datesWithTimeZones: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:simpleType name="Later"><xs:restriction base="xs:dateTime"><xs:minInclusive value="2026-05-01T00:00:00+02:00"/></xs:restriction></xs:simpleType>
     <xs:simpleType name="Short"><xs:restriction base="xs:duration"><xs:maxExclusive value="P1D"/></xs:restriction></xs:simpleType>
     ${elementOf("in", '<xs:element name="at" type="t:Later" maxOccurs="unbounded"/><xs:element name="on" type="xs:date"/><xs:element name="for" type="t:Short"/><xs:element name="in" type="xs:gYearMonth"/>')}${elementOf("out", '<xs:element name="at" type="xs:dateTime"/>')}`,
    { output },
  ),
  arguments: {
    at: ["2026-04-30T22:00:00Z", "2026-05-01T00:00:00.5+02:00"],
    on: "2026-05-01+14:00",
    for: "PT23H59M59.9S",
    in: "2026-05",
  },
  request: soap(
    "<t:in><t:at>2026-04-30T22:00:00Z</t:at><t:at>2026-05-01T00:00:00.5+02:00</t:at><t:on>2026-05-01+14:00</t:on><t:for>PT23H59M59.9S</t:for><t:in>2026-05</t:in></t:in>",
  ),
  response: soap("<t:out><t:at>2026-05-01T08:00:00-05:00</t:at></t:out>"),
  data: { at: "2026-05-01T08:00:00-05:00" },
};
