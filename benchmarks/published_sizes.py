"""On how much the published values of the block ``imagenet`` rest: what their standard errors are made of."""

IMAGES = {
    "val": 50_000,
    "wide": 50_000,  # the sweeps: val
    "v2": 10_000,
    "a": 7_500,
    "renditions": 30_000,
    "sketch": 50_889,
    "real": 46_837,  # of val; the others have no valid label (arXiv:2006.07159)
    "hard": 10_980,
    "c": 50_000,  # each under 75 corruptions: an image counts once
}
"""Images by role, as their authors published them."""

VARIANTS = ("v2", "a", "renditions", "sketch", "real", "hard", "c")
"""What the average is over.  Source: arXiv:2311.09215, "Robustness"."""

ANNOTATED = 46_110
FACTORS = {
    "pose": 15_064,
    "background": 14_751,
    "pattern": 5_972,
    "color": 6_150,
    "smaller": 1_450,
    "shape": 679,
    "partial_view": 638,
    "subcategory": 585,
    "texture": 282,
    "larger": 150,
    "darker": 122,
    "object_blocking": 78,
    "person_blocking": 60,
    "style": 43,
    "brighter": 44,
    "multiple_objects": 40,
}
"""Images that are annotated and no prototypes, and those with each factor.  Counted from imagenet-x 0.0.7, "top"."""

OBJECTS = 724
"""Objects in PUG-ImageNet, each of them in many scenes.  Source: the dataset's card, arXiv:2308.03977."""

PICTURES = 48
"""Pictures that give the textures of the cue conflict; 160 give the shapes.  Source: arXiv:1811.12231."""
DESIGN_EFFECTS = {
    "shape_fraction": {"vit-sup": 9.413, "convnext-sup": 8.051, "vit-clip": 7.144, "convnext-clip": 5.548},
    "cue_accuracy": {"vit-sup": 5.850, "convnext-sup": 5.516, "vit-clip": 5.489, "convnext-clip": 4.044},
}
"""How many times the variance is that of independent images.  Measured here on the published decisions."""

TASKS = {
    "cifar100": 10_000,
    "caltech101": 6_084,
    "dtd": 1_880,
    "flowers102": 6_149,
    "pets": 3_669,
    "sun397": 21_750,
    "svhn": 26_032,
    "camelyon": 32_768,
    "eurosat": 5_400,
    "resisc45": 6_300,
    "retinopathy": 42_670,
    "clevr_count": 15_000,
    "clevr_dist": 15_000,
    "dmlab": 22_735,
    "dspr_loc": 73_728,
    "dspr_ori": 73_728,
    "kitti_dist": 711,
    "snorb_azim": 12_150,
    "snorb_elev": 12_150,
}
"""Test images of VTAB's tasks.  Source: Zhai et al. 2019, arXiv:1910.04867, the table of datasets."""

FIT_SD = 0.011
"""Between fits of one probe, which hold out other images: the spread that the intervals were tried with."""
