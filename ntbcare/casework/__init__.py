"""Second floor: files are verbs; each takes a piece of work first and never commits it."""
