"""How Sphinx makes the reading edition; `tools/build_site.py` gathers the pages and calls it."""

import re

from jdm_teach import __version__

ALIAS = re.compile(r"TypeAliasForwardRef\('(\w+)'\)")

project = "An executable journal club on nine children"
author = "jdm_teach contributors"
copyright = "jdm_teach contributors; text CC BY 4.0, code BSD-3-Clause"
version = release = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "site_docstrings", "site_citations", "sphinx_copybutton"]
exclude_patterns = ["lessons/files", "**.ipynb_checkpoints"]
# Two modules may offer a class of one name; a type in a signature then links to the first of them.
suppress_warnings = ["ref.python"]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# `tools/build_site.py` has run the lessons. Their code stays out: a reader meets the result, and can take the notebook along.
nb_execution_mode = "off"
# A guide that says so itself is run here; on a busy machine that takes longer than the usual half minute.
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_remove_code_source = True
nb_merge_streams = True
# No widget reaches these pages, so nothing is loaded for widgets.
nb_ipywidgets_js = {}

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# The room's own packages are an extra that a reader of these pages need not have.
autodoc_mock_imports = ["starlette", "uvicorn", "segno"]
# What a table of the database inherits is described by its maker.
autodoc_default_options = {"exclude-members": "metadata, registry"}
autodoc_type_aliases = {"ArrayLike": "ArrayLike"}

templates_path = ["_templates"]
html_theme = "furo"
html_title = "Nine children: a journal club to read"
html_static_path = ["_static"]
html_css_files = ["reading.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "navigation_with_keys": False,
    "footer_icons": [],
    "light_css_variables": {
        "color-brand-primary": "#00548a",
        "color-brand-content": "#00548a",
        "color-brand-visited": "#5b3f8c",
        "color-api-name": "#00548a",
        "color-api-pre-name": "#5c6770",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8fcaf2",
        "color-brand-content": "#8fcaf2",
        "color-brand-visited": "#c3a6ff",
        "color-api-name": "#8fcaf2",
        "color-api-pre-name": "#b9c4cd",
    },
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def setup(app):
    # After the theme has made its side bar (it does so at the default priority, 500).
    app.connect("html-page-context", mend_for_keyboard_and_reader, priority=900)
    app.connect("autodoc-process-signature", plain_aliases)


def plain_aliases(_app, _what, _name, _thing, _options, signature, returned):
    """An alias inside a union is written as its name."""
    return tuple(text and ALIAS.sub(r"\1", text) for text in (signature, returned))


def mend_for_keyboard_and_reader(_app, _page, _template, context, _doctree):
    """Give the captions of the side bar the level that a heading needs; let keys reach what scrolls sideways."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
    if body := context.get("body"):
        body = body.replace("<pre>", '<pre tabindex="0">')
        context["body"] = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
