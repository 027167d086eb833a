"""Where the shipped data lies: inside an installed wheel, or beside the source in a checkout."""

from pathlib import Path


def data_path(*parts: str) -> Path:
    """Return the path of a file or folder of the shipped data.

    Parameters
    ----------
    *parts : str
        Path components below the data folder, such as ``"lexicons", "geopolitics.csv"``.

    Returns
    -------
    pathlib.Path
        The path; whether it exists is the caller's question.
    """
    installed = Path(__file__).parent / "_data"
    root = installed if installed.is_dir() else Path(__file__).parents[2] / "data"
    return root.joinpath(*parts)
