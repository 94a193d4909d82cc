// Lets an Android library run under a Linux emulator: what Android's C library has and glibc has not, or has with other numbers.
// Loaded as libc.so, with glibc behind it.
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

extern void *dlsym(void *handle, const char *name);
#define NEXT ((void *)-1L)

int *__errno(void) { return &errno; }

// The attributes of a thread are larger in glibc than the room that the library has for them: threads start with the usual ones.
int pthread_attr_init(void *attributes) { (void)attributes; return 0; }
int pthread_attr_destroy(void *attributes) { (void)attributes; return 0; }
int pthread_attr_setstacksize(void *attributes, unsigned long size) { (void)attributes; (void)size; return 0; }
int pthread_create(unsigned long *thread, const void *attributes, void *(*run)(void *), void *argument) {
  int (*create)(unsigned long *, const void *, void *(*)(void *), void *) = dlsym(NEXT, "pthread_create");
  (void)attributes;
  return create(thread, NULL, run, argument);
}

// Android's names for these numbers.
long sysconf(int name) {
  long (*real)(int) = dlsym(NEXT, "sysconf");
  switch (name) {
    case 39: case 40: return real(_SC_PAGESIZE);
    case 75: return real(_SC_THREAD_STACK_MIN);
    case 96: return real(_SC_NPROCESSORS_CONF);
    case 97: return real(_SC_NPROCESSORS_ONLN);
    default: return real(name);
  }
}

// glibc has it in programs alone. Nothing here forks.
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) { (void)prepare, (void)parent, (void)child; return 0; }

// glibc's function of this name returns a pointer.
int strerror_r(int error, char *text, unsigned long size) { snprintf(text, size, "error %d", error); return 0; }
int __system_property_get(const char *name, char *value) { (void)name; *value = 0; return 0; }
