"""Machine code for the rules about voices and targets.

The rules are plain Python functions over whole numbers and numpy arrays of them; they can be run, stepped through and
tested as they stand. Run so they would take minutes for a corpus. numba compiles them too, but takes more than half a
minute: it optimises each of some hundred small functions again in everything that calls it. Whole numbers need no type
inference, so all functions that a rule calls are written into *one* LLVM module (`_native_writer`, through `llvmlite`,
which numba brings), which is optimised once, in about two seconds. The machine code is kept on disk, filed under a checksum of the
rules, so that later processes load it in milliseconds.

What a rule may use: names, whole numbers, `+ - * // % & | ^ << >>`, comparisons, `and or not`, conditional expressions,
`if`, `while`, `for … in range`, `break`, `continue`, `return` of numbers or tuples of them, calls of other such
functions, `len`, `min`, `max`, `int`, `bool`, arrays (elements, rows, slices of the first axis, `shape`), named tuples
of arrays, and `np.zeros(constant)` for scratch space. Anything else is a `NotImplementedError` that names the line.
Numbers are of 64 bits. An index counts from the end where it is negative, as in Python; one outside the array reads or
writes element 0 rather than foreign memory.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from llvmlite import binding as llvm

from helpers import _native_types, _native_writer
from helpers._native_types import type_of
from helpers._native_writer import Program, width_of

# LLVM's own pipeline takes four times as long for code that is no faster.
_PASSES = (
    "always_inliner", "sroa", "simplify_cfg", "instruction_combine", "simplify_cfg", "new_gvn",
    "dead_store_elimination", "aggressive_dce", "simplify_cfg",
)  # fmt: skip
_LOADED: list[Any] = []  # engines own the code that they loaded
_LOCK = threading.Lock()


@cache
def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(llvm.get_host_cpu_name(), features, opt=2, jit=True)


def object_code(rule: Callable[..., Any], kinds: tuple[Any, ...]) -> bytes:
    """Compile a rule and all that it calls to machine code with one function, `entry`."""
    program = Program()
    program.entry(rule, kinds)  # pyright: ignore[reportArgumentType]
    program.module.triple = _machine().triple
    module = llvm.parse_assembly(str(program.module))
    module.data_layout = str(_machine().target_data)
    module.verify()
    builder = llvm.create_pass_builder(_machine(), llvm.create_pipeline_tuning_options(speed_level=1))
    passes = llvm.create_new_module_pass_manager()
    for name in _PASSES:
        getattr(passes, f"add_{name}_pass")()
    passes.run(module, builder)
    return _machine().emit_object(module)


def _load(code: bytes) -> Any:
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _LOADED.append(engine)
    words = ctypes.POINTER(ctypes.c_int64)
    return ctypes.CFUNCTYPE(None, words, words)(engine.get_function_address("entry"))


def _folders() -> list[Path]:
    """Where machine code may be kept, best first."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")  # one setting for all compiled code
    beside, own = Path(__file__).parent / "__pycache__", Path.home() / ".cache" / "framing-notebooks"
    return [Path(chosen)] if chosen else [beside, own]


def _kept(name: str) -> bytes | None:
    for folder in _folders():
        with suppress(OSError):
            checksum, code = (folder / name).read_bytes().split(b"\n", 1)
            if hashlib.sha256(code).hexdigest().encode() == checksum:
                return code
    return None


def _keep(name: str, code: bytes) -> None:
    for folder in _folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(hashlib.sha256(code).hexdigest().encode() + b"\n" + code)
            os.replace(file.name, folder / name)  # whole or not at all
            return


class Native:
    """A rule as machine code, compiled when first called, once for each kind of arguments.

    Parameters
    ----------
    rule : function
        A plain Python function as the module's text describes.
    modules : modules
        Where the rule, all that it calls and their constants stand; a change in any of them compiles anew.
    """

    def __init__(self, rule: Callable[..., Any], *modules: ModuleType) -> None:
        self.rule = rule
        self.modules = modules
        self._ready: dict[tuple[Any, ...], Any] = {}

    def __call__(self, *arguments: Any) -> Any:
        """Run the rule; returns what the Python function returns."""
        kinds = tuple(type_of(a) for a in arguments)
        if kinds not in self._ready:
            with _LOCK:
                if kinds not in self._ready:
                    self._ready[kinds] = _load(self._code(kinds))
        numbers = np.array([x for a in arguments for x in _words(a)], dtype=np.int64)
        width = width_of(self.rule)  # pyright: ignore[reportArgumentType]
        results = np.zeros(max(width, 1), dtype=np.int64)
        pointer = ctypes.POINTER(ctypes.c_int64)
        self._ready[kinds](numbers.ctypes.data_as(pointer), results.ctypes.data_as(pointer))
        found = results.tolist()
        return None if not width else found[0] if width == 1 else tuple(found)

    def _code(self, kinds: tuple[Any, ...]) -> bytes:
        name = f"{self.rule.__name__}-{self._stamp(kinds)[:24]}.rules"
        code = _kept(name)
        if code is None:
            code = object_code(self.rule, kinds)
            _keep(name, code)
        return code

    def _stamp(self, kinds: tuple[Any, ...]) -> str:
        """Checksum of everything that the machine code depends on."""
        files = [
            Path(m.__file__ or "").read_bytes()
            for m in (sys.modules[__name__], _native_types, _native_writer, *self.modules)
        ]
        machine = llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
        text = repr((kinds, llvm.llvm_version_info, machine, self.rule.__qualname__)).encode()
        return hashlib.sha256(b"\0".join([text, *files])).hexdigest()


def _words(value: Any) -> list[int]:
    """The numbers that stand for an argument: an array's address and shape, or the number itself."""
    if isinstance(value, np.ndarray):
        return [value.ctypes.data, *value.shape]
    if isinstance(value, tuple):
        return [x for v in value for x in _words(v)]
    return [int(value)]
