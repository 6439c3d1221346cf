"""Mappings: what a target's fields are made of, where names and types alone don't say it.

    document/  TOML -> model    <-    terms/  model -> typed terms    <-    program/  terms -> instructions

Imports run one way, to the left. Whoever has a document calls `load`; the engine calls `program.compile_mapping`.
"""

from translator.mapping.document import VERSION, Mapping, MappingError, document_schema, load

__all__ = ["VERSION", "Mapping", "MappingError", "document_schema", "load"]
