"""Contract: what rooms and fixtures exchange: measurements, predictions, the gate, and how two numbers are compared."""
