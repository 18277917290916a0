"""Transfer: how much of a new task can be read off a model's frozen features?

Claim   CLIP features transfer best, supervised ConvNeXt nearly as well, supervised ViT less
Source  arXiv:2311.09215, "Transferability"; VTAB: Zhai et al. 2019, arXiv:1910.04867
Unit    accuracy of a linear probe, fraction      Better  higher
"""

from behaviors.contract.measurement import Metric, Parts

METRICS: dict[str, Metric] = {
    "probe_accuracy": Metric(
        title="Accuracy of a linear probe on frozen features",
        unit="fraction",
        better="higher",
        source='arXiv:2311.09215, "Transferability"; Kornblith et al. 2019, arXiv:1805.08974 (logistic regression)',
        lowest=0.0,
        highest=1.0,
    ),
    "mean_probe_accuracy": Metric(
        title="Accuracy of linear probes, mean over tasks",
        unit="fraction",
        better="higher",
        source="VTAB: Zhai et al. 2019, arXiv:1910.04867 (the plain mean over tasks)",
        lowest=0.0,
        highest=1.0,
        parts=Parts("task", "accuracy"),
    ),
}
