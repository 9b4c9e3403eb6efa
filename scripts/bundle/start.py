"""The first thing that the stand-alone program runs.

The name of the module is not written as an import: the program lies beside as plain files, and is not to be
taken apart by what makes the bundle.
"""

from importlib import import_module

import_module("nodeflow.standalone").main()
