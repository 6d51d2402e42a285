// What it takes to start a command as somebody else, with descriptors of ours. Answers as in CLinux.h.
#ifndef VIABLE_CLINUX_GIVING_H
#define VIABLE_CLINUX_GIVING_H

#include <stddef.h>
#include <stdint.h>

// A user as passwd(5) and group(5) have them, or whatever else nsswitch.conf(5) names.
struct cl_account {
  uint32_t user, group;
  uint32_t name, home, shell;  // offsets in the text
};
// getpwnam_r(3), or getpwuid_r(3) where `number` is not UINT32_MAX, and getgrouplist(3). Answers how many groups there
// are, the account's own first; -ENOENT for nobody, -ERANGE where the text or the groups have too little room.
long cl_account_of(const char *name, uint32_t number, struct cl_account *account, char *text, size_t space,
                   uint32_t *groups, size_t most);

enum cl_step {
  CL_STEP_FORK, CL_STEP_DESCRIPTORS, CL_STEP_LIMIT, CL_STEP_GROUPS, CL_STEP_GROUP, CL_STEP_USER, CL_STEP_CAPABILITIES,
  CL_STEP_PRIVILEGES, CL_STEP_PROGRAM,
};
enum { CL_FIRST_HANDED = 3, CL_MOST_HANDED = 256 };
struct cl_command {
  const char *program;  // a path
  const char *const *arguments, *const *environment;  // NULL at the end
  const int *descriptors;  // what the command has at CL_FIRST_HANDED and on, at most CL_MOST_HANDED
  size_t count;
  int is_other;  // whether it runs as `user`; else as ourselves
  uint32_t user, group;
  const uint32_t *groups;
  size_t group_count;
  int has_limit;
  uint64_t limit;  // RLIMIT_MEMLOCK in bytes, soft and hard; UINT64_MAX is unlimited
  int may_gain;    // else PR_SET_NO_NEW_PRIVS
  const int *signals;  // what is blocked here and not there
  size_t signal_count;
};
// fork(2) and execve(2) in our session and process group, with 0, 1, 2 and what is handed over, and nothing else open;
// no capability is left to another user. Answers the child's number once the program has begun; else what refused, with
// where in *step.
long cl_start(const struct cl_command *wanted, int *step);

// waitpid(2) without waiting: 1 with an exit code, or 128 and a signal's number, in *code; 0 while it runs.
long cl_has_ended(int process, int *code);
// pidfd_open(2): readable once the process has ended; -ENOSYS before Linux 5.3.
long cl_process_descriptor(int process);
long cl_kill(int process, int signal);
struct cl_signal {
  int number;
  int is_terminal;  // the kernel sent it, as it does to a terminal's whole foreground
};
long cl_signal_told(int descriptor, struct cl_signal *signal);  // -EAGAIN when there is none
// Puts /dev/null where 0, 1 or 2 is closed, so that nothing that is opened later stands there.
long cl_fill_standard(void);
// SIGCHLD does what it usually does: whoever started us may have had it ignored.
long cl_expect_children(void);
long cl_may_execute(const char *path);  // 1 for a regular file that somebody may execute, 0, or the errno

#endif
