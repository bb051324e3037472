"""Named in PYTHONSTARTUP by `jupyter-lite.json`; IPython runs it in the learner's own namespace, so it leaves nothing there."""

__import__("jdm_teach_browser").begin()
