// Calls `main` of a library with the arguments after its name, as Dioxus calls it on a phone (there without arguments).
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
  void *library = count > 1 ? dlopen(arguments[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
  int (*start)(int, char **) = library ? (int (*)(int, char **))dlsym(library, "main") : NULL;
  if (!start) {
    fprintf(stderr, "run: %s\n", dlerror());
    return 1;
  }
  return start(count - 1, arguments + 1);
}
