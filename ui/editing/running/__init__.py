"""What runs need and say in one open document: its share of the queue, marks, pictures and reasons."""
