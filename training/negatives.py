#!/usr/bin/env python3
"""Copies pictures that are no lesions out of packages that ship some, one folder a kind.

    pip install scikit-image scikit-learn matplotlib
    apt-get install opencv-doc gnome-backgrounds mate-backgrounds propaganda-debian
    python3 training/negatives.py FOLDER [KIND=PLACE…]

A PLACE is any folder with pictures in it or below it, such as one that a package was unpacked into. They are for `training calibrate --negatives FOLDER`; none of them becomes part of Spotcheck.
"""

import pathlib
import sys

import numpy
from PIL import Image

# Photos of things, surfaces, and pages among the pictures that scikit-image installs with itself.
SKIMAGE = {
    "photo": ["astronaut.png", "camera.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg"],
    "surface": ["brick.png", "grass.png", "gravel.png", "coins.png", "moon.png", "hubble_deep_field.jpg"],
    "page": ["page.png", "text.png", "clock_motion.png", "horse.png", "color.png", "logo.png"],
    "microscope": ["ihc.png", "cell.png", "microaneurysms.png", "retina.jpg"],
}


def save(picture, folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(numpy.asarray(picture)).convert("RGB").save(folder / f"{name}.png")


# What Debian's packages bring, where they are installed: things and scenes, landscapes and flowers, drawn textures.
DEBIAN = {
    "thing": "/usr/share/doc/opencv-doc/examples",
    "wallpaper": "/usr/share/backgrounds",
    "drawn by hand": "/usr/share/wallpapers/propaganda",
}
# Smaller files are masks and marks.
LEAST_BYTES = 25_000
LONGEST_SIDE_PX = 900


def from_folder(kind, place, folder):
    """All pictures below a place, smaller where they are large; each picture once, whatever its size is called."""
    seen = set()
    for path in sorted(place.rglob("*")):
        stem = path.stem.split("_")[0].lower() if kind == "wallpaper" else path.stem.lower()
        wanted = path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"} and path.is_file()
        if not wanted or stem in seen or path.stat().st_size < LEAST_BYTES:
            continue
        seen.add(stem)
        try:
            picture = Image.open(path).convert("RGB")
        except OSError as error:
            print(f"{path}: {error}")
            continue
        picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        save(picture, folder / kind, stem)


def pages(folder):
    """Pages of text, black on near white, as an office prints them."""
    from matplotlib import font_manager
    from PIL import ImageDraw, ImageFont

    words = "the quick brown fox jumps over a lazy dog while seven wizards make toxic brew for the evil queen".split()
    random = numpy.random.default_rng(1)
    path = font_manager.findfont("DejaVu Sans")
    for number in range(24):
        paper = tuple(int(value) for value in random.integers(215, 256, 3))
        page = Image.new("RGB", (600, 600), paper)
        draw = ImageDraw.Draw(page)
        size = int(random.integers(14, 48))
        font = ImageFont.truetype(path, size)
        for y in range(10, 600, int(size * 1.4)):
            draw.text((10, y), " ".join(random.choice(words, 14)), fill=(20, 20, 30), font=font)
        save(page, folder / "page", f"printed-{number:02}")


def main():
    more = [argument.partition("=") for argument in sys.argv[2:]]
    if len(sys.argv) < 2 or not all(place for _, _, place in more):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    import skimage
    import sklearn

    data = pathlib.Path(skimage.__file__).parent / "data"
    for kind, names in SKIMAGE.items():
        for name in names:
            if (data / name).exists():
                save(Image.open(data / name), folder / kind, pathlib.Path(name).stem)
            else:
                print(f"not in this version of scikit-image: {name}")
    for picture in sorted((pathlib.Path(sklearn.__file__).parent / "datasets" / "images").glob("*.jpg")):
        save(Image.open(picture), folder / "photo", picture.stem)
    pages(folder)
    for kind, place in [*DEBIAN.items(), *((kind, place) for kind, _, place in more)]:
        if pathlib.Path(place).is_dir():
            from_folder(kind, pathlib.Path(place), folder)
        else:
            print(f"not installed: {place}")


if __name__ == "__main__":
    main()
