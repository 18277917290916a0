"""Behaviours of our own: each folder in here is one, as those of ``behaviors/`` are (see ../own_behaviors.yaml)."""
