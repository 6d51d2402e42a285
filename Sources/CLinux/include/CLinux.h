// The Linux calls that Swift's Glibc lacks or imports badly. Every function answers a count or descriptor (>= 0), or
// the negated errno, captured beside the call. Nothing here keeps state, but for the signal mask.
#ifndef VIABLE_CLINUX_H
#define VIABLE_CLINUX_H

#include <stddef.h>
#include <stdint.h>

#include "CLinuxActing.h"
#include "CLinuxGiving.h"
#include "uapi.h"

enum {
  CL_READ_ONLY = 1,   // else O_WRONLY
  CL_DIRECTORY = 2,
  CL_NO_FOLLOW = 4,   // the last component must be no link
  CL_NO_WAIT = 8,     // O_NONBLOCK: a FIFO that slipped in does not hang us
  CL_PATH = 16,       // O_PATH: open without opening
  CL_CREATE = 32,     // O_CREAT | O_EXCL
};

enum { CL_KIND_OTHER = 0, CL_KIND_FILE = 1, CL_KIND_DIRECTORY = 2, CL_KIND_LINK = 3, CL_KIND_UNKNOWN = 4 };

struct cl_status {
  uint64_t size, device, inode;
  uint32_t owner, group;
  uint16_t mode;  // permission bits, 07777
  uint8_t kind;   // CL_KIND_*
};

// openat(2), always O_CLOEXEC | O_NOCTTY.
long cl_open(int directory, const char *path, int flags);
// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS: ELOOP or EXDEV when a component is a link.
long cl_open_beneath(int directory, const char *path, int flags);
long cl_close(int descriptor);
// close_range(2) from first to last inclusive.
long cl_close_range(unsigned first, unsigned last);
long cl_read(int descriptor, void *buffer, size_t count);
long cl_read_at(int descriptor, void *buffer, size_t count, uint64_t offset);
long cl_write(int descriptor, const void *bytes, size_t count);
long cl_readlink(int directory, const char *path, void *buffer, size_t count);
// fstatat(2); does not follow a link in the last component.
long cl_stat(int directory, const char *path, struct cl_status *status);
// 1 when the directory lies on a real sysfs, else 0.
long cl_is_sysfs(int descriptor);
long cl_mkdir(int directory, const char *path, unsigned mode);
// fchown(2) and fchmod(2); answers the errno of the mode alone, for only root may give files away.
long cl_give(int descriptor, uint32_t owner, uint32_t group, unsigned mode);
long cl_symlink(const char *target, int directory, const char *path);
// access(2) for reading or writing by the effective user.
long cl_may_access(int directory, const char *path, int writing);

// getdents64(2): fills the buffer with entries for cl_entry.
long cl_entries(int descriptor, void *buffer, size_t count);
struct cl_entry {
  const char *name;
  uint32_t name_offset;  // of the name in the buffer
  uint32_t length;       // of the name
  uint8_t kind;          // CL_KIND_*
  uint32_t next;         // offset of the next entry
};
struct cl_entry cl_entry_at(const void *buffer, uint32_t offset);

// Maps a regular file for reading; the size goes to *size. Answers 0 or the negated errno.
long cl_map(int descriptor, const uint8_t **bytes, size_t *size);
void cl_unmap(const uint8_t *bytes, size_t size);
// How many bytes stand before the first newline, all of them when there is none.
size_t cl_line(const uint8_t *text, size_t count);
// Inflates gzip data into the buffer; answers the count, or -EBADMSG, or -ENOSPC when the buffer is too small.
long cl_gunzip(const uint8_t *bytes, size_t count, uint8_t *buffer, size_t space);

// For a process that stays: one heap for all threads, and what is large goes back to the kernel when it is freed. By
// itself glibc gives each thread a heap and moves its limit for "large" upwards, and keeps what a look left behind.
// Before the first thread.
void cl_keep_heap_small(void);

// Starts a detached thread.
long cl_thread(void *(*body)(void *), void *context);

long cl_processors(void);               // how many this thread may run on
long cl_event(void);                    // eventfd(2), non-blocking
long cl_event_signal(int descriptor);
long cl_event_drain(int descriptor);    // the count since the last drain, or 0
// Blocks these signals in the calling thread and answers a signalfd for them, non-blocking.
long cl_signals(const int *signals, size_t count);
// Takes these signals from the mask of the calling thread: they do again what they usually do.
long cl_unblock(const int *signals, size_t count);
long cl_signal_read(int descriptor);    // the next signal's number, or -EAGAIN
enum { CL_ENDED = -1 };
struct cl_wait {
  int descriptor;
  int ready;  // in: CL_ENDED to wait for its end alone, else 0; out: readable, hung up or in error
};
// poll(2) for reading, of at most 16; answers how many are ready. A negative timeout waits for ever.
long cl_poll(struct cl_wait *waits, size_t count, int milliseconds);

uint64_t cl_monotonic(void);  // CLOCK_MONOTONIC in milliseconds
int64_t cl_wall_clock(void);  // CLOCK_REALTIME in seconds since 1970
struct cl_clock {
  int hour, minute, second, millisecond;
};
struct cl_clock cl_local_time(void);

// inotify(7). The mask bits that are used; the numbers are the kernel's own.
enum {
  CL_IN_MODIFY = 0x2, CL_IN_ATTRIB = 0x4, CL_IN_CLOSE_WRITE = 0x8, CL_IN_CLOSE_NOWRITE = 0x10, CL_IN_OPEN = 0x20,
  CL_IN_MOVED_FROM = 0x40, CL_IN_MOVED_TO = 0x80, CL_IN_CREATE = 0x100, CL_IN_DELETE = 0x200,
  CL_IN_DELETE_SELF = 0x400, CL_IN_MOVE_SELF = 0x800, CL_IN_Q_OVERFLOW = 0x4000, CL_IN_IGNORED = 0x8000,
  CL_IN_ONLYDIR = 0x1000000, CL_IN_DONT_FOLLOW = 0x2000000, CL_IN_ISDIR = 0x40000000,
};
long cl_inotify(void);
long cl_watch(int descriptor, const char *path, uint32_t mask);
long cl_unwatch(int descriptor, int watch);
struct cl_notice {
  int watch;
  uint32_t mask;
  uint32_t name_offset;  // of the name in the buffer
  uint32_t length;       // of the name, 0 when it is the directory itself
  uint32_t next;         // offset of the next notice
};
struct cl_notice cl_notice_at(const void *buffer, uint32_t offset);

// The kernel's uevent socket (NETLINK_KOBJECT_UEVENT, group 1), non-blocking, with sender credentials.
long cl_uevents(void);
struct cl_sender {
  uint32_t port, groups;  // sockaddr_nl
  uint32_t user;          // UINT32_MAX when the message carried no credentials
  int truncated;
};
long cl_uevent_receive(int descriptor, void *buffer, size_t count, struct cl_sender *sender);

long cl_release(char *buffer, size_t count);    // uname's release
long cl_host_name(char *buffer, size_t count);  // uname's nodename
unsigned cl_effective_user(void);
// Lines "INTERFACE ADDRESS\n" of this network namespace (getifaddrs(3)), as many as fit; answers the bytes that all
// would take.
long cl_interface_addresses(char *buffer, size_t count);
long cl_parent(void);                           // getppid(2)
uint64_t cl_memory_lock_limit(void);            // RLIMIT_MEMLOCK, soft, in bytes; UINT64_MAX is unlimited

#endif
