"""What pyproject.toml can't say: the C extension, its abi3 tag, and the compiled built-in schemas."""

import sys
import sysconfig
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


class BuildPy(build_py):
    """Compiles the built-in .proto beside its source first, so that loading it needs no compiler."""

    def run(self) -> None:
        sys.path.insert(0, str(ROOT))
        from schemas import neuron

        neuron.prepare()
        super().run()

    def find_package_modules(self, package, package_dir):
        """Leaves out what only building needs."""
        modules = super().find_package_modules(package, package_dir)
        return [each for each in modules if (package, each[1]) not in {("native", "build"), ("native", "powers")}]


setup(
    cffi_modules=["native/build.py:ffibuilder"],
    cmdclass={"build_py": BuildPy},
    options={} if FREE_THREADED else {"bdist_wheel": {"py_limited_api": "cp311"}},
)
