"""The node library: every node type there is, with its documentation, to be searched, read and added."""
