//! A library that the window's tests preload, so that WebKitWebDriver may drive the app just as it is.
//!
//! wry marks its view as controlled by automation only when the embedder asks, and dioxus-desktop never does. WebKitGTK is
//! a shared library, so the two calls that decide it can be answered here. Compiled by `window.rs` with rustc alone.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

type Object = *mut c_void;

/// glibc's handle for "the next library in the search order".
const RTLD_NEXT: Object = -1isize as Object;
/// `sizeof(GValue)`: a type and two eight-byte unions.
const VALUE_SIZE: usize = 24;

unsafe extern "C" {
    fn dlsym(handle: Object, name: *const c_char) -> Object;
}

/// The app's one view.
static VIEW: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// The definition of `name` that this library hides.
///
/// # Safety
/// `F` must be that function's C signature.
unsafe fn hidden<F: Copy>(name: &CStr) -> F {
    // SAFETY: `name` ends in a zero byte, and dlsym only reads it.
    let found = unsafe { dlsym(RTLD_NEXT, name.as_ptr()) };
    assert!(!found.is_null(), "{name:?} is not loaded");
    // SAFETY: the caller vouches for `F`, a function pointer of the same size.
    unsafe { std::mem::transmute_copy(&found) }
}

/// # Safety
/// `object` must have that signal, and `handler` its signature.
unsafe fn connect(object: Object, signal: &CStr, handler: Object) {
    type Connect = unsafe extern "C" fn(Object, *const c_char, Object, Object, Object, c_int) -> u64;
    // SAFETY: GLib's documented signature; the caller vouches for the arguments.
    unsafe {
        let connect = hidden::<Connect>(c"g_signal_connect_data");
        connect(object, signal.as_ptr(), handler, null_mut(), null_mut(), 0);
    }
}

extern "C" fn give_view(_session: Object, _data: Object) -> Object {
    VIEW.load(Ordering::Acquire)
}

extern "C" fn session_started(_context: Object, session: Object, _data: Object) {
    // SAFETY: WebKit passes a session, which has this signal.
    unsafe { connect(session, c"create-web-view", give_view as *const () as Object) };
}

/// Allows automation whatever was asked for.
///
/// # Safety
/// As WebKit's function of this name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn webkit_web_context_set_automation_allowed(context: Object, _allowed: c_int) {
    type Set = unsafe extern "C" fn(Object, c_int);
    // SAFETY: WebKit's documented signatures; `context` comes from the caller.
    unsafe {
        hidden::<Set>(c"webkit_web_context_set_automation_allowed")(context, 1);
        connect(context, c"automation-started", session_started as *const () as Object);
    }
}

/// Marks each view as controlled by automation before it is made, and remembers it.
///
/// # Safety
/// As GLib's function of this name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn g_object_new_with_properties(
    kind: usize,
    count: c_uint,
    names: *const *const c_char,
    values: *const c_void,
) -> Object {
    type New = unsafe extern "C" fn(usize, c_uint, *const *const c_char, *const c_void) -> Object;
    type SetBool = unsafe extern "C" fn(Object, c_int);
    let mut is_view = false;
    for place in 0..count as usize {
        // SAFETY: GLib passes `count` names and as many values.
        unsafe {
            if CStr::from_ptr(*names.add(place)) == c"is-controlled-by-automation" {
                hidden::<SetBool>(c"g_value_set_boolean")(values.byte_add(place * VALUE_SIZE) as Object, 1);
                is_view = true;
            }
        }
    }
    // SAFETY: the arguments are passed on as they came.
    let made = unsafe { hidden::<New>(c"g_object_new_with_properties")(kind, count, names, values) };
    if is_view {
        VIEW.store(made, Ordering::Release);
    }
    made
}
