// Takes the place of the activity that dx would generate: Dioxus.toml, android_main_activity. What crates/app/src/platform/android.rs asks for
// is here, and what only an activity can do: the back gesture, the room that bars and cut-outs take, hiding the screen, and copying what
// other apps hand over. Below it, the receiver that shows reminders while the app is closed; and what is decided here, as functions that
// tests/phones runs.
package dev.dioxus.main

import android.Manifest
import android.app.AlarmManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.ClipData
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.graphics.Bitmap
import android.graphics.ColorSpace
import android.graphics.ImageDecoder
import android.os.Build
import android.os.Bundle
import android.os.Environment
import android.view.View
import android.view.ViewGroup
import android.view.WindowManager
import android.webkit.WebView
import androidx.activity.OnBackPressedCallback
import androidx.annotation.Keep
import androidx.core.app.NotificationChannelCompat
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.content.FileProvider
import androidx.core.view.ViewCompat
import androidx.core.view.WindowCompat
import androidx.core.view.WindowInsetsCompat
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.time.Instant
import java.time.ZoneId
import java.util.TimeZone
import java.util.concurrent.Executors
import org.spotcheck.app.R

// The WebView's glue asks for it by this name.
typealias BuildConfig = org.spotcheck.app.BuildConfig

class MainActivity : WryActivity() {
    private var page: WebView? = null

    // What Rust wants hidden, and whether the app is in the background, where the list of apps would show it.
    private var hidden = false
    private var paused = false

    // Whether what is on the screen is not to be seen when the app is seen again, and what then covers it.
    private var guarded = false
    private var cover: View? = null

    // One at a time: so no more room is taken than for the file that waits and the one that comes.
    private val copying = Executors.newSingleThreadExecutor()

    // The glue would leave the app: the page has no history of its own.
    override val handleBackNavigation: Boolean = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        WindowCompat.setDecorFitsSystemWindows(window, false)
        dressBars()
        if (Build.VERSION.SDK_INT >= 33) setRecentsScreenshotEnabled(false)
        onBackPressedDispatcher.addCallback(this, object : OnBackPressedCallback(true) {
            override fun handleOnBackPressed() {
                // The page tells Rust, which goes back or leaves. Where there is no page yet, or it does not listen, nobody is held.
                val page = page
                if (page == null) moveTaskToBack(true)
                else page.evaluateJavascript("window.dispatchEvent(new Event('spotcheck-back', { cancelable: true }))") {
                    if (it != "false") moveTaskToBack(true)
                }
            }
        })
        val content = findViewById<View>(android.R.id.content)
        ViewCompat.setOnApplyWindowInsetsListener(content) { view, insets ->
            val taken = WindowInsetsCompat.Type.systemBars() or
                WindowInsetsCompat.Type.displayCutout() or WindowInsetsCompat.Type.ime()
            val room = insets.getInsets(taken)
            view.setPadding(room.left, room.top, room.right, room.bottom)
            WindowInsetsCompat.CONSUMED
        }
        copying.execute { coming().delete() } // What a kill left of one.
        // An activity that is made anew was given its intent before.
        if (savedInstanceState == null) receive(intent)
    }

    // The activity is there already: launchMode.
    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        receive(intent)
    }

    // Copies the file that another app hands over, for Rust to find it. Nothing else that the other app says counts.
    private fun receive(intent: Intent) {
        // The list of apps starts an app anew with the intent of before, whose file may not be read any more.
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return
        val address = when (intent.action) {
            Intent.ACTION_VIEW -> intent.data
            // The system puts what is sent there as well, with the right to read it. The extras could hold anything: they stay packed.
            Intent.ACTION_SEND -> intent.clipData?.getItemAt(0)?.uri
            else -> null
        }
        if (address == null || !isForeign(address.scheme, address.authority, packageName)) return
        copying.execute {
            copyOver(coming(), File(inbox(), "opened"), MOST_PACK_BYTES) { contentResolver.openInputStream(address) }
            // A page that does not listen yet asks when it does.
            runOnUiThread { page?.evaluateJavascript("window.dispatchEvent(new Event('spotcheck-opened'))", null) }
        }
    }

    private fun coming() = File(cacheDir, "coming")

    // Light or dark may change while the app is open: what lies behind the bars changes with the page. So may the language.
    override fun onConfigurationChanged(newConfig: Configuration) {
        super.onConfigurationChanged(newConfig)
        dressBars()
        page?.evaluateJavascript("window.dispatchEvent(new Event('spotcheck-languages'))", null)
    }

    override fun onPause() {
        super.onPause()
        paused = true
        secure()
    }

    // Nobody sees the app any more. When it is seen again, the WebView first shows what it has drawn last.
    override fun onStop() {
        super.onStop()
        if (guarded || cover != null) {
            // A new one each time: what was to lift the one before does not lift this one.
            lift(cover)
            val plain = View(this)
            plain.setBackgroundColor(getColor(R.color.spotcheck_paper))
            addContentView(plain, ViewGroup.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.MATCH_PARENT))
            cover = plain
        }
    }

    override fun onResume() {
        super.onResume()
        paused = false
        secure()
    }

    // From Android 13 on the list of apps shows no picture anyway: see onCreate.
    private fun secure() {
        val flag = WindowManager.LayoutParams.FLAG_SECURE
        if (hidden || paused && Build.VERSION.SDK_INT < 33) window.addFlags(flag) else window.clearFlags(flag)
    }

    private fun lift(plain: View?) {
        (plain?.parent as? ViewGroup)?.removeView(plain)
        if (cover === plain) cover = null
    }

    private fun dressBars() {
        window.setBackgroundDrawableResource(R.color.spotcheck_paper)
        val light = resources.getBoolean(R.bool.spotcheck_light_bars)
        val bars = WindowCompat.getInsetsController(window, window.decorView)
        bars.isAppearanceLightStatusBars = light
        bars.isAppearanceLightNavigationBars = light
        page?.setBackgroundColor(getColor(R.color.spotcheck_paper))
        cover?.setBackgroundColor(getColor(R.color.spotcheck_paper))
    }

    // A WebView is white before it has drawn anything.
    override fun onWebViewCreate(webView: WebView) {
        page = webView
        webView.setBackgroundColor(getColor(R.color.spotcheck_paper))
    }

    /** Where the archive and the settings lie: a folder that no backup and no transfer copies. */
    @Keep
    fun dataFolder(): String = File(noBackupFilesDir, "spotcheck").path

    /** Where a file is written that is offered to other apps. */
    @Keep
    fun outbox(): String = File(cacheDir, "outbox").path

    /** Where the WebView's camera leaves its photos. */
    @Keep
    fun takenPhotos(): String = (getExternalFilesDir(Environment.DIRECTORY_PICTURES) ?: File(cacheDir, "photos")).path

    /** Where a file waits, whole, that another app has handed over: the system may delete what is in a cache. */
    @Keep
    fun inbox(): String = File(noBackupFilesDir, "inbox").path

    /** Asks the user where a file of the outbox should go. */
    @Keep
    fun offer(path: String) {
        val file = File(path)
        val address = FileProvider.getUriForFile(this, "$packageName.fileprovider", file)
        val type = when (file.extension) {
            "pdf" -> "application/pdf"
            "ics" -> "text/calendar"
            else -> "application/octet-stream"
        }
        val send = Intent(Intent.ACTION_SEND)
        send.type = type
        send.putExtra(Intent.EXTRA_STREAM, address)
        // Without it the sheet's preview may not read the file.
        send.clipData = ClipData.newRawUri(file.name, address)
        send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        startActivity(Intent.createChooser(send, null))
    }

    /** Asks whether reminders may be shown. The system shows that twice at most, and then never again. */
    @Keep
    fun allowReminders() {
        if (Build.VERSION.SDK_INT < 33) return
        val permission = Manifest.permission.POST_NOTIFICATIONS
        if (checkSelfPermission(permission) != PackageManager.PERMISSION_GRANTED) requestPermissions(arrayOf(permission), 0)
    }

    /** Shows [text] at each of these moments, in milliseconds since 1970, in the place of all that was to be shown before. */
    @Keep
    fun remind(moments: LongArray, text: String) {
        Reminders.keep(this, moments.toList(), text)
        if (moments.isEmpty()) NotificationManagerCompat.from(this).cancelAll()
    }

    /** Keeps the screen out of screenshots, or no longer. */
    @Keep
    fun hide(hidden: Boolean) {
        this.hidden = hidden
        secure()
    }

    /** Covers what is on the screen whenever the app is left, or no longer. */
    @Keep
    fun guard(guarded: Boolean) {
        this.guarded = guarded
    }

    /** Lifts the cover as soon as the WebView shows what the page holds now, unless the app has been left again. */
    @Keep
    fun uncover() {
        val plain = cover
        if (plain == null || paused) return
        page?.postVisualStateCallback(0L, object : WebView.VisualStateCallback() {
            override fun onComplete(requestId: Long) {
                if (!paused) lift(plain)
            }
        })
    }

    /** The languages that are wanted, of this app where it has its own: BCP 47 tags with commas between. */
    @Keep
    fun languages(): String = resources.configuration.locales.toLanguageTags()

    /** A photo that Android's own decoder reads, such as HEIC, as JPEG, upright and in sRGB. Called on a thread of Rust's. */
    @Keep
    fun asJpeg(photo: ByteArray): ByteArray? = try {
        val bitmap = ImageDecoder.decodeBitmap(ImageDecoder.createSource(ByteBuffer.wrap(photo))) { decoder, photograph, _ ->
            // Pixels that can be read again, which a picture on the graphics processor has not.
            decoder.setAllocator(ImageDecoder.ALLOCATOR_SOFTWARE)
            decoder.setTargetSampleSize(sampleSize(photograph.size.width, photograph.size.height))
            decoder.setTargetColorSpace(ColorSpace.get(ColorSpace.Named.SRGB))
        }
        val jpeg = ByteArrayOutputStream()
        val written = bitmap.compress(Bitmap.CompressFormat.JPEG, 95, jpeg)
        bitmap.recycle()
        if (written) jpeg.toByteArray() else null
    } catch (damaged: IOException) {
        null // No picture, or a damaged one: Rust says so.
    } catch (large: OutOfMemoryError) {
        null
    }
}

/**
 * Shows what is due, also after the phone was off, when the system forgets alarms and wakes this up to set them again; and in the morning of
 * another time zone.
 */
class Reminders : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val kept = context.getSharedPreferences(FILE, Context.MODE_PRIVATE)
        // A morning stays one, wherever the phone has travelled meanwhile.
        val zone = TimeZone.getDefault()
        val before = TimeZone.getTimeZone(kept.getString(ZONE, zone.id).orEmpty())
        val moments = kept.getString(MOMENTS, "").orEmpty().split(' ').mapNotNull { it.toLongOrNull() }
            .map { sameOnTheClock(it, before.toZoneId(), zone.toZoneId()) }
        val text = kept.getString(TEXT, "").orEmpty()
        if (moments.any { it <= System.currentTimeMillis() }) show(context, text)
        keep(context, moments, text)
    }

    private fun show(context: Context, text: String) {
        val manager = NotificationManagerCompat.from(context)
        // Where the user has forbidden them, showing one would be an error.
        if (!manager.areNotificationsEnabled()) return
        val channel = NotificationChannelCompat.Builder(CHANNEL, NotificationManagerCompat.IMPORTANCE_DEFAULT)
        manager.createNotificationChannel(channel.setName(text).build())
        val app = context.packageManager.getLaunchIntentForPackage(context.packageName)
        val open = app?.let { PendingIntent.getActivity(context, 0, it, PendingIntent.FLAG_IMMUTABLE) }
        val shown = NotificationCompat.Builder(context, CHANNEL)
            .setSmallIcon(R.drawable.spotcheck_notification)
            .setContentTitle(text)
            .setContentIntent(open)
            .setAutoCancel(true)
        manager.notify(1, shown.build())
    }

    companion object {
        private const val FILE = "reminders"
        private const val MOMENTS = "moments"
        private const val TEXT = "text"
        private const val ZONE = "zone"
        private const val CHANNEL = "due"

        /** Keeps the moments that are still to come, and has the system wake this up at the first of them, or a little later. */
        fun keep(context: Context, moments: List<Long>, text: String) {
            val coming = moments.filter { it > System.currentTimeMillis() }.sorted()
            val kept = context.getSharedPreferences(FILE, Context.MODE_PRIVATE).edit().clear()
            if (coming.isNotEmpty()) {
                kept.putString(MOMENTS, coming.joinToString(" ")).putString(TEXT, text).putString(ZONE, TimeZone.getDefault().id)
            }
            kept.apply()
            val intent = Intent(context, Reminders::class.java)
            val flags = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT
            val wake = PendingIntent.getBroadcast(context, 0, intent, flags)
            val alarms = context.getSystemService(Context.ALARM_SERVICE) as AlarmManager
            val first = coming.firstOrNull()
            if (first == null) alarms.cancel(wake) else alarms.set(AlarmManager.RTC_WAKEUP, first, wake)
        }
    }
}

/** The most pixels of a picture that is decoded here: each takes four bytes, in the memory that the app has its own photos in. */
private const val MOST_PIXELS = 25_000_000L

/** Every how many pixels of a row, and every how many rows, a picture of this size is read, so that no more come of it. */
internal fun sampleSize(width: Int, height: Int): Int {
    var size = 1
    while ((width / size).toLong() * (height / size) > MOST_PIXELS) size++
    return size
}

/** The moment at which a clock in `zone` shows what one in `before` shows at this moment; both in milliseconds since 1970. */
internal fun sameOnTheClock(moment: Long, before: ZoneId, zone: ZoneId): Long =
    Instant.ofEpochMilli(moment).atZone(before).withZoneSameLocal(zone).toInstant().toEpochMilli()

/** The most bytes that a model pack may have: crates/app/src/capture/bridge.rs. */
private const val MOST_PACK_BYTES = 138_153_984L

/** Whether what lies at this address is another app's to give: neither a path, which would be opened with our rights, nor ours. */
internal fun isForeign(scheme: String?, authority: String?, own: String): Boolean =
    // An authority may begin with the number of a user of the phone.
    scheme == "content" && authority != null && !authority.substringAfterLast('@').startsWith("$own.")

/**
 * Copies what `open` opens to `whole`, where it appears at once, in the place of any before. Of more than `most` bytes one more is copied:
 * by that Rust knows. Of what can't be read an empty file comes, and Rust tells that.
 */
internal fun copyOver(coming: File, whole: File, most: Long, open: () -> InputStream?) {
    try {
        val from = open() ?: throw IOException()
        from.use { FileOutputStream(coming).use { to -> copyAtMost(from, to, most + 1) } }
    } catch (failed: Exception) { // Whatever happens in the other app is thrown here.
        coming.delete()
        if (!runCatching { coming.createNewFile() }.getOrDefault(false)) return
    }
    whole.parentFile?.mkdirs()
    if (!coming.renameTo(whole)) coming.delete()
}

private fun copyAtMost(from: InputStream, to: FileOutputStream, most: Long) {
    val piece = ByteArray(64 * 1024)
    var left = most
    while (left > 0) {
        val count = from.read(piece, 0, minOf(left, piece.size.toLong()).toInt())
        if (count < 0) return
        to.write(piece, 0, count)
        left -= count
    }
}
