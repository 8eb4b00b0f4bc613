"""One file that is PDF/A-3a and says that it is PDF/UA-1 as well."""

from typing import Any

VARIANT = "pdf/a-3a"
RDF_END = b"</rdf:RDF>"

UA_CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that this file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""PDF/A allows a foreign claim only beside a description of its schema (ISO 19005-3, 6.6.2.3)."""


def claim_both(_document: Any, pdf: Any) -> None:
    """Add the PDF/UA claim to the metadata that WeasyPrint wrote for PDF/A."""
    for part in pdf.objects:
        if getattr(part, "extra", {}).get("Type") == "/Metadata":
            part.stream = [_with_claim(piece) for piece in part.stream]


def _with_claim(piece: bytes) -> bytes:
    return piece.replace(RDF_END, UA_CLAIM + RDF_END)
