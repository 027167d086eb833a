"""Types and values of compiled rules: whole numbers, arrays of them, and named tuples of arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir

I64, BIT = ir.IntType(64), ir.IntType(1)
ELEMENTS = {"u1": ir.IntType(8), "u4": ir.IntType(32), "i4": ir.IntType(32), "i8": I64}
INT = "int"


class ArrayType(NamedTuple):
    """An array's element (numpy's code) and number of axes."""

    element: str
    axes: int


class RecordType(NamedTuple):
    """A named tuple's fields and their types."""

    names: tuple[str, ...]
    types: tuple[Any, ...]


class Array(NamedTuple):
    """An array while compiling: where it begins and how long each axis is."""

    kind: ArrayType
    data: Any
    shape: tuple[Any, ...]


class Record(NamedTuple):
    """A named tuple while compiling."""

    kind: RecordType
    values: tuple[Any, ...]


class Known(NamedTuple):
    """What is known before the program runs: a function, a module, a class."""

    thing: Any


def type_of(value: Any) -> Any:
    """Return the type of an argument: a number, an array, or a named tuple of these.

    Raises
    ------
    TypeError
        If it is none of them.
    """
    if isinstance(value, int | np.integer):
        return INT
    if isinstance(value, np.ndarray) and value.dtype.str[1:] in ELEMENTS and value.flags.c_contiguous:
        return ArrayType(value.dtype.str[1:], value.ndim)
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)):
        return RecordType(names, tuple(type_of(v) for v in value))
    raise TypeError(f"a rule takes whole numbers and contiguous arrays of them, not {type(value).__name__}")


def numbers_of(value: Any) -> list[Any]:
    """List the machine numbers that a value consists of."""
    if isinstance(value, Array):
        return [value.data, *value.shape]
    if isinstance(value, Record):
        return [x for v in value.values for x in numbers_of(v)]
    if isinstance(value, tuple):
        return [x for v in value for x in numbers_of(v)]
    return [value]


def machine_types(kind: Any) -> list[Any]:
    """LLVM's types of the machine numbers that a value of this type consists of."""
    if isinstance(kind, ArrayType):
        return [ELEMENTS[kind.element].as_pointer(), *[I64] * kind.axes]
    if isinstance(kind, RecordType):
        return [x for k in kind.types for x in machine_types(k)]
    return [I64] if kind == INT else [x for k in kind for x in machine_types(k)]


def rebuilt(kind: Any, numbers: list[Any]) -> Any:
    """Put a value together again from its machine numbers, which are taken off the list."""
    if isinstance(kind, ArrayType):
        return Array(kind, numbers.pop(0), tuple(numbers.pop(0) for _ in range(kind.axes)))
    if isinstance(kind, RecordType):
        return Record(kind, tuple(rebuilt(k, numbers) for k in kind.types))
    return numbers.pop(0) if kind == INT else tuple(rebuilt(k, numbers) for k in kind)


def kind_of(value: Any) -> Any:
    if isinstance(value, Array | Record):
        return value.kind
    return tuple(kind_of(v) for v in value) if isinstance(value, tuple) else INT
