"""Compiles our activity as far as that goes without Android's SDK: kotlin.py MainActivity.kt FOLDER.

Against stubs: of each class that it uses, what it uses, with the signatures that Android and AndroidX document, and of WryActivity
what wry 0.53 writes. So this finds slips of the pen, wrong types and missing imports, not a method that no phone has.
"""
import subprocess
import sys
from pathlib import Path

JAVA = {
    "android.Manifest": "public final class Manifest { public static final class permission { public static final String POST_NOTIFICATIONS = \"\"; } }",
    "android.app.AlarmManager": """public class AlarmManager {
        public static final int RTC_WAKEUP = 0;
        public void set(int type, long at, PendingIntent operation) {}
        public void cancel(PendingIntent operation) {} }""",
    "android.app.Notification": "public class Notification {}",
    "android.app.PendingIntent": """public final class PendingIntent {
        public static final int FLAG_IMMUTABLE = 1, FLAG_UPDATE_CURRENT = 2;
        public static PendingIntent getActivity(android.content.Context context, int code, android.content.Intent intent, int flags) { return null; }
        public static PendingIntent getBroadcast(android.content.Context context, int code, android.content.Intent intent, int flags) { return null; } }""",
    "android.content.BroadcastReceiver": "public abstract class BroadcastReceiver { public abstract void onReceive(android.content.Context context, android.content.Intent intent); }",
    "android.content.SharedPreferences": """public interface SharedPreferences {
        String getString(String key, String otherwise);
        Editor edit();
        interface Editor { Editor putString(String key, String value); Editor clear(); void apply(); } }""",
    "android.content.pm.PackageManager": """public abstract class PackageManager {
        public static final int PERMISSION_GRANTED = 0;
        public abstract android.content.Intent getLaunchIntentForPackage(String name); }""",
    "android.R": "public class R { public static class id { public static final int content = 1; } }",
    "android.app.Activity": """public class Activity extends android.content.Context {
        protected void onCreate(android.os.Bundle state) {}
        public android.view.Window getWindow() { return null; }
        public final void requestPermissions(String[] permissions, int code) {}
        public boolean moveTaskToBack(boolean nonRoot) { return true; }
        public android.content.res.Resources getResources() { return null; }
        public void onConfigurationChanged(android.content.res.Configuration configuration) {}
        public <T extends android.view.View> T findViewById(int id) { return null; }
        public void setRecentsScreenshotEnabled(boolean enabled) {} }""",
    "android.content.ClipData": "public class ClipData { public static ClipData newRawUri(CharSequence label, android.net.Uri uri) { return null; } }",
    "android.content.Context": """public class Context {
        public java.io.File getNoBackupFilesDir() { return null; }
        public java.io.File getCacheDir() { return null; }
        public java.io.File getExternalFilesDir(String type) { return null; }
        public static final int MODE_PRIVATE = 0;
        public static final String ALARM_SERVICE = "";
        public SharedPreferences getSharedPreferences(String name, int mode) { return null; }
        public Object getSystemService(String name) { return null; }
        public android.content.pm.PackageManager getPackageManager() { return null; }
        public int checkSelfPermission(String permission) { return 0; }
        public String getPackageName() { return null; }
        public void startActivity(Intent intent) {} }""",
    "android.content.Intent": """public class Intent {
        public static final String ACTION_SEND = "", EXTRA_STREAM = "";
        public static final int FLAG_GRANT_READ_URI_PERMISSION = 1;
        public Intent(String action) {}
        public Intent(Context context, Class<?> target) {}
        public Intent setType(String type) { return this; }
        public String getType() { return null; }
        public Intent putExtra(String name, android.net.Uri value) { return this; }
        public void setClipData(ClipData clip) {}
        public ClipData getClipData() { return null; }
        public Intent addFlags(int flags) { return this; }
        public static Intent createChooser(Intent target, CharSequence title) { return target; } }""",
    "android.content.res.Configuration": "public class Configuration {}",
    "android.content.res.Resources": "public class Resources { public boolean getBoolean(int id) { return true; } }",
    "android.net.Uri": "public class Uri {}",
    "android.os.Build": "public class Build { public static class VERSION { public static final int SDK_INT = Integer.parseInt(\"35\"); } }",
    "android.os.Bundle": "public class Bundle {}",
    "android.os.Environment": "public class Environment { public static String DIRECTORY_PICTURES = \"\"; }",
    "android.view.View": "public class View { public void setPadding(int left, int top, int right, int bottom) {} }",
    "android.view.Window": "public class Window { public void setBackgroundDrawableResource(int id) {} public View getDecorView() { return null; } public void addFlags(int flags) {} public void clearFlags(int flags) {} }",
    "android.view.WindowManager": "public interface WindowManager { class LayoutParams { public static final int FLAG_SECURE = 8192; } }",
    "android.webkit.ValueCallback": "public interface ValueCallback<T> { void onReceiveValue(T value); }",
    "android.webkit.WebView": "public class WebView extends android.view.View { public void evaluateJavascript(String script, ValueCallback<String> result) {} }",
    "androidx.activity.OnBackPressedCallback": """public abstract class OnBackPressedCallback {
        public OnBackPressedCallback(boolean enabled) {}
        public abstract void handleOnBackPressed(); }""",
    "androidx.activity.OnBackPressedDispatcher": """public final class OnBackPressedDispatcher {
        public void addCallback(androidx.lifecycle.LifecycleOwner owner, OnBackPressedCallback callback) {} }""",
    "androidx.annotation.Keep": "public @interface Keep {}",
    "androidx.appcompat.app.AppCompatActivity": """public class AppCompatActivity extends android.app.Activity implements androidx.lifecycle.LifecycleOwner {
        public final androidx.activity.OnBackPressedDispatcher getOnBackPressedDispatcher() { return null; } }""",
    "androidx.core.app.NotificationChannelCompat": """public class NotificationChannelCompat {
        public static class Builder {
            public Builder(String id, int importance) {}
            public Builder setName(CharSequence name) { return this; }
            public NotificationChannelCompat build() { return null; } } }""",
    "androidx.core.app.NotificationCompat": """public class NotificationCompat {
        public static class Builder {
            public Builder(android.content.Context context, String channel) {}
            public Builder setSmallIcon(int icon) { return this; }
            public Builder setContentTitle(CharSequence title) { return this; }
            public Builder setContentIntent(android.app.PendingIntent intent) { return this; }
            public Builder setAutoCancel(boolean cancel) { return this; }
            public android.app.Notification build() { return null; } } }""",
    "androidx.core.app.NotificationManagerCompat": """public final class NotificationManagerCompat {
        public static final int IMPORTANCE_DEFAULT = 3;
        public static NotificationManagerCompat from(android.content.Context context) { return null; }
        public boolean areNotificationsEnabled() { return true; }
        public void createNotificationChannel(NotificationChannelCompat channel) {}
        public void cancelAll() {}
        public void notify(int id, android.app.Notification notification) {} }""",
    "androidx.core.content.FileProvider": """public class FileProvider {
        public static android.net.Uri getUriForFile(android.content.Context context, String authority, java.io.File file) { return null; } }""",
    "androidx.core.graphics.Insets": "public final class Insets { public int left, top, right, bottom; }",
    "androidx.core.view.OnApplyWindowInsetsListener": """public interface OnApplyWindowInsetsListener {
        WindowInsetsCompat onApplyWindowInsets(android.view.View view, WindowInsetsCompat insets); }""",
    "androidx.core.view.ViewCompat": """public class ViewCompat {
        public static void setOnApplyWindowInsetsListener(android.view.View view, OnApplyWindowInsetsListener listener) {} }""",
    "androidx.core.view.WindowCompat": """public final class WindowCompat {
        public static void setDecorFitsSystemWindows(android.view.Window window, boolean fits) {}
        public static WindowInsetsControllerCompat getInsetsController(android.view.Window window, android.view.View view) { return null; } }""",
    "androidx.core.view.WindowInsetsControllerCompat": """public final class WindowInsetsControllerCompat {
        public boolean isAppearanceLightStatusBars() { return true; }
        public void setAppearanceLightStatusBars(boolean light) {}
        public boolean isAppearanceLightNavigationBars() { return true; }
        public void setAppearanceLightNavigationBars(boolean light) {} }""",
    "androidx.core.view.WindowInsetsCompat": """public class WindowInsetsCompat {
        public static final WindowInsetsCompat CONSUMED = null;
        public androidx.core.graphics.Insets getInsets(int types) { return null; }
        public static final class Type {
            public static int systemBars() { return 0; }
            public static int displayCutout() { return 0; }
            public static int ime() { return 0; } } }""",
    "androidx.lifecycle.LifecycleOwner": "public interface LifecycleOwner {}",
    "org.spotcheck.app.R": "public final class R { public static class color { public static int spotcheck_paper; } public static class bool { public static int spotcheck_light_bars; } public static class drawable { public static int spotcheck_notification; } }",
    "org.spotcheck.app.BuildConfig": "public final class BuildConfig { public static final boolean DEBUG = false; }",
}
GLUE = """package dev.dioxus.main
import android.webkit.WebView
import androidx.appcompat.app.AppCompatActivity
abstract class WryActivity : AppCompatActivity() {
    open val handleBackNavigation: Boolean = true
    open fun onWebViewCreate(webView: WebView) { }
}
"""

activity, folder = Path(sys.argv[1]), Path(sys.argv[2])
sources = []
for name, body in JAVA.items():
    package, _, kind = name.rpartition(".")
    path = folder / "java" / package.replace(".", "/") / f"{kind}.java"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"package {package};\n{body}\n")
    sources.append(path)
glue = folder / "WryActivity.kt"
glue.write_text(GLUE)
subprocess.run(["javac", "-d", folder / "classes", *sources], check=True)
command = ["kotlinc", "-nowarn", "-cp", folder / "classes", glue, activity, "-d", folder / "compiled"]
result = subprocess.run(command, capture_output=True, text=True)
if result.returncode != 0 or not (folder / "compiled/dev/dioxus/main/MainActivity.class").exists():
    sys.exit(f"  FAILED: the activity does not compile\n{result.stderr}")
print("  ok: the activity compiles against stubs of what it uses")
