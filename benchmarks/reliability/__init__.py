"""No number may be wrong in silence: a campaign of damages, bad inputs, kills and attempts to get a false green.

    python -m benchmarks.reliability                  # everything
    python -m benchmarks.reliability damages kills    # some parts
    python -m benchmarks.reliability --scale 0.05     # a look

A world of 24 to 48 images and two tiny networks is made, used, and spoiled; every run is a fork of one process that has
imported everything.  ``RELIABILITY_LINES=FILE`` keeps the exit code and the first line of each bad input and attempt.
"""
