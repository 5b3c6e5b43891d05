"""A report to be printed, filed or worked on: one text, written as PDF and as DOCX.

Both say the same in the same order. The PDF draws its figures as lines and letters, the DOCX holds
them as pictures, because a word processor has no other way that all of them understand.
"""

from qiying.kernel.documents._docx import to_docx
from qiying.kernel.documents._drawing import Box, Drawing, Stroke, Words
from qiying.kernel.documents._pdf import to_pdf
from qiying.kernel.documents._responding import respond
from qiying.kernel.documents._values import Block, Figure, Heading, Paragraph, Report, Table

__all__ = [
    "Block",
    "Box",
    "Drawing",
    "Figure",
    "Heading",
    "Paragraph",
    "Report",
    "Stroke",
    "Table",
    "Words",
    "respond",
    "to_docx",
    "to_pdf",
]
