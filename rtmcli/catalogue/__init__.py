"""The API described as data: methods, parameters, pushes, errors; no behavior, no I/O."""
