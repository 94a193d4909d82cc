"""What classes and methods Android and AndroidX have at an API level, read from the type descriptions of npm's
@nativescript/types-android: they were generated from each level's own android.jar, and so are a second witness beside the documentation.

They tell numbers, characters and strings apart less finely than Java: see `Api.fits`.
"""
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path


@dataclass
class Member:
    name: str  # "<init>" for a constructor
    static: bool
    parameters: list | None  # None for a field
    returns: str


@dataclass
class Class:
    name: str  # with dots, also before an inner class
    generics: list
    parents: list
    extends: str  # with generics
    interface: bool = False
    members: list = field(default_factory=list)
    # What an interface asks of whoever implements it.
    asked: list = field(default_factory=list)


CLASS = re.compile(r"export (?:abstract )?class ([\w$]+)\s*(?:<(.*?)>)?\s*(?:extends (.+?))?(?: implements (.+?))? \{$")
METHOD = re.compile(r"(?:public |protected )?(static )?(?:abstract )?([\w$]+)\((.*)\): (.+);$")
FIELD = re.compile(r"public (static )?([\w$]+): (.+);$")
CONSTRUCTOR = re.compile(r"public constructor\((.*)\);$")


def split(text):
    """At the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "<({[") - (sign in ">)}]")
        if sign == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def parameters(text):
    return [part.partition(":")[2].strip() for part in split(text)]


def without_generics(text):
    depth, out = 0, []
    for sign in text:
        depth -= sign == ">"
        if depth == 0 and sign not in "<>":
            out.append(sign)
        depth += sign == "<"
    return "".join(out).strip()


def read(path, classes):
    """Adds the classes of one file."""
    modules, open_class, inner = [], None, None
    since = None
    for line in Path(path).read_text().splitlines():
        line = re.sub(r"/\*(?!\*).*?\*/", "", line).strip().replace("globalAndroid.", "android.")
        if inner is not None:
            # The methods that an implementation must bring.
            if line == "});":
                inner = None
            elif match := METHOD.match(line):
                static, name, taken, returned = match.groups()
                inner.asked.append(Member(name, bool(static), parameters(taken), returned))
            continue
        if match := re.match(r"(?:declare|export) module ([\w.$]+) \{", line):
            modules.append(match[1])
        elif match := CLASS.match(line):
            name, generics, parent, interfaces = match.groups()
            parents = [without_generics(parent)] if parent else []
            parents += [without_generics(one) for one in split(interfaces or "")]
            made = Class(".".join(modules + [name]), [g.split(" ")[0] for g in split(generics or "")], parents, parent or "")
            # AndroidX refers to some classes of the framework by stubs of its own: the first that is read counts.
            open_class = classes.setdefault(made.name, made)
            if open_class is not made:
                open_class = made
            modules.append(name)
        elif line == "public constructor(implementation: {":
            open_class.interface = True
            inner = open_class
        elif line == "}":
            if modules:
                modules.pop()
        elif open_class is not None and line.startswith("public"):
            if match := CONSTRUCTOR.match(line):
                open_class.members.append(Member("<init>", False, parameters(match[1]), "void"))
            elif match := METHOD.match(line):
                static, name, taken, returned = match.groups()
                open_class.members.append(Member(name, bool(static), parameters(taken), returned))
            elif match := FIELD.match(line):
                if match[2] != "class":
                    open_class.members.append(Member(match[2], bool(match[1]), None, match[3]))


class Api:
    """One level of Android with AndroidX."""

    def __init__(self, folder, level):
        # AndroidX comes with the app and has one version. For levels above the newest that is described the newest stands.
        android = Path(folder) / "lib" / "android"
        described = max(int(re.search(r"(\d+)\.d", path.name)[1]) for path in android.glob("android-platform-*.d.ts"))
        self.level, self.described = level, min(level, described)
        self.classes = {}
        read(android / f"android-platform-{self.described}.d.ts", self.classes)
        read(max(android.glob("androidx-*.d.ts")), self.classes)

    def find(self, name):
        """A class by its name in Java's files, such as android/view/WindowManager$LayoutParams."""
        return self.classes.get(name.replace("/", ".").replace("$", "."))

    @lru_cache(maxsize=None)
    def ancestry(self, name):
        """The class and all that it inherits from, nearest first."""
        found, names = [], [name]
        while names:
            one = self.classes.get(names.pop(0))
            if one and one not in found:
                found.append(one)
                names += one.parents
        objects = self.classes.get("java.lang.Object")
        return found + ([objects] if objects and objects not in found else [])

    def fits(self, kind, descriptor, generics=()):
        """Whether a described type may be that of a descriptor."""
        kind = without_generics(kind) if "Array<" not in kind else kind
        if match := re.match(r"androidNative\.Array<(.+)>$", kind):
            return descriptor.startswith("[") and self.fits(match[1], descriptor[1:], generics)
        if kind == "number":
            return descriptor in {"B", "S", "I", "J", "F", "D"}
        if kind == "boolean":
            return descriptor == "Z"
        if kind == "void":
            return descriptor == "V"
        if kind == "string":
            return descriptor in {"C", "Ljava/lang/String;", "Ljava/lang/CharSequence;"}
        if kind == "any" or kind in generics:
            return descriptor[0] in "L["
        return descriptor == f"L{self.path(kind)};"

    def path(self, name):
        """The name of a class in Java's files."""
        parts = name.split(".")
        for length in range(1, len(parts)):
            if ".".join(parts[:length]) in self.classes:
                return "/".join(parts[:length]) + "".join("$" + part for part in parts[length:])
        return "/".join(parts)

    def has(self, owner, name, descriptor, static=False):
        """Whether the class, by its name in Java's files, has or inherits the method."""
        taken, returned = re.match(r"\((.*)\)(.+)$", descriptor).groups()
        taken = re.findall(r"\[*(?:[BCDFIJSZ]|L[^;]+;)", taken)
        for one in self.ancestry(owner.replace("/", ".").replace("$", ".")):
            for member in one.members + one.asked:
                if member.name != name or member.parameters is None or len(member.parameters) != len(taken) or member.static != static:
                    continue
                # A method that returns its own kind may be inherited.
                pairs = list(zip(member.parameters, taken)) + ([] if name == "<init>" else [(member.returns, returned)])
                if all(self.fits(kind, wanted, one.generics) for kind, wanted in pairs):
                    return True
            if name == "<init>":
                break
        return False
