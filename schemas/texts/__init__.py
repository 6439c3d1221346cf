"""Printed schemas: the text that stands for a schema, the same however it was written, and what makes two the same."""
