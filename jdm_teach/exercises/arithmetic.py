"""Arithmetic written as text, worked out without handing the text to Python.

A number question keeps its key and its known wrong paths as sums ("(6/8)/(3/12)"), so that the value in the
bank can always be recomputed. Only numbers, + - * / **, brackets and five functions are understood.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

__all__ = ["evaluate"]

LONGEST = 200
OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "expit": lambda x: 1 / (1 + math.exp(-x)),
}


def evaluate(expression: str) -> float:
    """The value of a sum such as `100*(1-0.025**(1/20))`.

    Raises ValueError, as a sentence, when the text is not plain arithmetic or has no finite value.
    Everything is worked out in floating point, so a huge power costs nothing: it is refused as not finite.

    >>> evaluate("(6/8)/(3/12)")
    3.0
    """
    if not isinstance(expression, str) or len(expression) > LONGEST:
        raise ValueError(f"A sum must be text of at most {LONGEST} characters.")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        value = _value(tree.body, expression)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"The sum {expression!r} cannot be read; write it like (6/8)/(3/12).") from error
    except (ArithmeticError, TypeError) as error:
        raise ValueError(f"The sum {expression!r} has no finite value.") from error
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError(f"The sum {expression!r} has no finite value.")
    return value


def _value(node: ast.AST, expression: str) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left, expression), _value(node.right, expression))
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.operand, expression))
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in FUNCTIONS
        and len(node.args) == 1
        and not node.keywords
    ):
        return FUNCTIONS[node.func.id](_value(node.args[0], expression))
    known = ", ".join(FUNCTIONS)
    raise ValueError(
        f"The sum {expression!r} holds something other than numbers, + - * / **, brackets and {known}."
    )
