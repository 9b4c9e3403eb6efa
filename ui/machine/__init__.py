"""What this computer can do, in plain words: the same facts as `nodeflow doctor`'s, told by the worker."""
