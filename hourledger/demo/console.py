"""How the story is told: headings, the queries as they were sent, small tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table

WIDTH = 112


class Teller:
    """Prints the chapters of the demo."""

    def __init__(self) -> None:
        self.console = Console(width=WIDTH, highlight=False)

    def chapter(self, number: int, title: str) -> None:
        self.console.print()
        self.console.print(Rule(f"[bold]{number}. {title}", align="left", style="dim"))

    def say(self, text: str) -> None:
        self.console.print(text, soft_wrap=False)

    def link(self, what: str, where: str) -> None:
        """An address, never broken over two lines."""
        self.console.print(f"{what}: [cyan]{where}[/cyan]", soft_wrap=True)

    def query(self, document: str, variables: dict[str, Any] | None = None) -> None:
        """A GraphQL document as it was sent, with its variables."""
        shown = document.strip("\n")
        if variables:
            shown += "\n# variables: " + json.dumps(variables, ensure_ascii=False)
        syntax = Syntax(shown, "graphql", background_color="default", word_wrap=True, theme="ansi_dark")
        self.console.print(Padding(syntax, (0, 0, 0, 2)))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
        """``left``: so many columns from the left are text, the others are numbers."""
        table = Table(
            title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False
        )
        for index, column in enumerate(columns):
            table.add_column(column, justify="left" if index < left else "right")
        for row in rows:
            table.add_row(*row)
        self.console.print(Padding(table, (0, 0, 0, 2)))

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """A line that shows that something is going on, and for how long; gives a function that changes what it says.

        Without a terminal each text is a line of its own.
        """
        if not self.console.is_terminal:
            self.console.print(f"  ... {text}")
            yield lambda line: self.console.print(f"  ... {line}", soft_wrap=True)
            return
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn(),
            console=self.console, transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task(text, total=None)
            yield lambda line: progress.update(task, description=line[:70])


def money(value: dict[str, Any] | None) -> str:
    """An amount of the API for a table: 1,234.50 EUR."""
    return "-" if value is None else f"{Decimal(value['amount']):,} {value['currency']}"
