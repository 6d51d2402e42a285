#include "CLinuxActing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CLinux.h"

static long answer(long result) { return result < 0 ? -(long)errno : result; }

long cl_open_attribute(int directory, const char *path) {
  return answer(openat(directory, path, O_WRONLY | O_CLOEXEC));
}

long cl_open_private(int directory, const char *path, int must_be_new) {
  int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | (must_be_new ? O_EXCL : 0);
  return answer(openat(directory, path, flags, 0600));
}

long cl_status_of(int descriptor, struct cl_status *status) {
  struct stat found;
  if (fstat(descriptor, &found) < 0) return -(long)errno;
  *status = (struct cl_status){
      .size = (uint64_t)found.st_size,
      .device = found.st_dev,
      .inode = found.st_ino,
      .owner = found.st_uid,
      .group = found.st_gid,
      .mode = found.st_mode & 07777,
      .kind = S_ISREG(found.st_mode) ? CL_KIND_FILE : S_ISDIR(found.st_mode) ? CL_KIND_DIRECTORY : CL_KIND_OTHER,
  };
  return 0;
}

long cl_open_directory(int directory, const char *name) {
  return answer(openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// fchmod(2) wants more than O_PATH gives (fchmodat2(2) is of Linux 6.6): the link in /proc leads to the very inode.
static long change(int node, uint32_t owner, uint32_t group, unsigned mode) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", node);
  if (fchownat(node, "", owner, group, AT_EMPTY_PATH) < 0) return -(long)errno;
  return answer(chmod(link, mode & 0777));
}

long cl_give_node(int directory, const char *path, const char *number, uint32_t owner, uint32_t group, unsigned mode) {
  struct stat found;
  char seen[32];
  int node = openat(directory, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (node < 0) return -(long)errno;
  long result = fstat(node, &found) < 0 ? -(long)errno : 0;
  if (!result) {
    snprintf(seen, sizeof seen, "%u:%u", major(found.st_rdev), minor(found.st_rdev));
    if (!S_ISCHR(found.st_mode) || (number && strcmp(seen, number) != 0)) result = -ENXIO;
  }
  if (!result) result = change(node, owner, group, mode);
  close(node);
  return result;
}

long cl_sync(int descriptor) { return answer(fsync(descriptor)); }

long cl_rename(int directory, const char *from, const char *to) {
  return answer(renameat(directory, from, directory, to));
}

long cl_unlink(int directory, const char *path) { return answer(unlinkat(directory, path, 0)); }

long cl_truncate(int descriptor, uint64_t size) { return answer(ftruncate(descriptor, (off_t)size)); }

long cl_write_at(int descriptor, const void *bytes, size_t count, uint64_t offset) {
  return answer(pwrite(descriptor, bytes, count, (off_t)offset));
}

long cl_lock(int descriptor) { return answer(flock(descriptor, LOCK_EX | LOCK_NB)); }

long cl_is_pipe(int descriptor) {
  struct stat found;
  return fstat(descriptor, &found) == 0 && S_ISFIFO(found.st_mode);
}

long cl_pipe(struct cl_ends *ends) {
  int made[2];
  if (pipe2(made, O_CLOEXEC) < 0) return -(long)errno;
  *ends = (struct cl_ends){.read = made[0], .write = made[1]};
  return answer(fcntl(made[0], F_SETFL, O_NONBLOCK));
}

// Says in `actions` what the child has open. What is moved up out of the way in this process goes into `moved`.
static int arrange(posix_spawn_file_actions_t *actions, const struct cl_child *wanted, int *moved) {
  for (int place = 0; place < wanted->count; place++) {
    int refusal;
    if (wanted->descriptors[place] == CL_NULL_DEVICE) {
      refusal = posix_spawn_file_actions_addopen(actions, place, "/dev/null", O_RDWR, 0);
    } else {
      // Above every place: no dup2 may step on the source of a later one.
      moved[place] = fcntl(wanted->descriptors[place], F_DUPFD_CLOEXEC, CL_MOST_DESCRIPTORS);
      if (moved[place] < 0) return errno;
      refusal = posix_spawn_file_actions_adddup2(actions, moved[place], place);
    }
    if (refusal) return refusal;
  }
  int refusal = posix_spawn_file_actions_addclosefrom_np(actions, wanted->count);
  return refusal ? refusal : posix_spawn_file_actions_addchdir_np(actions, "/");
}

static int detach(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  int refusal = posix_spawnattr_setsigmask(attributes, &none);
  if (!refusal) refusal = posix_spawnattr_setsigdefault(attributes, &all);
  if (refusal) return refusal;
  return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

long cl_spawn(const struct cl_child *wanted) {
  static const char *const plain[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
  int moved[CL_MOST_DESCRIPTORS];
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t process = 0;
  if (wanted->count < 0 || wanted->count > CL_MOST_DESCRIPTORS) return -EINVAL;
  for (int place = 0; place < CL_MOST_DESCRIPTORS; place++) moved[place] = -1;
  int refusal = posix_spawn_file_actions_init(&actions);
  if (refusal) return -refusal;
  refusal = posix_spawnattr_init(&attributes);
  if (refusal) {
    posix_spawn_file_actions_destroy(&actions);
    return -refusal;
  }
  refusal = arrange(&actions, wanted, moved);
  if (!refusal) refusal = detach(&attributes);
  if (!refusal)
    refusal = posix_spawn(&process, wanted->program, &actions, &attributes, (char *const *)wanted->arguments,
                          wanted->keeps_environment ? environ : (char *const *)plain);
  for (int place = 0; place < CL_MOST_DESCRIPTORS; place++)
    if (moved[place] >= 0) close(moved[place]);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return refusal ? -refusal : process;
}

long cl_ended(int process) {
  int status;
  if (waitpid(process, &status, 0) < 0) return -(long)errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

long cl_is_reaped(int process) { return waitpid(process, 0, WNOHANG) != 0; }

long cl_process(void) { return getpid(); }

long cl_is_alive(int process) { return process > 0 && (kill(process, 0) == 0 || errno == EPERM); }

long cl_rename_us(const char *name) { return answer(prctl(PR_SET_NAME, name, 0, 0, 0)); }

long cl_ignore(int signal_) { return signal(signal_, SIG_IGN) == SIG_ERR ? -(long)errno : 0; }

