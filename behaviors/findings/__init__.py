"""Findings: does what the paper found by comparing models hold for these?

Claim   the twelve differences between ConvNet and transformer, supervised and CLIP
Source  arXiv:2311.09215
Unit    the difference, in the unit of what is compared      Better  above 0: as the paper found
"""
