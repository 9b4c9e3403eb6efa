"""Running workflows: plan, executor, events, and the runners that bring them together."""
