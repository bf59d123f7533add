"""The charts of the page, one a file: a result in, a figure with its words and its table out.

Findings and descriptions are those of the pictures, so that a chart and a picture never tell two stories.
"""
