import { output, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import type { CorpusCase } from "./case.ts";

export const anyAttribute: CorpusCase = {
  wsdl: smallWsdl(
    `<xs:element name="in"><xs:complexType><xs:sequence><xs:element name="a"><xs:complexType><xs:simpleContent><xs:extension base="xs:string"><xs:attributeGroup ref="t:open"/></xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:sequence><xs:attribute name="v" type="xs:int"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:element>
     <xs:attributeGroup name="open"><xs:attribute name="k" type="xs:string"/><xs:anyAttribute namespace="##any" processContents="lax"/></xs:attributeGroup>
     <xs:element name="out"><xs:complexType><xs:sequence/><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>`,
    { output },
  ),
  arguments: {
    "@v": 1,
    "@xml:lang": "de",
    "@{urn:u}trace": "x y",
    a: { "@k": "1", "@xml:lang": "en", "@plain": "2", "#text": "b" },
  },
  request: soap('<t:in v="1" xml:lang="de" u:trace="x y"><t:a k="1" plain="2" xml:lang="en">b</t:a></t:in>'),
  response: soap('<t:out u:trace="z" xml:lang="fr" plain="1"/>'),
  data: { "@{urn:u}trace": "z", "@xml:lang": "fr", "@plain": "1" },
};
