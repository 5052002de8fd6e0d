"""All that is fuzzed, by family."""

from typing import Final

from tests.fuzz import answers, documents, files, pages, proofs, requests, sealed, signed, tables, texts
from tests.fuzz.target import Target

TARGETS: Final[list[Target]] = [
    *signed.TARGETS,
    *sealed.TARGETS,
    *texts.TARGETS,
    *tables.TARGETS,
    *answers.TARGETS,
    *requests.TARGETS,
    *files.TARGETS,
    *proofs.TARGETS,
    *documents.TARGETS,
    *pages.TARGETS,
]
