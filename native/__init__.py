"""The C core and its binding. `native.binding` loads the core; `native.errors` doesn't."""
