//! No bytes make the decoder or the quality measurements panic.
#![no_main]

use vision::photo;

// A library's panic that the photo module catches is no finding; one that it doesn't is, whatever the hook says.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    // A picture of many pixels is no more interesting than a small one, only slower.
    if let Ok(photo) = photo::Photo::decode(bytes) {
        let (width, height) = photo.size();
        if width * height < 1 << 16 {
            photo::quality::Quality::measure(&photo, photo.central_square());
        }
    }
});
