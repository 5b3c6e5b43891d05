"""Fields that people write, speak and photograph into, and the title that a request gives itself."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems
from qiying.kernel.errors import Invalid
from qiying.slices.calls.rules import MAX_TEXT, has_control

TITLE_LENGTH = 40
SENTENCE_END = re.compile(r"[。！？；!?;\n]|\.(?:\s|$)")
MEDIA = ".jpg,.jpeg,.png,.webp,.mp4,.mov,.webm,.m4a,.mp3,.wav,.ogg,.weba,.pdf,.docx,.xlsx"
FILE_FIELDS = ("voice", "photos", "papers")
Upload = files.Upload


def title_of(text: str) -> str:
    """The first sentence of a request, short enough for a list; "" when nothing was written."""
    first = next((s.strip() for s in SENTENCE_END.split(text) if s.strip()), "")
    return first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1]}…"


class Words(forms.CharField):
    """Running text: line ends as one character each, nothing that cannot be read."""

    def __init__(self, **options: Any) -> None:
        rows = options.pop("rows", 4)
        options.setdefault("max_length", MAX_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return str(text).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_control(value):
            raise ValidationError(problems.sentence("input.control"))


class Line(forms.CharField):
    """One line of text without control characters."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_control(value) or "\n" in value:
            raise ValidationError(problems.sentence("input.control"))


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several uploads, each inspected as the store will inspect it; those that pass are kept."""

    def __init__(self, *, families: Iterable[str], accept: str, **options: Any) -> None:
        widget = _ManyFiles(attrs={"accept": accept, "multiple": True})
        super().__init__(required=False, widget=widget, **options)
        self.families = frozenset(families)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        del initial
        given = data if isinstance(data, list | tuple) else [data]
        faults: list[str] = []
        passed: list[Upload] = []
        for upload in (u for u in given if isinstance(u, UploadedFile)):
            fault = self._fault(upload)
            if fault:
                faults.append(fault)
            else:
                passed.append(upload)
        if faults:
            raise _RejectedError(faults, passed)
        return passed

    def _fault(self, upload: Upload) -> str:
        if len(upload.name or "") > 200:
            return problems.sentence("files.type", {"name": f"{(upload.name or '')[:40]}…"})
        try:
            family, _type = files.inspect(upload)
        except Invalid as problem:
            return problems.explain(problem)
        if family not in self.families:
            return problems.sentence("files.type", {"name": upload.name})
        return ""


class _RejectedError(ValidationError):
    """Some of the files cannot be taken; those that can stay with the form."""

    def __init__(self, faults: list[str], passed: list[Upload]) -> None:
        super().__init__(faults)
        self.passed = passed


class WordsForm(forms.Form):
    """Text with photos, a voice note and papers: what a message, an answer or a call consists of."""

    text = Words(label=_("What do you want to say?"), required=False)
    voice = Files(
        label=_("Voice note"), families={"audio", "video"}, accept="audio/*", max_length=200
    )
    photos = Files(label=_("Photos"), families={"image"}, accept="image/*", max_length=200)
    papers = Files(
        label=_("Short video or papers"),
        help_text=_("Video up to 60 MB; PDF, Word or Excel up to 20 MB"),
        families={"image", "video", "audio", "document"},
        accept=MEDIA,
        max_length=200,
    )
    is_text_needed = True
    kept_count = 0
    """How many files of this form are on the server already, from a try before."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Keep the good files of a field whose other files were refused."""
        if isinstance(error, _RejectedError) and field:
            self._passed = {**getattr(self, "_passed", {}), field: error.passed}
        super().add_error(field, error)

    @property
    def uploads(self) -> list[tuple[str, Upload]]:
        """Every file that may be kept, with the field it came by."""
        passed: dict[str, list[Upload]] = getattr(self, "_passed", {})
        cleaned = getattr(self, "cleaned_data", {})
        return [
            (name, upload)
            for name in FILE_FIELDS
            for upload in (cleaned.get(name) or passed.get(name, []))
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        count = len(self.uploads) + self.kept_count
        if count > files.MAX_FILES:
            sentence = problems.sentence("files.too_many", {"limit": files.MAX_FILES})
            self.add_error("papers", sentence)
        if self.is_text_needed and not data.get("text") and not self.errors.get("text"):
            self.check_words(has_files=count > 0)
        return data

    def check_words(self, *, has_files: bool) -> None:
        """What is asked when nothing was written; a voice note or a picture says enough."""
        if not has_files:
            self.add_error(
                "text", ValidationError(_("Write a few words, or record a voice note."))
            )
