"""The editor's own words in other languages: a gettext catalogue each, and what shows them.

Nodes describe themselves in English; here is what surrounds them. `scripts/translations.sh` keeps the
catalogues in step with the code.
"""

from ui.translations.language import Language, choose, languages
from ui.translations.marking import marked
from ui.translations.translator import Catalogue, install

__all__ = ["Catalogue", "Language", "choose", "install", "languages", "marked"]
