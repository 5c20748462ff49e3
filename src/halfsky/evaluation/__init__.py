"""Evaluation 评估: schemes, who scores whom, scores kept blind, conclusions and recommendations."""
