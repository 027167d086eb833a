"""Label texts inside JupyterLab: buttons or keys, undo, several coders, every click on the disk at once."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.labels import Session, check_labels, check_units, current_labels, keys_typed, read_events
from helpers.safe import visible_text

if TYPE_CHECKING:
    from ipywidgets import VBox


def unit_html(unit: dict) -> str:
    """Return a unit with its context as safe HTML.

    Parameters
    ----------
    unit : dict
        With ``text`` and, where there is context, ``left`` and ``right``.

    Returns
    -------
    str
        Everything escaped; the context in grey, the text marked.
    """

    def show(name: str) -> str:
        value = unit.get(name, "")
        return html.escape(visible_text("" if pd.isna(value) else str(value)))

    grey = '<span style="color:#595959">{}</span>'
    parts = [
        grey.format(show("left")),
        f'<strong style="background:#fff3bf;color:#111">{show("text")}</strong>',
        grey.format(show("right")),
    ]
    return (
        '<div role="status" aria-live="polite" dir="auto" '
        f'style="font-size:1.15em;line-height:1.5;max-width:44em;min-height:6em">{" ".join(parts)}</div>'
    )


class Annotator:
    """A widget to label texts with.

    Parameters
    ----------
    units : DataFrame
        ``unit_id`` and ``text``, and, where there is context, ``left`` and ``right``: from `draw_sample`,
        `sentences_of`, or with a ``unit_id`` added from `precision_sheet`.
    path : path-like
        CSV file that grows by one line a click; it is made when it is missing, and resumed when it is there.
    labels : sequence of str
        Two to nine labels.
    coder : str
        Who labels; may be left empty and typed into the widget.

    Raises
    ------
    ValueError
        As `helpers.labels.Session`.

    Notes
    -----
    Keyboard: click once into the field *Keys*, or move to it with the tabulator key; then ``1`` to ``9`` give the
    label of that number, ``s`` skips, ``u`` or the backspace key undoes. The buttons can be reached with the
    tabulator key and pressed with the space or enter key too. Nothing needs to be saved. To label as another
    person, change the name; each coder has a sitting of their own in the same file.

    Examples
    --------
    >>> import tempfile
    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "text": ["The regime fell.", "It rained."]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     annotator = Annotator(units, f"{folder}/labels.csv", coder="Ann")
    ...     annotator.buttons[0].click()
    ...     given = annotator.labels()
    >>> given[["unit_id", "coder", "label"]].values.tolist()
    [['a', 'Ann', 'loaded']]
    """

    def __init__(
        self,
        units: pd.DataFrame,
        path: str | os.PathLike[str],
        labels: Sequence[str] = ("loaded", "not loaded"),
        coder: str = "",
    ) -> None:
        self.units, self.names, self.path = check_units(units), check_labels(labels), path
        self.session: Session | None = None
        self._keys = ""
        self.widget = self._build(coder)
        read_events(path)  # a file that is no log is refused at once
        self._start()

    def labels(self) -> pd.DataFrame:
        """Return all coders' labels as they are now: ``unit_id coder label time``."""
        return current_labels(read_events(self.path))

    def _build(self, coder: str) -> VBox:
        import ipywidgets as w

        self.coder = w.Text(
            coder, description="Coder", placeholder="your name or code", continuous_update=False
        )
        self.keys = w.Text("", description="Keys", placeholder="click here, then press 1, 2, s or u")
        self.text = w.HTML()
        self.state = w.HTML()
        self.bar = w.IntProgress(0, 0, len(self.units), description="Done")
        self.buttons = [w.Button(description=f"{i}  {name}") for i, name in enumerate(self.names, 1)]
        self.skip = w.Button(description="s  skip")
        self.undo = w.Button(description="u  undo")
        for name, button in zip(self.names, self.buttons, strict=True):
            button.on_click(lambda _, name=name: self._do("give", name))
        self.skip.on_click(lambda _: self._do("skip"))
        self.undo.on_click(lambda _: self._do("undo"))
        self.coder.observe(lambda _: self._start(), "value")
        self.keys.observe(lambda change: self._typed(change["new"]), "value")
        row = w.HBox([*self.buttons, self.skip, self.undo], layout=w.Layout(flex_flow="row wrap"))
        return w.VBox([w.HBox([self.coder, self.bar]), self.text, self.keys, row, self.state])

    def _start(self) -> None:
        """Begin, or resume, the sitting of the coder named."""
        self.session = None
        try:
            if self.coder.value.strip():
                self.session = Session(self.units, self.path, self.coder.value, self.names)
            self._show("" if self.session else "Type your name or code, then press Enter.")
        except ValueError as error:
            self._show(str(error))

    def _typed(self, value: str) -> None:
        gone, added = keys_typed(self._keys, value)
        self._keys = value
        for _ in range(gone):
            self._do("undo")
        for key in added.lower():
            if key.isdigit() and 1 <= int(key) <= len(self.names):
                self._do("give", self.names[int(key) - 1])
            elif key in "su":
                self._do("skip" if key == "s" else "undo")

    def _do(self, what: str, *how: str) -> None:
        if self.session is None:
            self._show("Type your name or code first.")
            return
        try:
            getattr(self.session, what)(*how)
            self._show(
                {"give": f"Saved: {how[0] if how else ''}.", "skip": "Skipped.", "undo": "Undone."}[what]
            )
        except OSError as error:
            self._show(f"Not saved: {error}")

    def _show(self, message: str) -> None:
        session = self.session
        unit = session.current if session else None
        for button in (*self.buttons, self.skip):
            button.disabled = unit is None
        self.undo.disabled = session is None or not session.done
        self.bar.value = session.done if session else 0
        if unit is not None:
            self.text.value = unit_html(unit)
        else:
            self.text.value = unit_html({"text": "All done. Thank you." if session else "No coder yet."})
        place = f"{session.done} of {session.total} done. " if session else ""
        self.state.value = f'<span role="status">{html.escape(place + message)}</span>'

    def _repr_mimebundle_(self, **kwargs: object) -> object:
        return self.widget._repr_mimebundle_(**kwargs)
