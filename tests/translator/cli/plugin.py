"""A command of another package."""


def hello(name: str) -> int:
    """Says hello."""
    print(f"hello {name}")
    return 0
