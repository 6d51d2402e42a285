// A crash leaves raw mode, a hidden cursor and the alternate screen behind, and whatever prints the reason prints it
// there. So fatal signals first give the terminal back, with calls that a handler may make, and then go on to whoever
// handled them before: Swift's backtracer, or the system.
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT};
enum { fatal_count = sizeof fatal / sizeof fatal[0] };

static struct {
  volatile sig_atomic_t is_armed;
  bool is_installed;
  int fd;
  struct termios shell;
  char reset[512];
  size_t count;
  struct sigaction before[fatal_count];
} guard;

static struct {
  volatile sig_atomic_t is_held;
  int memory;
  int original;
} errors;

static void write_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void on_fatal(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  if (guard.is_armed) {
    guard.is_armed = 0;
    write_all(guard.fd, guard.reset, guard.count);
    tcsetattr(guard.fd, TCSANOW, &guard.shell);
    ct_release_errors();
  }
  for (int i = 0; i < fatal_count; i++) {
    if (fatal[i] == number) sigaction(number, &guard.before[i], NULL);
  }
  // A fault happens again on return; a signal that was sent does not.
  if (info->si_code <= 0) raise(number);
  errno = saved;
}

// Faults by exhausted stacks need another one; Swift's runtime may have brought it already.
static void ensure_alternate_stack(void) {
  stack_t now;
  if (sigaltstack(NULL, &now) == 0 && !(now.ss_flags & SS_DISABLE)) return;
  size_t size = 64 * 1024;
  stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
  if (stack.ss_sp) sigaltstack(&stack, NULL);
}

static void install(void) {
  if (guard.is_installed) return;
  ensure_alternate_stack();
  struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++) {
    sigaction(fatal[i], NULL, &guard.before[i]);
    // A signal that the parent had ignored (nohup does it for QUIT) stays ignored.
    if (guard.before[i].sa_handler != SIG_IGN) sigaction(fatal[i], &action, NULL);
  }
  guard.is_installed = true;
}

void ct_guard_arm(int fd, const struct termios *shell, const char *reset, size_t count) {
  guard.fd = fd;
  guard.shell = *shell;
  guard.count = count < sizeof guard.reset ? count : sizeof guard.reset;
  memcpy(guard.reset, reset, guard.count);
  install();
  guard.is_armed = 1;
}

void ct_guard_disarm(void) { guard.is_armed = 0; }

void ct_hold_errors(void) {
  if (errors.is_held || !isatty(STDERR_FILENO)) return;
  errors.memory = memfd_create("stderr", MFD_CLOEXEC);
  if (errors.memory < 0) return;
  errors.original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (errors.original < 0 || dup2(errors.memory, STDERR_FILENO) < 0) {
    if (errors.original >= 0) close(errors.original);
    close(errors.memory);
    return;
  }
  errors.is_held = 1;
}

void ct_release_errors(void) {
  if (!errors.is_held) return;
  errors.is_held = 0;
  dup2(errors.original, STDERR_FILENO);
  char buffer[4096];
  off_t offset = 0;
  for (;;) {
    ssize_t count = pread(errors.memory, buffer, sizeof buffer, offset);
    if (count <= 0) break;
    write_all(STDERR_FILENO, buffer, (size_t)count);
    offset += count;
  }
  close(errors.original);
  close(errors.memory);
}
