"""A one-page PDF with a heading and a paragraph: small, valid and tagged, so that a screen reader can read it."""

from __future__ import annotations

from textwrap import wrap

_LINE = 18  # points
_MEASURE = 78  # characters


def write_pdf(title: str, text: str, language: str) -> bytes:
    """Return a tagged PDF 1.7 in Helvetica; characters outside Windows-1252 become question marks."""
    lines = [f"0 -{_LINE} Td ({_escape(line)}) Tj" for line in wrap(text, _MEASURE)]
    content = "\n".join(
        [
            f"/H1 <</MCID 0>> BDC BT /F1 20 Tf 60 760 Td ({_escape(title)}) Tj ET EMC",
            "/P <</MCID 1>> BDC BT /F1 12 Tf 60 742 Td",
            *lines,
            "ET EMC",
        ]
    )
    shown, fonts = "/ViewerPreferences<</DisplayDocTitle true>>", "/Resources<</Font<</F1 5 0 R>>>>"
    return _assemble(
        [
            f"<</Type/Catalog/Pages 2 0 R/Lang({language})/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R{shown}>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/StructParents 0/Tabs/S{fonts}>>",
            f"<</Length {len(content.encode('cp1252', 'replace'))}>>\nstream\n{content}\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            "<</Type/StructTreeRoot/K 7 0 R/ParentTree 10 0 R>>",
            "<</Type/StructElem/S/Document/P 6 0 R/K[8 0 R 9 0 R]>>",
            "<</Type/StructElem/S/H1/P 7 0 R/Pg 3 0 R/K 0>>",
            "<</Type/StructElem/S/P/P 7 0 R/Pg 3 0 R/K 1>>",
            "<</Nums[0[8 0 R 9 0 R]]>>",
            f"<</Title({_escape(title)})>>",
        ]
    )


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assemble(objects: list[str]) -> bytes:
    """Number the objects and write the cross-reference table (ISO 32000-1, 7.5); the last is the info dictionary."""
    pdf = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252", "replace")
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    return pdf + (
        f"xref\n0 {count}\n0000000000 65535 f \n{rows}"
        f"trailer\n<</Size {count}/Root 1 0 R/Info {len(objects)} 0 R>>\nstartxref\n{len(pdf)}\n%%EOF\n"
    ).encode("ascii")
