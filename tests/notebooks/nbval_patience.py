"""nbval waits five seconds for the output of a cell and offers no option; a busy machine needs more."""


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = 30
