"""Mistakes: which kinds of images does a model fail on more often than on others?

Claim   CLIP models make fewer mistakes relative to their accuracy; all suffer most from texture and occlusion
Source  arXiv:2311.09215, "Model Mistakes"; ImageNet-X: Idrissi et al. 2022, arXiv:2211.01866
Unit    ratio of error rates      Better  lower (1: a factor costs nothing)
"""
