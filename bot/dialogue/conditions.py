"""The expression language of conditions, compiled once when the files are loaded.

The text is parsed as a Python expression, and only the few kinds of node listed here are accepted: nothing is ever
evaluated as code.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Scope = Mapping[str, Mapping[str, Any]]
Evaluate = Callable[[Scope], Any]
Compare = Callable[[Any, Any], Any]

_CONSTANTS = {"null": None, "true": True, "false": False}


class ConditionError(ValueError):
    """A condition that is not in the language; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: its text, the names it reads (such as "slots.party"), and how to evaluate it."""

    text: str
    names: frozenset[str]
    evaluate: Evaluate

    def holds(self, slots: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> bool:
        """Say whether the condition is true of these slots (and, in patterns, this context)."""
        return bool(self.evaluate({"slots": slots, "context": context or {}}))


def compile_condition(text: str) -> Condition:
    """Compile a condition, or raise ConditionError."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        hint = "; write == for equality" if "=" in text and "==" not in text else ""
        raise ConditionError(f"{text!r} is not an expression{hint}") from error
    names: set[str] = set()
    evaluate = _compile(tree.body, names)
    return Condition(text, frozenset(names), evaluate)


def _compile(node: ast.expr, names: set[str]) -> Evaluate:
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        raise ConditionError(f"{ast.unparse(node)!r} is not allowed in a condition")
    return compiler(node, names)


def _constant(node: Any, _names: set[str]) -> Evaluate:
    value = node.value
    if not isinstance(value, str | int | float):
        raise ConditionError(f"{ast.unparse(node)!r} is not allowed in a condition; write null, true or false")
    return lambda _scope: value


def _name(node: Any, _names: set[str]) -> Evaluate:
    if node.id not in _CONSTANTS:
        raise ConditionError(f"{node.id!r} is unknown; a slot is written slots.{node.id}, a text in quotes")
    value = _CONSTANTS[node.id]
    return lambda _scope: value


def _attribute(node: Any, names: set[str]) -> Evaluate:
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in ("slots", "context"):
        raise ConditionError(f"{ast.unparse(node)!r} is unknown; names begin with slots. or context.")
    space, first, rest = node.id, path[0], path[1:]
    names.add(f"{space}.{first}")
    if rest:
        return lambda scope: look_into(scope[space].get(first), rest)
    return lambda scope: scope[space].get(first)


def look_into(value: Any, path: list[str]) -> Any:
    """Follow keys into nested mappings; None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _list(node: Any, names: set[str]) -> Evaluate:
    items = [_compile(item, names) for item in node.elts]
    return lambda scope: [item(scope) for item in items]


def _not_or_minus(node: Any, names: set[str]) -> Evaluate:
    operand = _compile(node.operand, names)
    if isinstance(node.op, ast.Not):
        return lambda scope: not operand(scope)
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return lambda scope: -operand(scope)
    raise ConditionError(f"{ast.unparse(node)!r} is not allowed in a condition")


def _and_or(node: Any, names: set[str]) -> Evaluate:
    parts = [_compile(part, names) for part in node.values]
    if isinstance(node.op, ast.And):
        return lambda scope: all(part(scope) for part in parts)
    return lambda scope: any(part(scope) for part in parts)


def _comparison(node: Any, names: set[str]) -> Evaluate:
    if len(node.ops) != 1:
        raise ConditionError(f"{ast.unparse(node)!r} compares more than two things; join two comparisons with and")
    left, right = _compile(node.left, names), _compile(node.comparators[0], names)
    compare = _COMPARISONS[type(node.ops[0])]
    return lambda scope: compare(left(scope), right(scope))


def _ordered(compare: Compare) -> Compare:
    """A comparison of order that is false when either side is empty or the two are of different kinds."""

    def comparison(left: Any, right: Any) -> bool:
        try:
            return bool(compare(left, right))
        except TypeError:
            return False

    return comparison


def _contained(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    return isinstance(right, list) and left in right


_COMPARISONS: dict[type[ast.cmpop], Compare] = {
    ast.Is: operator.eq,
    ast.Eq: operator.eq,
    ast.IsNot: operator.ne,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _contained,
    ast.NotIn: lambda left, right: not _contained(left, right),
}

_COMPILERS: dict[type[ast.expr], Callable[[Any, set[str]], Evaluate]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _list,
    ast.Tuple: _list,
    ast.UnaryOp: _not_or_minus,
    ast.BoolOp: _and_or,
    ast.Compare: _comparison,
}
