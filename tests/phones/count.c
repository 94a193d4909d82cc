// A plugin for qemu that counts executed instructions: qemu-aarch64 -plugin libcount.so -d plugin PROGRAM. What it uses of qemu's plugin
// interface (docs/devel/tcg-plugins.rst, version 1) is declared here: Debian has no header for it.
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct block;
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*translated)(plugin_id id, struct block *block));
extern size_t qemu_plugin_tb_n_insns(const struct block *block);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct block *block, int operation, void *number, uint64_t by);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*ended)(plugin_id id, void *data), void *data);
extern void qemu_plugin_outs(const char *text);

enum { ADD = 0 };
int qemu_plugin_version = 1;
static uint64_t count;

static void translated(plugin_id id, struct block *block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, ADD, &count, qemu_plugin_tb_n_insns(block));
}

static void ended(plugin_id id, void *data) {
  (void)id, (void)data;
  char text[64];
  snprintf(text, sizeof text, "instructions %" PRIu64 "\n", count);
  qemu_plugin_outs(text);
}

int qemu_plugin_install(plugin_id id, const void *information, int argument_count, char **arguments) {
  (void)information, (void)argument_count, (void)arguments;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
