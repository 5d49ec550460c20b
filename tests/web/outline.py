"""Reads a page as somebody does who cannot see it: headings, landmarks, names of controls, and what must not be there."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line"}
CONTROLS = {"input", "select", "textarea"}


class Outline(HTMLParser):
    """`faults` says what is wrong; empty is well."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.landmarks: list[str] = []
        self.referred: set[str] = set()
        self._open: list[tuple[str, dict[str, str]]] = []
        self._named: list[tuple[str, list[str]]] = []
        self.language = ""
        self.feed(html)
        self._conclude()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self._look(tag, given)
        if tag in ("button", "a", "summary"):
            hidden = "not for readers" if given.get("aria-hidden") == "true" else ""
            self._named.append((tag, [given.get("aria-label", ""), given.get("title", ""), hidden]))
        if tag not in VOID:
            self._open.append((tag, given))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._look(tag, {name: value or "" for name, value in attributes})

    def handle_endtag(self, tag: str) -> None:
        if self._named and self._named[-1][0] == tag:
            _, words = self._named.pop()
            if not "".join(words).strip():
                self.faults.append(f"a {tag} says nothing")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._named:
            self._named[-1][1].append(data)

    def _look(self, tag: str, given: dict[str, str]) -> None:
        if tag == "html":
            self.language = given.get("lang", "")
        if "style" in given:
            self.faults.append(f"an inline style on {tag}")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"an inline {tag}")
        self.faults += [f"an inline handler {name} on {tag}" for name in given if name.startswith("on")]
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() and not self._in_dialog():
            self.headings.append(int(tag[1]))
        if tag in ("main", "nav", "aside", "header", "footer"):
            self.landmarks.append(tag)
        if tag in CONTROLS and given.get("type") != "hidden":
            self.controls.append(given | {"inside label": str(any(name == "label" for name, _ in self._open))})
        if tag == "svg" and not self._is_told(given):
            self.faults.append("a picture without words")
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            self.referred |= set(given.get(name, "").split())

    def _is_told(self, given: dict[str, str]) -> bool:
        hidden = given.get("aria-hidden") == "true" or bool(given.get("aria-label"))
        return hidden or any(attributes.get("role") == "img" for _, attributes in self._open)

    def _in_dialog(self) -> bool:
        return any(tag == "dialog" for tag, _ in self._open)

    def _conclude(self) -> None:
        if not self.language:
            self.faults.append("the page does not say its language")
        if self.landmarks.count("main") != 1:
            self.faults.append(f"{self.landmarks.count('main')} main parts")
        if self.headings.count(1) != 1 and 2 not in self.headings:
            self.faults.append(f"headings {self.headings}")
        for before, after in zip([1, *self.headings], self.headings, strict=False):
            if after > before + 1:
                self.faults.append(f"a heading of level {after} after one of {before}")
        twice = {name for name in self.ids if self.ids.count(name) > 1}
        self.faults += [f"the id {name} stands there twice" for name in sorted(twice)]
        self.faults += [f"nothing has the id {name}" for name in sorted(self.referred - set(self.ids))]
        for control in self.controls:
            labelled = control.get("id", "") in self.labels or control.get("aria-label")
            if not labelled and control["inside label"] != "True":
                self.faults.append(f"no label at {control.get('name')}")
