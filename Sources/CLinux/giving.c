#include "CLinuxGiving.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long answer(long result) { return result < 0 ? -(long)errno : result; }

long cl_account_of(const char *name, uint32_t number, struct cl_account *account, char *text, size_t space,
                   uint32_t *groups, size_t most) {
  struct passwd entry, *found = NULL;
  int refusal = number == UINT32_MAX ? getpwnam_r(name, &entry, text, space, &found)
                                     : getpwuid_r(number, &entry, text, space, &found);
  // getpwnam_r(3): several numbers stand for "no such user", as the source of the answer has it.
  if (refusal == ERANGE || refusal == ENOMEM || refusal == EMFILE || refusal == ENFILE || refusal == EIO)
    return -refusal;
  if (!found) return -ENOENT;
  *account = (struct cl_account){
      .user = entry.pw_uid,
      .group = entry.pw_gid,
      .name = (uint32_t)(entry.pw_name - text),
      .home = (uint32_t)(entry.pw_dir - text),
      .shell = (uint32_t)(entry.pw_shell - text),
  };
  int count = most > INT32_MAX ? INT32_MAX : (int)most;
  if (getgrouplist(entry.pw_name, entry.pw_gid, groups, &count) < 0) return -ERANGE;
  return count;
}

// Another user gets no capability, whatever securebits or an inheritable set would have kept (capabilities(7)).
static int drop_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return (int)syscall(SYS_capset, &header, none);
}

// Everything from `first` on is closed when the program begins. Kernels before 5.11 cannot say so in one call.
static void close_later(unsigned first) {
  enum { CLOEXEC = 4 };
  if (syscall(SYS_close_range, first, ~0u, CLOEXEC) == 0) return;
  struct rlimit most = {0};
  getrlimit(RLIMIT_NOFILE, &most);
  for (unsigned number = first; number < most.rlim_cur && number < 1u << 20; number++)
    fcntl((int)number, F_SETFD, FD_CLOEXEC);
}

// In the child, which has nothing to do but this: where it got to when something refused. Raw calls, for glibc's own
// would have all threads of a process change their user.
static enum cl_step become(const struct cl_command *wanted, const int *moved) {
  for (size_t place = 0; place < wanted->count; place++)
    if (dup2(moved[place], CL_FIRST_HANDED + (int)place) < 0) return CL_STEP_DESCRIPTORS;
  close_later(CL_FIRST_HANDED + (unsigned)wanted->count);
  if (wanted->has_limit) {
    rlim_t limit = wanted->limit == UINT64_MAX ? RLIM_INFINITY : (rlim_t)wanted->limit;
    struct rlimit both = {.rlim_cur = limit, .rlim_max = limit};
    if (setrlimit(RLIMIT_MEMLOCK, &both) < 0) return CL_STEP_LIMIT;
  }
  if (wanted->is_other) {
    if (syscall(SYS_setgroups, wanted->group_count, wanted->groups) < 0) return CL_STEP_GROUPS;
    if (syscall(SYS_setresgid, wanted->group, wanted->group, wanted->group) < 0) return CL_STEP_GROUP;
    if (syscall(SYS_setresuid, wanted->user, wanted->user, wanted->user) < 0) return CL_STEP_USER;
    if (drop_capabilities() < 0) return CL_STEP_CAPABILITIES;
  }
  if (!wanted->may_gain && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return CL_STEP_PRIVILEGES;
  sigset_t set;
  sigemptyset(&set);
  for (size_t place = 0; place < wanted->signal_count; place++) sigaddset(&set, wanted->signals[place]);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  execve(wanted->program, (char *const *)wanted->arguments, (char *const *)wanted->environment);
  return CL_STEP_PROGRAM;
}

struct told {
  int step, refusal;
};

// Above every place that is filled: no dup2 may step on the source of a later one.
static int move_up(const struct cl_command *wanted, int *moved, int *told) {
  int above = CL_FIRST_HANDED + (int)wanted->count;
  for (size_t place = 0; place < wanted->count; place++) {
    moved[place] = fcntl(wanted->descriptors[place], F_DUPFD_CLOEXEC, above);
    if (moved[place] < 0) return errno;
  }
  int up = fcntl(told[1], F_DUPFD_CLOEXEC, above);
  if (up < 0) return errno;
  close(told[1]);
  told[1] = up;
  return 0;
}

static long start(const struct cl_command *wanted, const int *moved, int *told, int *step) {
  pid_t process = fork();
  if (process < 0) return -(long)errno;
  if (process == 0) {
    struct told words = {.step = (int)become(wanted, moved)};
    words.refusal = errno;
    // Smaller than PIPE_BUF: all of it or nothing.
    if (write(told[1], &words, sizeof words) < 0) _exit(126);
    _exit(127);
  }
  close(told[1]);
  told[1] = -1;
  struct told words;
  ssize_t count;
  do count = read(told[0], &words, sizeof words);
  while (count < 0 && errno == EINTR);
  if (count != sizeof words) return process;
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
  *step = words.step;
  return -(long)words.refusal;
}

long cl_start(const struct cl_command *wanted, int *step) {
  int moved[CL_MOST_HANDED], told[2];
  *step = CL_STEP_DESCRIPTORS;
  if (wanted->count > CL_MOST_HANDED) return -EMFILE;
  for (size_t place = 0; place < wanted->count; place++) moved[place] = -1;
  if (pipe2(told, O_CLOEXEC) < 0) return -(long)errno;
  int refusal = move_up(wanted, moved, told);
  long answer = -refusal;
  if (!refusal) {
    *step = CL_STEP_FORK;
    answer = start(wanted, moved, told, step);
  }
  for (size_t place = 0; place < wanted->count; place++)
    if (moved[place] >= 0) close(moved[place]);
  close(told[0]);
  if (told[1] >= 0) close(told[1]);
  return answer;
}

long cl_has_ended(int process, int *code) {
  int status;
  pid_t found = waitpid(process, &status, WNOHANG);
  if (found < 0) return -(long)errno;
  if (found == 0) return 0;
  *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return 1;
}

long cl_process_descriptor(int process) { return answer(syscall(SYS_pidfd_open, process, 0)); }

long cl_kill(int process, int signal) { return process > 0 ? answer(kill(process, signal)) : -ESRCH; }

long cl_signal_told(int descriptor, struct cl_signal *told) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  if (count < 0) return -(long)errno;
  if (count != sizeof info) return -EAGAIN;
  *told = (struct cl_signal){.number = (int)info.ssi_signo, .is_terminal = info.ssi_code == SI_KERNEL};
  return 0;
}

long cl_fill_standard(void) {
  for (int number = 0; number <= 2; number++) {
    if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest that is free, which is this one.
    if (open("/dev/null", O_RDWR) < 0) return -(long)errno;
  }
  return 0;
}

long cl_expect_children(void) { return signal(SIGCHLD, SIG_DFL) == SIG_ERR ? -(long)errno : 0; }

long cl_may_execute(const char *path) {
  struct stat found;
  if (stat(path, &found) < 0) return -(long)errno;
  return S_ISREG(found.st_mode) && (found.st_mode & 0111) != 0;
}
