"""An operator's Jinja2 template, run in a sandbox; errors name its file and line."""

import traceback
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scraper.errors import PublishError

_CODE = "<template of the post>"


def run_template(source: str, file: str, values: Mapping[str, object]) -> str:
    """Return what a template makes of values; an unknown name in it is an error.

    Raises:
        PublishError: it cannot be run: ``post.j2:3: 'titel' is undefined``.
    """
    try:
        made = _template(source).render(values)
        made.encode()  # half a surrogate pair, which no file can hold, is a ValueError
        return made
    except TemplateSyntaxError as error:
        said = f"{file}:{error.lineno}: {_line(error)}"
        raise PublishError(said) from None
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        said = f"{file}:{_line_of(error)}: {_line(error)}"
        raise PublishError(said) from None


@lru_cache(maxsize=4)
def _template(source: str) -> Template:
    """Return a template in a sandbox: it imports nothing, and reaches no insides."""
    sandbox = ImmutableSandboxedEnvironment(
        autoescape=False,  # every value is escaped before it gets here
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    code = sandbox.compile(source, filename=_CODE)
    return Template.from_code(sandbox, code, sandbox.make_globals(None))


def _line_of(error: Exception) -> int:
    """Return the line of the template where an error arose."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == _CODE]
    return (lines[-1] if lines else None) or 1


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
