"""Transfer: how much of a new task can be read off a model's frozen features?

Claim   CLIP features transfer best, supervised ConvNeXt nearly as well, supervised ViT less
Source  arXiv:2311.09215, "Transferability"; VTAB: Zhai et al. 2019, arXiv:1910.04867
Unit    accuracy of a linear probe, fraction      Better  higher
"""
