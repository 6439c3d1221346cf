"""Builds the C core and its binding in cffi's API mode, one extension for every Python from 3.11 (abi3).

The declarations that Python sees are the public headers themselves, less what only a C preprocessor reads: so they
can't drift from the code, and the compiler checks every struct and constant against them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import powers  # noqa: E402  (beside this file; not installed)

HEADERS = ("hal9_core.h", "hal9_image.h")
FLAGS = ["-std=c11", "-O3", "-fvisibility=hidden", "-fno-math-errno", "-Wall", "-Wextra"]


def declarations(header: str) -> str:
    """A public header as cffi reads it: no directives, no `extern "C"` braces; #define'd numbers become constants."""
    text = (HERE / "include" / header).read_text()
    text = re.sub(r"#ifdef __cplusplus.*?#endif\n", "", text, flags=re.DOTALL)
    constants = re.findall(r"^#define (H9_\w+) +\w+", text, flags=re.MULTILINE)
    body = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return body + "".join(f"#define {name} ...\n" for name in constants)


def sources() -> list[str]:
    """The C files, as paths from the project's root (setuptools wants them relative)."""
    root = HERE.parent
    return sorted(str(path.relative_to(root)) for path in HERE.glob("src/**/*.c"))


powers.write(HERE / "src/values/powers.h")
ffibuilder = FFI()
ffibuilder.cdef("\n".join(declarations(header) for header in HEADERS))
ffibuilder.cdef('extern "Python" int h9_watched(void *state);')
ffibuilder.set_source(
    "native._core",
    "".join(f'#include "{header}"\n' for header in HEADERS),
    sources=sources(),
    include_dirs=["native/include", "native/src"],
    depends=[str(path.relative_to(HERE.parent)) for path in HERE.glob("**/*.h")],
    extra_compile_args=FLAGS,
    py_limited_api=True,
)
