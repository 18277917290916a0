"""Shape and texture: where the two disagree, which does a model go by?

Claim   CLIP models are less texture-biased than supervised ones, ViT less than ConvNeXt
Source  arXiv:2311.09215, "Shape / Texture Bias"; Geirhos et al. 2019, arXiv:1811.12231
Unit    fraction of decisions      Better  higher shape fraction (people: 0.96)
"""
