"""What happened: runs, warnings, errors, and what the worker says. Kept in memory, shown in a panel."""
