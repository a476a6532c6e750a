"""A small tree of parsed HTML, so that tests look at elements and not at strings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

_VOID = {"br", "hr", "img", "input", "link", "meta", "use", "line", "path", "rect"}


@dataclass
class Node:
    """An element with its attributes and children; text nodes are plain strings."""

    tag: str
    attrs: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """Go through this element and all below it; a <template> keeps its own."""
        yield self
        for child in () if self.tag == "template" else self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str = "", **attrs: str) -> list["Node"]:
        """Find elements by tag and attributes; `class_` asks for one class."""
        return [node for node in self.walk() if node.fits(tag, attrs)]

    def one(self, tag: str = "", **attrs: str) -> "Node":
        """Find the only such element."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of <{tag} {attrs}> in {self.text[:300]}"
        return found[0]

    def fits(self, tag: str, attrs: dict[str, str]) -> bool:
        """Tell whether tag and attributes are as asked."""
        if tag and self.tag != tag:
            return False
        for name, value in attrs.items():
            if name == "class_":
                if value not in self.attrs.get("class", "").split():
                    return False
            elif self.attrs.get(name.replace("_", "-")) != value:
                return False
        return True

    @property
    def text(self) -> str:
        """The words inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in () if self.tag == "template" else self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    def fields(self) -> dict[str, str]:
        """What a form would send as it stands, buttons and unchecked boxes aside."""
        sent: dict[str, str] = {}
        for node in self.walk():
            name = node.attrs.get("name", "")
            if node.tag == "textarea":
                sent[name] = "".join(node._texts())
            elif node.tag == "select":
                options = node.all("option")
                chosen = [o for o in options if "selected" in o.attrs] or options[:1]
                sent[name] = chosen[0].attrs.get("value", "") if chosen else ""
            elif node.tag == "input" and name:
                is_box = node.attrs.get("type") in {"radio", "checkbox"}
                if not is_box or "checked" in node.attrs:
                    sent[name] = node.attrs.get("value", "")
        return sent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def built(self) -> Node:
        assert self.open == [self.root], f"<{self.open[-1].tag}> is left open"
        return self.root


class Page(Node):
    """A parsed answer."""

    @classmethod
    def of(cls, html: str) -> Self:
        """Parse; badly nested tags fail the test."""
        builder = _Builder()
        builder.feed(html)
        builder.close()
        root = builder.built()
        return cls(root.tag, root.attrs, root.children)
