#!/usr/bin/env bash
# dicom-pixeldata 0.10.1 takes the colour difference Cb with the wrong sign when it works out green, so a DICOM picture
# stored as YBR_FULL comes out with too little green, or too much, wherever Cb is not neutral: by 17 of 255 for a common
# tone of skin. Red and blue are right, and so is the same picture stored as RGB.
#
# Seen with dicom-pixeldata 0.10.1 and dicom-object 0.10.1 (the tone is 200, 140, 110, as YBR_FULL 155, 103, 160):
#
#   stored as RGB: [200, 140, 110]
#   stored as YBR_FULL: [200, 124, 111]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n' >Cargo.toml
cat >>Cargo.toml <<'END'
dicom-core = "=0.10.1"
dicom-object = { version = "=0.10.1", default-features = false }
dicom-pixeldata = { version = "=0.10.1", default-features = false, features = ["image"] }
END
cat >src/main.rs <<'END'
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use dicom_pixeldata::PixelDecoder;

fn main() {
    for (colours, pixel) in [("RGB", [200, 140, 110]), ("YBR_FULL", [155, 103, 160])] {
        let class = "1.2.840.10008.5.1.4.1.1.7"; // a picture from any source
        let meta = FileMetaTableBuilder::new().transfer_syntax("1.2.840.10008.1.2.1");
        let meta = meta.media_storage_sop_class_uid(class).media_storage_sop_instance_uid("1.2.3");
        let mut picture = InMemDicomObject::new_empty();
        picture.put(DataElement::new(Tag(0x0028, 0x0004), VR::CS, PrimitiveValue::from(colours)));
        // Samples a pixel, planes, rows, columns, bits (three times), sign.
        for (element, value) in [(2, 3), (6, 0), (0x10, 2), (0x11, 2), (0x100, 8), (0x101, 8), (0x102, 7), (0x103, 0)] {
            picture.put(DataElement::new(Tag(0x0028, element), VR::US, PrimitiveValue::from(value as u16)));
        }
        picture.put(DataElement::new(Tag(0x7FE0, 0x0010), VR::OB, PrimitiveValue::from(pixel.repeat(4))));
        let picture = picture.with_meta(meta).unwrap();
        let pixels = picture.decode_pixel_data().unwrap();
        println!("stored as {colours}: {:?}", pixels.to_dynamic_image(0).unwrap().to_rgb8().get_pixel(0, 0).0);
    }
}
END
cargo run --quiet | tee said
diff said - <<<$'stored as RGB: [200, 140, 110]\nstored as YBR_FULL: [200, 124, 111]'
