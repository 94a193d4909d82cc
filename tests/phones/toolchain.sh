#!/usr/bin/env bash
# Makes what compiles and links for phones on a Debian machine that has none of their SDKs:
#
#   toolchain.sh FOLDER     everything lands in FOLDER, which is used again as long as the compiler stays the same
#
# rustup's own targets would do as well where they can be had. Debian's Rust comes with the sources of its standard library,
# from which that of each target is compiled; the libraries of Android that a program links against are made from the list of
# their public symbols (android-api24.txt), so that the linker itself proves that a phone of that version has them all.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
readonly llvm=22 api=24
readonly targets=(aarch64-linux-android aarch64-apple-ios aarch64-apple-ios-sim)
packages=(
  rustc-web cargo-web rust-web-src "clang-$llvm" "lld-$llvm" "llvm-$llvm" gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
  aapt apksigner zipalign default-jdk-headless kotlin librsvg2-bin python3 unzip zip
)

say() { printf 'phones: %s\n' "$1"; }

# npm, from wherever it came.
command -v npm >/dev/null || packages+=(npm)

if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
  say "installing Debian's cross compilers and Android tools"
  sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "${packages[@]}" >/dev/null
fi

# Android's own resources, with the names that a manifest for Android 13 may use. Debian 12 has those of Android 10: the package of
# Debian 13 is only unpacked, into the folder, from where this machine's own packages come from.
framework=$folder/framework
if [ ! -e "$framework/usr" ]; then
  say "fetching Android's resources"
  lists=$folder/debian-13
  mkdir -p "$lists"/{lists/partial,archives/partial} "$framework"
  mirror=$(apt-get indextargets --format '$(SITE) $(CREATED_BY)' 2>/dev/null | awk '$2 == "Packages" { print $1; exit }')
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?no package source is known} trixie main" >"$lists/sources.list"
  from=(-o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$lists/lists" -o "Dir::Cache=$lists" -o APT::Sandbox::User=root)
  apt-get "${from[@]}" update -qq
  (cd "$lists" && apt-get "${from[@]}" download -qq android-framework-res)
  dpkg -x "$lists"/android-framework-res_*.deb "$framework"
  rm -rf "$lists"
fi

# What each level of Android has, and AndroidX.
readonly types=8.9.0
described=$folder/types/node_modules/@nativescript/types-android
if ! grep -qs "\"version\": \"$types\"" "$described/package.json"; then
  say "fetching what each level of Android has"
  npm install --silent --no-fund --no-audit --prefix "$folder/types" "@nativescript/types-android@$types"
fi

version=$(/usr/bin/rustc -V | cut -d' ' -f2)
sysroot=$folder/sysroot
mkdir -p "$folder"/{bin,android,apple} "$sysroot/lib/rustlib"
ln -sfn /usr/lib/rustlib/x86_64-unknown-linux-gnu "$sysroot/lib/rustlib/x86_64-unknown-linux-gnu"

# tool NAME: a script of standard input in bin.
tool() {
  cat >"$folder/bin/$1"
  chmod +x "$folder/bin/$1"
}

tool rustc <<EOF
#!/bin/sh
exec /usr/bin/rustc --sysroot $sysroot "\$@"
EOF
ln -sfn /usr/bin/cargo "$folder/bin/cargo"
ln -sfn /usr/bin/rustdoc "$folder/bin/rustdoc"
# rustc strips Apple's binaries with it.
ln -sfn "/usr/bin/llvm-objcopy-$llvm" "$folder/bin/rust-objcopy"

# Android loads a program as a library: dx copies it to libmain.so. Linked as one it can also be loaded by an emulator's C library.
# -z defs: nothing may be missing. What is linked with Android's own kind of relocations is linked once more without, under the same name
# with .plain after it: an emulator's C library does not know them.
tool android-cc <<EOF
#!/bin/bash
set -eu
link=(clang-$llvm --target=aarch64-linux-android$api -nostdlib --ld-path=/usr/lib/llvm-$llvm/bin/ld.lld -L$folder/android -Wl,-z,defs)
"\${link[@]}" "\${@/#-pie/-shared}"
case " \$* " in *pack-dyn-relocs=android*) ;; *) exit ;; esac
plain=() last=
for argument in "\${@/#-pie/-shared}"; do
  [ "\$last" = -o ] && argument=\$argument.plain
  [ "\$argument" = -Wl,--pack-dyn-relocs=android ] || plain+=("\$argument")
  last=\$argument
done
"\${link[@]}" "\${plain[@]}"
EOF
# Apple's libraries and frameworks are here by name alone: what they hold is looked up when the program starts, so that linking proves
# nothing about their symbols.
tool apple-cc <<EOF
#!/bin/sh
exec clang-$llvm -fuse-ld=lld -B/usr/lib/llvm-$llvm/bin -mlinker-version=1000 -Wl,-undefined,dynamic_lookup "\$@"
EOF
tool xcrun <<EOF
#!/bin/sh
case "\$*" in
*--show-sdk-path*) echo $folder/apple ;;
*--show-sdk-version*) echo 18.0 ;;
*) exit 1 ;;
esac
EOF
# panic_abort must itself be compiled to abort, and all of it must be fit for link-time optimisation.
tool std-wrapper <<'EOF'
#!/bin/sh
rustc=$1
shift
case " $* " in
*" --crate-name panic_abort "*) exec "$rustc" "$@" -C embed-bitcode=yes -C panic=abort ;;
*) exec "$rustc" "$@" -C embed-bitcode=yes ;;
esac
EOF

# Apple's libraries and frameworks by name alone.
mkdir -p "$folder/apple/usr/lib"
# by_name FILE NAME: a library that says no more than where it lies on the phone.
by_name() { printf -- "--- !tapi-tbd\\ntbd-version: 4\\ntargets: [ arm64-ios ]\\ninstall-name: '%s'\\n...\\n" "$2" >"$1"; }
for library in System iconv c m objc; do
  by_name "$folder/apple/usr/lib/lib$library.tbd" "/usr/lib/lib$library.dylib"
done
for framework in CoreFoundation CoreGraphics CoreServices Foundation QuartzCore Security UIKit UserNotifications WebKit; do
  frameworks=$folder/apple/System/Library/Frameworks/$framework.framework
  mkdir -p "$frameworks"
  by_name "$frameworks/$framework.tbd" "/System/Library/Frameworks/$framework.framework/$framework"
done

# The standard library of each target, once for each version of the compiler. Most of it is one crate after another: the targets are
# compiled beside each other.
standard_library() {
  local target=$1 libraries=$sysroot/lib/rustlib/$1/lib seed=$folder/seed-$1
  rm -rf "$seed" "$libraries"
  mkdir -p "$seed/src" "$libraries"
  printf '[package]\nname = "seed"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n' >"$seed/Cargo.toml"
  : >"$seed/src/lib.rs"
  # Only here may the compiler use what is unstable: the standard library does.
  (cd "$seed" && env -u RUSTFLAGS RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTC_WRAPPER="$folder/bin/std-wrapper" \
    CARGO_TARGET_DIR="$seed/target" /usr/bin/cargo build -q --release -Z build-std=std,panic_abort --target "$target")
  find "$seed/target/$target/release/deps" -name '*.rlib' ! -name 'libseed-*' -exec cp {} "$libraries" \;
  echo "$version" >"$libraries/version"
  rm -rf "$seed"
}
running=()
for target in "${targets[@]}"; do
  [ "$(cat "$sysroot/lib/rustlib/$target/lib/version" 2>/dev/null)" = "$version" ] && continue
  say "compiling the standard library for $target (a few minutes, once)"
  standard_library "$target" &
  running+=($!)
done
failed=
for job in "${running[@]}"; do wait "$job" || failed=$job; done
[ -z "$failed" ] || exit 1

# Android's libraries: each public symbol, and nothing behind it.
for library in $(cut -d' ' -f1 "$here/android-api24.txt" | sort -u); do
  stub=$folder/android/$library
  [ "$stub.so" -nt "$here/android-api24.txt" ] && continue
  awk -v library="$library" '$1 == library { printf ".globl %s\n.type %s,@function\n%s: ret\n", $2, $2, $2 }' \
    "$here/android-api24.txt" >"$stub.s"
  "clang-$llvm" --target="aarch64-linux-android$api" -c "$stub.s" -o "$stub.o"
  "ld.lld-$llvm" -m aarch64linux -shared -soname "$library.so" -z max-page-size=16384 "$stub.o" -o "$stub.so"
  rm "$stub.s" "$stub.o"
done

# What the standard library unwinds with: the NDK has libunwind, here it is the crate that Rust uses where there is none.
unwinder=$folder/android/libunwind.a
if [ "$(cat "$unwinder.version" 2>/dev/null)" != "$version" ]; then
  say "compiling the unwinder"
  crate=$folder/unwinder
  rm -rf "$crate"
  mkdir -p "$crate/src"
  cat >"$crate/Cargo.toml" <<'EOF'
[package]
name = "unwind"
version = "0.1.0"
edition = "2024"
[lib]
crate-type = ["staticlib"]
[dependencies]
unwinding = { version = "=0.2.8", default-features = false, features = ["unwinder", "fde-phdr-dl", "dwarf-expr"] }
[profile.release]
panic = "abort"
opt-level = "s"
[workspace]
EOF
  cat >"$crate/src/lib.rs" <<'EOF'
#![no_std]
extern crate unwinding;
#[panic_handler]
fn never(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
EOF
  (cd "$crate" && env -u RUSTFLAGS RUSTC="$folder/bin/rustc" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$crate/target" \
    /usr/bin/cargo build -q --release --target aarch64-linux-android)
  cp "$crate/target/aarch64-linux-android/release/libunwind.a" "$unwinder"
  echo "$version" >"$unwinder.version"
  rm -rf "$crate"
fi

cat >"$folder/env" <<EOF
export PATH=$folder/bin:\$PATH
unset RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP
export CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER=$folder/bin/android-cc
export CARGO_TARGET_AARCH64_APPLE_IOS_LINKER=$folder/bin/apple-cc CARGO_TARGET_AARCH64_APPLE_IOS_SIM_LINKER=$folder/bin/apple-cc
export CC_aarch64_apple_ios=clang-$llvm CC_aarch64_apple_ios_sim=clang-$llvm
export AR_aarch64_apple_ios=llvm-ar-$llvm AR_aarch64_apple_ios_sim=llvm-ar-$llvm
EOF
say "the cross compilers are ready (Rust $version)"
