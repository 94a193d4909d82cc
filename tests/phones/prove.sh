#!/usr/bin/env bash
# Proves what can be proved of the app on phones without a phone and without the SDKs: prove.sh FOLDER, where toolchain.sh put
# its compilers. Every step says what it found; the first that fails ends it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/phones
folder=$(cd "$1" && pwd)
cd "$root"
host=${CARGO_TARGET_DIR:-$root/target}
# shellcheck disable=SC1091
. "$folder/env"
export CARGO_TARGET_DIR=$folder/target
made=$folder/made
mkdir -p "$made"
passed=0

say() { printf '\nphones: %s\n' "$1"; }
ok() {
  printf '  ok: %s\n' "$1"
  passed=$((passed + 1))
}
fail() {
  printf '  FAILED: %s\n' "$1" >&2
  exit 1
}
# same WHAT FOUND WANTED
same() {
  [ "$2" = "$3" ] || fail "$1: found
$2
wanted
$3"
  ok "$1"
}
value() { awk -F ' = ' -v key="$1" '$1 == key { gsub(/"/, "", $2); print $2; exit }' "$2"; }

android=aarch64-linux-android
# The profile from which dx's own for either system inherit, and nothing else.
app=(--locked --no-default-features --features mobile --profile phone)

say "one version and one set of API levels everywhere"
version=$(value version Cargo.toml)
build=$("$root/dev" build-number)
min=$(value min_sdk Dioxus.toml)
target=$(value target_sdk Dioxus.toml)
same "the NDK's lowest API level is Gradle's" "$(value android_min_sdk_version Dioxus.toml)" "$min"
# Google Play takes nothing older.
[ "$target" -ge 36 ] || fail "the target API level is $target"
ok "the target API level is $target"

same "what it is compiled against" "$(value compile_sdk Dioxus.toml)" "$target"
grep -q "platforms;android-$target" .github/workflows/release.yml || fail "the release is not built with platform $target"
ok "the release is built with that platform"
release=.github/workflows/release.yml
same "the release fails where a file to be kept is missing" "$(grep -c 'if-no-files-found: error' $release)" \
  "$(grep -c 'uses: actions/upload-artifact' $release)"
# The earlier versions run on a Node that the runners don't have any more.
same "actions that the runners can't start" "$(grep -nE 'actions/(checkout|setup-java|upload-artifact)@v[1-4]\b' $release || true)" ""
grep -q -- '--target-device iphone --target-device ipad' dev || fail "icons are not made for both kinds of device"
ok "icons are made for iPhones and iPads"
grep -q 'Xcode_26' $release || fail "the release does not choose Xcode 26"
ok "the release is built with Xcode 26"
grep -q 'setBackgroundColor' assets/android/MainActivity.kt || fail "the WebView is white before it has drawn"
ok "the WebView has the colour of the paper"

say "what ./dev refuses to build with"
# refused TOOL ANSWER COMMAND: the command's last words, where the tool answers so. There is no dx to go on with, whatever this machine has.
refused() {
  mkdir -p "$made/other"
  printf '#!/bin/sh\necho dx none\n' >"$made/other/dx"
  chmod +x "$made/other/dx"
  printf '#!/bin/sh\necho %s >&2\necho %s\n' "'$2'" "'$2'" >"$made/other/$1"
  chmod +x "$made/other/$1"
  env -u JAVA_HOME PATH="$made/other:$PATH" "$root/dev" "$3" 2>&1 | tail -n 1 || true
}
case $(JAVA_HOME=/nonexistent "$root/dev" android 2>&1 | tail -n 1 || true) in
  *"this needs Java 17 to 24"*) ok "no Java at all is told" ;;
  *) fail "no Java at all is not told" ;;
esac
for version_of_java in '25.0.2' '11.0.20'; do
  case $(refused java "openjdk version \"$version_of_java\"" android) in
    *"this needs Java 17 to 24"*) ok "Java $version_of_java is refused" ;;
    *) fail "Java $version_of_java is taken" ;;
  esac
done
case $(refused java 'openjdk version "21.0.4"' android) in *"needs Java"*) fail "Java 21 is refused" ;; esac
ok "Java 21 is taken"
case $(refused xcrun 27.0 ios) in
  *"this needs Xcode 26"*) ok "the SDK of iOS 27 is refused" ;;
  *) fail "the SDK of iOS 27 is taken" ;;
esac
case $(refused xcrun 26.4 ios) in *"needs Xcode"*) fail "the SDK of iOS 26 is refused" ;; esac
ok "the SDK of iOS 26 is taken"

say "what the app calls in Android, against what each level has"
types=$folder/types/node_modules/@nativescript/types-android
python3 "$here/native_calls.py" "$types" "$min"
passed=$((passed + 1))
# tao 0.34 ends the app on Android 8 to 10: the very same check must say so.
if python3 "$here/native_calls.py" "$types" 26 >"$made/level26.txt" 2>&1; then
  fail "nothing is missing at API level 26"
fi
grep -q 'API level 26 has no android/view/WindowManager.getCurrentWindowMetrics' "$made/level26.txt" || fail "at API level 26: $(cat "$made/level26.txt")"
ok "at API level 26 it misses what ends the app there: getCurrentWindowMetrics"
rm -rf "$made/kotlin"
python3 "$here/kotlin.py" "$types" "$min" "$target" "$made/kotlin"
passed=$((passed + 5))

say "the app as an Android library"
# What dx passes, but for libraries that nothing in the app uses (OpenSLES, libc++abi).
export CARGO_TARGET_AARCH64_LINUX_ANDROID_RUSTFLAGS="-Clink-arg=-landroid -Clink-arg=-llog -Clink-arg=-Wl,--export-dynamic"
cargo build "${app[@]}" --bin spotcheck --target $android
library=$made/libmain.so
cp "$CARGO_TARGET_DIR/$android/phone/spotcheck" "$library"

# Beside what follows, which keeps one core busy.
build_for_ios() {
  # That it compiles and links does not depend on how hard the compiler tries, and not trying takes the least time. But for the matrix
  # products: unoptimised they are too long for a branch to get around. The profile itself stays what it was for Android, so that macros
  # and build scripts are not compiled anew: its link-time optimisation is turned off past it.
  local lazily=(--config profile.phone.opt-level=0) package kind
  for package in spotcheck-assess spotcheck-net spotcheck-vision burn-flex image; do lazily+=(--config "profile.phone.package.$package.opt-level=0"); done
  for kind in common c32 c64 f16 f32 f64; do lazily+=(--config "profile.phone.package.gemm-$kind.opt-level=1"); done
  export CARGO_TARGET_AARCH64_APPLE_IOS_RUSTFLAGS="-Clinker-plugin-lto=no -Clto=off"
  cargo "${lazily[@]}" check "${app[@]}" --lib --bins --target aarch64-apple-ios-sim
  cargo "${lazily[@]}" build "${app[@]}" --bin spotcheck --target aarch64-apple-ios
  cargo "${lazily[@]}" rustc "${app[@]}" --lib --crate-type staticlib --target aarch64-apple-ios
}
# A group of its own, so that whatever it has started ends with this.
set -m
build_for_ios >"$made/ios.log" 2>&1 &
ios=$!
set +m
trap 'kill -- "-$ios" 2>/dev/null || true' EXIT

bytes=$(stat -c %s "$library")
[ "$bytes" -lt 26700000 ] || fail "libmain.so has $bytes bytes, stripped"
ok "libmain.so has $bytes bytes, stripped, with the weights"
alignments=$(llvm-readelf-22 -lW "$library" | awk '$1 == "LOAD" { print $NF }' | sort -u)
same "every segment is aligned to 16 KiB" "$alignments" "0x4000"
needed=$(llvm-readelf-22 -dW "$library" | sed -n 's/.*Shared library: \[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
same "the libraries that it loads" "$needed" "libandroid.so libc.so libdl.so liblog.so libm.so "
# The linker has refused anything else already (-z defs against these very lists): this counts. What is weak (getrandom) may be missing on
# a phone: the standard library looks before it calls.
undefined=$(llvm-nm-22 -D --undefined-only "$library" | awk '$1 == "U" { print $2 }' | sort -u)
unknown=$(comm -23 <(echo "$undefined") <(awk '{ print $2 }' "$here/android-api24.txt" | sort -u))
same "of the $(echo "$undefined" | wc -l) symbols that it needs API level 24 lacks none" "$unknown" ""
exported=$(llvm-nm-22 -D --defined-only "$library" | awk '{ print $3 }' | sort -u)
entries=(main)
for method in create start stop resume pause save destroy memory focus onActivityDestroy; do entries+=("Java_dev_dioxus_main_WryActivity_$method"); done
for method in handleRequest withAssetLoader assetLoaderDomain shouldOverride onPageLoading onPageLoaded; do entries+=("Java_dev_dioxus_main_RustWebViewClient_$method"); done
entries+=(Java_dev_dioxus_main_RustWebView_shouldOverride Java_dev_dioxus_main_RustWebView_onEval Java_dev_dioxus_main_Ipc_ipc Java_dev_dioxus_main_RustWebChromeClient_handleReceivedTitle)
same "of the ${#entries[@]} entries that the activity and the WebView call it lacks none" \
  "$(comm -13 <(echo "$exported") <(printf '%s\n' "${entries[@]}" | sort))" ""
own=$(grep -oE 'call_method\([^"]*"[A-Za-z]+"|(folder|remembered|text)\([^"]*"[A-Za-z]+"' crates/app/src/platform/android.rs | grep -oE '"[A-Za-z]+"' | tr -d '"' | sort -u | grep -vE '^(moveTaskToBack)$')
kotlin=$(grep -A1 '@Keep' assets/android/MainActivity.kt | sed -n 's/.*fun \([A-Za-z]*\)(.*/\1/p' | sort -u)
same "what Rust calls in the activity is what the activity keeps" "$own" "$kotlin"

say "an assessment, executed from that library's code"
aarch64-linux-gnu-gcc -O1 -o "$made/run" "$here/run.c" -ldl
aarch64-linux-gnu-gcc -O1 -shared -fPIC -Wl,-soname,libc.so -o "$made/libc.so" "$here/bionic.c"
# The names that Android's other libraries have, for the emulator: glibc's are the same but for the number at the end. What draws and
# logs is never called here.
ln -sf /usr/aarch64-linux-gnu/lib/libm.so.6 "$made/libm.so"
ln -sf /usr/aarch64-linux-gnu/lib/libdl.so.2 "$made/libdl.so"
ln -sf "$folder/android/libandroid.so" "$folder/android/liblog.so" "$made/"
# Linked from the same objects, without Android's packed relocations: see toolchain.sh.
linked=$(find "$CARGO_TARGET_DIR/$android/phone/deps" -samefile "$CARGO_TARGET_DIR/$android/phone/spotcheck")
cp "$linked.plain" "$made/libplain.so"
# assess PHOTOS [OPTION…]: their assessments by the phone's code; options are the emulator's.
assess() {
  qemu-aarch64 -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=$made" -E "SPOTCHECK_ASSESS=$1" "${@:2}" "$made/run" "$made/libplain.so" >"$made/phone.json"
}
# tests/cli.rs compares the same answer with that of x86-64's code.
assess tests/fixtures/lesion.jpg
python3 "$here/compare.py" "$made/phone.json" tests/fixtures/lesion.json
passed=$((passed + 1))
gcc -O2 -shared -fPIC -o "$made/libcount.so" "$here/count.c"
# count PHOTOS: the instructions that it takes.
count() { assess "$1" -E RAYON_NUM_THREADS=1 -plugin "$made/libcount.so" -d plugin 2>&1 | awk '/^instructions/ { print $2 }'; }
one=$(count tests/fixtures/lesion.jpg)
two=$(count tests/fixtures/lesion.jpg:tests/fixtures/lesion.jpg)
[ "$two" -gt "$one" ] || fail "nothing was counted: $one $two"
ok "one assessment of that photo takes $(((two - one) / 1000000)) million instructions"
photo=${SPOTCHECK_SHARED:-$root/../shared}/ham10000/square224/ISIC_0024320.jpg
if [ -e "$photo" ] && [ -x "$host/release/spotcheck" ]; then
  assess "$photo"
  "$host/release/spotcheck" assess --json "$photo" >"$made/host.json"
  if [ "$(grep -E '"(schema|model)"' "$made/phone.json")" = "$(grep -E '"(schema|model)"' "$made/host.json")" ]; then
    python3 "$here/compare.py" "$made/phone.json" "$made/host.json"
    passed=$((passed + 1))
  else
    printf '  skipped: a real photo, since %s has another model\n' "$host/release/spotcheck"
  fi
else
  printf '  skipped: a real photo, which takes ../shared/ham10000 and a program that ./dev test has compiled\n'
fi

say "an APK"
resources=$root/assets/android
framework=$folder/framework/usr/share/android-framework-res/framework-res.apk
rm -rf "$made/apk"
mkdir -p "$made/apk/lib/arm64-v8a" "$made/res/values"
# Gradle would bring AppCompat's theme; here its name is enough.
echo '<resources><style name="Theme.AppCompat.DayNight.NoActionBar" parent="@android:style/Theme.Material.Light.NoActionBar" /></resources>' >"$made/res/values/appcompat.xml"
aapt2 compile --dir "$resources/res" -o "$made/res.zip"
aapt2 compile --dir "$made/res" -o "$made/appcompat.zip"
# What Gradle does to a manifest: the package's name, and the identifier in its place. Of the changes that the activity takes, those
# of Android 14 and 16 are unknown to the resources here.
sed -e 's/|grammaticalGender//' -e 's/|assetsPaths//' -e 's/<manifest /&package="org.spotcheck.app" /' -e 's/\${applicationId}/org.spotcheck.app/' "$resources/AndroidManifest.xml" >"$made/AndroidManifest.xml"
aapt2 link --warn-manifest-validation -o "$made/bare.apk" -I "$framework" --manifest "$made/AndroidManifest.xml" --min-sdk-version "$min" --target-sdk-version "$target" \
  --version-code "$build" --version-name "$version" "$made/res.zip" "$made/appcompat.zip"
cp "$library" "$made/apk/lib/arm64-v8a/libmain.so"
cp "$made/bare.apk" "$made/unaligned.apk"
# Not compressed, as extractNativeLibs="false" asks for: the phone maps it from the APK itself.
(cd "$made/apk" && zip -q -0 -r "$made/unaligned.apk" lib)
zipalign -f -p 4 "$made/unaligned.apk" "$made/aligned.apk"
[ -e "$folder/test.keystore" ] || keytool -genkeypair -keystore "$folder/test.keystore" -storepass spotcheck -alias test -keyalg RSA -keysize 2048 \
  -dname "CN=Nobody" -validity 10000 2>/dev/null
apksigner sign --ks "$folder/test.keystore" --ks-pass pass:spotcheck --out "$made/spotcheck.apk" "$made/aligned.apk"
same "how the library lies in the signed APK" "$(unzip -v "$made/spotcheck.apk" | awk '/libmain.so/ { print $2 }')" "Stored"
# Debian's apksigner moves libraries to pages of 4 KiB, whatever they were aligned to; Gradle's aligns to 16 KiB.
zipalign -c -p 4 "$made/spotcheck.apk" || fail "the library does not start at a page"
ok "it starts at a page of 4 KiB there"
# With our lowest level the tool looks at the newest scheme alone; asked for older systems, at both.
apksigner verify --verbose --min-sdk-version 24 "$made/spotcheck.apk" >"$made/signature.txt" || fail "the signature is not valid"
same "its signature schemes" "$(sed -n 's/^Verified using \(v[123]\) scheme.*: true$/\1/p' "$made/signature.txt" | tr '\n' ' ')" "v2 v3 "
badging=$(aapt2 dump badging "$made/spotcheck.apk")
same "its permissions" "$(echo "$badging" | sed -n "s/^uses-permission: name='\(.*\)'/\1/p" | sort)" "android.permission.CAMERA
android.permission.INTERNET
android.permission.POST_NOTIFICATIONS
android.permission.RECEIVE_BOOT_COMPLETED"
same "its name and versions" "$(echo "$badging" | grep -oE "^package: name='[^']*' versionCode='[^']*' versionName='[^']*'")" \
  "package: name='org.spotcheck.app' versionCode='$build' versionName='$version'"
same "its API levels" "$(echo "$badging" | grep -oE "^(sdkVersion|targetSdkVersion):'[0-9]+'" | tr '\n' ' ')" "sdkVersion:'$min' targetSdkVersion:'$target' "
same "what starts it" "$(echo "$badging" | grep -oE "^launchable-activity: name='[^']*'")" "launchable-activity: name='dev.dioxus.main.MainActivity'"
manifest=$(aapt2 dump xmltree --file AndroidManifest.xml "$made/spotcheck.apk")
# attribute NAME: its value, as aapt2 prints it.
attribute() { echo "$manifest" | grep -oE "android:$1\(0x[0-9a-f]+\)=[^ ]*" | head -1 | cut -d= -f2; }
same "nothing is backed up" "$(attribute allowBackup)" "false"
same "only the activity is open to other apps" "$(echo "$manifest" | grep -c 'exported(0x01010010)=true')" "1"
python3 "$here/filters.py" "$resources/AndroidManifest.xml"
passed=$((passed + 1))
same "what it does for them" "$(echo "$manifest" | grep -oE '="android\.intent\.action\.(MAIN|VIEW|SEND[A-Z_]*|EDIT|PICK|GET_CONTENT)"' | tr -d '="' | tr '\n' ' ')" \
  "android.intent.action.MAIN android.intent.action.VIEW android.intent.action.SEND "
same "how a pack's address ends" "$(attribute pathSuffix)" '".spotpack"'
same "a provider for the camera and for what is shared" "$(attribute authorities)" '"org.spotcheck.app.fileprovider"'
same "the changes of settings that the activity takes without starting anew" "$(attribute configChanges)" "0x50007fff"
grep -q '|grammaticalGender|assetsPaths"' "$resources/AndroidManifest.xml" || fail "the changes that Android 14 and 16 brought are not taken"
ok "with those that Android 14 and 16 brought"
# said NAME: the value of what the manifest says to the WebView.
said() { echo "$manifest" | grep -A1 "\"android.webkit.WebView.$1\"" | grep -oE 'value\(0x[0-9a-f]+\)=[a-z]+' | cut -d= -f2; }
same "the WebView sends no figures" "$(said MetricsOptOut)" "true"
same "the WebView sends no addresses" "$(said EnableSafeBrowsing)" "false"
same "resources with a name that dx might write, too" "$(find "$resources/res" -type f ! -name 'spotcheck*')" ""

say "the app for iOS"
wait "$ios" || fail "the build for iOS:
$(tail -n 40 "$made/ios.log")"
trap - EXIT
ok "the whole app for aarch64-apple-ios-sim, checked"
program=$CARGO_TARGET_DIR/aarch64-apple-ios/phone/spotcheck
same "what the whole app, linked for aarch64-apple-ios, is" "$(llvm-readobj-22 --file-headers "$program" | sed -n 's/^ *FileType: \([A-Za-z]*\).*/\1/p')" "Executable"
# A class of Apple's is asked for by its name. One that counts seconds would bring a morning at the hour of the old time zone.
same "what reminders go by" "$(grep -aoE 'UN[A-Za-z]+NotificationTrigger' "$program" | grep -v '^UNNotificationTrigger' | sort -u)" "UNCalendarNotificationTrigger"
archive=$CARGO_TARGET_DIR/aarch64-apple-ios/phone/libspotcheck.a
same "what the static library is for" "$(llvm-objdump-22 --macho --private-headers "$archive" 2>/dev/null | sed -n 's/^ *cmd \(LC_VERSION_MIN_.*\)/\1/p' | sort -u)" "LC_VERSION_MIN_IPHONEOS"
ok "the static library has $(stat -c %s "$archive") bytes, hardly optimised and not stripped"
python3 "$here/plists.py" "$root/assets/ios"
passed=$((passed + 1))
rm -rf "$made/AppIcon.appiconset"
"$root/assets/icons.sh" "$made"
count=$(find "$made/AppIcon.appiconset" -name '*.png' | wc -l)
same "icons named and drawn" "$(grep -oE 'icon-[0-9.]+\.png' "$made/AppIcon.appiconset/Contents.json" | sort -u | wc -l)" "$count"

printf '\n%s passed, 0 failed\n' "$passed"
