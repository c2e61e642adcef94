"""Pure state machines and functions: values in, values out; no I/O, no clock, no randomness."""
