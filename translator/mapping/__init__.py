"""Mappings: what a target's fields are made of, where names and types alone don't say it."""

from translator.mapping.document.errors import MappingError
from translator.mapping.document.loading import VERSION, load
from translator.mapping.document.model import (
    DEFAULT_NAMESPACE,
    AllOf,
    AnyOf,
    Block,
    Comparison,
    Condition,
    Constant,
    ConstSource,
    EntriesSource,
    FieldsSource,
    FirstSource,
    GenerateSource,
    JoinSource,
    ListSource,
    Loop,
    Mapping,
    MapSource,
    MergeSource,
    Not,
    OneOf,
    PathSource,
    Present,
    Rule,
    Source,
    Truth,
    Uuid5Source,
    Value,
)
from translator.mapping.document.path import (
    Branch,
    Find,
    Index,
    Key,
    Name,
    PathError,
    Segment,
    format_path,
    parse_path,
    parse_target,
)
from translator.mapping.document.schema import document_schema

__all__ = [
    "DEFAULT_NAMESPACE", "VERSION", "AllOf", "AnyOf", "Block", "Branch", "Comparison", "Condition", "ConstSource",
    "Constant", "EntriesSource", "FieldsSource", "Find", "FirstSource", "GenerateSource", "Index", "JoinSource", "Key",
    "ListSource", "Loop", "MapSource", "Mapping", "MappingError", "MergeSource", "Name", "Not", "OneOf", "PathError",
    "PathSource", "Present", "Rule", "Segment", "Source", "Truth", "Uuid5Source", "Value", "document_schema",
    "format_path", "load", "parse_path", "parse_target",
]  # fmt: skip
