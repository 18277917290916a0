"""Robustness: how much of its accuracy does a model keep on other test sets and on corrupted images?

Claim   supervised models beat CLIP models on average, CLIP wins on renditions and sketches
Source  arXiv:2311.09215, "Robustness"; corruptions: Hendrycks & Dietterich 2019, arXiv:1903.12261
Unit    fraction of images      Better  higher (mCE: lower)
"""
