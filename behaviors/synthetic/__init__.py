"""Synthetic: how does accuracy follow one factor of a rendered scene at a time?

Claim   ConvNeXt beats ViT on nearly all factors; CLIP is below supervised
Source  arXiv:2311.09215, "Synthetic Data"; PUG-ImageNet: Bordes et al. 2023, arXiv:2308.03977
Unit    fraction of images      Better  higher
"""
