"""Ground floor: values in, decisions out; no rows, no I/O, no clock of its own."""
