"""Terms: a mapping's model, typed against both schemas."""
