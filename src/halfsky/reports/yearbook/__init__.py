"""The yearbook 妇女统计资料: a year's figures by field, women beside men, several years, districts, urban and rural."""

from halfsky.reports.yearbook.book import Book, book_of
from halfsky.reports.yearbook.compose import compose
from halfsky.reports.yearbook.excel import workbook

__all__ = ["Book", "book_of", "compose", "workbook"]
