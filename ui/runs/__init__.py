"""The history of runs: what was run, what differed, and the way back to it."""
