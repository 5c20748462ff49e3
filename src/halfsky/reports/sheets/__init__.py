"""Sheets of one or two pages: the brief of the leading group 一页纸 and the report card of a unit or a place 报告卡."""
