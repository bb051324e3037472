"""An executable journal club on nine children.

The handful of names a notebook may use. Everything heavy (pandas, scipy, matplotlib) loads when it is
first used, so that a question is on the screen before a figure is needed.
"""

__version__ = "0.1.0"
