"""What every screen stands on: pages, rights, sessions, forms, live updates. A front writes a screen with these names.

docs/how-to/write-a-screen.md shows a whole screen on one page.
"""

from hark.web.answers import Answer, Ask, go, page, shown
from hark.web.forms import Form
from hark.web.handlers import does, shows
from hark.web.rights import Right, Role
from hark.web.visitor import Visitor

__all__ = ["Answer", "Ask", "Form", "Right", "Role", "Visitor", "does", "go", "page", "shown", "shows"]
