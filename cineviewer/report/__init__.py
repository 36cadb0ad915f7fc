"""Pages, pictures and files made from a Case, by paint."""

from cineviewer.report.documents import (
    Document,
    case_document,
    error_document,
    failed_record_document,
    record_document,
    summary_csv,
    summary_row,
)
from cineviewer.report.files import belongs_to, read_result, write_arrays, write_files

__all__ = [
    "Document",
    "belongs_to",
    "case_document",
    "error_document",
    "failed_record_document",
    "read_result",
    "record_document",
    "summary_csv",
    "summary_row",
    "write_arrays",
    "write_files",
]
