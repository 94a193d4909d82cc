"""Files as clinics have them, written and read by others: `clinic.py FOLDER [--fixtures]`.

Each is written by pydicom, Pillow or tifffile, and beside it a PNG of what pydicom or Pillow reads from it, as NAME.right.png. With
--fixtures they are small, of four colours, and without the PNGs: `tests/fixtures` holds those.
"""

import io
import sys
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut, pixel_array

FOLDER, FIXTURES = Path(sys.argv[1]), "--fixtures" in sys.argv
COLOURS = np.array([[220, 40, 40], [40, 200, 40], [40, 40, 220], [230, 220, 60]], np.uint8)
LUMA = np.array([0.299, 0.587, 0.114])


def quarters(width, height):
    down, across = np.mgrid[0:height, 0:width]
    return COLOURS[2 * (down >= height // 2) + (across >= width // 2)]


def drawn(width, height, seed):
    """A spot with a soft edge and some grain."""
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width] / max(width, height)
    cover = np.clip((0.35 - np.hypot(across - 0.5 * width / max(width, height), down - 0.4)) * 9, 0, 1)[..., None]
    skin, spot = chance.integers(120, 250, 3), chance.integers(10, 120, 3)
    return np.clip(skin * (1 - cover) + spot * cover + chance.integers(-6, 7, (height, width, 3)), 0, 255).astype(np.uint8)


def ybr(rgb):
    matrix = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    return np.clip(np.floor(rgb @ matrix.T + [0, 128, 128] + 0.5), 0, 255).astype(np.uint8)


def dataset(pixels, photometric, syntax=uid.ExplicitVRLittleEndian, allocated=8, stored=8, planar=0, frames=None, order="<"):
    picture = Dataset()
    picture.file_meta = FileMetaDataset()
    picture.file_meta.MediaStorageSOPClassUID = uid.VLPhotographicImageStorage
    picture.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    picture.file_meta.TransferSyntaxUID = syntax
    picture.SOPClassUID, picture.SOPInstanceUID = uid.VLPhotographicImageStorage, "1.2.3.4"
    picture.PatientName, picture.PatientID = "Nobody^Drawn", "0"
    # A sequence with an element of the same number as one that counts, as thumbnails have.
    icon = Dataset()
    icon.Rows, icon.Columns = 3, 5
    picture.IconImageSequence = [icon]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    picture.SamplesPerPixel, picture.PhotometricInterpretation = samples, photometric
    picture.Rows, picture.Columns = pixels.shape[:2]
    picture.BitsAllocated, picture.BitsStored, picture.HighBit, picture.PixelRepresentation = allocated, stored, stored - 1, 0
    if samples > 1:
        picture.PlanarConfiguration = planar
    if frames:
        picture.NumberOfFrames = frames
    if planar:
        pixels = pixels.transpose(2, 0, 1)
    data = pixels.astype(f"{order}u{allocated // 8}").tobytes()
    return picture, data


def plain(picture, data, word=None):
    picture.PixelData = data + b"\0" * (len(data) % 2)
    picture["PixelData"].VR = word or ("OB" if picture.BitsAllocated == 8 else "OW")
    return picture


def save(name, picture, right=None, quarter=True):
    path = FOLDER / f"{name}.dcm"
    little = picture.file_meta.TransferSyntaxUID != uid.ExplicitVRBigEndian
    implicit = picture.file_meta.TransferSyntaxUID == uid.ImplicitVRLittleEndian
    picture.save_as(path, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    if FIXTURES:
        return
    if right is None:
        right = pixel_array(path, index=0)
    Image.fromarray(np.ascontiguousarray(right)).convert("RGB").save(FOLDER / f"{name}.dcm.right.png")


def palette_of(picture, entries, bits, words):
    scale = 257 if bits == 16 else 1
    for place, channel in enumerate(("Red", "Green", "Blue")):
        values = entries[:, place].astype(np.uint16) * scale
        data = values.astype("<u2").tobytes() if words else values.astype(np.uint8).tobytes()
        setattr(picture, f"{channel}PaletteColorLookupTableDescriptor", [len(entries), 0, bits])
        setattr(picture, f"{channel}PaletteColorLookupTableData", data)


def dicom(mark, rgb, seed=0):
    height, width = rgb.shape[:2]
    full = ybr(rgb)
    for name, syntax in [("", uid.ExplicitVRLittleEndian), ("implicit-", uid.ImplicitVRLittleEndian)]:
        save(f"{name}rgb{mark}", plain(*dataset(rgb, "RGB", syntax)))
        save(f"{name}ybr-full{mark}", plain(*dataset(full, "YBR_FULL", syntax)))
    save(f"planar{mark}", plain(*dataset(rgb, "RGB", planar=1)))
    save(f"ybr-planar{mark}", plain(*dataset(full, "YBR_FULL", planar=1)))
    frames = dataset(rgb, "RGB", frames=3)
    save(f"frames{mark}", plain(frames[0], frames[1] + frames[1][::-1] + bytes(len(frames[1]))))
    if width % 2 == 0:
        halved = np.stack([full[:, ::2, 0], full[:, 1::2, 0], full[:, ::2, 1], full[:, ::2, 2]], 2)
        picture, _ = dataset(full, "YBR_FULL_422")
        save(f"ybr-422{mark}", plain(picture, halved.tobytes()))
    # Words of 16 bits that hold two pixels each, the first one in the lower half: swapped where the file is big endian.
    picture, data = dataset(rgb, "RGB", uid.ExplicitVRBigEndian)
    data += b"\0" * (len(data) % 2)
    save(f"big-endian{mark}", plain(picture, np.frombuffer(data, "<u2").astype(">u2").tobytes(), "OW"), right=rgb)

    grey = (rgb @ LUMA).astype(np.uint8)
    save(f"monochrome2{mark}", plain(*dataset(grey, "MONOCHROME2")))
    save(f"monochrome1{mark}", plain(*dataset(grey, "MONOCHROME1")), right=255 - grey)
    save(f"monochrome16{mark}", plain(*dataset(grey, "MONOCHROME2", allocated=16)), right=grey)

    places = Image.fromarray(rgb).quantize(200)
    entries = np.array(places.getpalette()).reshape(-1, 3)
    indices = np.array(places)
    for name, bits, words in [("palette", 16, True), ("palette8", 8, False), ("palette8-words", 8, True)]:
        picture = plain(*dataset(indices, "PALETTE COLOR"))
        palette_of(picture, entries, bits, words)
        right = entries[indices].astype(np.uint8)
        if bits == 16:
            assert (apply_color_lut(indices, picture) >> 8 == right).all()
        save(f"{name}{mark}", picture, right=right)

    for name, pixels, meaning, options in [
        ("rle", rgb, "RGB", {}),
        ("rle-ybr", full, "YBR_FULL", {}),
        ("rle-grey", grey, "MONOCHROME2", {}),
        # Of 16 bits that mean no more than 8, pydicom 3.0.2 loses half: findings/pydicom-rle-half.sh.
        ("rle-palette16", indices, "PALETTE COLOR", {"allocated": 16, "stored": 16}),
    ]:
        picture = plain(*dataset(pixels, meaning, **options))
        if meaning == "PALETTE COLOR":
            palette_of(picture, entries, 16, True)
        picture.compress(uid.RLELossless, generate_instance_uid=False)
        save(f"{name}{mark}", picture, right=entries[indices].astype(np.uint8) if meaning == "PALETTE COLOR" else None)

    for name, source, meaning, options in [
        ("jpeg", rgb, "YBR_FULL_422", {}),
        ("jpeg-444", rgb, "YBR_FULL", {"subsampling": 0}),
        ("jpeg-rgb", rgb, "RGB", {"keep_rgb": True, "subsampling": 0}),
        ("jpeg-grey", grey, "MONOCHROME2", {}),
    ]:
        coded = io.BytesIO()
        Image.fromarray(source).save(coded, "JPEG", quality=95, **options)
        data = coded.getvalue()
        picture, _ = dataset(source, meaning, uid.JPEGBaseline8Bit, frames=2)
        right = np.array(Image.open(io.BytesIO(data)))
        picture.PixelData = encapsulate([data, data[::-1]], fragments_per_frame=1 + seed % 3)
        picture["PixelData"].VR = "OB"
        save(f"{name}{mark}", picture, right=right)


def saved(name, right, write):
    write(FOLDER / name)
    if not FIXTURES:
        Image.fromarray(np.ascontiguousarray(right)).convert("RGB").save(FOLDER / f"{name}.right.png")


def pillow(name, picture, right=None, **options):
    saved(name, np.array(picture.convert("RGB")) if right is None else right, lambda path: picture.save(path, **options))


def tiff_and_bmp(mark, rgb, seed=0):
    height, width = rgb.shape[:2]
    picture = Image.fromarray(rgb)
    grey = Image.fromarray((rgb @ LUMA).astype(np.uint8))
    rows = {278: 5 + seed}
    pillow(f"rgb{mark}.tif", picture, tiffinfo=rows)
    for name, compression in [("lzw", "tiff_lzw"), ("deflate", "tiff_adobe_deflate"), ("packbits", "packbits")]:
        pillow(f"{name}{mark}.tif", picture, compression=compression, tiffinfo=rows)
    pillow(f"lzw-differences{mark}.tif", picture, compression="tiff_lzw", tiffinfo={**rows, 317: 2})
    coded = io.BytesIO()
    picture.save(coded, "TIFF", compression="jpeg", quality=95)
    pillow(f"jpeg{mark}.tif", picture, right=np.array(Image.open(coded)), compression="jpeg", quality=95)
    pillow(f"grey{mark}.tif", grey, compression="tiff_lzw")
    pillow(f"palette{mark}.tif", picture.quantize(200), compression="tiff_lzw")
    inks = picture.convert("CMYK")
    pillow(f"inks{mark}.tif", inks, compression="tiff_lzw")
    alpha = Image.fromarray(np.dstack([rgb, np.full((height, width), 200, np.uint8)]), "RGBA")
    white = np.floor((rgb.astype(int) * 200 + 255 * 55 + 127) / 255).astype(np.uint8)
    pillow(f"alpha{mark}.tif", alpha, right=white, compression="tiff_lzw")
    turned = Image.fromarray(np.rot90(rgb).copy())
    pillow(f"turned{mark}.tif", turned, right=rgb, compression="tiff_lzw", tiffinfo={274: 6})
    deep = rgb.astype(np.uint16) * 257
    for name, values, options in [
        ("deep", deep, {}),
        ("deep-planar", deep.transpose(2, 0, 1).copy(), {"planarconfig": "separate"}),
        ("planar", rgb.transpose(2, 0, 1).copy(), {"planarconfig": "separate", "rowsperstrip": 7}),
        ("tiles", rgb, {"tile": (16, 32)}),
        ("tiles-planar", rgb.transpose(2, 0, 1).copy(), {"tile": (32, 16), "planarconfig": "separate"}),
        ("deep-tiles", deep, {"tile": (16, 16)}),
    ]:
        for order, sign in [("<", ""), (">", "-big-endian")]:
            write = lambda path: tifffile.imwrite(
                path, values, byteorder=order, photometric="rgb", compression="zlib", predictor=2, metadata=None, **options
            )
            saved(f"{name}{sign}{mark}.tif", rgb, write)
    inverted = 255 - np.array(grey)
    saved(f"inverted{mark}.tif", np.array(grey), lambda path: tifffile.imwrite(path, inverted, photometric="miniswhite", metadata=None))

    pillow(f"rgb{mark}.bmp", picture)
    pillow(f"palette{mark}.bmp", picture.quantize(200))
    pillow(f"grey{mark}.bmp", grey)
    opaque = Image.fromarray(np.dstack([rgb, np.zeros((height, width), np.uint8)]), "RGBA")
    pillow(f"alpha-zero{mark}.bmp", opaque, right=rgb)


FOLDER.mkdir(parents=True, exist_ok=True)
if FIXTURES:
    dicom("", quarters(24, 16))
    tiff_and_bmp("", quarters(24, 16))
else:
    for seed, (width, height) in enumerate([(48, 32), (33, 21), (1, 1), (2, 7), (130, 97), (64, 1), (300, 200)]):
        dicom(f"-{width}x{height}", drawn(width, height, seed), seed)
        tiff_and_bmp(f"-{width}x{height}", drawn(width, height, seed), seed)
print(sum(1 for path in FOLDER.iterdir() if path.suffix in {".dcm", ".tif", ".bmp"}))
