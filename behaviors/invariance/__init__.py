"""Invariance: does a prediction survive a shift, a zoom or another resolution?

Claim   all models bear shifts better than scale and resolution; supervised ConvNeXt bears those better than ViT
Source  arXiv:2311.09215, "Transformation Invariance"
Unit    fraction of images      Better  higher
"""
