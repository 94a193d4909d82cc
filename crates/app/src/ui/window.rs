//! The window: its frame, its page, and what that may load.

use dioxus_desktop as desktop;

use super::app::Root;

const STYLES: &str = include_str!("../../../../assets/app.css");

/// Nothing may be loaded or asked for but what this process answers: Dioxus' own channel, and pictures at their addresses. A page can't
/// bring pictures of its own as `data:` or `blob:`.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
    img-src dioxus: http://dioxus.index.html https://dioxus.index.html; \
    connect-src dioxus: http://dioxus.index.html https://dioxus.index.html ws://127.0.0.1:*; \
    base-uri 'none'; form-action 'none'";

/// Opens the window; the program ends when it is closed.
pub fn launch() {
    // On a phone, what is logged would be read by whoever collects the system's logs.
    #[cfg(feature = "desktop")]
    {
        use tracing_subscriber::EnvFilter;
        let wanted =
            EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).from_env_lossy();
        tracing_subscriber::fmt().with_env_filter(wanted).with_writer(std::io::stderr).init();
    }
    let phone = cfg!(any(target_os = "android", target_os = "ios"));
    desktop::launch::launch(Root, Vec::new(), vec![Box::new(window(phone))])
}

/// The window's frame. On a phone it has the screen's size: iOS takes any that is said for its own.
fn frame(phone: bool) -> desktop::WindowBuilder {
    use desktop::{LogicalSize, WindowBuilder};
    let window = WindowBuilder::new().with_title("Spotcheck");
    match phone {
        true => window,
        // A phone's size, so that the desktop shows what a phone will.
        false => window
            .with_inner_size(LogicalSize::new(390.0, 844.0))
            .with_min_inner_size(LogicalSize::new(320.0, 480.0)),
    }
}

fn window(phone: bool) -> desktop::Config {
    let page = format!(
        r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>Spotcheck</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<style>{STYLES}</style></head><body><div id="main"></div></body></html>"#
    );
    let config = desktop::Config::new()
        .with_window(frame(phone))
        .with_menu(None)
        // Without it Dioxus turns the developer tools on. The bridge's script lets those menus through that are wanted.
        .with_disable_context_menu(true)
        // Drops go to the page, where the bridge takes them.
        .with_disable_drag_drop_handler(true)
        .with_custom_index(page);
    match phone {
        // The system's, which is light or dark as the page will be.
        true => config,
        false => config.with_background_color((250, 248, 245, 255)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_phone_the_window_has_the_size_of_the_screen() {
        assert!(frame(false).window.inner_size.is_some());
        let window = frame(true).window;
        assert_eq!((window.inner_size, window.inner_size_constraints.min_width), (None, None));
    }
}
