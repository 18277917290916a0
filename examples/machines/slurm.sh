#!/bin/bash
# A Slurm array: 64 tasks with a GPU each, and one job that judges when all are done (or were killed and started again).
#
#   pytest --suite=imagenet --data-root=/data --store=/shared/store --plan=plan.json   # once, on any node
#   array=$(sbatch --parsable examples/machines/slurm.sh plan.json)
#   sbatch --dependency=afterok:$array --wrap "pytest -n 8 --suite=imagenet --data-root=/data --store=/shared/store"
#
#SBATCH --array=1-64
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=8
#SBATCH --requeue
set -euo pipefail
exec python -m fixtures.predictions.produce --units="$1" --then-others \
  --shard="${SLURM_ARRAY_TASK_ID}/${SLURM_ARRAY_TASK_COUNT}"
