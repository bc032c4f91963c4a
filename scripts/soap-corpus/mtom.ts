import { elementOf, output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const mtom: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:import namespace="http://www.w3.org/2005/05/xmlmime" schemaLocation="http://www.w3.org/2005/05/xmlmime"/>
     ${elementOf("in", '<xs:element name="doc" type="xs:base64Binary" xmime:expectedContentTypes="image/png" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"/>')}${elementOf("out", '<xs:element name="doc" type="xs:base64Binary"/>')}`,
    { output },
  ),
  implied: [
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2005/05/xmlmime"/>',
  ],
  arguments: { doc: "iVBORw==" },
  request: soap("<t:in><t:doc>iVBORw==</t:doc></t:in>"),
  response: {
    contentType: 'multipart/related; boundary=b; type="application/xop+xml"; start="<r>"; start-info="text/xml"',
    body: `--b\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n${soap('<t:out><t:doc><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:d%401"/></t:doc></t:out>')}\r\n--b\r\nContent-ID: <d@1>\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--`,
  },
  data: { doc: "UE5H" },
};
