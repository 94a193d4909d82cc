"""Compiles the app's Kotlin, ours and the WebView's, as far as that goes without Android's SDK:

    kotlin.py TYPES LOWEST TARGET FOLDER     TYPES: the folder of npm's @nativescript/types-android

Against stubs that are made from what each level of Android has: once for the target, and once for the lowest level, as a phone of that
level runs it, without what stands behind a test of the level. So a method that such a phone lacks fails, as do slips of the pen.
"""
import re
import subprocess
import sys
from pathlib import Path

from android_api import Api, split, without_generics
from native_calls import ROOT, tree

CODES = {"M": 23, "N": 24, "O": 26, "P": 28, "Q": 29, "R": 30, "S": 31, "S_V2": 32, "TIRAMISU": 33, "UPSIDE_DOWN_CAKE": 34, "VANILLA_ICE_CREAM": 35}

# Methods whose descriptions leave out what Kotlin needs to know of them: type parameters, and classes that came later than the tool.
EXACTLY = {
    "findViewById": "public <T extends android.view.View> T findViewById(int p0) { return null; }",
    "getSize": "public android.util.Size getSize() { return null; }",
    "getLocales": "public android.os.LocaleList getLocales() { return null; }",
    "registerForActivityResult": """public <I, O> androidx.activity.result.ActivityResultLauncher<I> registerForActivityResult(
        androidx.activity.result.contract.ActivityResultContract<I, O> p0, androidx.activity.result.ActivityResultCallback<O> p1) { return null; }""",
}

# Of abstract classes they leave out the interfaces.
BESIDES = {"android.net.Uri": ["android.os.Parcelable"]}

# Not in the descriptions: written down from AndroidX' documentation, with what is used of it.
BY_HAND = {
    "androidx.webkit.WebViewCompat": "public class WebViewCompat { public static void addDocumentStartJavaScript(android.webkit.WebView view, String script, java.util.Set<String> origins) {} }",
    "androidx.webkit.WebViewFeature": "public class WebViewFeature { public static final String DOCUMENT_START_SCRIPT = \"\"; public static boolean isFeatureSupported(String feature) { return true; } }",
    "androidx.webkit.WebViewAssetLoader": """public final class WebViewAssetLoader {
        public android.webkit.WebResourceResponse shouldInterceptRequest(android.net.Uri url) { return null; }
        public interface PathHandler {}
        public static final class AssetsPathHandler implements PathHandler { public AssetsPathHandler(android.content.Context context) {} }
        public static final class Builder {
            public Builder setDomain(String domain) { return this; }
            public Builder addPathHandler(String path, PathHandler handler) { return this; }
            public WebViewAssetLoader build() { return null; } } }""",
    # Made by Gradle.
    "org.spotcheck.app.R": "public final class R { public static class color { public static int spotcheck_paper; } public static class bool { public static int spotcheck_light_bars; } public static class drawable { public static int spotcheck_notification; } }",
    "org.spotcheck.app.BuildConfig": "public final class BuildConfig { public static final boolean DEBUG = false; }",
}


def closing(text, start):
    """Where the brace that opens there closes."""
    depth, at = 0, start
    while True:
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
        at += 1


def as_run_at(level, text):
    """The source without what a phone of that level never comes to."""
    number = r"(\d+|Build\.VERSION_CODES\.\w+)"
    value = lambda code: int(code) if code.isdigit() else CODES[code.rpartition(".")[2]]
    # A function that returns on older phones.
    while match := re.search(rf"if \(Build\.VERSION\.SDK_INT < {number}\) return\b.*\n", text):
        if level >= value(match[1]):
            text = text[: match.start()] + text[match.end() :]
            continue
        depth, at = 1, match.end()
        while depth:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
        text = text[: match.start()] + text[at - 1 :]
    # Blocks, with what is done otherwise.
    while match := re.search(rf"if \(Build\.VERSION\.SDK_INT >= {number}\) \{{", text):
        end = closing(text, match.end() - 1)
        then, rest = text[match.end() : end], text[end + 1 :]
        otherwise = ""
        if following := re.match(r"\s*else \{", rest):
            finish = closing(rest, following.end() - 1)
            otherwise, rest = rest[following.end() : finish], rest[finish + 1 :]
        text = text[: match.start()] + "run {" + (then if level >= value(match[1]) else otherwise) + "}" + rest
    # One statement on the same line.
    def one(match):
        return match[2] + "\n" if level >= value(match[1]) else "\n"

    text = re.sub(rf"if \(Build\.VERSION\.SDK_INT >= {number}\) ([^{{\n]+)\n", one, text)
    # What is left only chooses between things that every level has.
    return re.sub(rf"Build\.VERSION\.SDK_INT (>=|<) {number}", lambda match: str((level >= value(match[2])) == (match[1] == ">=")).lower(), text)


class Stubs:
    """Java sources of the classes that these Kotlin sources use, with the members that they may mean."""

    def __init__(self, api, sources):
        self.api = api
        text = "\n".join(sources)
        self.words = set(re.findall(r"\w+", text))
        for word in list(self.words):
            self.words |= {prefix + word[0].upper() + word[1:] for prefix in ("get", "set", "is")}
            self.words.add(re.sub(r"^is(?=[A-Z])", "set", word))
        self.wanted = []
        for name in re.findall(r"^import ([\w.]+)$", text, re.M):
            self.want(name)
        for package in re.findall(r"^import ([\w.]+)\.\*$", text, re.M):
            for word in self.words:
                self.want(f"{package}.{word}")
        for name in re.findall(r"\bandroid(?:\.\w+)+", text):
            self.want(name.rpartition(".")[0])
        self.single = set()
        self.bodies = {}
        # Each class may bring others.
        at = 0
        while at < len(self.wanted):
            self.bodies[self.wanted[at]] = None
            self.relate(self.wanted[at])
            at += 1
        for name in self.wanted:
            self.bodies[name] = self.body(name)

    def want(self, name):
        name = without_generics(name)
        if name.startswith(("java.", "javax.", "kotlin.")) or name not in self.api.classes or name in self.wanted:
            return
        outer = name.rpartition(".")[0]
        if outer in self.api.classes:
            self.want(outer)
        self.wanted.append(name)

    def kept(self, one):
        """The members that the sources may mean, each once."""
        asked = {member.name for parent in self.api.ancestry(one.name) if parent.interface and len(parent.asked) == 1 for member in parent.asked}
        seen = {("equals", ("any",), False), ("toString", (), False), ("hashCode", (), False), ("notify", (), False), ("getClass", (), False)}
        for member in one.asked if one.interface else one.members:
            # What fills type parameters in is described as if it did not, and nothing of it is called but by its parent's name.
            if "<" in one.extends and member.name != "<init>":
                continue
            key = (member.name, tuple(member.parameters or ()), member.parameters is None)
            if key not in seen and (member.name in self.words or member.name in asked or member.name == "<init>" or one.interface and len(one.asked) == 1):
                seen.add(key)
                yield member
        if one.interface:
            for member in one.members:
                if member.static and member.name in self.words:
                    yield member

    def relate(self, name):
        one = self.api.classes[name]
        one.parents += [parent for parent in BESIDES.get(name, []) if parent not in one.parents]
        for parent in one.parents:
            self.want(parent)
        for member in self.kept(one):
            for mentioned in re.findall(r"android[\w.]+", EXACTLY.get(member.name, "")):
                self.want(mentioned)
            for kind in (member.parameters or []) + [member.returns]:
                for mentioned in re.findall(r"[\w.]+", kind):
                    self.want(mentioned)
        for inner in self.api.classes:
            if inner.startswith(name + ".") and inner.count(".") == name.count(".") + 1 and inner.rpartition(".")[2] in self.words:
                self.want(inner)

    def java(self, kind, number="int", text="String", generics=(), boxed=False):
        """A described type in Java."""
        # Newer levels say a constant's value in the place of its type.
        kind = re.sub(r"^-?[\d.]+$", "number", re.sub(r'^".*"$', "string", re.sub(r"^(true|false)$", "boolean", kind)))
        if match := re.match(r"androidNative\.Array<(.+)>$", kind):
            return self.java(match[1], number, text, generics) + "[]"
        simple = {"number": number, "boolean": "boolean", "string": text, "any": "Object", "void": "void"}
        if boxed:
            simple |= {"number": "Integer", "boolean": "Boolean", "any": "?"}
        bare = without_generics(kind)
        if bare in simple:
            return simple[bare]
        if bare in generics:
            return bare
        if not (bare.startswith(("java.", "javax.")) or bare in self.bodies):
            return "?" if boxed else "Object"
        match = re.match(r"[\w.]+<(.*)>$", kind)
        if not match or "=>" in kind:
            return bare
        return f"{bare}<{', '.join(self.java(part, boxed=True, generics=generics) for part in split(match[1]))}>"

    def variants(self, member, generics):
        """The parameter lists that a described one may stand for."""
        kinds = member.parameters
        count = sum("number" in kind for kind in kinds)
        numbers = ["int", "long", "float"]
        choices = [[]]
        if count <= 3:
            for _ in range(count):
                choices = [chosen + [number] for chosen in choices for number in numbers]
        else:
            choices = [[number] * count for number in numbers]
        seen = set()
        for chosen in choices:
            for text in ("String", "CharSequence"):
                number = iter(chosen)
                taken = tuple(self.java(kind, next(number) if "number" in kind else "int", text, generics) for kind in kinds)
                if taken not in seen:
                    seen.add(taken)
                    yield ", ".join(f"{kind} p{at}" for at, kind in enumerate(taken))

    def narrowed(self, name, member):
        """Whether a class that inherits the method returns another kind of text from it."""
        heirs = (self.api.classes[other] for other in self.wanted if self.api.classes[name] in self.api.ancestry(other)[1:])
        return any(theirs.name == member.name and theirs.parameters == member.parameters and theirs.returns != "string" for heir in heirs for theirs in heir.members)

    def body(self, name):
        one = self.api.classes[name]
        lines, erased = [], set()
        for member in self.kept(one):
            if member.name in EXACTLY:
                if not one.interface and (member.name, None) not in erased:
                    lines.append(EXACTLY[member.name])
                erased.add((member.name, None))
                continue
            returned = self.java(member.returns, text="CharSequence" if self.narrowed(name, member) else "String", generics=one.generics)
            static = "static " if member.static else ""
            if member.parameters is None:
                value = {"int": "Integer.parseInt(\"0\")", "String": "\"\".trim()", "boolean": "false"}.get(returned, "null")
                lines.append(f"public {static}{'final ' if member.static else ''}{returned} {member.name}{' = ' + value if member.static or one.interface else ''};")
                continue
            for taken in self.variants(member, one.generics):
                key = (member.name, re.sub(r"<[^,]*>", "", taken))
                if key in erased or one.interface and member.name in {name for name, _ in erased} and len(one.asked) == 1:
                    continue
                erased.add(key)
                if member.name == "<init>":
                    lines.append(f"public {name.rpartition('.')[2]}({taken}) {{}}")
                    continue
                answer = {"void": "", "boolean": "return false;", "int": "return 0;"}.get(returned, "return null;")
                if one.interface and not member.static:
                    # Of an interface with one method a lambda is made; nobody here implements another whole.
                    lines.append(f"{returned} {member.name}({taken});" if len(one.asked) == 1 else f"default {returned} {member.name}({taken}) {{ {answer} }}")
                else:
                    lines.append(f"public {static}{returned} {member.name}({taken}) {{ {answer} }}")
        if not one.interface and not any(member.name == "<init>" and not member.parameters for member in one.members):
            lines.append(f"protected {name.rpartition('.')[2]}() {{}}" if "<init>" not in {k for k, t in erased if not t} else "")
        inner = [self.declaration(other) for other in self.wanted if other.rpartition(".")[0] == name]
        return "\n".join(lines + inner)

    def declaration(self, name):
        one = self.api.classes[name]
        if "java.lang.annotation.Annotation" in one.parents:
            return f"public @interface {name.rpartition('.')[2]} {{ {'String[] value() default {};' if any(member.name == 'value' for member in one.asked) else ''} }}"
        # Enumerations are described without a parent.
        if not one.parents and any(member.name == "values" and member.static for member in one.members):
            constants = [member.name for member in one.members if member.static and member.parameters is None and member.returns == name]
            inside = "static " if name.rpartition(".")[0] in self.bodies else ""
            return f"public {inside}enum {name.rpartition('.')[2]} {{ {', '.join(constants)} }}"
        generics = f"<{', '.join(one.generics)}>" if one.generics else ""
        usable = [parent for parent in one.parents if parent in self.bodies or parent.startswith("java.") and parent != "java.lang.Object"]
        interfaces = [parent for parent in usable if parent in self.bodies and self.api.classes[parent].interface]
        classes = [parent for parent in usable if parent in self.bodies and parent not in interfaces]
        static = "static " if one.name.rpartition(".")[0] in self.bodies else ""
        if one.interface:
            interfaces += [parent for parent in usable if parent.startswith("java.lang.")]
            heritage = f" extends {', '.join(interfaces)}" if interfaces else ""
            return f"public {static}interface {name.rpartition('.')[2]}{generics}{heritage} {{\n{self.body(name)}\n}}"
        heritage = f" extends {self.java(one.extends)}" if classes else self.throwable(one)
        heritage += f" implements {', '.join(interfaces)}" if interfaces else ""
        return f"public {static}class {name.rpartition('.')[2]}{generics}{heritage} {{\n{self.body(name)}\n}}"

    def throwable(self, one):
        parent = next((parent for parent in one.parents if parent.startswith("java.lang.") and parent.endswith(("Exception", "Error"))), None)
        return f" extends {parent}" if parent else ""

    def write(self, folder):
        paths = []
        texts = {name: self.declaration(name) for name in self.wanted if name.rpartition(".")[0] not in self.bodies} | BY_HAND
        for name, text in texts.items():
            package, _, simple = name.rpartition(".")
            path = folder / package.replace(".", "/") / f"{simple}.java"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"package {package};\n{text}\n")
            paths.append(path)
        return paths


def compile_at(types, level, sources, folder):
    """What the compilers say of the sources, by name, on a phone of that level; nothing where they are content."""
    made = {name: as_run_at(level, text) for name, text in sources.items()}
    stubs = Stubs(Api(types, level), made.values())
    folder.mkdir(parents=True, exist_ok=True)
    java = stubs.write(folder / "java")
    done = subprocess.run(["javac", "-nowarn", "-Xlint:none", "-d", folder / "classes", *java], capture_output=True, text=True)
    if done.returncode:
        return f"the stubs themselves do not compile:\n{done.stderr}", stubs
    paths = []
    for name, text in made.items():
        path = folder / "kotlin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        paths.append(path)
    done = subprocess.run(["kotlinc", "-nowarn", "-cp", folder / "classes", *paths, "-d", folder / "compiled"], capture_output=True, text=True)
    compiled = (folder / "compiled/dev/dioxus/main/MainActivity.class").exists()
    return (None if done.returncode == 0 and compiled else done.stderr or "nothing was compiled"), stubs


def sources():
    """The app's Kotlin: ours, and what the build of wry writes beside it."""
    found = {"MainActivity.kt": (ROOT / "assets/android/MainActivity.kt").read_text()}
    wry = next(folder for name, _, folder in tree(["mobile"]) if name == "wry")
    for path in sorted((wry / "src/android/kotlin").glob("*.kt")):
        text = path.read_text().replace("{{package}}", "dev.dioxus.main").replace("{{library}}", "main")
        text = re.sub(r"\{\{class-\w+\}\}", "", text)
        # Debian's compiler is older than this way to name what is not looked at.
        found[path.name] = text.replace("catch (_: ", "catch (ignored: ")
    return found


if __name__ == "__main__":
    types, lowest, target, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    files = sources()
    for level in (target, lowest):
        said, stubs = compile_at(types, level, files, folder / str(level))
        if said:
            sys.exit(f"  FAILED: the app's Kotlin does not compile for API level {level}\n{said}")
        print(f"  ok: {len(files)} Kotlin files compile as API level {level} runs them, against {len(stubs.wanted)} classes made from what level {stubs.api.described} has")
    # What it decides needs nothing of Android, and is run.
    library = "/usr/share/java/kotlin-stdlib.jar"
    command = ["java", "-cp", f"{folder / str(lowest) / 'compiled'}:{library}", Path(__file__).with_name("Decided.java")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    print("  ok: a morning stays one in another time zone, and no picture is decoded that is too large for memory")
    print("  ok: of what other apps hand over, at most a pack's size is copied, and nothing that is the app's own")
    # The same check, where it must not be content.
    broken = dict(files)
    broken["MainActivity.kt"] = files["MainActivity.kt"].replace("if (Build.VERSION.SDK_INT >= 33) setRecents", "setRecents")
    said, _ = compile_at(types, lowest, broken, folder / "broken")
    if not said or "setRecentsScreenshotEnabled" not in said:
        sys.exit(f"  FAILED: a method that API level {lowest} lacks was not missed: {said}")
    print("  ok: without its test of the level, a method of level 33 is missed there")
