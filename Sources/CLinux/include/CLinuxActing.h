// What acting needs beside looking: children, private files, locks. Answers as in CLinux.h.
#ifndef VIABLE_CLINUX_ACTING_H
#define VIABLE_CLINUX_ACTING_H

#include <stddef.h>
#include <stdint.h>

struct cl_status;

// Opens an attribute with O_WRONLY | O_CLOEXEC and nothing else: nothing is made, nothing is cut short.
long cl_open_attribute(int directory, const char *path);
// Opens a file that only its owner may use, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC; EEXIST where it must be new.
long cl_open_private(int directory, const char *path, int must_be_new);
long cl_status_of(int descriptor, struct cl_status *status);  // fstat(2)
long cl_sync(int descriptor);                                 // fsync(2)
// openat(2) of a directory itself, O_RDONLY | O_DIRECTORY | O_NOFOLLOW.
long cl_open_directory(int directory, const char *name);
// Gives a character device to somebody: opened with O_PATH | O_NOFOLLOW, so that neither a link is followed nor a driver
// asked. `number` is MAJOR:MINOR as sysfs has it, or NULL for any. ENXIO for what is no such device.
long cl_give_node(int directory, const char *path, const char *number, uint32_t owner, uint32_t group, unsigned mode);
long cl_rename(int directory, const char *from, const char *to);
long cl_unlink(int directory, const char *path);
long cl_truncate(int descriptor, uint64_t size);
long cl_write_at(int descriptor, const void *bytes, size_t count, uint64_t offset);
// flock(2), exclusive and without waiting: -EWOULDBLOCK while another open file has it.
long cl_lock(int descriptor);
long cl_is_pipe(int descriptor);  // 1 for a FIFO, else 0

// pipe2(2), close-on-exec at both ends; reading does not wait.
struct cl_ends {
  int read, write;
};
long cl_pipe(struct cl_ends *ends);

enum { CL_NULL_DEVICE = -1, CL_MOST_DESCRIPTORS = 8 };
struct cl_child {
  const char *program;
  // What it is told that it is called, and its arguments; NULL at the end.
  const char *const *arguments;
  int keeps_environment;  // else PATH of the system's own directories, and LC_ALL=C
  // What the child has at 0, 1, 2 …, CL_NULL_DEVICE for /dev/null; everything from count on is closed.
  int descriptors[CL_MOST_DESCRIPTORS];
  int count;
};
// posix_spawn(3): a session of its own without a terminal, `/` as directory, no signal blocked or ignored. Answers the
// child's number.
long cl_spawn(const struct cl_child *wanted);
// waitpid(2) for a child that is about to end: its exit code, or 128 and the signal's number.
long cl_ended(int process);
long cl_is_reaped(int process);  // the same without waiting: 1 where it has ended and is gone now, or is no child
long cl_process(void);          // our own number
long cl_is_alive(int process);  // 1 or 0
long cl_ignore(int signal);
long cl_rename_us(const char *name);  // what ps and the kernel's messages call this process, 15 characters

#endif
