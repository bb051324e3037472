"""How Sphinx makes the reading edition; `tools/build_site.py` gathers the pages and calls it."""

from jdm_teach import __version__

project = "An executable journal club on nine children"
author = "jdm_teach contributors"
copyright = "jdm_teach contributors; text CC BY 4.0, code BSD-3-Clause"
version = release = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "site_docstrings", "sphinx_copybutton"]
exclude_patterns = ["lessons/files", "**.ipynb_checkpoints"]
# Two modules may offer a class of one name; a type in a signature then links to the first of them.
suppress_warnings = ["ref.python"]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# `tools/build_site.py` has run the lessons. Their code stays out: a reader meets the result, and can take the notebook along.
nb_execution_mode = "off"
nb_remove_code_source = True
nb_merge_streams = True
# No widget reaches these pages, so nothing is loaded for widgets.
nb_ipywidgets_js = {}

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
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


def mend_for_keyboard_and_reader(_app, _page, _template, context, _doctree):
    """Give the captions of the side bar the level that a heading needs; let keys reach what scrolls sideways."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
    if body := context.get("body"):
        body = body.replace("<pre>", '<pre tabindex="0">')
        context["body"] = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
