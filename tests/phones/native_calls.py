"""Every Java class, method and signature that native code calls by name is there on the oldest Android that the app is offered to:

    native_calls.py TYPES LEVEL [FEATURE…]     TYPES: the folder of npm's @nativescript/types-android

A name that is missing is found by no compiler: it ends the app when it is called. The calls are found in the sources of the locked
versions of everything that is linked for Android and uses JNI, and in ours. What can't be read from the source (whose method it is,
or a name that is put together) is said below; what is neither read nor said is an error, and so is what is said and not met any more.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from android_api import Api, split

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "dev/dioxus/main"

# Crate, file, and what a receiver is called there: the class of it, by what the code around it says.
RECEIVERS = {
    ("spotcheck-app", "android.rs", "activity"): f"{PACKAGE}/MainActivity",
    ("tao", "ndk_glue.rs", "jobject"): f"{PACKAGE}/MainActivity",
    ("tao", "mod.rs", "window_manager"): "android/view/WindowManager",  # what ndk_glue.rs got from the activity
    ("wry", "mod.rs", "activity"): f"{PACKAGE}/MainActivity",
    ("wry", "main_pipe.rs", "activity"): f"{PACKAGE}/MainActivity",
    ("wry", "main_pipe.rs", "webview"): f"{PACKAGE}/RustWebView",
    ("wry", "binding.rs", "request"): "android/webkit/WebResourceRequest",
    ("dioxus-asset-resolver", "native.rs", "unsafe { jni::objects::JObject::from_raw(ctx.context().cast()) }"): f"{PACKAGE}/MainActivity",
    ("android-native-keyring-store", "shared_preferences.rs", "Context"): "android/content/Context",
}
# Names and signatures that are put together: every one that can come of it.
COMPOSED = {
    ("wry", "main_pipe.rs", "function"): ["loadUrlMainThread", "loadUrl"],
    ("spotcheck-app", "android.rs", "method"): ["dataFolder", "outbox", "takenPhotos", "inbox", "languages"],
}
# Calls after a test of the system's level: the level, and why nothing older comes there.
GUARDED = {}
# Crates and files that only hand on what others call by name, and what their callers are.
HANDS_ON = {
    ("android-native-keyring-store", "methods.rs"): "its callers are read by what they say of their methods",
}

# Linked with JNI, and calling nothing by name.
CALLS_NOTHING = {
    "dioxus-desktop": "it leaves that to wry and tao",
    "ndk": "it calls Android's libraries in C alone",
    "ndk-sys": "it calls Android's libraries in C alone",
}


def tree(features):
    """The packages that are linked for Android, with the folder of each."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", "aarch64-linux-android"]
    command += ["--no-default-features", "--features", ",".join(features)]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    root = next(one["id"] for one in found["packages"] if one["name"] == "spotcheck")
    seen, queue = {}, [root]
    while queue:
        one = queue.pop()
        if one in seen:
            continue
        linked = [dep["pkg"] for dep in nodes[one]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        seen[one] = {packages[dep]["name"] for dep in linked}
        queue += [dep for dep in linked if not any(kind in ("proc-macro",) for target in packages[dep]["targets"] for kind in target["kind"])]
    return [
        (packages[one]["name"], packages[one]["version"], Path(packages[one]["manifest_path"]).parent)
        for one, uses in sorted(seen.items())
        if uses & {"jni", "jni-sys", "ndk-context"} and packages[one]["name"] not in {"jni", "jni-sys"}
    ]


def without_comments(text):
    return re.sub(r"^\s*//.*$", "", text, flags=re.M)


def arguments(text, start):
    """What stands in the brackets that open there, at its commas, and where they close."""
    depth, at, quoted = 0, start, False
    while True:
        sign = text[at]
        if quoted:
            at += sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        else:
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0:
                return split_source(text[start + 1 : at]), at
        at += 1


def split_source(text):
    """As `split`, with strings, and angle brackets left alone."""
    parts, depth, start, quoted, at = [], 0, 0, False, 0
    while at < len(text):
        sign = text[at]
        if quoted:
            at += sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        elif sign == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
        else:
            depth += (sign in "([{") - (sign in ")]}")
        at += 1
    parts.append(text[start:])
    return [re.sub(r"\s+", " ", part).strip() for part in parts if part.strip()]


class Unknown(Exception):
    pass


def plain(text):
    """A receiver without what Rust needs around it."""
    text = re.sub(r"^(&mut |&)+", "", text)
    text = re.sub(r"\.(as_obj|clone)\(\)$", "", text)
    return text.removeprefix("self.")


def literal(text, strings):
    """The string that an expression is."""
    text = plain(text)
    if match := re.fullmatch(r'"([^"\\]*)"', text):
        return match[1]
    if match := re.fullmatch(r'format!\(\s*"([^"\\]*)"(.*)\)', text):
        pattern = match[1].replace("{}", PACKAGE)
        for name in re.findall(r"\{(\w+)\}", pattern):
            if name not in strings:
                raise Unknown(f"{text}: what is {name}?")
            pattern = pattern.replace(f"{{{name}}}", strings[name])
        return pattern
    if text in strings:
        return strings[text]
    raise Unknown(f"not a plain string: {text}")


CALL = re.compile(r"\b(call_method|call_static_method|new_object|find_class|get_static_field|get_field|get_method_id|get_static_method_id|call_method_unchecked)\(")


def calls(crate, path):
    """What a file calls by name: class, method, signature, static; `<class>` as method where a class alone is looked up."""
    text = without_comments(path.read_text())
    file, objects, strings, classes = path.name, {}, {}, {}
    composed = lambda name: COMPOSED.get((crate, file, plain(name)))
    for match in CALL.finditer(text):
        before = text[: match.start()]
        if re.search(r"\bfn $", before):
            continue
        given, _ = arguments(text, match.end() - 1)
        kind = match[1]
        # Strings that were named before.
        for name, value in re.findall(r'let (\w+) =\s*(format!\("[^"]*"[^;]*\));', before):
            strings.setdefault(name, literal(re.sub(r"\s+", " ", value), strings))
        named = re.search(r"let (?:mut )?(\w+)(?:: \w+)? =\s[^;{}]*$", before)
        where = f"{crate} {file}:{before.count(chr(10)) + 1}"
        try:
            if kind == "find_class":
                name = literal(given[-1].removesuffix(".clone()"), strings)
                if named:
                    classes[named[1]] = name
                yield where, name, "<class>", "", False
            elif kind == "new_object":
                owner = classes.get(plain(given[0])) or literal(given[0], strings)
                if named:
                    objects[named[1]] = owner
                yield where, owner, "<init>", literal(given[1], strings), False
            elif kind in {"call_method", "call_static_method"}:
                receiver = plain(given[0])
                if kind == "call_static_method":
                    owner = classes.get(receiver) or literal(given[0], strings)
                else:
                    owner = objects.get(receiver) or RECEIVERS.get((crate, file, receiver))
                if owner is None:
                    raise Unknown(f"whose method: {receiver}?")
                signature = literal(given[2], strings)
                if named and (returned := re.search(r"\)L(.+);$", signature)):
                    objects[named[1]] = returned[1]
                for name in composed(given[1]) or [literal(given[1], strings)]:
                    yield where, owner, name, signature, kind == "call_static_method"
            else:
                raise Unknown(f"{kind} is not read yet")
        except Unknown as error:
            yield where, None, str(error), "", False


def described(folder):
    """The same of the key store's crate, which says its methods as types."""
    texts = {path: without_comments(path.read_text()) for path in sorted(folder.glob("src/**/*.rs")) if "tests" not in path.parts}
    kinds = {"i32": "I", "bool": "Z", "&str": "Ljava/lang/String;", "String": "Ljava/lang/String;", "&[u8]": "[B", "Vec<u8>": "[B"}
    kinds |= {"Vec<u16>": "[C", "&[&str]": "[Ljava/lang/String;", "()": "V"}
    for text in texts.values():
        for name, body in re.findall(r"\n *impl(?:<'a>)? (?:\w+ for )?(\w+)(?:<'_>)? \{(.*?)\n\}", text, re.S):
            if said := re.search(r'fn (?:class|signature)\(\)[^{]*\{\s*ClassDecl\("([^"]+)"\)', body):
                kinds[name] = said[1]
        for name, said in re.findall(r'impl (?:ToValue|FromValue) for (\w+) \{\s*fn signature\(\)[^{]*\{\s*ClassDecl\("([^"]+)"\)', text):
            kinds[name] = said

    def descriptor(kind):
        kind = re.sub(r"'\w+ ", "", kind.strip())
        if match := re.fullmatch(r"Option<(.+)>", kind):
            kind = match[1]
        kind = kinds.get(kind) or kinds.get(kind.removeprefix("&"))
        if kind is None:
            raise Unknown("a type of the key store's crate that is not known")
        return kind

    for path, text in texts.items():
        for match in re.finditer(r"impl(?:<'a>)? (Method|StaticMethod|Constructible) for \w+(?:<'a>)? \{(.*?)\n +\}", text, re.S):
            kind, body = match.groups()
            owner = re.findall(r"\nimpl (\w+) \{", text[: match.start()])[-1]
            where = f"android-native-keyring-store {path.name}:{text[:match.start()].count(chr(10)) + 1}"
            try:
                taken = re.search(r"type Param = (.+?);", body, re.S)[1]
                taken = [] if taken == "NoParam" else split_source(taken[1:-1]) if taken.startswith("(") else [taken]
                returned = "V" if kind == "Constructible" else descriptor(re.search(r"type Return = (.+?);", body)[1])
                name = "<init>" if kind == "Constructible" else re.search(r'const NAME[^"]*"(\w+)"', body)[1]
                known = RECEIVERS.get(("android-native-keyring-store", path.name, owner)) or kinds[owner][1:-1]
                yield where, known, name, f"({''.join(map(descriptor, taken))}){returned}", kind == "StaticMethod"
            except (Unknown, KeyError) as error:
                yield where, None, f"{owner}: {error}", "", False


def bound(crate, path):
    """The same of jni's macro `bind_java_type`, which says classes with their members in Rust's spelling."""
    text = without_comments(path.read_text())
    kinds = {"JString": "Ljava/lang/String;", "jint": "I", "jboolean": "Z", "jlong": "J", "": "V"}
    for rust, java in re.findall(r'(\w+) => "([\w.$]+)"', text):
        kinds[rust] = f"L{java.replace('.', '/')};"
    for match in re.finditer(r"bind_java_type! \{", text):
        depth, end = 1, match.end()
        while depth:
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        block = text[match.end() : end - 1]
        owner = re.search(r'=> "([\w.$]+)"', block)[1].replace(".", "/")
        where = f"{crate} {path.name}:{text[:match.start()].count(chr(10)) + 1}"
        sections = dict(re.findall(r"\n    (\w+) \{(.*?)\n    \}", block, re.S))
        for known in ("type_map", "is_instance_of", "constructors", "fields", "methods"):
            body = sections.pop(known, "")
            if known in ("constructors", "methods"):
                for static, name, taken, returned in re.findall(r"(static )?fn (\w+)\(([^)]*)\)(?: -> (\w+))?", body):
                    java = "<init>" if known == "constructors" else re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)
                    try:
                        taken = "".join(kinds[one.partition(":")[2].strip()] for one in split_source(taken))
                        yield where, owner, java, f"({taken}){kinds[returned]}", bool(static)
                    except KeyError as error:
                        yield where, None, f"{name}: {error}", "", False
            elif known == "fields":
                for name in re.findall(r"static (\w+):", body):
                    yield where, owner, name, "<field>", True
        for section in sections:
            yield where, None, f"{section} of bind_java_type is not read yet", "", False


PRIMITIVES = {"Boolean": "Z", "Byte": "B", "Char": "C", "Short": "S", "Int": "I", "Long": "J", "Float": "F", "Double": "D", "Unit": "V"}
BOXED = {"String": "Ljava/lang/String;", "Any": "Ljava/lang/Object;", "Class": "Ljava/lang/Class;", "Map": "Ljava/util/Map;", "Throwable": "Ljava/lang/Throwable;"}


class Kotlin:
    """The classes that are compiled into the app: of each its parent and the methods that can be called from outside."""

    def __init__(self, files):
        self.parents, self.methods = {}, {}
        for file in files:
            text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.S)
            text = re.sub(r"//.*", "", text).replace("{{package}}", PACKAGE.replace("/", "."))
            known = {name.rpartition(".")[2]: name for name in re.findall(r"^import ([\w.]+)$", text, re.M)}
            if "import android.webkit.*" in text:
                known |= {name: f"android.webkit.{name}" for name in ["WebView", "WebViewClient", "WebChromeClient", "WebResourceRequest", "WebResourceResponse"]}
            heads = list(re.finditer(r"^(?:abstract )?class (\w+)(?:\((.*?)\))?\s*(?:: (\w+)\(.*?\))? \{", text, re.M))
            for head, following in zip(heads, heads[1:] + [None]):
                name, taken, parent = head.groups()
                body = text[head.end() : following.start() if following else len(text)]
                full = f"{PACKAGE}/{name}"
                if parent:
                    self.parents[full] = known.get(parent, f"{PACKAGE}.{parent}").replace(".", "/")
                found = self.methods.setdefault(full, set())
                found.add(("<init>", f"({self.descriptors(taken or '', known)})V"))
                for line in re.findall(r"^    (?:override )?(?:fun .*|val .*|var .*)$", body, re.M):
                    if match := re.match(r"\s+(?:override )?fun (\w+)\((.*?)\)(?:: ([\w<>*?, ]+?))?(?: =.*| \{.*)?$", line):
                        found.add((match[1], f"({self.descriptors(match[2], known)}){self.descriptor(match[3] or 'Unit', known)}"))
                    elif match := re.match(r"\s+(?:override )?va[lr] (\w+): ([\w<>*?, ]+)", line):
                        getter = "get" + match[1][0].upper() + match[1][1:]
                        found.add((getter, f"(){self.descriptor(match[2], known)}"))

    def descriptor(self, kind, known):
        kind = kind.strip().rstrip("?")
        if kind in PRIMITIVES:
            return PRIMITIVES[kind]
        if match := re.fullmatch(r"(\w+)Array", kind):
            return "[" + PRIMITIVES[match[1]]
        if match := re.fullmatch(r"Array<(.+)>", kind):
            return "[" + self.descriptor(match[1], known)
        kind = re.sub(r"<.*", "", kind)
        return BOXED.get(kind) or f"L{known.get(kind, f'{PACKAGE}.{kind}').replace('.', '/')};"

    def descriptors(self, text, known):
        return "".join(self.descriptor(one.partition(":")[2], known) for one in split(text))


def check(types, level, features):
    api = Api(types, level)
    packages = tree(features)
    kotlin = [ROOT / "assets/android/MainActivity.kt"]
    kotlin += next(sorted((folder / "src/android/kotlin").glob("*.kt")) for name, _, folder in packages if name == "wry")
    ours = Kotlin(kotlin)
    faults, counts, met = [], {}, set()

    def there(owner, name, signature, static):
        while owner in ours.methods:
            if name == "<class>" or (name, signature) in ours.methods[owner]:
                return True
            owner = ours.parents.get(owner, "java/lang/Object")
            if name == "<init>":
                return False
        if name == "<class>":
            return api.find(owner) is not None
        if signature == "<field>":
            return any(one.name == name and one.parameters is None for kind in api.ancestry(owner.replace("/", ".")) for one in kind.members)
        return api.has(owner, name, signature, static)

    for name, version, folder in packages:
        found = []
        if name == "android-native-keyring-store":
            found += described(folder)
        for path in sorted(folder.glob("src/**/*.rs")):
            skipped = {"windows", "linux", "macos", "ios", "wkwebview", "webkitgtk", "webview2", "tests", "unix"} & set(path.relative_to(folder).parts)
            if skipped or (name, path.name) in HANDS_ON:
                continue
            found += [*calls(name, path), *bound(name, path)]
        counts[f"{name} {version}"] = len(found)
        if not found and name not in CALLS_NOTHING:
            faults.append(f"{name} {version} is linked with JNI, and no call of it was found")
        for where, owner, method, signature, static in found:
            if owner is None:
                faults.append(f"{where}: {method}")
                continue
            guard = GUARDED.get((name, method))
            if guard:
                met.add((name, method))
                if guard[0] <= level or Api(types, guard[0]).has(owner, method, signature, static):
                    continue
            if not there(owner, method, signature, static):
                faults.append(f"{where}: Android with API level {level} has no {owner}.{method}{signature}")
    faults += [f"{one} is guarded and not called any more" for one in GUARDED.keys() - met]
    return counts, faults


if __name__ == "__main__":
    counts, faults = check(sys.argv[1], int(sys.argv[2]), sys.argv[3:] or ["mobile"])
    for fault in faults:
        print(f"  missing: {fault}")
    if faults:
        sys.exit(1)
    named = ", ".join(f"{count} of {name}" for name, count in counts.items() if count)
    print(f"  ok: API level {sys.argv[2]} has every class and method that native code calls by name: {named}")
