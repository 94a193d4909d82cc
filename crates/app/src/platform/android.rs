//! Android: what Rust asks of the activity (`assets/android/MainActivity.kt`), by way of the WebView's own bridge to Java.
//!
//! Every question is put to the activity's own class, which is at hand as an object: looking a class up by its name finds only the
//! system's from a thread that Java did not start.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use dioxus_desktop::wry::prelude::dispatch;
use jiff::Timestamp;
use jni::errors::Result as JniResult;
use jni::objects::{JByteArray, JObject, JString, JValue};
use jni::{JNIEnv, JavaVM};
use keyring_core::CredentialStore;

use super::{Outbox, System};

/// How long the activity may take to answer: it does nothing but name a folder or start another activity.
const PATIENCE: Duration = Duration::from_secs(5);

/// A phone with Android.
pub(super) struct Android;

/// Asks the activity something on its own thread. Must not be called there.
fn ask<T: Send + 'static>(
    question: impl FnOnce(&mut JNIEnv, &JObject) -> JniResult<T> + Send + 'static,
) -> io::Result<T> {
    let (answer, answered) = mpsc::channel();
    tell(move |env, activity| {
        let _ = answer.send(question(env, activity));
        Ok(())
    });
    match answered.recv_timeout(PATIENCE) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(io::Error::other(error.to_string())),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// The same without waiting for an answer.
fn tell(what: impl FnOnce(&mut JNIEnv, &JObject) -> JniResult<()> + Send + 'static) {
    dispatch(move |env, activity, _| {
        let told = what(env, activity);
        clear_exception(env);
        if let Err(error) = told {
            tracing::warn!("the activity did not answer: {error}");
        }
    });
}

/// A pending exception would break whatever comes next on this thread.
fn clear_exception(env: &mut JNIEnv) {
    if env.exception_check().unwrap_or(false) {
        let _ = env.exception_clear();
    }
}

/// Asks the activity for something that takes long, on this very thread, which waits for it. For what needs none of the screen.
fn ask_here<T>(question: impl FnOnce(&mut JNIEnv, &JObject) -> JniResult<T>) -> JniResult<T> {
    let context = ndk_context::android_context();
    // SAFETY: tao has put the virtual machine there before it started the thread that runs `main`, and it lives as long as the process.
    let machine = unsafe { JavaVM::from_raw(context.vm().cast()) }?;
    let mut env = machine.attach_current_thread()?;
    // SAFETY: a global reference to the activity, which tao keeps for good. `JObject` deletes nothing when it is dropped.
    let activity = unsafe { JObject::from_raw(context.context().cast()) };
    let answer = question(&mut env, &activity);
    clear_exception(&mut env);
    answer
}

/// What a method of the activity without parameters says.
fn text(method: &'static str) -> io::Result<String> {
    ask(move |env, activity| {
        let text: JString = env.call_method(activity, method, "()Ljava/lang/String;", &[])?.l()?.into();
        Ok(String::from(env.get_string(&text)?))
    })
}

/// The path that a method of the activity without parameters names.
fn folder(method: &'static str) -> io::Result<PathBuf> {
    text(method).map(PathBuf::from)
}

/// The same, asked until it is answered: while the activity starts it may be too slow.
fn remembered(known: &OnceLock<PathBuf>, method: &'static str) -> Option<PathBuf> {
    if known.get().is_none() {
        let _ = known.set(folder(method).ok()?);
    }
    known.get().cloned()
}

impl System for Android {
    fn data_folder(&self) -> Option<PathBuf> {
        static FOLDER: OnceLock<PathBuf> = OnceLock::new();
        remembered(&FOLDER, "dataFolder")
    }

    fn key_store(&self) -> Option<Arc<CredentialStore>> {
        let store = android_native_keyring_store::Store::new().ok()?;
        Some(store)
    }

    fn outbox(&self) -> Option<Outbox> {
        folder("outbox").ok().map(Outbox::Private)
    }

    fn offer(&self, file: &Path) -> io::Result<()> {
        let file = file.to_string_lossy().into_owned();
        ask(move |env, activity| {
            let file = env.new_string(file)?;
            env.call_method(activity, "offer", "(Ljava/lang/String;)V", &[JValue::from(&file)])?.v()
        })
    }

    fn languages(&self) -> Vec<String> {
        // The system's own properties, which a library would read, know nothing of the languages of one app.
        let tags = text("languages").unwrap_or_default();
        tags.split(',').filter(|tag| !tag.is_empty()).map(String::from).collect()
    }

    fn taken_photos(&self) -> Vec<PathBuf> {
        static FOLDER: OnceLock<PathBuf> = OnceLock::new();
        remembered(&FOLDER, "takenPhotos").into_iter().collect()
    }

    fn inbox(&self) -> Option<PathBuf> {
        static FOLDER: OnceLock<PathBuf> = OnceLock::new();
        remembered(&FOLDER, "inbox")
    }

    fn as_jpeg(&self, photo: &[u8]) -> Option<Vec<u8>> {
        let jpeg = ask_here(|env, activity| {
            let file = env.byte_array_from_slice(photo)?;
            let jpeg = env.call_method(activity, "asJpeg", "([B)[B", &[JValue::from(&file)])?.l()?;
            match jpeg.is_null() {
                true => Ok(None),
                false => env.convert_byte_array(JByteArray::from(jpeg)).map(Some),
            }
        });
        jpeg.inspect_err(|error| tracing::warn!("the system's decoder did not answer: {error}"))
            .ok()
            .flatten()
    }

    fn hide(&self, hidden: bool) {
        tell(move |env, activity| env.call_method(activity, "hide", "(Z)V", &[JValue::from(hidden)])?.v());
    }

    fn guard(&self, guarded: bool) {
        tell(move |env, activity| env.call_method(activity, "guard", "(Z)V", &[JValue::from(guarded)])?.v());
    }

    fn uncover(&self) {
        tell(|env, activity| env.call_method(activity, "uncover", "()V", &[])?.v());
    }

    fn reminds(&self) -> bool {
        true
    }

    fn allow_reminders(&self) {
        tell(|env, activity| env.call_method(activity, "allowReminders", "()V", &[])?.v());
    }

    fn remind(&self, moments: &[Timestamp], text: &str) {
        let milliseconds: Vec<i64> = moments.iter().map(|moment| moment.as_millisecond()).collect();
        let text = text.to_owned();
        tell(move |env, activity| {
            let length = milliseconds.len().try_into().unwrap_or(0);
            let array = env.new_long_array(length)?;
            env.set_long_array_region(&array, 0, &milliseconds)?;
            let text = env.new_string(text)?;
            let arguments = [JValue::from(&array), JValue::from(&text)];
            env.call_method(activity, "remind", "([JLjava/lang/String;)V", &arguments)?.v()
        });
    }

    fn leave(&self) {
        tell(|env, activity| {
            env.call_method(activity, "moveTaskToBack", "(Z)Z", &[JValue::from(true)]).map(|_| ())
        });
    }
}
