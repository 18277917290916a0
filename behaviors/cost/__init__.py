"""Cost: what must be paid for each answer, in memory, arithmetic and time?

Claim   none of the paper's; what is shipped has a budget, and an export or a new architecture must keep it
Source  counting by torch.utils.flop_counter; timing in turns: Kalibera & Jones 2013, "Rigorous benchmarking", ISMM
Unit    millions, MB, ratios to the baseline      Better  lower (throughput: higher)
"""

from behaviors.contract.measurement import Metric

COUNTED = "it is counted, and the same in every run"
TIMED = "it is a comparison with the baseline already, and is about time, not about images"

METRICS: dict[str, Metric] = {
    "parameters": Metric(
        title="Parameters",
        unit="million",
        better="lower",
        lowest=0.0,
        alone=COUNTED,
    ),
    "multiply_accumulates": Metric(
        title="Multiply-accumulates for one image",
        unit="million",
        better="lower",
        source="torch.utils.flop_counter, halved: those of convolutions and matrix products",
        lowest=0.0,
        alone=COUNTED,
    ),
    "peak_memory": Metric(
        title="Weights and intermediate results for one image, at their most",
        unit="MB",
        better="lower",
        lowest=0.0,
        alone=COUNTED,
    ),
    "file_size": Metric(
        title="Files that hold the weights",
        unit="MB",
        better="lower",
        lowest=0.0,
        alone=COUNTED,
    ),
    "latency": Metric(
        title="Time for one image, to the baseline's",
        unit="ratio",
        better="lower",
        source="Kalibera & Jones 2013, ISMM: in turns, in one process; the median of the rounds' ratios",
        lowest=0.0,
        alone=TIMED,
        beside=True,
    ),
    "throughput": Metric(
        title="Images per second, to the baseline's",
        unit="ratio",
        better="higher",
        source="Kalibera & Jones 2013, ISMM: in turns, in one process; the median of the rounds' ratios",
        lowest=0.0,
        alone=TIMED,
        beside=True,
    ),
}
