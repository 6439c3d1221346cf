"""The first room: a mapping's TOML document becomes a model, and nothing of any schema is known here.

    TOML --tomllib--> tables --values.py, places.py--> model.Mapping

*Why a model of its own.* The document is written by people: a value may be a text, a table or a list, targets are
quoted or not, and whatever is wrong must be told by the key where it stands. The model (model.py) is what is left once
all of that is settled: frozen, hashable, picklable, one small class for each kind of source and condition, each with
its `key`. So the rooms after this one never look at a dict again, and a mapping can be kept, compared and sent to
another process before any schema is at hand.

*All problems at once.* Readers don't raise. They note what is wrong (errors.Problems) and go on with None in its place;
`load` raises once, at the end, with everything. Raising at the first would have people mend a document one run at a
time.

*Every table is read by name.* TomlTable hands out members with their types checked; a member that nobody asks for
is an unknown key, told with the nearest known one. mapping.schema.json says the same for editors; a test holds the two
equal. What JSON Schema can't say is checked here: the grammar of paths (path.py), the scope of loops' names, targets
that meet (places.py).

examples.py reads the messages that a document brings as its own tests (`translator map test`).
"""

from translator.mapping.document.errors import MappingError
from translator.mapping.document.loading import VERSION, load
from translator.mapping.document.model import (
    DEFAULT_NAMESPACE,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    ConstSource,
    EntriesSource,
    FieldsSource,
    FirstSource,
    ForEach,
    GenerateSource,
    JoinSource,
    ListSource,
    Mapping,
    MapSource,
    MergeSource,
    Not,
    OneOf,
    PathSource,
    Present,
    Rule,
    RuleBlock,
    Source,
    Truth,
    Uuid5Source,
    Value,
)
from translator.mapping.document.path import (
    Find,
    Index,
    Key,
    Name,
    PathError,
    Segment,
    UnionBranch,
    format_path,
    parse_path,
    parse_target,
)
from translator.mapping.document.schema import document_schema

__all__ = [
    "DEFAULT_NAMESPACE", "VERSION", "AllOf", "AnyOf", "Comparison", "Condition", "ConstSource", "Constant",
    "EntriesSource", "FieldsSource", "Find", "FirstSource", "ForEach", "GenerateSource", "Index", "JoinSource",
    "Key", "ListSource", "MapSource", "Mapping", "MappingError", "MergeSource", "Name", "Not", "OneOf", "PathError",
    "PathSource", "Present", "Rule", "RuleBlock", "Segment", "Source", "Truth", "UnionBranch", "Uuid5Source",
    "Value", "document_schema", "format_path", "load", "parse_path", "parse_target",
]  # fmt: skip
