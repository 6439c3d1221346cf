"""What the registry refuses, with Confluent's codes: five digits whose first three are the HTTP status.

The texts are Confluent's where clients are known to read them. A code without a factory here has no use yet.
"""

from __future__ import annotations

from typing import Final

from native.errors import TranslatorError

INVALID_SCHEMA: Final = 42201
MAX_VERSION: Final = (1 << 31) - 1


class RegistryError(TranslatorError):
    """A request is refused, or can't be answered.

    `code`: Confluent's error code, or an HTTP status where there is none; `message`: what is wrong.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.code if self.code < 1000 else self.code // 100

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


# --- not found ---


def not_found() -> RegistryError:
    """There is no such route, or no such thing could be."""
    return RegistryError(404, "HTTP 404 Not Found")


def no_subject(subject: str) -> RegistryError:
    return RegistryError(40401, f"Subject '{subject}' not found.")


def no_version(version: int | str) -> RegistryError:
    return RegistryError(40402, f"Version {version} not found.")


def no_schema(id_: int | str | None = None) -> RegistryError:
    return RegistryError(40403, "Schema not found" if id_ is None else f"Schema {id_} not found")


def subject_deleted(subject: str) -> RegistryError:
    return RegistryError(40404, f"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently")


def subject_not_deleted(subject: str) -> RegistryError:
    return RegistryError(40405, f"Subject '{subject}' was not deleted first before being permanently deleted")


def version_deleted(subject: str, version: int) -> RegistryError:
    return RegistryError(
        40406, f"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently"
    )


def version_not_deleted(subject: str, version: int) -> RegistryError:
    return RegistryError(
        40407, f"Subject '{subject}' Version {version} was not deleted first before being permanently deleted"
    )


def no_config(subject: str) -> RegistryError:
    return RegistryError(40408, f"Subject '{subject}' does not have subject-level compatibility configured")


def no_mode(subject: str) -> RegistryError:
    return RegistryError(40409, f"Subject '{subject}' does not have subject-level mode configured")


def no_association(resource: str) -> RegistryError:
    return RegistryError(40410, f"No association is found for resource '{resource}'")


# --- refused ---


def incompatible(subject: str, details: list[str]) -> RegistryError:
    text = ", ".join(details)
    return RegistryError(
        409,
        f'Schema being registered is incompatible with an earlier schema for subject "{subject}", details: [{text}]',
    )


def bad_schema(reason: str) -> RegistryError:
    return RegistryError(INVALID_SCHEMA, f"Invalid schema: {reason}")


def empty_schema() -> RegistryError:
    return RegistryError(INVALID_SCHEMA, "Empty schema")


def bad_version(version: object) -> RegistryError:
    return RegistryError(
        42202,
        f"The specified version '{version}' is not a valid version id. "
        f'Allowed values are between [1, 2^31-1] and the string "latest"',
    )


def bad_level() -> RegistryError:
    return RegistryError(
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
        "forward_transitive, and full_transitive",
    )


def bad_mode() -> RegistryError:
    return RegistryError(42204, "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT")


def not_permitted(reason: str) -> RegistryError:
    return RegistryError(42205, reason)


def referenced(subject: str, version: int) -> RegistryError:
    return RegistryError(
        42206,
        f"One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.",
    )


def bad_subject(reason: str) -> RegistryError:
    return RegistryError(42208, f"The specified subject is not a valid subject: {reason}")


def too_large(size: int, limit: int) -> RegistryError:
    return RegistryError(42209, f"The schema has {size} bytes, over the limit of {limit}")


# --- failed ---


def store_failed(reason: str) -> RegistryError:
    return RegistryError(50001, f"The database failed: {reason}")
