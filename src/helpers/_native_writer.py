"""Writes rules as code for LLVM: one module with everything that a rule calls. `_native` says what a rule may use."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from llvmlite import ir

from helpers._native_types import (
    BIT,
    ELEMENTS,
    I64,
    INT,
    Array,
    ArrayType,
    Known,
    Record,
    kind_of,
    machine_types,
    numbers_of,
    rebuilt,
)

# Rules of so many statements, their own line and docstring among them, are written into their callers.
_SMALL = 5
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ARITHMETIC = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.BitAnd: "and_", ast.BitOr: "or_", ast.BitXor: "xor",
    ast.LShift: "shl", ast.RShift: "ashr",
}  # fmt: skip


@cache
def _definitions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def definition(rule: FunctionType) -> ast.FunctionDef:
    return _definitions(rule.__code__.co_filename)[rule.__name__]


@cache
def width_of(rule: FunctionType) -> int:
    """How many numbers a rule returns."""

    def of(node: ast.expr) -> int:
        if isinstance(node, ast.Tuple):
            return len(node.elts)
        if isinstance(node, ast.IfExp):
            return of(node.body)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = rule.__globals__.get(node.func.id)
            return width_of(called) if isinstance(called, FunctionType) else 1
        return 1

    found = [of(n.value) for n in ast.walk(definition(rule)) if isinstance(n, ast.Return) and n.value]
    return max(found, default=0)


class Program:
    """One LLVM module with everything that a rule calls."""

    def __init__(self) -> None:
        self.module = ir.Module("rules")
        self.done: dict[tuple[Any, ...], ir.Function] = {}

    def function(self, rule: FunctionType, kinds: tuple[Any, ...]) -> ir.Function:
        """Compile a rule for arguments of these types, once."""
        if (rule, kinds) not in self.done:
            width = width_of(rule)
            result = (
                ir.VoidType() if not width else I64 if width == 1 else ir.LiteralStructType([I64] * width)
            )
            flat = [x for kind in kinds for x in machine_types(kind)]
            name = self.module.get_unique_name(rule.__name__)
            function = ir.Function(self.module, ir.FunctionType(result, flat), name)
            function.linkage = "internal"
            if sum(isinstance(n, ast.stmt) for n in ast.walk(definition(rule))) <= _SMALL:
                function.attributes.add("alwaysinline")
            self.done[rule, kinds] = function
            _Writer(self, rule, function, kinds, width).write()
        return self.done[rule, kinds]

    def entry(self, rule: FunctionType, kinds: tuple[Any, ...]) -> None:
        """Add the function that is called from outside: arguments and results lie in two arrays of numbers."""
        called = self.function(rule, kinds)
        number = I64.as_pointer()
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [number, number]), "entry")
        b = ir.IRBuilder(function.append_basic_block())
        given = []
        for i, kind in enumerate(x for k in kinds for x in machine_types(k)):
            word = b.load(b.gep(function.args[0], [I64(i)]))
            given.append(word if kind == I64 else b.inttoptr(word, kind))
        value = b.call(called, given)
        width = width_of(rule)
        for i in range(width):
            one = value if width == 1 else b.extract_value(value, i)
            b.store(one, b.gep(function.args[1], [I64(i)]))
        b.ret_void()


class _Writer:
    """Writes one rule's code."""

    def __init__(self, program: Program, rule: FunctionType, function: ir.Function, kinds: Any, width: int):
        self.program, self.rule, self.function, self.width = program, rule, function, width
        self.places: dict[str, tuple[Any, list[Any]]] = {}
        self.loops: list[tuple[Any, Any]] = []
        self.opening = function.append_basic_block("opening")
        self.b = ir.IRBuilder(function.append_basic_block("body"))
        self.first = self.b.block
        numbers = list(function.args)
        self.given: dict[str, Any] = {}  # arguments that never change need no place
        changed = {
            n.id
            for n in ast.walk(definition(rule))
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for argument, kind in zip(definition(rule).args.args, kinds, strict=True):
            value = rebuilt(kind, numbers)
            if argument.arg in changed:
                self.store(argument.arg, value)
            else:
                self.given[argument.arg] = value

    def write(self) -> None:
        self.block(definition(self.rule).body)
        if not self.ended:
            self.leave([I64(0)] * self.width)
        with self.b.goto_block(self.opening):
            self.b.branch(self.first)

    # --- statements

    @property
    def ended(self) -> bool:
        """Whether nothing can follow here: after a return, a break or a continue."""
        return bool(self.b.block and self.b.block.is_terminated)

    def block(self, body: list[ast.stmt]) -> None:
        for node in body:
            if self.ended:
                return
            write = getattr(self, f"_{type(node).__name__}", None)
            try:
                if write is None:
                    raise NotImplementedError(f"{type(node).__name__} is not for rules")
                write(node)
            except (NotImplementedError, TypeError, KeyError, AttributeError) as error:
                if isinstance(error, NotImplementedError) and error.args[0].startswith("line"):
                    raise
                where = f"line {node.lineno} of {self.rule.__module__}.{self.rule.__name__}"
                raise NotImplementedError(
                    f"{where}: {error!r}; see the text of helpers._native for what a rule may use"
                ) from error

    def _Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.value(node.value)

    def _Assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value))

    def _AugAssign(self, node: ast.AugAssign) -> None:
        old = self.value(node.target)
        self.assign(node.target, self.combined(node.op, old, self.value(node.value)))

    def _Return(self, node: ast.Return) -> None:
        if node.value is None:
            self.leave([I64(0)] * self.width)
            return
        self.leave(numbers_of(self.value(node.value)))

    def _If(self, node: ast.If) -> None:
        yes, no = self.new_block("yes"), self.new_block("no")
        self.b.cbranch(self.truth(node.test), yes, no)
        after = None
        for place, body in ((yes, node.body), (no, node.orelse)):
            self.b.position_at_end(place)
            self.block(body)
            if not self.ended:
                after = after or self.new_block("after")
                self.b.branch(after)
        if after is not None:
            self.b.position_at_end(after)

    def _While(self, node: ast.While) -> None:
        test, body, after = self.new_block("test"), self.new_block("loop"), self.new_block("after")
        self.b.branch(test)
        self.b.position_at_end(test)
        self.b.cbranch(self.truth(node.test), body, after)
        self.repeat(body, node.body, test, after)

    def _For(self, node: ast.For) -> None:
        call = node.iter
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"):
            raise NotImplementedError("a loop runs over range(…)")
        given = [self.value(a) for a in call.args]
        begin, stop = (I64(0), given[0]) if len(given) == 1 else given[:2]
        step = ast.literal_eval(call.args[2]) if len(given) == 3 else 1
        counter = self.room(I64)
        self.b.store(begin, counter)
        test, body = self.new_block("test"), self.new_block("loop")
        more, after = self.new_block("more"), self.new_block("after")
        self.b.branch(test)
        self.b.position_at_end(test)
        ahead = self.b.icmp_signed("<" if step > 0 else ">", self.b.load(counter), stop)
        self.b.cbranch(ahead, body, after)
        self.b.position_at_end(body)
        self.assign(node.target, self.b.load(counter))
        self.b.branch(start := self.new_block("start"))
        self.b.position_at_end(more)
        self.b.store(self.b.add(self.b.load(counter), I64(step)), counter)
        self.b.branch(test)
        self.repeat(start, node.body, more, after)

    def repeat(self, start: Any, body: list[ast.stmt], again: Any, after: Any) -> None:
        self.b.position_at_end(start)
        self.loops.append((again, after))
        self.block(body)
        self.loops.pop()
        if not self.ended:
            self.b.branch(again)
        self.b.position_at_end(after)

    def _Break(self, _: ast.Break) -> None:
        self.b.branch(self.loops[-1][1])

    def _Continue(self, _: ast.Continue) -> None:
        self.b.branch(self.loops[-1][0])

    def _Pass(self, _: ast.Pass) -> None:
        pass

    def leave(self, numbers: list[Any]) -> None:
        if not self.width:
            self.b.ret_void()
        elif self.width == 1:
            self.b.ret(numbers[0])
        else:
            result = ir.Constant(self.function.function_type.return_type, ir.Undefined)
            for i, number in enumerate(numbers):
                result = self.b.insert_value(result, number, i)
            self.b.ret(result)

    # --- places

    def new_block(self, name: str) -> Any:
        return self.function.append_basic_block(name)

    def room(self, kind: Any, size: int = 1) -> Any:
        with self.b.goto_block(self.opening):
            place = self.b.alloca(kind, size)
            if size == 1 and kind == I64:
                self.b.store(I64(0), place)
        return place

    def store(self, name: str, value: Any) -> None:
        kind = kind_of(value)
        if name not in self.places:
            self.places[name] = kind, [self.room(k) for k in machine_types(kind)]
        known, places = self.places[name]
        if known != kind:
            raise NotImplementedError(f"{name} is {known} and becomes {kind}; take another name")
        for place, number in zip(places, numbers_of(value), strict=True):
            self.b.store(number, place)

    def assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.store(target.id, value)
        elif isinstance(target, ast.Tuple):
            for part, one in zip(target.elts, value, strict=True):
                self.assign(part, one)
        elif isinstance(target, ast.Subscript):
            array = self.element(target)
            if array.shape:
                raise NotImplementedError("only single elements are assigned to")
            self.b.store(
                self.b.trunc(value, ELEMENTS[array.kind.element]) if array.kind.element != "i8" else value,
                array.data,
            )
        else:
            raise NotImplementedError(ast.unparse(target))

    def element(self, node: ast.Subscript) -> Array:
        """The element or sub-array that an index names."""
        array = self.value(node.value)
        if not isinstance(array, Array):
            raise NotImplementedError(f"{ast.unparse(node.value)} is no array")
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        data, shape = array.data, list(array.shape)
        for index in indices:
            length = shape.pop(0)
            at = self.within(self.value(index), length)
            for size in shape:
                at = self.b.mul(at, size)
            data = self.b.gep(data, [at])
        return Array(ArrayType(array.kind.element, len(shape)), data, tuple(shape))

    def within(self, at: Any, length: Any) -> Any:
        """The index counted from the end where negative; 0 where it lies outside."""
        if isinstance(at, ir.Constant) and isinstance(at.constant, int) and at.constant >= 0:
            return at  # columns of tables
        before, odd, after = self.b.block, self.new_block("odd"), self.new_block("within")
        self.b.cbranch(self.b.icmp_unsigned("<", at, length), after, odd).set_weights([1000, 1])
        self.b.position_at_end(odd)
        from_end = self.b.add(at, length)
        inside = self.b.and_(self.b.icmp_signed("<", at, I64(0)), self.b.icmp_unsigned("<", from_end, length))
        other = self.b.select(inside, from_end, I64(0))
        self.b.branch(after)
        self.b.position_at_end(after)
        place = self.b.phi(I64)
        place.add_incoming(at, before)
        place.add_incoming(other, odd)
        return place

    def part(self, node: ast.Subscript) -> Array:
        """A slice of the first axis."""
        array, cut = self.value(node.value), node.slice
        assert isinstance(cut, ast.Slice)
        length = array.shape[0]
        low = I64(0) if cut.lower is None else self.clipped(self.value(cut.lower), length)
        high = length if cut.upper is None else self.clipped(self.value(cut.upper), length)
        at = low
        for size in array.shape[1:]:
            at = self.b.mul(at, size)
        size = self.larger(self.b.sub(high, low), I64(0))
        return Array(array.kind, self.b.gep(array.data, [at]), (size, *array.shape[1:]))

    def clipped(self, at: Any, length: Any) -> Any:
        return self.larger(self.smaller(at, length), I64(0))

    def smaller(self, one: Any, two: Any) -> Any:
        return self.b.select(self.b.icmp_signed("<", two, one), two, one)

    def larger(self, one: Any, two: Any) -> Any:
        return self.b.select(self.b.icmp_signed(">", two, one), two, one)

    # --- values

    def value(self, node: ast.expr) -> Any:
        return getattr(self, f"_of_{type(node).__name__}", self._unknown)(node)

    def _unknown(self, node: ast.expr) -> Any:
        raise NotImplementedError(f"{ast.unparse(node)} ({type(node).__name__})")

    def known(self, thing: Any) -> Any:
        if isinstance(thing, int | np.integer):
            return I64(int(thing))
        if isinstance(thing, tuple):
            return tuple(self.known(t) for t in thing)
        return Known(thing)

    def number(self, bit: Any) -> Any:
        return self.b.zext(bit, I64)

    def truth(self, node: ast.expr) -> Any:
        if isinstance(node, ast.BoolOp):
            return self.choice(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.b.not_(self.truth(node.operand))
        if isinstance(node, ast.Compare):
            return self.compared(node)
        return self.b.icmp_signed("!=", self.value(node), I64(0))

    def choice(self, node: ast.BoolOp) -> Any:
        """`and`, `or` as a bit, reading on only where needed."""
        both = isinstance(node.op, ast.And)
        after, place = self.new_block("decided"), self.room(BIT)
        for i, part in enumerate(node.values):
            bit = self.truth(part)
            self.b.store(bit, place)
            if i == len(node.values) - 1:
                self.b.branch(after)
            else:
                more = self.new_block("and" if both else "or")
                self.b.cbranch(bit, *((more, after) if both else (after, more)))
                self.b.position_at_end(more)
        self.b.position_at_end(after)
        return self.b.load(place)

    def compared(self, node: ast.Compare) -> Any:
        left, result = self.value(node.left), None
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            if isinstance(op, ast.In | ast.NotIn):
                bit = BIT(0)
                for one in right:
                    bit = self.b.or_(bit, self.b.icmp_signed("==", left, one))
                bit = self.b.not_(bit) if isinstance(op, ast.NotIn) else bit
            elif isinstance(left, tuple):
                bit = self.compared_tuples(type(op), left, right)
            else:
                bit = self.b.icmp_signed(_COMPARE[type(op)], left, right)
            result = bit if result is None else self.b.and_(result, bit)
            left = right
        return result

    def compared_tuples(self, op: type, left: Any, right: Any) -> Any:
        """`>` and `<` of tuples: the first number that differs decides."""
        sign, bit = _COMPARE[op], BIT(0)
        if sign not in "<>":
            raise NotImplementedError("tuples are compared by < and > only")
        for one, two in reversed(list(zip(left, right, strict=True))):
            same = self.b.icmp_signed("==", one, two)
            bit = self.b.select(same, bit, self.b.icmp_signed(sign, one, two))
        return bit

    def _of_Constant(self, node: ast.Constant) -> Any:
        if not isinstance(node.value, int):
            raise NotImplementedError(f"{node.value!r} is no whole number")
        return I64(int(node.value))

    def _of_Name(self, node: ast.Name) -> Any:
        if node.id in self.given:
            return self.given[node.id]
        if node.id in self.places:
            kind, places = self.places[node.id]
            return rebuilt(kind, [self.b.load(place) for place in places])
        if node.id in self.rule.__globals__:
            return self.known(self.rule.__globals__[node.id])
        return Known(
            __builtins__[node.id] if isinstance(__builtins__, dict) else getattr(__builtins__, node.id)
        )

    def _of_Attribute(self, node: ast.Attribute) -> Any:
        base = self.value(node.value)
        if isinstance(base, Known):
            return self.known(getattr(base.thing, node.attr))
        if isinstance(base, Record):
            return base.values[base.kind.names.index(node.attr)]
        if isinstance(base, Array) and node.attr == "shape":
            return base.shape
        raise NotImplementedError(ast.unparse(node))

    def _of_Tuple(self, node: ast.Tuple) -> Any:
        return tuple(self.value(e) for e in node.elts)

    def _of_Subscript(self, node: ast.Subscript) -> Any:
        if isinstance(node.slice, ast.Slice):
            return self.part(node)
        base = self.value(node.value)
        if isinstance(base, tuple) and not isinstance(base, Array | Record):
            return base[ast.literal_eval(node.slice)]
        array = self.element(node)
        if array.shape:
            return array
        number = self.b.load(array.data)
        if array.kind.element == "i8":
            return number
        return (self.b.sext if array.kind.element[0] == "i" else self.b.zext)(number, I64)

    def _of_BinOp(self, node: ast.BinOp) -> Any:
        return self.combined(node.op, self.value(node.left), self.value(node.right))

    def combined(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(op, ast.FloorDiv | ast.Mod):
            n = right.constant if isinstance(right, ir.Constant) else 0
            if n <= 0 or n & (n - 1):
                raise NotImplementedError("// and % take a power of two, written out")
            if isinstance(op, ast.Mod):
                return self.b.and_(left, I64(n - 1))
            return self.b.ashr(left, I64(n.bit_length() - 1))
        if isinstance(left, ir.Constant) and isinstance(right, ir.Constant):  # masks of word classes
            a, b = left.constant, right.constant
            folded = {ast.BitOr: a | b, ast.BitAnd: a & b, ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}
            if type(op) in folded:
                return I64(folded[type(op)])
        return getattr(self.b, _ARITHMETIC[type(op)])(left, right)

    def _of_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return self.number(self.truth(node))
        operand = self.value(node.operand)
        if isinstance(node.op, ast.USub):
            return I64(-operand.constant) if isinstance(operand, ir.Constant) else self.b.neg(operand)
        if isinstance(node.op, ast.Invert):
            return self.b.not_(operand)
        raise NotImplementedError(ast.unparse(node))

    def _of_Compare(self, node: ast.Compare) -> Any:
        return self.number(self.compared(node))

    def _of_BoolOp(self, node: ast.BoolOp) -> Any:
        """`and`, `or` as Python has them: the operand that decided."""
        both = isinstance(node.op, ast.And)
        after, place = self.new_block("decided"), self.room(I64)
        for i, part in enumerate(node.values):
            number = self.value(part)
            self.b.store(number, place)
            if i == len(node.values) - 1:
                self.b.branch(after)
            else:
                more = self.new_block("and" if both else "or")
                bit = self.b.icmp_signed("!=", number, I64(0))
                self.b.cbranch(bit, *((more, after) if both else (after, more)))
                self.b.position_at_end(more)
        self.b.position_at_end(after)
        return self.b.load(place)

    def _of_IfExp(self, node: ast.IfExp) -> Any:
        yes, no, after = self.new_block("yes"), self.new_block("no"), self.new_block("after")
        self.b.cbranch(self.truth(node.test), yes, no)
        kind, places = INT, []
        for block, part in ((yes, node.body), (no, node.orelse)):
            self.b.position_at_end(block)
            value = self.value(part)
            if not places:
                kind = kind_of(value)
                places = [self.room(k) for k in machine_types(kind)]
            for place, number in zip(places, numbers_of(value), strict=True):
                self.b.store(number, place)
            self.b.branch(after)
        self.b.position_at_end(after)
        return rebuilt(kind, [self.b.load(place) for place in places])

    def _of_Call(self, node: ast.Call) -> Any:
        called = self.value(node.func)
        thing = called.thing if isinstance(called, Known) else None
        if node.keywords or thing is None:
            raise NotImplementedError(ast.unparse(node))
        if thing is np.zeros:
            return self.scratch(node)
        given = [self.value(a) for a in node.args]
        if isinstance(thing, FunctionType):
            return self.call(thing, given)
        if thing is len:
            return given[0].shape[0]
        if thing in (int, np.int64):
            return given[0]
        if thing is bool:
            return self.number(self.b.icmp_signed("!=", given[0], I64(0)))
        if thing in (min, max):
            best = given[0]
            for one in given[1:]:
                best = self.smaller(best, one) if thing is min else self.larger(best, one)
            return best
        raise NotImplementedError(ast.unparse(node))

    def call(self, rule: FunctionType, given: list[Any]) -> Any:
        function = self.program.function(rule, tuple(kind_of(v) for v in given))
        result = self.b.call(function, [x for v in given for x in numbers_of(v)])
        width = width_of(rule)
        return result if width < 2 else tuple(self.b.extract_value(result, i) for i in range(width))

    def scratch(self, node: ast.Call) -> Array:
        size = self.value(node.args[0])
        if not isinstance(size, ir.Constant):
            raise NotImplementedError("np.zeros takes a constant; pass larger arrays in")
        data = self.room(I64, size.constant)
        for i in range(size.constant):
            self.b.store(I64(0), self.b.gep(data, [I64(i)]))
        return Array(ArrayType("i8", 1), data, (size,))
