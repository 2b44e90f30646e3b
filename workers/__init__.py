"""The stairs: an id comes in, a verb is called, a result is noted."""
