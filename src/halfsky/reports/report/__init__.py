"""The annual monitoring report 年度监测报告: composed once, written as Word and as PDF."""
