"""Keep how each explorer of the course opens: `make views`.

    views()    every function of `autoimmune.views` that gives an explorer and needs nothing, by its name
    main()     keep the opening of each, and drop those that no view has any more
"""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module

from autoimmune import views as views_of_lessons
from autoimmune.widgets.explorer import Explorer, ready


def views() -> dict[str, Callable]:
    """By module and name."""
    found = {}
    for _, name, _ in pkgutil.iter_modules(views_of_lessons.__path__, "autoimmune.views."):
        for view, made in inspect.getmembers(import_module(name), inspect.isfunction):
            given = inspect.signature(made)
            needs = [each for each in given.parameters.values() if each.default is each.empty]
            if made.__module__ == name and given.return_annotation in ("Explorer", Explorer) and not needs:
                found[f"{name.rpartition('.')[2]}.{view}"] = made
    return found


def main() -> None:
    kept = {ready.keep(made().plan) for made in views().values()}
    for path in set(ready.FOLDER.glob("*.json")) - kept:
        path.unlink()
    print(f"{len(kept)} views, {sum(path.stat().st_size for path in kept) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
