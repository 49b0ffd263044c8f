"""Typed values out of a property list's dictionaries."""

from __future__ import annotations


class DefinitionError(Exception):
    """The file defines no job. `code` is launchd's error number for it."""

    def __init__(self, message: str, code: int = 109) -> None:
        super().__init__(message)
        self.code = code


class Reader:
    """Takes typed values out of a dictionary; a wrong type is a refused definition."""

    def __init__(self, raw: dict[str, object]) -> None:
        self._raw = raw

    def text(self, key: str) -> str:
        """Return a string, empty where there is none."""
        value = self._raw.get(key, "")
        if not isinstance(value, str):
            raise DefinitionError(f"Invalid property list: {key}")
        return value

    def flag(self, key: str) -> bool | None:
        """Return a boolean, None where there is none."""
        value = self._raw.get(key)
        if value is not None and not isinstance(value, bool):
            raise DefinitionError(f"Invalid property list: {key}")
        return value

    def number(self, key: str, least: int = 0) -> int | None:
        """Return a whole number, None where there is none."""
        value = self._raw.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or value < least:
            raise DefinitionError(f"Invalid property list: {key}")
        return int(value)

    def mode(self, key: str) -> int | None:
        """Return permission bits, None where there are none."""
        # A number is decimal in the file; a string is read the way strtoul(3) reads octal.
        value = self._raw.get(key)
        try:
            mode = int(value, 8) if isinstance(value, str) else self.number(key)
        except ValueError:
            raise DefinitionError(f"Invalid property list: {key}") from None
        if mode is not None and mode > 0o7777:
            raise DefinitionError(f"Invalid property list: {key}")
        return mode

    def strings(self, key: str) -> tuple[str, ...]:
        """Return an array of strings; a single one counts as an array."""
        value = self._raw.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise DefinitionError(f"Invalid property list: {key}")
        return tuple(values)

    def texts(self, key: str) -> dict[str, str]:
        """Return a dictionary with its values as text."""
        value = self._raw.get(key, {})
        if not isinstance(value, dict):
            raise DefinitionError(f"Invalid property list: {key}")
        return {str(name): str(text) for name, text in value.items()}

    def numbers(self, key: str) -> dict[str, int]:
        """Return a dictionary of whole numbers."""
        value = self._raw.get(key, {})
        if not isinstance(value, dict) or not all(
            isinstance(one, int) and not isinstance(one, bool) for one in value.values()
        ):
            raise DefinitionError(f"Invalid property list: {key}")
        return {str(name): int(one) for name, one in value.items()}

    def flags(self, key: str) -> dict[str, bool]:
        """Return a dictionary of conditions: a path or a label, and what is wanted of it."""
        value = self._raw.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, bool) for one in value.values()):
            raise DefinitionError(f"Invalid property list: {key}")
        return {str(name): bool(one) for name, one in value.items()}
