from translator.mapping.program.compiler import compile_mapping

__all__ = ["compile_mapping"]
